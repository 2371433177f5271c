"""Shows what a text hides: characters without a shape, and those that turn the writing direction.  Pure."""

from __future__ import annotations

import unicodedata
from typing import Final

NAMES: Final = {
    "\u00ad": "SHY",
    "\u034f": "CGJ",
    "\u061c": "ALM",
    "\u115f": "HCF",
    "\u1160": "HJF",
    "\u180e": "MVS",
    "\u200b": "ZWSP",
    "\u200c": "ZWNJ",
    "\u200d": "ZWJ",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u2028": "LS",
    "\u2029": "PS",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2060": "WJ",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\u3164": "HF",
    "\ufeff": "BOM",
    "\uffa0": "HWF",
}
"""Short names of characters that show nothing."""

_JOINER, _EMOJI_LOOK = "\u200d", "\ufe0f"


def cut(text: str) -> list[tuple[str, str]]:
    """Cut a text into (text, "") and (character, its short name); the joiners inside an emoji stay in its text."""
    found: list[tuple[str, str]] = []
    plain = ""
    for index, char in enumerate(text):
        name = short_name(char)
        if not name or (char in {_JOINER, _EMOJI_LOOK} and index and _is_emoji(text[index - 1])):
            plain += char
            continue
        if plain:
            found.append((plain, ""))
            plain = ""
        found.append((char, name))
    if plain:
        found.append((plain, ""))
    return found


def short_name(char: str) -> str:
    """What a chip says for a character that shows nothing, or an empty string."""
    if char in NAMES:
        return NAMES[char]
    point = ord(char)
    if 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF:  # noqa: PLR2004 - variation selectors
        return "VS"
    if 0xE0000 <= point <= 0xE007F:  # noqa: PLR2004 - tags
        return "TAG"
    if unicodedata.category(char) in {"Cc", "Cf"} and char not in "\n\r\t":
        return f"U+{point:04X}"
    return ""


def _is_emoji(char: str) -> bool:
    return char in {_JOINER, _EMOJI_LOOK} or unicodedata.category(char) in {"So", "Sk"}
