"""Latin syllables in a Chinese text: ``sha bi`` or ``加wei信`` read as the syllables that they spell.

A syllable is one token, so that a word spelled by its sound is as long as the word itself and stands where
its characters stood.  English words that happen to be made of syllables (``nice``, ``game``) stay letters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Digits beside a run make it an account or a code, not a word.
_RUN: Final = re.compile(r"(?<![a-z0-9])[a-z]{2,18}(?![a-z0-9])")
_BETWEEN: Final = re.compile("(?<=[\U000f0000-\U000fffff]) (?=[\U000f0000-\U000fffff])")
_LONGEST: Final = 6
_REMEMBERED: Final = 16_384


class Syllables:
    """Reads runs of Latin letters as syllables.

    Args:
        marks: syllable (two letters or more) to the one character that stands for it in a folded text, from
            U+F0000 on.
        whole: words that are not read as syllables.
    """

    def __init__(self, marks: Mapping[str, str], whole: Iterable[str] = ()) -> None:
        self._marks, self._whole = dict(marks), frozenset(whole)
        self._read = lru_cache(_REMEMBERED)(self._read_run)

    def __bool__(self) -> bool:
        return bool(self._marks)

    def read(self, text: str) -> str:
        """The text with every run of lower-case letters that syllables make up replaced by their marks.

        A space between two marks goes: ``jia wei`` and ``jiawei`` are the same word.
        """
        marked = _RUN.sub(lambda found: self._read(found.group()), text)
        return marked if marked == text else _BETWEEN.sub("", marked)

    def _read_run(self, run: str) -> str:
        if run in self._whole:
            return run
        return self._cut(run) or run

    def _cut(self, run: str) -> str:
        """Marks of the run's syllables, the longest first; empty if it is not made of syllables."""
        for size in range(min(_LONGEST, len(run)), 1, -1):
            mark = self._marks.get(run[:size])
            if mark is None:
                continue
            if size == len(run):
                return mark
            rest = self._cut(run[size:])
            if rest:
                return mark + rest
        return ""
