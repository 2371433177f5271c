"""Texts that say little: courtesies, water, fillers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour.cues import is_water

if TYPE_CHECKING:
    from moderation.classifiers.behaviour.reading import Reading

_SHORT: Final = 10
"""Characters up to which a courtesy is nothing but a courtesy."""


def is_courtesy(reading: Reading) -> bool:
    """Tell whether the text is a short reaction such as anyone gives."""
    return len(reading.core) <= _SHORT and (reading.cues.has("courtesy", "wish") or is_water(reading.core))


def is_meaningless(text: str, reading: Reading) -> bool:
    """Tell whether the text says nothing: signs and figures only, one character again and again, forum water."""
    core = reading.core
    if not text.strip():
        return False
    if not core or is_water(core):
        return True
    if len(set(core)) == 1:
        return core[0] not in "哈嘻呜啊"
    return core.isascii() and len(core) >= 3 and not re.search(r"[aeiou]", core)  # noqa: PLR2004


_LONG: Final = 100
_EMOTICON: Final = re.compile(r"\[[^\[\]]{1,8}\]")
_STUFFED: Final = re.compile(r"(.{4,40}?)\1{9,}", re.DOTALL)


def is_filler(reading: Reading) -> bool:
    """Tell whether the text says that it fills the thread, or repeats one phrase ten times and more."""
    text = reading.cues.text
    if reading.cues.has("filler"):
        return not reading.cues.has("discuss", "question", "warn")
    return _is_stuffed(_EMOTICON.sub("", text)) if len(text) >= _LONG else False


def _is_stuffed(text: str) -> bool:
    """Tell whether a phrase stands ten times in a row; the search runs only where few different grams say it may."""
    grams = {text[place : place + 4] for place in range(len(text))}
    repeated = _STUFFED.search(text) if len(grams) * 4 < len(text) else None
    return repeated is not None and len(set(repeated[1])) > 2  # noqa: PLR2004 - laughter has one or two
