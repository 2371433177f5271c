"""Whether a body keeps what its title promises: the words of the two are compared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moderation.text.segment import Word

LEAST: Final = 6
"""Content characters that a body needs: less is an answer or an exclamation, and promises nothing."""

_FUNCTION: Final = frozenset(
    "的了是在我有和就不人都一上也很到说要去你会着看好这为他那她它们对与又把被让给从向等过吧吗呢啊以可能得地还没什么怎样"
    "来下个里出大多少想做用时候后前中自己起但因所如果只已最更再太真才比每次些点件开回事"
)
"""Characters that titles and bodies of every subject share."""

_MEANS: Final = re.compile(r"[\u4e00-\u9fffa-z0-9]")


def shares_nothing(title: Iterable[Word], body: Iterable[Word]) -> bool:
    """Tell whether title and body have no content character in common.

    By itself this proves little: on our own titled posts it held for 31 of 53 whose title does not fit, and for 47 of
    199 honest ones.
    """
    promised, kept = _content(title), _content(body)
    return bool(promised) and len(kept) >= LEAST and promised.isdisjoint(kept)


def _content(words: Iterable[Word]) -> frozenset[str]:
    found = (each for word in words for each in word.text if _MEANS.match(each))
    return frozenset(found) - _FUNCTION
