"""Facts of a post as JSON, so that a later look need not read its text again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moderation.classifiers.behaviour.cues import Cues
from moderation.classifiers.behaviour.facts import Advert, Attack, Observed, Posted
from moderation.text.fingerprint import Fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

_FLAGS: Final = ("unaided", "notice", "service", "courtesy", "meaningless", "filler")
_SETS: Final = ("contacts", "clauses", "engagement")


def facts_json(each: Observed, *, head: bool, minor: bool) -> dict[str, Any]:
    """What is kept of a post beside its fingerprint, account and time; what is empty is left out.

    Links and the text's light form are not: a link is judged when its post comes in, and never again.
    """
    post = each.post
    kept: dict[str, Any] = {
        "core": each.core,
        "cues": {name: sorted(words) for name, words in sorted(each.cues.found.items())},
        "advert": int(each.advert),
        "attack": int(each.attack),
        "mentions": list(each.mentions),
        "thread": post.thread,
        "target": post.target_author,
        "official": post.official,
        "head": head,
        "minor": minor,
        **{name: getattr(each, name) for name in _FLAGS},
        **{name: sorted(getattr(each, name)) for name in _SETS},
    }
    return {name: value for name, value in kept.items() if value}


def observed(index: int, author: str, minute: float, sketch: bytes, kept: Mapping[str, Any]) -> Observed:
    """The post that :func:`facts_json` kept, without text and links.

    Raises:
        struct.error: the fingerprint is none.
    """
    return Observed(
        post=Posted(
            index=index,
            author=author,
            text="",
            minute=minute,
            thread=kept.get("thread", ""),
            target_author=kept.get("target", ""),
            official=kept.get("official", False),
        ),
        core=kept.get("core", ""),
        fingerprint=Fingerprint.from_bytes(sketch),
        cues=Cues({name: frozenset(words) for name, words in kept.get("cues", {}).items()}, ""),
        advert=Advert(kept.get("advert", 0)),
        attack=Attack(kept.get("attack", 0)),
        mentions=tuple(kept.get("mentions", ())),
        unaided=kept.get("unaided", False),
        notice=kept.get("notice", False),
        service=kept.get("service", False),
        courtesy=kept.get("courtesy", False),
        meaningless=kept.get("meaningless", False),
        filler=kept.get("filler", False),
        contacts=frozenset(kept.get("contacts", ())),
        clauses=frozenset(kept.get("clauses", ())),
        engagement=frozenset(kept.get("engagement", ())),
    )
