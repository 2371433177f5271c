"""What one character becomes in the light form: width, style, case, enclosed digits, invisible characters.

The table fills itself as characters are met, so that importing costs nothing; it is bounded by Unicode.
"""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

GROWTH_CAP: Final = 4
"""A compatibility form longer than this keeps its character (U+FDFA would become 18)."""

_INVISIBLE: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f")
_KEPT: Final = frozenset("…‥·")
"""Ordinary punctuation whose compatibility form says less than the character, or only grows."""
_DROPPED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Mn", "Me"})
_SMALL_CAPITAL: Final = "LATIN LETTER SMALL CAPITAL "
_RADICALS: Final = dict(
    zip(
        "⺠⻁⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⺅⺩⻄⻳⺮⺶",
        "民虎见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙亻王西龟竹羊",
        strict=True,
    )
)


def _enclosed(character: str) -> str:
    """Digits and letters in circles, squares and brackets, without them; empty where it is none."""
    point = ord(character)
    for first in (0x1F150, 0x1F170, 0x1F130, 0x1F110):
        if first <= point < first + 26:
            return chr(ord("a") + point - first)
    name = unicodedata.name(character, "")
    if not any(word in name for word in ("CIRCLED", "PARENTHESIZED", "FULL STOP", "COMMA")):
        return ""
    number = unicodedata.numeric(character, None)
    if number is None or unicodedata.category(character) != "No":
        return unicodedata.normalize("NFKC", character).strip("()").lower() if "IDEOGRAPH" in name else ""
    plain = unicodedata.normalize("NFKC", character).strip("().,")
    return plain if plain.isalnum() and plain != character else str(int(number))


def _compatible(character: str) -> str:
    """Compatibility form in lower case; accents of Latin letters fall away."""
    name = unicodedata.name(character, "")
    if name.startswith(_SMALL_CAPITAL) and len(name) == len(_SMALL_CAPITAL) + 1:
        return name[-1].lower()
    form: Literal["NFKD", "NFKC"] = "NFKD" if name.startswith("LATIN") else "NFKC"
    folded = unicodedata.normalize(form, unicodedata.normalize(form, character).lower())
    return "".join(each for each in folded if unicodedata.category(each) not in {"Mn", "Me", "Cf"})


def fold_character(character: str) -> str:
    """Light form of one character: empty when it is not visible, a space for any white space.

    Traditional characters stay: OpenCC converts them with their neighbours.
    """
    if character.isspace():
        return " "
    if character in _INVISIBLE or unicodedata.category(character) in _DROPPED_CATEGORIES:
        return ""
    if character in _KEPT:
        return character
    if character in _RADICALS:
        return _RADICALS[character]
    folded = _enclosed(character) or _compatible(character)
    if len(folded) > GROWTH_CAP:
        return character
    return folded.replace("\u00a0", " ") if folded else character


class _Table(dict[int, str]):
    """Fold table for ``str.translate`` that computes what it lacks."""

    def __missing__(self, point: int) -> str:
        folded = fold_character(chr(point))
        if len(folded) != 1:
            LENGTH_CHANGING.add(
                chr(point)
            )  # before the table: another thread must not meet the one without the other
        self[point] = folded
        return folded


LENGTH_CHANGING: Final[set[str]] = set()
"""Characters met so far whose light form is not one character: complete for a text once it was translated."""

FOLD: Final = _Table()
