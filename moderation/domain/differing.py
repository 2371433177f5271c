"""Where near copies of a text differ.  Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ALIKE: Final = 0.5
"""Share of characters that two texts have in common at least, to be shown as copies of each other."""

COMPARED: Final = 120
"""Characters between the first and the last difference that are compared one by one: the time grows with the square."""

KEPT: Final = 10
MOST: Final = 160
"""Characters kept beside a difference, and of a difference, where a text is shortened."""


class Part(StrEnum):
    """What a piece of a text is, beside the text that it is compared with."""

    SAME = "same"
    NEW = "new"
    GONE = "gone"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; ``GONE`` stands in the other text only, ``OTHER`` is a whole text that is no copy."""

    part: Part
    text: str


def commonest(texts: Iterable[str]) -> str:
    """The text that comes most often, the first among equals; empty where there is none."""
    counted = Counter(texts)
    return max(counted, key=counted.__getitem__, default="")


def differing(text: str, reference: str) -> list[Piece]:
    """A text cut into what it shares with another and what not, in order; one piece ``OTHER`` where it is no copy."""
    if text == reference:
        return [Piece(Part.SAME, text)]
    head = _shared(text, reference)
    tail = _shared(text[head:][::-1], reference[head:][::-1])
    middle = _middle(text[head : len(text) - tail], reference[head : len(reference) - tail])
    end = [Piece(Part.SAME, text[len(text) - tail :])]
    pieces = [one for one in (Piece(Part.SAME, text[:head]), *middle, *end) if one.text]
    same = sum(len(one.text) for one in pieces if one.part is Part.SAME)
    return pieces if 2 * same >= ALIKE * (len(text) + len(reference)) else [Piece(Part.OTHER, text)]


def shortened(pieces: Sequence[Piece]) -> list[Piece]:
    """The same with what is shared cut down to the surroundings of what differs."""
    last = len(pieces) - 1
    return [
        Piece(one.part, _cut(one.text, first=place == 0, last=place == last))
        if one.part is Part.SAME and last
        else Piece(one.part, one.text if len(one.text) <= MOST else f"{one.text[:MOST]}…")
        for place, one in enumerate(pieces)
    ]


def _cut(text: str, *, first: bool, last: bool) -> str:
    before, after = (0 if first else KEPT), (0 if last else KEPT)
    if len(text) <= before + after + 1:
        return text
    return f"{text[:before]}…{text[len(text) - after :]}"


def _shared(one: str, other: str) -> int:
    """Characters at the head of both."""
    most = min(len(one), len(other))
    return next((place for place in range(most) if one[place] != other[place]), most)


def _middle(text: str, reference: str) -> list[Piece]:
    if max(len(text), len(reference)) > COMPARED:
        return [Piece(Part.NEW, text)] if text else [Piece(Part.GONE, reference)]
    pieces = []
    for kind, a, b, c, d in SequenceMatcher(None, reference, text, autojunk=False).get_opcodes():
        if kind == "delete":
            pieces.append(Piece(Part.GONE, reference[a:b]))
        else:
            pieces.append(Piece(Part.SAME if kind == "equal" else Part.NEW, text[c:d]))
    return pieces
