"""Raw occurrences of lexicon words, in the light form of a text and in its readings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from moderation.text.boundaries import Boundaries
from moderation.text.entries import Kind, plain_word
from moderation.text.homophones import credible
from moderation.text.pinyin import sound_of_text
from moderation.text.restore import Reading
from moderation.text.surface import surface_families

if TYPE_CHECKING:
    from collections.abc import Iterable

    import re2

    from moderation.text.compiling import Sounding, Words
    from moderation.text.entries import Entry
    from moderation.text.normalise import Normalised
    from moderation.text.segment import Segmenter

_MOST: Final = 50
"""Occurrences of one word in one view that are looked at: a text of nothing else needs no more evidence."""


@dataclass(frozen=True, slots=True)
class Use:
    """Why a word is looked for: for its entry, or as one part of the combination of that number."""

    entry: Entry
    part: int = 0
    parts: int = 1
    disguised: bool = False
    combination: int = -1


class View:
    """A text that is searched: the light form or a reading, with its word boundaries."""

    __slots__ = ("boundaries", "source")

    def __init__(self, source: Normalised | Reading, segmenter: Segmenter | None) -> None:
        """Words are cut at the first question only."""
        self.source = source
        self.boundaries = Boundaries(source.text, segmenter)

    def words(self, words: Words) -> list[tuple[Use, int, int]]:
        """Whom the words in it serve, and where they stand; of each word the first occurrences."""
        found = words.automaton.find_matches_as_indexes(self.source.text, overlapping=True)
        if len(found) > _MOST:
            found = _first_ones(found)
        return [(use, start, end) for word, start, end in found for use in words.of(word)]

    def differs(self, start: int, end: int) -> bool:
        """Tell whether ``[start, end)`` of the submitted text is written otherwise than it reads here."""
        if isinstance(self.source, Reading):
            return bool(self.source.families(start, end))
        return bool(surface_families(self.source.original[start:end]))


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A word found at ``[start, end)`` of the submitted text."""

    use: Use
    start: int
    end: int
    surface: str
    disguised: bool
    reason: str = ""
    judge: tuple[View, int, int] | None = None
    """Where to ask for word boundaries; asked late, because most parts of combinations stay alone."""


@dataclass(slots=True)
class Trace:
    """What was found in one text, over all its views."""

    original: str
    found: list[Occurrence] = field(default_factory=list)

    def add_word(self, view: View, use: Use, start: int, end: int) -> None:
        """Take an occurrence at ``[start, end)`` of the view, unless it lies inside a longer Latin word."""
        text = view.source.text
        if _inside_latin(text, start, end):
            return
        first, last = view.source.span(start, end)
        disguised = view.differs(first, last)
        if isinstance(view.source, Reading) and not disguised:
            return  # the light form has it already
        self.found.append(Occurrence(use, first, last, text[start:end], disguised, judge=(view, start, end)))

    def add_pattern(self, view: View, entry: Entry, pattern: re2._Regexp) -> None:
        """Take every match of a pattern; patterns state their own boundaries."""
        for match in pattern.finditer(view.source.text):
            if match.end() > match.start():
                first, last = view.source.span(match.start(), match.end())
                self.found.append(Occurrence(Use(entry), first, last, match[0], view.differs(first, last)))

    def add_sounds(self, view: View, sounding: Sounding) -> None:
        """Take what sounds like an entry: in disguise, and for a pinyin entry also as any word of that sound."""
        text = view.source.text
        sounded, offsets = sound_of_text(text)
        for index, start, end in sounding.automaton.find_matches_as_indexes(sounded, overlapping=True):
            entry = sounding.entries[index]
            word = plain_word(entry.word)
            place = offsets.span(start, end)
            surface = text[place[0] : place[1]]
            target = word if len(word) == end - start else "\0" * (end - start)
            pinyin = entry.kind is Kind.PINYIN
            if surface == word and not pinyin:
                continue  # found as a word already
            if surface == word or credible(text, place, target, view.boundaries, sought=pinyin):
                first, last = view.source.span(*place)
                self.found.append(Occurrence(Use(entry), first, last, word, surface != word))


def complete(found: Iterable[Iterable[tuple[Use, int, int]]]) -> set[int]:
    """Numbers of the combinations of which every part stands in some view: the parts of others come to nothing."""
    present: dict[int, int] = {}
    wanted: dict[int, int] = {}
    for words in found:
        for use, _, _ in words:
            if use.combination >= 0:
                present[use.combination] = present.get(use.combination, 0) | 1 << use.part
                wanted[use.combination] = (1 << use.parts) - 1
    return {number for number, parts in present.items() if parts == wanted[number]}


def _first_ones(found: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    seen: Counter[int] = Counter()
    kept = []
    for each in found:
        seen[each[0]] += 1
        if seen[each[0]] <= _MOST:
            kept.append(each)
    return kept


def _inside_latin(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return (_latin(before) and _latin(text[start])) or (_latin(after) and _latin(text[end - 1]))


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
