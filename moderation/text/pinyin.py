"""The sound of a text: one symbol a syllable, tones and near-alike initials and finals set aside.

``pinyin.tsv`` is derived from pypinyin (MIT) by :mod:`moderation.text.make_pinyin`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from moderation.text.offsets import Offsets, Piece, rewrite

if TYPE_CHECKING:
    from collections.abc import Sequence

_FILE: Final = Path(__file__).with_name("pinyin.tsv")
_FIRST_SYMBOL: Final = 0xE000
"""Symbols are private-use characters: the light form of a text has none of its own."""

_KEPT: Final = 300
"""Characters of a text up to which its sound is kept for the next question."""

_LATIN: Final = re.compile(r"[a-z]{2,}")
_LETTER: Final = re.compile(r"[a-z]")
_MERGED: Final = ((r"^([zcs])h", r"\1"), (r"([ie])ng$", r"\1n"))


@dataclass(frozen=True, slots=True)
class Sounds:
    """Syllables of the language and the characters that have them, frequent characters first."""

    by_character: dict[str, str]
    frequent: dict[str, str]
    symbols: dict[str, str]
    table: dict[int, str]


@cache
def sounds() -> Sounds:
    """The table, read once."""
    by_character: dict[str, str] = {}
    frequent: dict[str, str] = {}
    symbols: dict[str, str] = {}
    merged: dict[str, str] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        syllable, common, rarer, rest = line.split("\t")
        frequent[syllable] = common or rarer
        alike = syllable
        for pattern, plain in _MERGED:
            alike = re.sub(pattern, plain, alike)
        symbols[syllable] = merged.setdefault(alike, chr(_FIRST_SYMBOL + len(merged)))
        by_character.update(dict.fromkeys(common + rarer + rest, syllable))
    table = {ord(each): symbols[syllable] for each, syllable in by_character.items()}
    return Sounds(by_character, frequent, symbols, table)


def sound_of_characters(text: str) -> str:
    """The text with each Chinese character replaced by the symbol of its syllable, one for one."""
    return text.translate(sounds().table)


def sound_of_word(word: str) -> str:
    """Symbols of a word in characters, or in Latin syllables with or without spaces (``jia wei``)."""
    sounded, _ = sound_of_latin(sound_of_characters(word))
    return sounded.replace(" ", "")


def sounds_of_words(words: Sequence[str]) -> list[str]:
    """As :func:`sound_of_word` of each, in order; words of Chinese characters alone are read together."""
    if not words:
        return []
    sounded = sound_of_characters("\n".join(words)).split("\n")  # a light form has no line ends
    return [
        sound_of_word(word) if _LETTER.search(word) else sound.replace(" ", "")
        for word, sound in zip(words, sounded, strict=True)
    ]


def sound_of_text(text: str) -> tuple[str, Offsets]:
    """Symbols of a text, its Latin syllables too, with their places in it."""
    return _sound_kept(text) if len(text) <= _KEPT else sound_of_latin(sound_of_characters(text))


@lru_cache(maxsize=1_024)
def _sound_kept(text: str) -> tuple[str, Offsets]:
    """Kept, because restoring and matching ask for the texts of a batch one after the other."""
    return sound_of_latin(sound_of_characters(text))


def sound_of_latin(text: str) -> tuple[str, Offsets]:
    """The text with runs of Latin letters that are nothing but syllables replaced by their symbols."""
    if _LETTER.search(text) is None:
        return text, Offsets(len(text))
    pieces: list[Piece] = []
    for run in _LATIN.finditer(text):
        syllables = split_syllables(run[0])
        if syllables is not None:
            symbols = sounds().symbols
            pieces.extend(
                Piece(run.start() + start, run.start() + end, symbols[run[0][start:end]])
                for start, end in syllables
            )
    return rewrite(text, _without_gaps(text, pieces))


def _without_gaps(text: str, pieces: list[Piece]) -> list[Piece]:
    """Each piece stretched over the space or hyphen after it, so that the symbols are neighbours."""
    return [
        Piece(piece.start, after.start, piece.text)
        if after is not None and after.start == piece.end + 1 and text[piece.end] in " '-"
        else piece
        for piece, after in zip(pieces, [*pieces, None][1:], strict=True)
    ]


@cache
def _longest() -> int:
    return max(map(len, sounds().symbols))


def split_syllables(run: str) -> list[tuple[int, int]] | None:
    """Places of the syllables of a Latin run; ``None`` when something is left over.  Single letters do not count."""
    syllables: list[tuple[int, int]] = []
    start = 0
    while start < len(run):
        for end in range(min(len(run), start + _longest()), start + 1, -1):
            if run[start:end] in sounds().symbols and _may_end(run, end):
                syllables.append((start, end))
                start = end
                break
        else:
            return None
    return syllables


def _may_end(run: str, end: int) -> bool:
    """A syllable may not leave letters behind that begin none (``xin|ao`` reads on, ``xi|n`` does not)."""
    return end == len(run) or run[end] not in "uiv"
