"""The few words that tell most about a text: frequency in the text times rarity in Chinese at large."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

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
    counts = Counter(
        word.text
        for word in words
        if len(word.text) > 1 and not word.text.isdigit() and word.text not in _STOP
    )
    counts = Counter({word: count for word, count in counts.items() if any(map(str.isalpha, word))})
    rarity, middle = _rarity()
    weighed = sorted(counts.items(), key=lambda item: -item[1] * rarity.get(item[0], middle))
    return tuple(word for word, _ in weighed[:limit])


@cache
def _rarity() -> tuple[dict[str, float], float]:
    """Inverse document frequencies that jieba ships (MIT), and their median for words it lacks."""
    jieba = find_spec("jieba")  # found, not imported: importing it builds a tokenizer
    if jieba is None or jieba.origin is None:
        raise ModuleNotFoundError("jieba is not installed", name="jieba")
    listed = Path(jieba.origin).with_name("analyse").joinpath("idf.txt").read_text(encoding="utf-8")
    rarity = {word: float(value) for word, _, value in (line.rpartition(" ") for line in listed.splitlines())}
    return rarity, sorted(rarity.values())[len(rarity) // 2]
