"""Lexicons: one compiled automaton for any number of entries, asked for a batch of texts at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.domain.evidence import Field, Hit, Level
from moderation.text.compiling import Sought, digest, pattern_set, sounding_of, words_of
from moderation.text.entries import Entry, EntryError, Kind
from moderation.text.listing import dump_csv, load_csv
from moderation.text.resolving import resolve
from moderation.text.restore import restore
from moderation.text.segment import encodable
from moderation.text.tracing import Trace, View, complete

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import re2

    from moderation.text.compiling import Sounding, Words
    from moderation.text.normalise import Normalised
    from moderation.text.restore import Reading
    from moderation.text.segment import Segmenter
    from moderation.text.tracing import Occurrence

__all__ = ["Entry", "EntryError", "Kind", "Level", "Lexicon", "dump_csv", "load_csv"]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Compiled entries.  ``version`` is a hash of their content, after the label given to :meth:`compile`."""

    entries: tuple[Entry, ...]
    version: str
    _words: Words | None
    _sounding: Sounding | None
    _patterns: tuple[tuple[Entry, re2._Regexp], ...]
    _pattern_set: re2.Set | None

    @classmethod
    def compile(cls, entries: Iterable[Entry], version: str = "") -> Lexicon:
        """Check and compile entries; 100,000 take about two seconds, and cost matching very little.

        Raises:
            EntryError: an entry that cannot be used; ``line`` is its place in ``entries``, from 1.
        """
        kept = tuple(entries)
        sought = Sought()
        for place, entry in enumerate(kept, start=1):
            sought.add(entry, place)
        return cls(
            entries=kept,
            version=".".join(filter(None, (version, digest(kept)))),
            _words=words_of(sought),
            _sounding=sounding_of(sought),
            _patterns=tuple(sought.patterns),
            _pattern_set=pattern_set(sought.patterns),
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

    def apart(
        self, text: Normalised, readings: Sequence[Reading], segmenter: Segmenter | None = None
    ) -> set[Entry]:
        """Entries that each by itself, beside the allow words, would have a hit that counts in a text.

        Otherwise than in :meth:`match` no entry stands back behind a longer one.  Allow words are never among them;
        their windows of validity, and those of the others, are as of the epoch: give none.
        """
        trace = self._trace(text, readings, segmenter)
        allowed = [one for one in trace.found if one.use.entry.kind is Kind.ALLOW]
        by_entry: dict[Entry, list[Occurrence]] = {}
        for one in trace.found:
            if one.use.entry.kind is not Kind.ALLOW:
                by_entry.setdefault(one.use.entry, []).append(one)
        return {
            entry
            for entry, found in by_entry.items()
            if any(
                not hit.suppressed for hit in resolve(Trace(text.original, [*found, *allowed]), 0, Field.TEXT)
            )
        }

    def _trace(self, text: Normalised, readings: Sequence[Reading], segmenter: Segmenter | None) -> Trace:
        """Every raw occurrence in the light form and in the readings."""
        trace = Trace(text.original)
        views = [View(text, segmenter), *(View(each, segmenter) for each in readings)]
        found = [view.words(self._words) for view in views] if self._words else [()] * len(views)
        whole = complete(found)
        for view, words in zip(views, found, strict=True):
            for use, start, end in words:
                if use.combination < 0 or use.combination in whole:
                    trace.add_word(view, use, start, end)
            if self._sounding is not None:
                trace.add_sounds(view, self._sounding)
            if self._pattern_set is not None:
                for index in self._pattern_set.Match(encodable(view.source.text)) or ():
                    trace.add_pattern(view, *self._patterns[index])
        return trace
