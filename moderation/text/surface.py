"""Disguises that the light form already undoes, and that are still worth naming as disguises."""

from __future__ import annotations

import re
from typing import Final

from moderation.text.fold import FOLD
from moderation.text.variants import Family

_HARMLESS: Final = "\ufe0f\ufe0e\n\r"
"""Emoji presentation and line ends: they vanish in the light form and disguise nothing."""

_STYLED: Final = re.compile(
    "[\u1d00-\u1d7f\u2070-\u209f\u2100-\u214f\u249c-\u24ff\u2776-\u2793\U0001d400-\U0001d7ff\U0001f110-\U0001f189]"
)
_PLAIN: Final = re.compile("[ -~\u3400-\u9fff\u3000-\u303f\uff00-\uffef]*")


def surface_families(surface: str) -> frozenset[Family]:
    """Invisible characters inside a surface, and Latin letters or digits in a styled alphabet."""
    if _PLAIN.fullmatch(surface):
        return frozenset()
    families = set()
    if any(FOLD[ord(each)] == "" and each not in _HARMLESS for each in surface):
        families.add(Family.ZERO_WIDTH)
    if _STYLED.search(surface):
        families.add(Family.LOOKALIKE)
    return frozenset(families)
