"""Words of a text: jieba is the reference, rjieba the fast path behind the same interface.

Both load their dictionary at first use (0.1 s for rjieba, about 1 s and 70 MB for jieba).
"""

from __future__ import annotations

import logging
import re
import threading
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

_ADDED_FREQUENCY: Final = 20_000
"""Weight of an added word: it holds together against its own parts, and seldom tears its neighbours."""

MODERN_WORDS: Final = (
    "微信", "支付宝", "小红书", "公众号", "朋友圈", "抖音", "快手", "直播间", "二维码", "小程序", "网购", "外卖",
    "快递", "淘宝", "京东", "拼多多", "微博", "视频号", "短视频", "网红", "主播", "拉黑", "点赞", "转发", "粉丝",
)  # fmt: skip
"""Everyday words that jieba's dictionary of 2012 lacks; every segmenter here knows them."""


_LATIN_PART: Final = re.compile(r"[a-zA-Z0-9]+(?:\.[0-9]+)?%?|[^a-zA-Z0-9]+")
_LATIN_JOINT: Final = re.compile(r"[a-zA-Z0-9][+#&._%-]|[+#&._%-][a-zA-Z0-9]")


class Word(NamedTuple):
    """A word and its place ``[start, end)`` in the text that was cut, in code points.

    A named tuple, because a post makes dozens and a frozen dataclass takes four times as long to make.
    """

    text: str
    start: int
    end: int


_as_word: Final[Callable[[tuple[str, int, int]], Word]] = partial(tuple.__new__, Word)
"""As ``Word._make``, without a call of Python for each of them."""


class Segmenter(Protocol):
    """Cuts texts into words that together make up the whole text."""

    name: str

    def cut(self, text: str, *, guess: bool = True) -> list[Word]:
        """Words in order; ``guess`` also forms words that the dictionary lacks."""
        ...

    def knows(self, word: str) -> bool:
        """Tell whether the dictionary has the word."""
        ...

    def add_words(self, words: Iterable[str]) -> None:
        """Add words to the dictionary of this segmenter."""
        ...


class RjiebaSegmenter:
    """jieba's algorithm and dictionary in Rust: about twelve times as fast."""

    name = "rjieba"

    def cut(self, text: str, *, guess: bool = True) -> list[Word]:
        """Words in order; ``guess`` also forms words that the dictionary lacks."""
        words = map(_as_word, self._jieba.tokenize(encodable(text), "default", guess))
        if _LATIN_JOINT.search(text) is None:
            return list(words)
        return list(chain.from_iterable(map(self._split_latin, words)))

    def _split_latin(self, word: Word) -> list[Word]:
        """Cut ``2-3`` and ``p.s`` where jieba does: rjieba holds such runs together."""
        if not word.text.isascii() or len(word.text) == 1 or self.knows(word.text):
            return [word]
        parts = _LATIN_PART.finditer(word.text)
        return [Word(part[0], word.start + part.start(), word.start + part.end()) for part in parts]

    def knows(self, word: str) -> bool:
        """Tell whether the dictionary has the word."""
        return bool(self._jieba.has_word(encodable(word)))

    def add_words(self, words: Iterable[str]) -> None:
        """Add words to the dictionary of this segmenter."""
        for word in words:
            self._jieba.add_word(word, _ADDED_FREQUENCY, None)

    @cached_property
    def _jieba(self) -> Any:
        import rjieba  # noqa: PLC0415 - the dictionary is loaded by the first text only

        jieba = rjieba.Jieba()
        for word in MODERN_WORDS:
            jieba.add_word(word, _ADDED_FREQUENCY, None)
        return jieba


class JiebaSegmenter:
    """jieba itself, with a dictionary of its own.

    ``cache_dir`` holds jieba's marshalled dictionary.  It must belong to the caller alone: jieba unmarshals
    whatever lies there, and its own default is the shared temporary folder.
    """

    name = "jieba"

    def __init__(self, cache_dir: Path) -> None:
        """Nothing is loaded before the first text."""
        self._cache_dir = cache_dir
        self._lock = threading.Lock()
        self._loaded: Any = None

    def cut(self, text: str, *, guess: bool = True) -> list[Word]:
        """Words in order; ``guess`` also forms words that the dictionary lacks."""
        return list(map(Word._make, self._jieba().tokenize(encodable(text), HMM=guess)))

    def knows(self, word: str) -> bool:
        """Tell whether the dictionary has the word."""
        return bool(self._jieba().FREQ.get(word))

    def add_words(self, words: Iterable[str]) -> None:
        """Add words to the dictionary of this segmenter."""
        for word in words:
            self._jieba().add_word(word, _ADDED_FREQUENCY)

    def _jieba(self) -> Any:
        with self._lock:
            if self._loaded is None:
                import jieba  # noqa: PLC0415 - the dictionary is loaded by the first text only

                jieba.setLogLevel(logging.WARNING)
                self._cache_dir.mkdir(parents=True, exist_ok=True)
                loaded = jieba.Tokenizer()
                loaded.tmp_dir = str(self._cache_dir)
                loaded.initialize()
                for word in MODERN_WORDS:
                    loaded.add_word(word, _ADDED_FREQUENCY)
                self._loaded = loaded
            return self._loaded


@dataclass(frozen=True, slots=True)
class Difference:
    """A text that two segmenters cut differently."""

    text: str
    one: tuple[str, ...]
    other: tuple[str, ...]


def differences(texts: Sequence[str], one: Segmenter, other: Segmenter) -> list[Difference]:
    """Texts that the two cut differently, in order."""
    found = []
    for text in texts:
        cuts = [tuple(word.text for word in segmenter.cut(text)) for segmenter in (one, other)]
        if cuts[0] != cuts[1]:
            found.append(Difference(text, cuts[0], cuts[1]))
    return found


def encodable(text: str) -> str:
    """The text with lone surrogates replaced one for one: native libraries take UTF-8 only."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= each <= "\udfff" else each for each in text)
    return text


@cache
def default_segmenter() -> Segmenter:
    """The segmenter that checks word boundaries: rjieba, shared within the process."""
    return RjiebaSegmenter()
