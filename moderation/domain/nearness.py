"""How far two words are apart by their sound.  Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Nearness:
    """How far two sounds are apart: ``distance`` symbols of the longer one's ``length``."""

    distance: int
    length: int

    @property
    def near(self) -> bool:
        """Whether the sounds are alike: the same, or one of three syllables and more is another."""
        return self.distance == 0 or self.distance * 3 <= self.length


def nearness(one: str, other: str) -> Nearness:
    """Edit distance of two strings of sound symbols, one a syllable."""
    before = list(range(len(other) + 1))
    for row, symbol in enumerate(one, 1):
        now = [row]
        for column, against in enumerate(other, 1):
            now.append(min(before[column] + 1, now[column - 1] + 1, before[column - 1] + (symbol != against)))
        before = now
    return Nearness(before[-1], max(len(one), len(other)))
