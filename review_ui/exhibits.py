"""Reads the evidence of a stored verdict: hits, contacts and mentions with the place each has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moderation.domain.evidence import Field, HitType, Level
from review_ui.marks import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


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
    image: int = 0

    @property
    def suppressed(self) -> bool:
        """Whether it counts for nothing."""
        return self.tone is Tone.QUIET

    @property
    def disguised(self) -> bool:
        """Whether it reads otherwise than it stands."""
        return bool(self.reading) and self.reading != self.value


def exhibits_of(body: Mapping[str, Any]) -> Iterator[Exhibit]:
    """Every line of evidence in a verdict's body, numbered from 0."""
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
            "image": hit.get("image", 0),
        }


def _tone(hit: Mapping[str, Any]) -> Tone:
    if hit["suppressed"]:
        return Tone.QUIET
    if hit["type"] == HitType.CONTACT.value:
        return Tone.CONTACT
    return Tone.BLOCK if hit.get("level") == Level.BLOCK.value else Tone.REVIEW


def _contacts(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    known = {
        (hit["field"], hit["start"], hit["end"], hit.get("image", 0))
        for hit in body.get("hits") or ()
        if hit["type"] == "contact"
    }
    for contact in body.get("contacts") or ():
        where = Field(contact.get("field", "text"))
        if (where.value, contact["start"], contact["end"], contact.get("image", 0)) in known:
            continue
        yield {
            "kind": contact["kind"],
            "value": contact["value"],
            "reading": "",
            "field": where,
            "start": contact["start"],
            "end": contact["end"],
            "tone": Tone.CONTACT,
            "reason": "obfuscated" if contact.get("obfuscated") and not contact.get("image") else "",
            "image": contact.get("image", 0),
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
