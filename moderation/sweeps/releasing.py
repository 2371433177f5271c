"""Judges what words that are gone had decided alone: kept evidence without them, and with the words in force now."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from moderation.domain.evidence import Field
from moderation.domain.releases import stays, without
from moderation.domain.wire import evidence_from_json
from moderation.sweeps.judging import NOT_STRUCK, Judged, circumstances
from moderation.text.lexicon import Lexicon
from moderation.text.matching import match_posts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from moderation.domain.evidence import Hit
    from moderation.domain.policy import Policy
    from moderation.store.tables import PostRow, VerdictRow
    from moderation.text.citing import Cited
    from moderation.text.entries import Entry


@dataclass(slots=True)
class ReleaseJudge:
    """Judges posts whose verdict cites words that are gone.

    ``in_force`` reads the words in force, shipped and own: only where some post cites a gone one are they needed.
    """

    policy: Policy
    gone: Cited
    in_force: Callable[[], Iterable[Entry]]
    whole: bool = field(default=True, init=False)
    _lexicon: Lexicon | None = field(default=None, init=False)

    def judge(self, batch: Sequence[tuple[PostRow, VerdictRow]], *, now: int) -> list[Judged]:
        """What each post would be judged without the words, in order."""
        cited = [any(map(self.gone.made, verdict.body["hits"])) for _, verdict in batch]
        asked = [one for one, cites in zip(batch, cited, strict=True) if cites]
        found = iter(self._judged(asked, now)) if asked else iter(())
        return [next(found) if cites else NOT_STRUCK for cites in cited]

    def _judged(self, asked: Sequence[tuple[PostRow, VerdictRow]], now: int) -> list[Judged]:
        if self._lexicon is None:
            self._lexicon = Lexicon.compile(tuple(self.in_force()))
        texts = match_posts([(post.title, post.text) for post, _ in asked], [self._lexicon], now=now)
        images = _in_images([verdict.body for _, verdict in asked], self._lexicon, now)
        return [
            self._judge(post, verdict, (*hits[0], *shown), self._lexicon.version)
            for (post, verdict), hits, shown in zip(asked, texts, images, strict=True)
        ]

    def _judge(self, post: PostRow, verdict: VerdictRow, fresh: Sequence[Hit], lexicon: str) -> Judged:
        body = verdict.body
        if stays(body, wordless=not post.text.strip() and not post.title.strip()):
            return Judged(matched=True)
        kept = [
            hit
            for hit, said in zip(evidence_from_json(body).hits, _words(body), strict=True)
            if not self.gone.made(said)
        ]
        places = {_place(hit) for hit in kept}
        hits = [*kept, *(hit for hit in fresh if _place(hit) not in places)]
        policy = self.policy.at(verdict.created_at)
        return Judged(matched=True, verdict=without(policy, body, hits, circumstances(post), lexicon))


def _words(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The kept hits that are evidence: contacts are shown among them and are not."""
    return [hit for hit in body["hits"] if hit["type"] != "contact"]


def _in_images(bodies: Sequence[dict[str, Any]], lexicon: Lexicon, now: int) -> list[list[Hit]]:
    """For each post the hits in the lines of its images."""
    lines = [
        (at, one["image"], one["text"])
        for at, body in enumerate(bodies)
        for one in body.get("images") or ()
        if one["text"]
    ]
    found: list[list[Hit]] = [[] for _ in bodies]
    matched = match_posts([("", text) for _, _, text in lines], [lexicon], now=now) if lines else []
    for (at, number, _), hits in zip(lines, matched, strict=True):
        found[at] += [replace(hit, field=Field.IMAGE, image=number) for hit in hits[0]]
    return found


def _place(hit: Hit) -> tuple[object, ...]:
    return hit.field, hit.image, hit.start, hit.end, hit.clause, hit.library, hit.suppressed
