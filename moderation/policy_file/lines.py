"""Where in a TOML document a field stands: the parser tells values, not lines."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Path = tuple[str | int, ...]

_HEADER: Final = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ENTRY: Final = re.compile(
    r"""^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=(.*)$"""
)
_NAME: Final = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")
_FENCES: Final = ('"""', "'''")


def line_of(text: str, field: Sequence[str | int]) -> int | None:
    """The line, counted from 1, of a field given by its path; of what contains it where it is missing.

    None where no part of the path stands in the text.
    """
    wanted = tuple(field)
    best, line = 0, None
    for number, path in _places(text):
        shared = len(path) if path == wanted[: len(path)] else 0
        if shared > best:
            best, line = shared, number
    return line


def _places(text: str) -> Iterator[tuple[int, Path]]:
    """Lines of tables and entries with their paths; within a text of several lines nothing counts."""
    table: Path = ()
    turns: Counter[Path] = Counter()
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        if fence:
            fence = "" if fence in line else fence
            continue
        header, entry = _HEADER.match(line), _ENTRY.match(line)
        if header:
            table = _names(header[2])
            if header[1] == "[[":
                turns[table] += 1
                table = (*table, turns[table] - 1)
            yield number, table
        elif entry:
            yield number, (*table, *_names(entry[1]))
            fence = next((one for one in _FENCES if entry[2].count(one) == 1), "")


def _names(dotted: str) -> Path:
    return tuple(next(part for part in found if part) for found in _NAME.findall(dotted))
