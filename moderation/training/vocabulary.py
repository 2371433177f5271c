"""Build the character vocabulary from raw lines."""

# ruff: noqa: PLR2004 - shares and sizes read best where they are used
from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import opencc

from moderation.classifiers.tokenise import SPECIAL, Tokeniser, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable

_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))


def script_fold() -> dict[str, str]:
    """Traditional character to simplified one, by OpenCC's ``t2s`` on single characters."""
    convert = opencc.OpenCC("t2s").convert
    pairs = ((chr(code), convert(chr(code))) for low, high in _HAN for code in range(low, high))
    return {old: new for old, new in pairs if old != new and len(new) == 1}


def build(lines: Iterable[str], least: int = 20, most: int = 8192) -> Vocabulary:
    """Vocabulary of the characters that occur at least ``least`` times, at most ``most`` tokens in all."""
    fold = script_fold()
    bare = Tokeniser(Vocabulary(SPECIAL, fold))
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(bare.fold(line))
    known = [
        char
        for char, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if count >= least and char != " " and not 0xE000 <= ord(char) < 0xE100
    ]
    return Vocabulary((*SPECIAL, *known[: most - len(SPECIAL)]), fold)
