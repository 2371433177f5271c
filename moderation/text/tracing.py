"""Raw occurrences of lexicon words, in the light form of a text and in its readings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from moderation.text.boundaries import Boundaries
from moderation.text.entries import Kind
from moderation.text.homophones import credible
from moderation.text.pinyin import sound_of_characters, sound_of_latin
from moderation.text.restore import Reading
from moderation.text.surface import surface_families

if TYPE_CHECKING:
    from collections.abc import Sequence

    import re2
    from ahocorasick_rs import AhoCorasick

    from moderation.text.entries import Entry
    from moderation.text.normalise import Normalised
    from moderation.text.segment import Segmenter

_MOST: Final = 50
"""Occurrences of one word in one view that are looked at: a text of nothing else needs no more evidence."""


@dataclass(frozen=True, slots=True)
class Use:
    """Why a word is looked for: for its entry, or as one part of a combination."""

    entry: Entry
    part: int = 0
    parts: int = 1
    disguised: bool = False


class View:
    """A text that is searched: the light form or a reading, with its word boundaries."""

    __slots__ = ("_seen", "boundaries", "source")

    def __init__(self, source: Normalised | Reading, segmenter: Segmenter | None) -> None:
        """Words are cut at the first question only."""
        self.source = source
        self.boundaries = Boundaries(source.text, segmenter)
        self._seen: Counter[int] = Counter()

    def exhausted(self, word: int) -> bool:
        """Count an occurrence of the word of that number; tell whether there have been enough."""
        self._seen[word] += 1
        return self._seen[word] > _MOST

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

    def add_sounds(self, view: View, automaton: AhoCorasick, entries: Sequence[tuple[Entry, str]]) -> None:
        """Take what sounds like an entry: in disguise, and for a pinyin entry also as any word of that sound."""
        text = view.source.text
        sounded, offsets = sound_of_latin(sound_of_characters(text))
        for index, start, end in automaton.find_matches_as_indexes(sounded, overlapping=True):
            entry, word = entries[index]
            place = offsets.span(start, end)
            surface = text[place[0] : place[1]]
            target = word if len(word) == end - start else "\0" * (end - start)
            pinyin = entry.kind is Kind.PINYIN
            if surface == word and not pinyin:
                continue  # found as a word already
            if surface == word or credible(text, place, target, view.boundaries, sought=pinyin):
                first, last = view.source.span(*place)
                self.found.append(Occurrence(Use(entry), first, last, word, surface != word))


def _inside_latin(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return (_latin(before) and _latin(text[start])) or (_latin(after) and _latin(text[end - 1]))


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
