"""Reads the evidence of a stored verdict for a page: hits, contacts and mentions with the place each has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.convention import Category
from moderation.domain.evidence import Field, HitType, Level
from review_ui.marks import Span, Tone, excerpt, lay_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from moderation.store.tables import MentionRow, PostRow, VerdictRow
    from review_ui.marks import Group

TOP_CATEGORIES: Final = 5
_SHOWN_FROM: Final = 0.05


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One line of evidence: where it stands, what it reads as, and why it counts."""

    index: int
    kind: str
    value: str
    reading: str
    field: Field
    start: int
    end: int
    tone: Tone
    clause: str = ""
    library: str = ""
    reason: str = ""

    @property
    def suppressed(self) -> bool:
        """Whether it counts for nothing."""
        return self.tone is Tone.QUIET

    @property
    def disguised(self) -> bool:
        """Whether it reads otherwise than it stands."""
        return bool(self.reading) and self.reading != self.value


@dataclass(frozen=True, slots=True)
class Case:
    """A post with what its verdict shows."""

    post: PostRow
    verdict: VerdictRow | None
    exhibits: tuple[Exhibit, ...] = ()
    scores: Mapping[str, Any] = field(default_factory=dict)

    @property
    def loud(self) -> list[Exhibit]:
        """Evidence that counts."""
        return [each for each in self.exhibits if not each.suppressed]

    @property
    def quiet(self) -> list[Exhibit]:
        """Evidence that was suppressed."""
        return [each for each in self.exhibits if each.suppressed]

    @property
    def text(self) -> list[str | Group]:
        """The text, laid out."""
        return lay_out(self.post.text, self._spans(Field.TEXT))

    @property
    def title(self) -> list[str | Group]:
        """The title, laid out."""
        return lay_out(self.post.title, self._spans(Field.TITLE))

    @property
    def excerpt(self) -> list[str | Group]:
        """What a list shows of the post."""
        if not self.post.text:
            return self.title
        return lay_out(
            *excerpt(self.post.text, [one for one in self._spans(Field.TEXT) if one.tone is not Tone.QUIET])
        )

    @property
    def risk(self) -> float | None:
        """The probability that decided, or the highest score of a post that passes; None before the verdict."""
        if self.verdict is None:
            return None
        findings = self.scores.get("labels") or []
        if findings:
            return float(findings[0]["probability"])
        return max(float(self.scores.get("ad", 0.0)), float(self.scores.get("negativity", 0.0)))

    @property
    def categories(self) -> list[tuple[Category, float]]:
        """The likeliest categories, the plain ad score aside, likeliest first."""
        scored = [
            (Category(name), float(value))
            for name, value in (self.scores.get("categories") or {}).items()
            if name != Category.AD.value and value >= _SHOWN_FROM
        ]
        return sorted(scored, key=lambda one: -one[1])[:TOP_CATEGORIES]

    def _spans(self, where: Field) -> list[Span]:
        return [
            Span(each.start, each.end, each.tone, each.index) for each in self.exhibits if each.field is where
        ]


def case(post: PostRow, verdict: VerdictRow | None) -> Case:
    """Read a verdict's evidence; a verdict on an earlier text of the post marks nothing."""
    if verdict is None or verdict.revision != post.revision:
        return Case(post, verdict, scores=verdict.body if verdict else {})
    return Case(post, verdict, tuple(_exhibits(verdict.body)), verdict.body)


def mention_case(post: PostRow, mention: MentionRow) -> list[str | Group]:
    """What a list of mentions shows of a post: the surroundings of the brand, marked."""
    in_title = mention.field == Field.TITLE.value
    text = post.title if in_title else post.text
    return lay_out(*excerpt(text, [Span(mention.start, mention.end, Tone.BRAND, 0)], width=120))


def _exhibits(body: Mapping[str, Any]) -> Iterator[Exhibit]:
    found = [*_hits(body), *_contacts(body), *_mentions(body)]
    for index, values in enumerate(found):
        yield Exhibit(index=index, **values)


def _hits(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for hit in body.get("hits") or ():
        yield {
            "kind": hit["type"],
            "value": hit["value"],
            "reading": hit["normalised"],
            "field": Field(hit["field"]),
            "start": hit["start"],
            "end": hit["end"],
            "tone": _tone(hit),
            "clause": hit["clause"] or "",
            "library": hit["library"],
            "reason": hit["reason"],
        }


def _tone(hit: Mapping[str, Any]) -> Tone:
    if hit["suppressed"]:
        return Tone.QUIET
    if hit["type"] == HitType.CONTACT.value:
        return Tone.CONTACT
    return Tone.BLOCK if hit.get("level") == Level.BLOCK.value else Tone.REVIEW


def _contacts(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    known = {
        (hit["field"], hit["start"], hit["end"]) for hit in body.get("hits") or () if hit["type"] == "contact"
    }
    for contact in body.get("contacts") or ():
        where = Field(contact.get("field", "text"))
        if (where.value, contact["start"], contact["end"]) in known:
            continue
        yield {
            "kind": contact["kind"],
            "value": contact["value"],
            "reading": "",
            "field": where,
            "start": contact["start"],
            "end": contact["end"],
            "tone": Tone.CONTACT,
            "reason": "obfuscated" if contact.get("obfuscated") else "",
        }


def _mentions(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for mention in body.get("mentions") or ():
        yield {
            "kind": "brand",
            "value": mention["surface"],
            "reading": mention["brand"],
            "field": Field(mention.get("field", "text")),
            "start": mention["start"],
            "end": mention["end"],
            "tone": Tone.BRAND,
            "reason": mention["sentiment"],
        }
