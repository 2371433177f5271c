"""Words worth disguising, found by their sound: 必瀛 for 必赢, jian zhi for 兼职."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from ahocorasick_rs import AhoCorasick

from moderation.text.aliases import account_follows, cue_precedes
from moderation.text.boundaries import Boundaries
from moderation.text.pinyin import sound_of_text, sound_of_word, sounds
from moderation.text.substitution import Substitution, apart
from moderation.text.variants import Family, variants

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHORT: Final = 2
_LONG_RUN: Final = 6
"""Letters of a spelt-out word that are hardly anything else."""

_EVERYDAY: Final = frozenset(
    "的了是在我有和就不人都一上也很到说要去你会着看好这为他那她它们对与又把被让给从向等过吧吗呢啊以可能得地还没什么怎样来下"
    "个里出天家心年大小多少能想做用时候前后间中国生学自己起但因所如果只已经最更再太真才比每次些点件开回事日月水火手"
    "口头面身老新高长美女男子孩父母爸妈哥姐弟妹叔爷奶今明昨早晚走吃喝玩打买卖穿住行坐睡听话问答叫请谢"
    "几两三四五六七八九十百千万零第号元块角分斤米克度岁周星期季半双各此其之而或且则即若虽然于由及并向往"
)
"""Characters that are words of their own in ordinary talk: as the disguise of another they prove nothing."""


def read_homophones(text: str) -> list[Substitution]:
    """Target words in disguise, where no dictionary word explains what stands there."""
    automaton, targets = _automaton()
    sounded, offsets = sound_of_text(text)
    boundaries = Boundaries(text)
    found = []
    for index, start, end in automaton.find_matches_as_indexes(sounded, overlapping=True):
        target = targets[index]
        place = offsets.span(start, end)
        surface = text[place[0] : place[1]].strip()
        if surface != target and credible(text, place, target, boundaries):
            found.append(Substitution(_family(surface), place[0], place[0] + len(surface), target))
    return apart(sorted(found, key=lambda each: each.start - each.end))


def credible(
    text: str, place: tuple[int, int], target: str, boundaries: Boundaries, *, sought: bool = False
) -> bool:
    """Judge a surface that sounds like ``target``: odd enough by itself, or beside a diversion cue or account.

    ``sought`` says that an operator asked for the sound, so that it need not be odd.
    """
    start, end = place
    surface = text[start:end].strip()
    if any("a" <= each <= "z" for each in surface):
        return _credible_latin(text, place, target, boundaries)
    changed = [start + at for at, pair in enumerate(zip(surface, target, strict=True)) if pair[0] != pair[1]]
    if any(text[at] in _EVERYDAY for at in changed):
        return False
    odd = sought or any(_rare(text[at]) for at in changed) or len(target) > _SHORT
    if not (odd or account_follows(text, end) or cue_precedes(text, start)):
        return False  # asked before the boundaries, because cutting the text into words costs more
    return boundaries.torn(start, end) is None and all(map(boundaries.stands_alone, changed))


def _credible_latin(text: str, place: tuple[int, int], target: str, boundaries: Boundaries) -> bool:
    """Latin syllables prove something in three, beside Chinese characters of the word, or beside an account."""
    start, end = place
    surface = text[start:end]
    if (start and text[start - 1].isascii() and text[start - 1].isalnum()) or (
        end < len(text) and surface[-1].isascii() and text[end].isascii() and text[end].isalpha()
    ):
        return False
    if any(each >= "\u3400" and each not in target for each in surface):
        return False
    mixed = any(each >= "\u3400" for each in surface)
    if mixed and boundaries.torn(start, end):
        return False
    return mixed or len(target) > _SHORT or account_follows(text, end) or _beside_chinese(text, start, end)


def _beside_chinese(text: str, start: int, end: int) -> bool:
    """Tell whether Chinese characters touch it, as where a word of a sentence is spelt out; both sides if short."""
    sides = (text[start - 1 : start], text[end : end + 1])
    return sum(side >= "\u3400" for side in sides) >= (1 if end - start >= _LONG_RUN else 2)


def _rare(character: str) -> bool:
    """Tell whether a character lies outside the frequent ones of its syllable."""
    syllable = sounds().by_character.get(character)
    return syllable is None or character not in sounds().frequent[syllable]


def _family(surface: str) -> Family:
    return Family.PINYIN if any("a" <= each <= "z" for each in surface) else Family.HOMOPHONE


@cache
def _automaton() -> tuple[AhoCorasick, Sequence[str]]:
    targets = variants().targets
    return AhoCorasick([sound_of_word(target) for target in targets]), targets
