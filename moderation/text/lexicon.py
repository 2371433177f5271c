"""Lexicons: one compiled automaton for any number of entries, asked for a batch of texts at a time."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import re2
from ahocorasick_rs import AhoCorasick

from moderation.domain.evidence import Field, Hit, Level
from moderation.text.entries import (
    Entry,
    EntryError,
    Kind,
    check_entry,
    compile_pattern,
    parse_combination,
    pattern_options,
    plain_word,
)
from moderation.text.listing import dump_csv, load_csv
from moderation.text.pinyin import sound_of_word
from moderation.text.resolving import resolve
from moderation.text.restore import restore
from moderation.text.segment import encodable
from moderation.text.substitution import CHINESE_WORD
from moderation.text.tracing import Trace, Use, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moderation.text.normalise import Normalised
    from moderation.text.restore import Reading
    from moderation.text.segment import Segmenter

__all__ = ["Entry", "EntryError", "Kind", "Level", "Lexicon", "dump_csv", "load_csv"]

_VERSION_LENGTH: Final = 12
_SOUNDING: Final = 3
"""Characters from which on an ordinary word is also sought in homophones; shorter ones sound like too much."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Compiled entries.  ``version`` is a hash of their content, after the label given to :meth:`compile`."""

    entries: tuple[Entry, ...]
    version: str
    _words: AhoCorasick | None
    _uses: tuple[tuple[Use, ...], ...]
    _sounds: AhoCorasick | None
    _sounded: tuple[tuple[Entry, str], ...]
    _patterns: tuple[tuple[Entry, re2._Regexp], ...]
    _pattern_set: re2.Set | None

    @classmethod
    def compile(cls, entries: Iterable[Entry], version: str = "") -> Lexicon:
        """Check and compile entries; 100,000 take about a second, matching does not slow down with their number.

        Raises:
            EntryError: an entry that cannot be used; ``line`` is its place in ``entries``, from 1.
        """
        kept = tuple(entries)
        uses: defaultdict[str, list[Use]] = defaultdict(list)
        sounded: list[tuple[Entry, str]] = []
        for place, entry in enumerate(kept, start=1):
            check_entry(entry, place)
            for word, use in _uses(entry):
                uses[word].append(use)
            if _sought_by_sound(entry):
                sounded.append((entry, plain_word(entry.word)))
        patterns = tuple((each, compile_pattern(each.word)) for each in kept if each.kind is Kind.REGEX)
        digest = hashlib.sha256("\n".join(sorted(map(_content, kept))).encode(errors="replace")).hexdigest()
        return cls(
            entries=kept,
            version=".".join(filter(None, (version, digest[:_VERSION_LENGTH]))),
            _words=AhoCorasick(list(uses)) if uses else None,
            _uses=tuple(map(tuple, uses.values())),
            _sounds=AhoCorasick([sound_of_word(word) for _, word in sounded]) if sounded else None,
            _sounded=tuple(sounded),
            _patterns=patterns,
            _pattern_set=_pattern_set(patterns),
        )

    def match(
        self,
        texts: Sequence[Normalised],
        now: int,
        readings: Sequence[Sequence[Reading]] | None = None,
        *,
        field: Field = Field.TEXT,
        segmenter: Segmenter | None = None,
    ) -> list[list[Hit]]:
        """Hits of each text in order of place, in the texts' order.

        ``now`` is in epoch microseconds; ``readings`` are restored here unless given; places are code points of
        the submitted texts.  Suppressed hits are included, with their reason.
        """
        if readings is None:
            readings = [restore(each) for each in texts]
        return [
            resolve(self._trace(text, found, segmenter), now, field)
            for text, found in zip(texts, readings, strict=True)
        ]

    def _trace(self, text: Normalised, readings: Sequence[Reading], segmenter: Segmenter | None) -> Trace:
        """Every raw occurrence in the light form and in the readings."""
        trace = Trace(text.original)
        sources: tuple[Normalised | Reading, ...] = (text, *readings)
        for source in sources:
            view = View(source, segmenter)
            if self._words is not None:
                for index, start, end in self._words.find_matches_as_indexes(source.text, overlapping=True):
                    if view.exhausted(index):
                        continue
                    for use in self._uses[index]:
                        trace.add_word(view, use, start, end)
            if self._sounds is not None:
                trace.add_sounds(view, self._sounds, self._sounded)
            if self._pattern_set is not None:
                for index in self._pattern_set.Match(encodable(source.text)) or ():
                    trace.add_pattern(view, *self._patterns[index])
        return trace


def _content(entry: Entry) -> str:
    """All fields of an entry, for the hash."""
    window = f"{entry.effective_from}\x1f{entry.effective_to}"
    return f"{entry.word}\x1f{entry.kind}\x1f{entry.clause}\x1f{entry.level}\x1f{entry.library}\x1f{window}"


def _sought_by_sound(entry: Entry) -> bool:
    """Pinyin entries, and words in Chinese that are long enough for their sound to mean something."""
    if entry.kind is Kind.NORMAL:
        return len(entry.word) >= _SOUNDING and CHINESE_WORD.fullmatch(entry.word) is not None
    return entry.kind is Kind.PINYIN


def _uses(entry: Entry) -> list[tuple[str, Use]]:
    """Words to look for on behalf of an entry."""
    if entry.kind in {Kind.NORMAL, Kind.ALLOW}:
        return [(plain_word(entry.word), Use(entry))]
    if entry.kind is not Kind.COMBINATION:
        return []
    parts = parse_combination(entry.word)
    return [
        (plain_word(word), Use(entry, place, len(parts), disguised=disguised))
        for place, part in enumerate(parts)
        for word, disguised in part
    ]


def _pattern_set(patterns: Sequence[tuple[Entry, re2._Regexp]]) -> re2.Set | None:
    """All patterns as one, so that a text without any match is read once."""
    if not patterns:
        return None
    union = re2.Set.SearchSet(pattern_options())
    for entry, _ in patterns:
        union.Add(entry.word)
    union.Compile()
    return union
