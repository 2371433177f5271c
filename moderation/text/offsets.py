"""Where each character of a derived text came from, in code points of the text it was derived from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Offsets:
    """Map from a derived text back to its source of ``length`` code points.

    Character *i* of the derived text stands for ``[starts[i], ends[i])`` of the source; both sequences never
    fall.  ``None`` in both means one character for one character.
    """

    length: int
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    @property
    def size(self) -> int:
        """Length of the derived text in code points."""
        return self.length if self.starts is None else len(self.starts)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Source span of the derived span ``[start, end)``; an empty span stays empty.

        Raises:
            ValueError: the span does not lie within the derived text.
        """
        if not 0 <= start <= end <= self.size:
            message = f"span [{start}, {end}) lies outside a text of {self.size} code points"
            raise ValueError(message)
        if self.starts is None or self.ends is None:
            return start, end
        if start == end:
            place = self.starts[start] if start < len(self.starts) else self.length
            return place, place
        return self.starts[start], self.ends[end - 1]

    def within(self, outer: Offsets) -> Offsets:
        """This map followed by ``outer``, whose derived text is this map's source."""
        if outer.starts is None or outer.ends is None:
            return self
        if self.starts is None or self.ends is None:
            return outer
        spans = [outer.span(start, end) for start, end in zip(self.starts, self.ends, strict=True)]
        return Offsets(outer.length, [start for start, _ in spans], [end for _, end in spans])


@dataclass(frozen=True, slots=True)
class Piece:
    """A replacement of the source span ``[start, end)`` by ``text``."""

    start: int
    end: int
    text: str


def rewrite(source: str, pieces: Iterable[Piece]) -> tuple[str, Offsets]:
    """Apply pieces, sorted and apart from each other; every character of a replacement maps to its whole piece."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for piece in pieces:
        parts += source[at : piece.start], piece.text
        starts += range(at, piece.start)
        ends += range(at + 1, piece.start + 1)
        starts += [piece.start] * len(piece.text)
        ends += [piece.end] * len(piece.text)
        at = piece.end
    if at == 0 and not parts:
        return source, Offsets(len(source))
    parts.append(source[at:])
    starts += range(at, len(source))
    ends += range(at + 1, len(source) + 1)
    return "".join(parts), Offsets(len(source), starts, ends)
