"""Evidence in the images of a post: where codes lead, and what the lines in them say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from moderation.domain.evidence import Contact, ContactKind, Field, Hit, HitType
from moderation.domain.pictures import Picture, messenger_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.scores import Scores
    from moderation.text.understand import Understanding

CODES: Final = "codes"
"""Name of the rule, as a library, that a code which opens a messenger or a wallet calls for a look."""

EVASION: Final = "3.8"
MAX_VALUE: Final = 500
"""Code points of a code's text that are kept as a contact."""


@dataclass(frozen=True, slots=True)
class SeenPicture:
    """An image, and what its lines mean where it has any."""

    picture: Picture
    understanding: Understanding | None = None
    scores: Scores | None = None


def hits_in(seen: Sequence[SeenPicture]) -> tuple[Hit, ...]:
    """Words in the lines, and codes that lead to a messenger (clause 3.8: images that evade review)."""
    return tuple(hit for one in seen for hit in (*_words(one), *_codes(one.picture)))


def contacts_in(seen: Sequence[SeenPicture]) -> tuple[Contact, ...]:
    """Every code, and every contact in the lines; all of them are hidden from whoever reads the text alone."""
    return tuple(contact for one in seen for contact in (*_code_contacts(one.picture), *_line_contacts(one)))


def worst(scores: Scores, seen: Sequence[SeenPicture]) -> Scores:
    """Scores of a text, with the harm that its images show."""
    for one in seen:
        if one.scores is not None:
            scores = scores.with_harm_of(one.scores)
    return scores


def _words(one: SeenPicture) -> list[Hit]:
    if one.understanding is None:
        return []
    return [replace(hit, field=Field.IMAGE, image=one.picture.number) for hit in one.understanding.hits]


def _codes(picture: Picture) -> list[Hit]:
    return [
        Hit(
            type=HitType.RULE,
            value=code[:MAX_VALUE],
            normalised=messenger_of(code),
            field=Field.IMAGE,
            start=0,
            end=0,
            clause=EVASION,
            library=CODES,
            reason="code to a messenger",
            image=picture.number,
        )
        for code in picture.codes
        if messenger_of(code)
    ]


def _code_contacts(picture: Picture) -> list[Contact]:
    return [
        Contact(
            ContactKind.QR, code[:MAX_VALUE], 0, 0, obfuscated=True, field=Field.IMAGE, image=picture.number
        )
        for code in picture.codes
    ]


def _line_contacts(one: SeenPicture) -> list[Contact]:
    if one.understanding is None:
        return []
    return [
        replace(contact, obfuscated=True, field=Field.IMAGE, image=one.picture.number)
        for contact in one.understanding.contacts
    ]
