"""The variant tables, in one place, and their use the other way round: cloaking a text as evaders do."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from moderation.text.pinyin import sounds

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

_FILE: Final = Path(__file__).with_name("variants.toml")


class Family(StrEnum):
    """A way of disguising a text."""

    HOMOPHONE = "homophone"
    LOOKALIKE = "lookalike"
    SPLIT = "split"
    PINYIN = "pinyin"
    EMOJI = "emoji"
    FULL_WIDTH = "full_width"
    ZERO_WIDTH = "zero_width"
    TRADITIONAL = "traditional"
    SPACING = "spacing"
    DIGITS = "digits"


@dataclass(frozen=True, slots=True)
class Variants:
    """The tables, each from variant to plain form."""

    lookalike: dict[str, str]
    split: dict[str, str]
    split_word: dict[str, str]
    emoji: dict[str, str]
    digits: dict[str, str]
    slang_digits: dict[str, str]
    targets: tuple[str, ...]


@cache
def variants() -> Variants:
    """The tables of ``variants.toml``, read once."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    signs = table["lookalike"]
    return Variants(
        lookalike=_pairs(signs["always"] + signs["latin"]),
        split=_pairs(table["split"]["always"]),
        split_word=_pairs(table["split"]["word"]),
        emoji=dict(table["emoji"]["word"]),
        digits=_pairs(table["digits"]["pairs"]),
        slang_digits=_pairs(table["digits"]["slang"]),
        targets=tuple(table["homophone"]["targets"].split()),
    )


def _pairs(listed: str) -> dict[str, str]:
    """``variant…plain`` items: the last character is the plain form of what stands before it."""
    return {item[:-1]: item[-1] for item in listed.split()}


def cloak(text: str, family: Family, rng: random.Random, rate: float = 0.3) -> str:
    """Disguise about ``rate`` of the characters that the family can disguise, at least one if there is any.

    Homophones keep the syllable, look-alikes the shape, splits the parts; nothing is ever left out.
    """
    disguise = _disguises()[family]
    places = [place for place, character in enumerate(text) if character in disguise]
    if not places:
        return text
    wanted = int(len(places) * rate + rng.random())
    characters = list(text)
    for place in rng.sample(places, min(len(places), max(1, wanted))):
        choices = disguise[characters[place]]
        characters[place] = choices[int(rng.random() * len(choices))]
    return "".join(characters)


_Choices: TypeAlias = dict[str, tuple[str, ...]]


@cache
def _disguises() -> dict[Family, _Choices]:
    makers: dict[Family, Callable[[], _Choices]] = {
        Family.HOMOPHONE: _homophones,
        Family.LOOKALIKE: lambda: _turned(variants().lookalike),
        Family.SPLIT: lambda: _turned(variants().split | variants().split_word),
        Family.PINYIN: lambda: {each: (sound,) for each, sound in sounds().by_character.items()},
        Family.EMOJI: lambda: _turned(
            {sign: word for sign, word in variants().emoji.items() if len(word) == 1}
        ),
        Family.FULL_WIDTH: lambda: {chr(point): (chr(point + 0xFEE0),) for point in range(0x21, 0x7F)},
        Family.ZERO_WIDTH: lambda: _followed("\u200b\u200c\u200d\u2060\ufeff\u00ad"),
        Family.TRADITIONAL: _traditional,
        Family.SPACING: lambda: _followed(" ./-*_~|·"),
        Family.DIGITS: _digits,
    }
    return {family: make() for family, make in makers.items()}


def _turned(table: dict[str, str]) -> _Choices:
    turned: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for variant, plain in table.items():
        turned[plain] += (variant,)
    return dict(turned)


def _homophones() -> _Choices:
    """Other frequent characters of the same syllable, for every frequent character."""
    table = sounds()
    return {
        each: tuple(other for other in alike if other != each)
        for alike in table.frequent.values()
        for each in alike
        if len(alike) > 1
    }


def _followed(signs: str) -> _Choices:
    """Each Chinese character, Latin letter or digit followed by one of the signs."""
    plain = [*sounds().by_character, *map(chr, range(0x30, 0x3A)), *map(chr, range(0x61, 0x7B))]
    return {each: tuple(each + sign for sign in signs) for each in plain}


def _traditional() -> _Choices:
    from opencc import OpenCC  # noqa: PLC0415 - its dictionaries are loaded only where this family is used

    simple = list(sounds().by_character)
    converted = OpenCC("s2t").convert("\n".join(simple)).split("\n")
    return {old: (new,) for old, new in zip(simple, converted, strict=True) if new != old}


def _digits() -> _Choices:
    turned = _turned(
        {variant: plain for variant, plain in variants().digits.items() if not variant.isascii()}
    )
    circled = {str(digit): chr(0x2460 + digit - 1) for digit in range(1, 10)}
    return {digit: (*forms, circled.get(digit, "⓪")) for digit, forms in turned.items()}
