"""From kept posts to what the detectors know of them, and back from what was kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from moderation.classifiers.behaviour import Advert, Observed, Observer, Posted
from moderation.classifiers.behaviour.keeping import facts_json, observed
from moderation.classifiers.behaviour.observing import LONGEST
from moderation.classifiers.behaviour.pile_on import named
from moderation.classifiers.behaviour.ties import ties
from moderation.conduct.pictured import whole_text, with_codes
from moderation.domain.behaviour_verdicts import advertising_is_free
from moderation.domain.findings import Circumstances
from moderation.domain.post import PublishingMode, Scene
from moderation.domain.wire import evidence_from_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moderation.domain.rules import Policy
    from moderation.domain.scores import Scores
    from moderation.rulebooks import Rulebook
    from moderation.store.tables import BehaviourFactRow, PostRow, VerdictRow
    from moderation.text.segment import Segmenter

MINUTE: Final = 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A post with its facts.  ``at`` is when it was posted, UTC microseconds; ``head``: it begins a thread."""

    post_id: str
    revision: int
    at: int
    observed: Observed
    head: bool
    minor: bool


def circumstances(post: PostRow) -> Circumstances:
    """What the policy may know of a post besides its text."""
    return Circumstances(
        scene=Scene(post.scene),
        group=post.group_path,
        official=bool(post.author.get("official")),
        mode=PublishingMode(post.mode),
    )


def read(
    batch: Sequence[tuple[PostRow, VerdictRow]], rules: Rulebook, segmenter: Segmenter, *, now: int
) -> list[Seen]:
    """Facts of posts, in order, with the scores that their verdicts keep: no model is asked.

    Where a post may advertise it does not count as an advert.
    """
    posted = [_posted(index, post, verdict) for index, (post, verdict) in enumerate(batch)]
    scores = {
        one.text[:LONGEST]: evidence_from_json(verdict.body).scores
        for one, (_, verdict) in zip(posted, batch, strict=True)
    }
    found = _observer(rules, segmenter, scores).observe(posted, now=now)
    return [
        Seen(
            post_id=post.id,
            revision=post.revision,
            at=post.posted_at,
            observed=_permitted(with_codes(one, verdict.body), rules.policy, post),
            head=_begins_thread(post),
            minor=bool(post.author.get("minor")),
        )
        for one, (post, verdict) in zip(found, batch, strict=True)
    ]


def _observer(rules: Rulebook, segmenter: Segmenter, scores: Mapping[str, Scores]) -> Observer:
    policy = rules.policy
    thresholds = {rule.head: policy.threshold(rule, Scene.POST) for rule in policy.rules if rule.enabled}
    return Observer(rules.lexicon, segmenter, lambda texts: [scores[text] for text in texts], thresholds)


def _posted(index: int, post: PostRow, verdict: VerdictRow) -> Posted:
    context = post.context or {}
    return Posted(
        index=index,
        author=post.author_id or "",
        text=whole_text(f"{post.title}\n{post.text}" if post.title else post.text, verdict.body),
        minute=post.posted_at / MINUTE,
        thread=context.get("thread_id") or "",
        target_author=context.get("target_author") or context.get("reply_to_author") or "",
        official=bool(post.author.get("official")),
    )


def _permitted(one: Observed, policy: Policy, post: PostRow) -> Observed:
    if one.advert and advertising_is_free(policy, circumstances(post)):
        return replace(one, advert=Advert.NO, unaided=False)
    return one


def _begins_thread(post: PostRow) -> bool:
    """Whether others answer it: by its number, or because it answers nothing."""
    context = post.context or {}
    return post.data_id == context.get("thread_id") or (
        post.scene == Scene.POST.value and not context.get("parent_id") and not context.get("reply_to_author")
    )


def kept(seen: Sequence[Seen], community_id: int, *, now: int) -> list[dict[str, Any]]:
    """What to keep of posts, as the store does."""
    return [
        {
            "post_id": one.post_id,
            "community_id": community_id,
            "revision": one.revision,
            "author_id": one.observed.post.author,
            "at": one.at,
            "sketch": one.observed.fingerprint.to_bytes(),
            "facts": facts_json(one.observed, head=one.head, minor=one.minor),
            "kept_at": now,
        }
        for one in seen
    ]


def links(seen: Sequence[Seen], community_id: int) -> list[dict[str, Any]]:
    """What posts may share with others, as the store keeps it; each key of a post once."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for one in seen:
        for tie in ties(one.observed, head=one.head, minor=one.minor):
            row = found.setdefault(
                (one.post_id, tie.key),
                {
                    "community_id": community_id,
                    "key": tie.key,
                    "at": one.at,
                    "post_id": one.post_id,
                    "kind": tie.kind.value,
                    "asks": False,
                    "offers": False,
                },
            )
            row["asks"] |= tie.asks
            row["offers"] |= tie.offers
    return list(found.values())


def together(fresh: Sequence[Seen], neighbours: Sequence[BehaviourFactRow]) -> list[Seen]:
    """Fresh posts and their neighbours, numbered anew; attacks on somebody known to be a minor say so."""
    seen = [*fresh, *(_known(row) for row in neighbours)]
    minors = {one.observed.post.author for one in seen if one.minor}
    return [replace(one, observed=_numbered(one.observed, index, minors)) for index, one in enumerate(seen)]


def _known(row: BehaviourFactRow) -> Seen:
    return Seen(
        post_id=row.post_id,
        revision=row.revision,
        at=row.at,
        observed=observed(0, row.author_id, row.at / MINUTE, row.sketch, row.facts),
        head=bool(row.facts.get("head")),
        minor=bool(row.facts.get("minor")),
    )


def _numbered(one: Observed, index: int, minors: set[str]) -> Observed:
    minor = bool(one.attack) and named(one) in minors
    return replace(one, post=replace(one.post, index=index, minor=minor))
