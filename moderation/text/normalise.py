"""The light form of a text: what the model sees and every matcher begins with.

It keeps the meaning: width, style, case, traditional characters, white space and invisible characters are
folded, nothing is guessed.  Readings that guess are made by :mod:`moderation.text.restore`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from opencc import OpenCC

from moderation.text.fold import FOLD, LENGTH_CHANGING
from moderation.text.offsets import Offsets

if TYPE_CHECKING:
    from collections.abc import Sequence

_CJK: Final = range(0x4E00, 0xA000)
_JOIN: Final = "\n"
"""Between texts converted together: no folded text contains it, and no OpenCC phrase spans it."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text beside its light form."""

    original: str
    text: str
    offsets: Offsets

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Place in the original of a span in ``text``, both in code points.

        Raises:
            ValueError: the span does not lie within ``text``.
        """
        return self.offsets.span(start, end)


def normalise(text: str) -> Normalised:
    """Light form of one text, in time linear in its length; never fails, whatever the characters."""
    if _needs_no_work(text):
        return Normalised(text, text, Offsets(len(text)))
    folded, offsets = _fold(text)
    return Normalised(text, _simplify([folded])[0], offsets)


def light_form(text: str) -> str:
    """The light form alone, for whoever needs no places."""
    return text if _needs_no_work(text) else _simplify([_fold(text)[0]])[0]


def normalise_many(texts: Sequence[str]) -> list[Normalised]:
    """Light forms in the same order, with one conversion to simplified characters for the whole batch."""
    folded = [(text, Offsets(len(text))) if _needs_no_work(text) else _fold(text) for text in texts]
    simplified = _simplify([form for form, _ in folded])
    return [
        Normalised(text, form, offsets)
        for text, form, (_, offsets) in zip(texts, simplified, folded, strict=True)
    ]


def _needs_no_work(text: str) -> bool:
    return "  " not in text and _not_clean().search(text) is None


def _fold(text: str) -> tuple[str, Offsets]:
    """Fold every character and collapse white space; characters map one to one in nearly every text."""
    folded = text.translate(FOLD)
    if "  " not in folded and LENGTH_CHANGING.isdisjoint(text):
        return folded, Offsets(len(text))
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    after_space = False
    for place, character in enumerate(text):
        for each in FOLD[ord(character)]:
            if each == " " and after_space:
                continue
            after_space = each == " "
            parts.append(each)
            starts.append(place)
            ends.append(place + 1)
    return "".join(parts), Offsets(len(text), starts, ends)


def _simplify(texts: list[str]) -> list[str]:
    """Traditional to simplified without changing any length; one call for all texts that need it."""
    traditional = _traditional()
    places = [place for place, text in enumerate(texts) if traditional.search(text)]
    if not places:
        return texts
    chosen = [texts[place] for place in places]
    converted = _converter().convert(_JOIN.join(chosen)).split(_JOIN)
    result = list(texts)
    for place, before, after in zip(places, chosen, converted, strict=True):
        result[place] = after if len(after) == len(before) else _simplify_characters(before)
    return result


def _simplify_characters(text: str) -> str:
    """Each character for itself: the way out where a phrase rule changed the length."""
    converted = [_converter().convert(character) for character in text]
    return "".join(new if len(new) == 1 else old for old, new in zip(text, converted, strict=True))


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@cache
def _traditional() -> re.Pattern[str]:
    """Characters that ``t2s`` changes when they stand alone."""
    plain = [chr(point) for point in (*range(0x3400, 0x4DC0), *_CJK)]
    simple = _converter().convert(_JOIN.join(plain)).split(_JOIN)
    changed = "".join(old for old, new in zip(plain, simple, strict=True) if old != new)
    return re.compile(f"[{changed}]")


@cache
def _not_clean() -> re.Pattern[str]:
    """Anything beside simplified characters, lower-case ASCII and Chinese punctuation that folding keeps."""
    traditional = _traditional()
    simple = "".join(chr(point) for point in _CJK if not traditional.match(chr(point)))
    return re.compile(f"[^ -@\\[-~{simple}。、“”‘’《》〈〉【】「」…—·]")
