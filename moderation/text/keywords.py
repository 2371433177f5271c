"""The few words that tell most about a text: frequency in the text times rarity in Chinese at large."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from functools import cache, lru_cache
from importlib.util import find_spec
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moderation.text.segment import Word

KEYWORDS: Final = 5
_STOP: Final = frozenset(
    """
    我们 你们 他们 她们 自己 这个 那个 什么 怎么 没有 不是 就是 可以 一个 一下 一样 现在 时候 知道 因为 所以 但是 如果
    还是 真的 觉得 已经 这样 那样 这么 那么 大家 有点 感觉 不要 不会 可能 应该
    今天 明天 昨天 the and for you http https com www
    """.split()  # noqa: SIM905 - a list literal would fill the page
)


def keywords(words: Iterable[Word], limit: int = KEYWORDS) -> tuple[str, ...]:
    """At most ``limit`` words of two characters or more, the weightiest first, equal ones in order of place."""
    counts = Counter([word.text for word in words if len(word.text) > 1])
    weighed = [
        (count * weight, word) for word, count in counts.items() if (weight := _weight(word)) is not None
    ]
    weighed.sort(key=itemgetter(0), reverse=True)
    return tuple(word for _, word in weighed[:limit])


@lru_cache(maxsize=8_192)  # texts share most of their words
def _weight(word: str) -> float | None:
    """What one occurrence of a word tells; None for those that are no keywords."""
    if word.isdigit() or word in _STOP or not any(map(str.isalpha, word)):
        return None
    return _rarity().of(word)


class _Rarity:
    """Inverse document frequencies by word.

    A quarter of a million words as a dictionary take 57 MB in every process; hashes and numbers in arrays take 3.
    Words whose 64-bit hashes agree would share a number, which costs a keyword its rank and nothing else.
    """

    __slots__ = ("_hashes", "_values", "middle")

    def __init__(self, lines: Iterable[str]) -> None:
        """Read lines of a word and its inverse document frequency."""
        pairs = ((hash(word), float(value)) for word, _, value in (line.rpartition(" ") for line in lines))
        table = np.fromiter(pairs, dtype=[("hash", np.int64), ("value", np.float32)])
        table.sort(order="hash")
        # bisect is faster on an array of the standard library than a search for one number in numpy's.
        self._hashes = array("q", table["hash"].tobytes())
        self._values = array("f", table["value"].tobytes())
        self.middle = float(np.median(table["value"]))

    def of(self, word: str) -> float:
        """The word's inverse document frequency; the median for a word that is not listed."""
        wanted = hash(word)
        place = bisect_left(self._hashes, wanted)
        known = place < len(self._hashes) and self._hashes[place] == wanted
        return self._values[place] if known else self.middle


@cache
def _rarity() -> _Rarity:
    """Inverse document frequencies that jieba ships (MIT)."""
    jieba = find_spec("jieba")  # found, not imported: importing it builds a tokenizer
    if jieba is None or jieba.origin is None:
        raise ModuleNotFoundError("jieba is not installed", name="jieba")
    with Path(jieba.origin).with_name("analyse").joinpath("idf.txt").open(encoding="utf-8") as lines:
        return _Rarity(lines)
