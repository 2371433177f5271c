"""Build the character vocabulary from raw lines."""

# ruff: noqa: PLR2004 - shares and sizes read best where they are used
from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import opencc
import torch

from moderation.classifiers.tokenise import SPECIAL, Tokeniser, Vocabulary
from moderation.text.pinyin import sounds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

# English and Japanese words, and abbreviations, that are made of syllables and stand often in forum text.
WHOLE: Final = (
    "ai an angela angle anne anti antifa anya baka balance ban banana bandai bane bang bangumi base bike "
    "binance bone bose boxing cage cake can care career case change chase china chinese ciao cuba cuda cure "
    "cute damage dance dare data date daze dean decade defense delete demi demo den desire desu dice die "
    "duncan ending engage face fade fake famine fan fanza fate future gacha gachi gala game gaming gang gate "
    "gaza gemini gen guide gun halo hate he hentai here house huge human la lake landing language late "
    "license like line lite lode long longer lose macan machine made maga magazine mage make male man mane "
    "manga mate me mean mega meme men menu meta mike mine mini mobile mode module more mute name nana nasa "
    "nature nazi neta nice nike nine nude nuke nvme page palace pan panda patience pen pi pie piece pine "
    "police polo pose puma pure queen queer range ranger re remake remote repo ride rise rouge rougelike "
    "route rule run rune running safari sake sale same santa se sega sense shake shame share she shine side "
    "sina siri site size song sunrise sunshine sure take taxi te tele temu tenure ti tie tier time timeline "
    "timing titan tune tuning waifu waiting wake woke women yakuza yama yoga you"
)
_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))


def script_fold() -> dict[str, str]:
    """Traditional character to simplified one, by OpenCC's ``t2s`` on single characters."""
    convert = opencc.OpenCC("t2s").convert
    pairs = ((chr(code), convert(chr(code))) for low, high in _HAN for code in range(low, high))
    return {old: new for old, new in pairs if old != new and len(new) == 1}


def build(lines: Iterable[str], least: int = 20, most: int = 8192) -> Vocabulary:
    """Vocabulary of the characters that occur at least ``least`` times, at most ``most`` tokens, and the syllables."""
    fold = script_fold()
    bare = Tokeniser(Vocabulary(SPECIAL, fold))
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(bare.fold(line))
    known = [
        char
        for char, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if count >= least and char != " " and not 0xE000 <= ord(char) < 0xE100
    ]
    return with_syllables(Vocabulary((*SPECIAL, *known[: most - len(SPECIAL)]), fold))


def with_syllables(vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary with a token for every syllable of two letters or more behind the others."""
    spelt = sorted(each for each in sounds().frequent if len(each) > 1)
    return Vocabulary((*vocabulary.tokens, *spelt), vocabulary.fold, tuple(sorted(WHOLE.split())))


def partners(vocabulary: Vocabulary) -> Tensor:
    """The id of each character's syllable token, shape (tokens,); 0 for a token that has none."""
    known, spelling = vocabulary.syllables(), sounds().by_character
    return torch.tensor([known.get(spelling.get(token, ""), 0) for token in vocabulary.tokens])
