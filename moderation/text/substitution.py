"""What the stages of restoring hand to each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moderation.text.variants import Family

CHINESE: Final = "\u3400-\u9fff"
"""Chinese characters, for use within a character class."""

CHINESE_WORD: Final = re.compile(rf"[{CHINESE}]+")

DIGIT: Final = "0-9零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺弌弍弎貮"
"""Digits and what stands for them, for use within a character class."""


@dataclass(frozen=True, slots=True)
class Substitution:
    """``[start, end)`` of the text that a stage was given, read as ``plain``."""

    family: Family
    start: int
    end: int
    plain: str


def apart(found: Iterable[Substitution]) -> list[Substitution]:
    """Sorted, and without those that overlap an earlier or longer one."""
    kept: list[Substitution] = []
    for each in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept
