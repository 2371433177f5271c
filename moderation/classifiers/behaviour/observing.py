"""From posts to facts: one pass over the texts, equal texts read once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour import adverts, judging, water
from moderation.classifiers.behaviour.cues import read_cues
from moderation.classifiers.behaviour.facts import Observed
from moderation.classifiers.behaviour.links import find_links
from moderation.classifiers.behaviour.reading import Reading, Verdicts, model_verdicts
from moderation.domain.evidence import ContactKind
from moderation.text.contacts import find_contacts
from moderation.text.fingerprint import fingerprints, skeleton
from moderation.text.normalise import normalise_many
from moderation.text.restore import restore

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from moderation.classifiers.behaviour.facts import Posted
    from moderation.domain.policy import Threshold
    from moderation.domain.scores import Scores
    from moderation.text.lexicon import Lexicon
    from moderation.text.segment import Segmenter

LONGEST: Final = 2000
"""Code points of a text that are read for behaviour: a campaign shows within them, and work stays bounded."""

_SCHEME: Final = re.compile(r"^[a-z]+:[/\\\\]+|^www\.")
_LOOSE: Final = re.compile(
    r"(?:联系|咨询|详询|找|加|群号?|扣|\+|q|[薇溦微v]|飞机|tg|电报|telegram)[^0-9a-z。]{0,6}@?([1-9][0-9]{6,11}(?![0-9])|(?<=@)[a-z][a-z0-9_]{4,})"
)
"""Accounts without the name of a messenger: figures or @names after a call to act."""

_AT: Final = re.compile(r"@([\w\-]{1,30})")


@dataclass(frozen=True, slots=True)
class Observer:
    """Finds the facts of posts.

    ``scores`` gives calibrated scores of texts in order, or is None where there is no bundle; ``thresholds`` are
    the bundle's own, by head.
    """

    lexicon: Lexicon
    segmenter: Segmenter
    scores: Callable[[Sequence[str]], Sequence[Scores]] | None = None
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)

    def observe(self, posts: Sequence[Posted], *, now: int) -> list[Observed]:
        """Facts of posts, in order; ``now`` (epoch microseconds) decides which word-list entries are in force."""
        texts = list(dict.fromkeys(post.text for post in posts))
        facts = dict(zip(texts, self._facts(texts, now), strict=True))
        return [facts[post.text](post) for post in posts]

    def _facts(self, texts: Sequence[str], now: int) -> list[Callable[[Posted], Observed]]:
        cut = [text[:LONGEST] for text in texts]
        normalised = normalise_many(cut)
        readings = [restore(each) for each in normalised]
        hits = self.lexicon.match(normalised, now, readings, segmenter=self.segmenter)
        shown = [
            found[-1].text if found else each.text for each, found in zip(normalised, readings, strict=True)
        ]
        sketches = fingerprints(shown)
        verdicts = self._verdicts(cut)
        made = []
        for place, text in enumerate(cut):
            light = normalised[place].text
            both = light if shown[place] == light else f"{light}\n{shown[place]}"
            reading = Reading(
                cues=read_cues(both),
                core=skeleton(shown[place]),
                hits=tuple(hits[place]),
                contacts=tuple(find_contacts(normalised[place], readings[place])),
                links=find_links(text),
                model=verdicts[place],
                changes=len(readings[place][-1].changes) if readings[place] else 0,
            )
            made.append(_maker(text, reading, sketches[place]))
        return made

    def _verdicts(self, texts: Sequence[str]) -> list[Verdicts]:
        if self.scores is None:
            return [Verdicts()] * len(texts)
        return [model_verdicts(each, self.thresholds) for each in self.scores(texts)]


def _maker(text: str, reading: Reading, sketch: object) -> Callable[[Posted], Observed]:
    """The facts of a text, waiting for a post."""
    cues = reading.cues
    clauses = frozenset(hit.clause for hit in reading.hits if not hit.suppressed)
    advert, unaided = adverts.advert(reading)
    facts = {
        "core": reading.core,
        "fingerprint": sketch,
        "advert": advert,
        "unaided": unaided,
        "attack": judging.attack(reading),
        "contacts": _channels(reading),
        "links": reading.links,
        "clauses": clauses,
        "engagement": judging.engagement(reading),
        "notice": adverts.is_notice(reading),
        "service": adverts.is_service(reading),
        "courtesy": water.is_courtesy(reading),
        "meaningless": water.is_meaningless(text, reading),
        "filler": water.is_filler(reading),
    }
    return lambda post: Observed(post=post, cues=cues, mentions=tuple(_AT.findall(text)), **facts)  # type: ignore[arg-type]


def _channels(reading: Reading) -> frozenset[str]:
    """Where a text leads: accounts and numbers, and links that leave the well-known sites.

    The kind is left out: the same number is a telephone in one post and a WeChat account in the next.
    """
    private = {each.value.casefold() for each in reading.contacts if each.kind is not ContactKind.URL}
    foreign = {_SCHEME.sub("", link.surface).rstrip("/") for link in reading.links if not link.trusted}
    loose = (
        {match[1] for match in _LOOSE.finditer(reading.cues.text)}
        if reading.cues.has("call", "offer")
        else set()
    )
    return frozenset({each.removeprefix("+86") for each in private} | foreign | loose)
