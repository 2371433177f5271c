"""Which kept hits a word made: a verdict keeps what was read, not the word itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.evidence import HitType
from moderation.text.entries import Entry, Kind, compile_pattern, parse_combination, plain_word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import re2

Hit = Mapping[str, Any]
"""A hit as a verdict's body keeps it."""

OWN: Final = "own "
"""Stands before the name of a community's list that is called as a shipped one."""


def matched_as(library: str, shipped: Collection[str]) -> str:
    """What a community's list is called in the hits of its words: one that is called as a shipped one is another."""
    return f"{OWN}{library}" if library in shipped else library


@dataclass(slots=True)
class Cited:
    """Words of one list, asked whether they made a hit.  ``sought`` are forms of ordinary and pinyin words."""

    library: str
    sought: set[str] = field(default_factory=set)
    combinations: list[tuple[frozenset[str], ...]] = field(default_factory=list)
    patterns: list[re2._Regexp] = field(default_factory=list)

    @classmethod
    def of(cls, library: str, entries: Iterable[Entry]) -> Cited:
        """Prepare checked words; allow words make no hits."""
        made = cls(library)
        for entry in entries:
            if entry.kind is Kind.REGEX:
                made.patterns.append(compile_pattern(entry.word))
            elif entry.kind is Kind.COMBINATION:
                parts = parse_combination(entry.word)
                made.combinations.append(
                    tuple(frozenset(plain_word(word) for word, _ in part) for part in parts)
                )
            elif entry.kind is not Kind.ALLOW:
                made.sought.add(plain_word(entry.word))
        return made

    def made(self, hit: Hit) -> bool:
        """Whether one of the words made a hit that counts."""
        if hit["suppressed"] or hit["library"].removeprefix(OWN) != self.library:
            return False
        reading: str = hit["normalised"]
        if hit["type"] == HitType.KEYWORD.value:
            return reading in self.sought
        if hit["type"] != HitType.RULE.value:
            return False
        return self._combined(tuple(reading.split(" & "))) or any(
            one.search(reading) is not None for one in self.patterns
        )

    def _combined(self, read: tuple[str, ...]) -> bool:
        return any(
            len(parts) == len(read) and all(one in part for one, part in zip(read, parts, strict=True))
            for parts in self.combinations
        )
