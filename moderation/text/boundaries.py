"""Whether a span agrees with the words of its text: the second opinion on every match and every guess."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from moderation.text.segment import default_segmenter

if TYPE_CHECKING:
    from moderation.text.segment import Segmenter, Word


class Boundaries:
    """Dictionary words of one text, cut at the first question only.

    Guessed words are left out: they would swallow the very words that evaders make up.
    """

    __slots__ = ("_segmenter", "_starts", "_text", "_words")

    def __init__(self, text: str, segmenter: Segmenter | None = None) -> None:
        """Nothing is cut yet."""
        self._text = text
        self._segmenter = segmenter
        self._starts: list[int] = []
        self._words: list[Word] | None = None

    def words(self) -> list[Word]:
        """All words, single characters included."""
        if self._words is None:
            segmenter = self._segmenter or default_segmenter()
            self._words = segmenter.cut(self._text, guess=False)
        return self._words

    def _first(self, start: int) -> int:
        """Number of the word in which the character at ``start`` lies."""
        words = self.words()
        if len(self._starts) != len(words):
            self._starts = [word.start for word in words]
        return bisect_right(self._starts, start) - 1

    def torn(self, start: int, end: int) -> Word | None:
        """A word that the span cuts: partly inside and partly outside, or reaching beyond it on both sides.

        A longer word that begins or ends with the span (强奸 in 强奸犯) is not cut.
        """
        words = self.words()
        for place in range(self._first(start), len(words)):
            word = words[place]
            if word.start >= end:
                break
            if len(word.text) == 1:
                continue
            begins_before, ends_after = word.start < start, word.end > end
            if begins_before == ends_after:
                cut = begins_before
            else:
                cut = word.end < end if begins_before else word.start > start
            if cut:
                return word
        return None

    def holding(self, start: int, end: int) -> Word | None:
        """The word of two characters or more in which the span lies, the span itself included."""
        word = self.words()[self._first(start)]
        return word if end <= word.end and len(word.text) > 1 else None

    def stands_alone(self, place: int) -> bool:
        """Tell whether the character at ``place`` belongs to no longer word."""
        return self.holding(place, place + 1) is None
