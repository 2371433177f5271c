"""The table form of a lexicon: CSV, with one clear error for the first row that cannot be used."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from moderation.domain.evidence import Level
from moderation.text.entries import Entry, EntryError, Kind, check_entry
from moderation.text.twins import distinct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLUMNS: Final = ("word", "kind", "level", "clause", "library", "effective_from", "effective_to")
MOST_ROWS: Final = 100_000
"""Words of one table, wherever it is sent."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_T = TypeVar("_T", bound=StrEnum)


def load_csv(text: str) -> list[Entry]:
    """Entries of a CSV table with a header; kind defaults to normal, level to review.

    Raises:
        EntryError: the first row that cannot be used, or that is one too many.
    """
    return [entry for _, entry in _numbered(text)]


def load_rows(text: str) -> list[tuple[int, Entry]]:
    """As :func:`load_csv`, each entry with its line (the header is line 1), each word and kind once.

    Raises:
        EntryError: also where a row says otherwise of a word than a row above it: a community's list has one of each.
    """
    return distinct(_numbered(text))


def _numbered(text: str) -> list[tuple[int, Entry]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    header = reader.fieldnames or ()
    for column in header:
        if column not in COLUMNS:
            raise EntryError(1, str(column), f"unknown column; the columns are {', '.join(COLUMNS)}")
    for column in ("word", "clause"):
        if column not in header:
            raise EntryError(1, column, "the column is missing")
    try:
        return list(_rows(reader))
    except csv.Error as error:
        raise EntryError(reader.line_num, "word", f"not valid CSV: {error}") from error


def _rows(reader: csv.DictReader[str]) -> Iterator[tuple[int, Entry]]:
    for count, row in enumerate(reader, 1):
        if count > MOST_ROWS:
            raise EntryError(reader.line_num, "word", f"more than {MOST_ROWS} words in one table")
        yield reader.line_num, _entry(row, reader.line_num)


def _entry(row: dict[str | None, str | None], line: int) -> Entry:
    if None in row:
        raise EntryError(line, COLUMNS[-1], "more cells than columns")
    cells = {str(name): (cell or "").strip() for name, cell in row.items()}
    word = cells["word"]
    if word.startswith("'") and word[1:].startswith(_FORMULA):
        word = word[1:]
    entry = Entry(
        word=word,
        kind=_choice(Kind, cells.get("kind") or "normal", line, "kind"),
        level=_choice(Level, cells.get("level") or "review", line, "level"),
        clause=cells["clause"],
        library=cells.get("library", ""),
        effective_from=_instant(cells.get("effective_from", ""), line, "effective_from"),
        effective_to=_instant(cells.get("effective_to", ""), line, "effective_to"),
    )
    if not entry.word:
        raise EntryError(line, "word", "empty")
    check_entry(entry, line)
    return entry


def _choice(choices: type[_T], value: str, line: int, field: str) -> _T:
    try:
        return choices(value)
    except ValueError:
        raise EntryError(line, field, f"{value!r} is none of {', '.join(choices)}") from None


def _instant(value: str, line: int, field: str) -> int | None:
    if not value:
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise EntryError(line, field, f"{value!r} is no ISO-8601 time") from None
    if instant.tzinfo is None:
        raise EntryError(line, field, f"{value!r} has no offset from UTC")
    return (instant - _EPOCH) // timedelta(microseconds=1)


def dump_csv(entries: Iterable[Entry]) -> str:
    """The table of entries; no cell begins like a spreadsheet formula, and :func:`load_csv` reads it back."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in entries:
        word = f"'{each.word}" if each.word.startswith(_FORMULA) else each.word
        window = [_written(each.effective_from), _written(each.effective_to)]
        writer.writerow([word, each.kind, each.level, each.clause, each.library, *window])
    return table.getvalue()


def _written(instant: int | None) -> str:
    return "" if instant is None else (_EPOCH + timedelta(microseconds=instant)).isoformat()
