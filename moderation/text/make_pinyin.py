"""Writes ``pinyin.tsv`` from pypinyin: ``python -m moderation.text.make_pinyin``; needed only to renew the file.

One line a toneless syllable: the syllable, the frequent characters (GB 2312, first level), the rarer ones of its
second level, the rest.  A character stands at its commonest reading.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("pinyin.tsv")
_SECOND_LEVEL: Final = 0xD8


def main() -> None:
    """Write the file beside this module."""
    from pypinyin import Style, pinyin  # noqa: PLC0415 - needed by this command alone

    groups: dict[str, list[str]] = defaultdict(lambda: ["", "", ""])
    for point in range(0x4E00, 0xA000):
        character = chr(point)
        readings = pinyin(character, style=Style.NORMAL, errors="ignore", v_to_u=False)
        if readings and readings[0][0].isascii():
            groups[readings[0][0]][_level(character)] += character
    lines = ["\t".join((syllable, *groups[syllable])) for syllable in sorted(groups)]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _level(character: str) -> int:
    """0 for the 3,755 frequent characters, 1 for the other 3,008 of GB 2312, 2 for what it lacks."""
    try:
        first_byte = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return 2
    return int(first_byte >= _SECOND_LEVEL)


if __name__ == "__main__":
    main()
