"""From entries to what is sought: the steps of compiling a lexicon, each over all entries at once.

A list of 100,000 words is compiled beside a worker that goes on scoring, so what takes Python's lock counts most.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import re2
from ahocorasick_rs import AhoCorasick

from moderation.text.entries import (
    Entry,
    Kind,
    check_entry,
    compile_pattern,
    parse_combination,
    pattern_options,
    plain_word,
)
from moderation.text.pinyin import sounds_of_words
from moderation.text.substitution import CHINESE_WORD
from moderation.text.tracing import Use

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_VERSION_LENGTH: Final = 12
_SOUNDING: Final = 3
"""Characters from which on an ordinary word is also sought in homophones; shorter ones sound like too much."""

_SET_MEMORY: Final = 16 << 20
"""Bytes that all patterns together may use for the states they meet.  Where these do not fit they are made anew all
the time: with 1 MB our 14 patterns took seven times as long."""


@dataclass(slots=True)
class Sought:
    """What is looked for on behalf of entries, gathered one by one.

    ``alone`` are words that serve one ordinary entry: nearly all, so that nothing is made for them; ``uses`` are the
    others, by word.  ``combinations`` numbers combinations, equal ones alike.  ``sounded`` are sought by their sound.
    """

    alone: dict[str, Entry] = field(default_factory=dict)
    uses: dict[str, tuple[Use, ...]] = field(default_factory=dict)
    combinations: dict[Entry, int] = field(default_factory=dict)
    sounded: list[Entry] = field(default_factory=list)
    patterns: list[tuple[Entry, re2._Regexp]] = field(default_factory=list)

    def add(self, entry: Entry, place: int) -> None:
        """Check and take an entry.

        Raises:
            EntryError: it cannot be used; names ``place``.
        """
        check_entry(entry, place)
        kind = entry.kind
        if kind is Kind.REGEX:
            self.patterns.append((entry, compile_pattern(entry.word)))
        elif kind is Kind.COMBINATION:
            self._combination(entry)
        else:
            if kind is not Kind.PINYIN:
                self._word(plain_word(entry.word), entry)
            if kind is Kind.PINYIN or (kind is Kind.NORMAL and _sounds(entry.word)):
                self.sounded.append(entry)

    def _word(self, word: str, entry: Entry) -> None:
        if word in self.uses:
            self.uses[word] = (*self.uses[word], Use(entry))
        elif word in self.alone:
            self.uses[word] = (Use(self.alone.pop(word)), Use(entry))
        else:
            self.alone[word] = entry

    def _combination(self, entry: Entry) -> None:
        parts = parse_combination(entry.word)
        number = self.combinations.setdefault(entry, len(self.combinations))
        for place, part in enumerate(parts):
            for each, disguised in part:
                word = plain_word(each)
                first = (Use(self.alone.pop(word)),) if word in self.alone else self.uses.get(word, ())
                self.uses[word] = (*first, Use(entry, place, len(parts), disguised, number))


@dataclass(frozen=True, slots=True)
class Words:
    """An automaton over words; word ``n`` serves ``alone[n]``, or ``uses[n]`` where that is None."""

    automaton: AhoCorasick
    alone: tuple[Entry | None, ...]
    uses: Mapping[int, tuple[Use, ...]]

    def of(self, number: int) -> tuple[Use, ...]:
        """Whom a word serves."""
        entry = self.alone[number]
        return self.uses[number] if entry is None else (Use(entry),)


def words_of(sought: Sought) -> Words | None:
    """All words of the entries; sorted, because that builds faster."""
    words = sorted((*sought.alone, *sought.uses))
    if not words:
        return None
    alone = tuple(map(sought.alone.get, words))
    uses = {number: sought.uses[words[number]] for number, entry in enumerate(alone) if entry is None}
    return Words(AhoCorasick(words), alone, uses)


@dataclass(frozen=True, slots=True)
class Sounding:
    """An automaton over sounds; sound ``n`` is that of ``entries[n]``."""

    automaton: AhoCorasick
    entries: tuple[Entry, ...]


def sounding_of(sought: Sought) -> Sounding | None:
    """The entries that are sought by their sound, sorted by it; those that sound alike keep their order."""
    entries = sought.sounded
    if not entries:
        return None
    sounds = sounds_of_words([plain_word(entry.word) for entry in entries])
    order = sorted(range(len(sounds)), key=sounds.__getitem__)
    automaton = AhoCorasick([sounds[place] for place in order])
    return Sounding(automaton, tuple(entries[place] for place in order))


def _sounds(word: str) -> bool:
    """Whether a word is in Chinese and long enough for its sound to mean something."""
    return len(word) >= _SOUNDING and CHINESE_WORD.fullmatch(word) is not None


def digest(entries: Iterable[Entry]) -> str:
    """Hash of the content of entries, whatever their order."""
    content = "\n".join(sorted(map(_content, entries)))
    return hashlib.sha256(content.encode(errors="replace")).hexdigest()[:_VERSION_LENGTH]


def _content(entry: Entry) -> str:
    """All fields of an entry, for the hash."""
    fields = (entry.word, entry.kind, entry.clause, entry.level, entry.library)
    return "\x1f".join((*fields, f"{entry.effective_from}", f"{entry.effective_to}"))


def pattern_set(patterns: Sequence[tuple[Entry, re2._Regexp]]) -> re2.Set | None:
    """All patterns as one, so that a text without any match is read once."""
    if not patterns:
        return None
    union = re2.Set.SearchSet(pattern_options(_SET_MEMORY))
    for entry, _ in patterns:
        union.Add(entry.word)
    union.Compile()
    return union
