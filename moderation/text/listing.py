"""The table form of a lexicon: CSV, with one clear error for the first row that cannot be used.

Columns and values go by their own names or by the Chinese ones of :mod:`moderation.text.headings`.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from moderation.domain.evidence import Level
from moderation.text import headings
from moderation.text.entries import Entry, EntryError, Kind, faults_of
from moderation.text.twins import distinct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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
    try:
        reader.fieldnames = _columns(reader.fieldnames or ())
        return list(_rows(reader))
    except csv.Error as error:
        raise EntryError(reader.line_num, "word", f"not valid CSV: {error}") from error


def _columns(header: Sequence[str]) -> list[str]:
    """The columns by their own names."""
    found = [headings.column(str(one)) for one in header]
    for place, column in enumerate(found):
        if column not in COLUMNS:
            raise EntryError(1, column, f"unknown column; the columns are {', '.join(COLUMNS)}")
        if column in found[:place]:
            raise EntryError(1, column, "the column is there twice")
    for column in ("word", "clause"):
        if column not in found:
            raise EntryError(1, column, "the column is missing")
    return found


def _rows(reader: csv.DictReader[str]) -> Iterator[tuple[int, Entry]]:
    for count, row in enumerate(reader, 1):
        if count > MOST_ROWS:
            raise EntryError(reader.line_num, "word", f"more than {MOST_ROWS} words in one table")
        yield reader.line_num, _entry(row, reader.line_num)


def _entry(row: dict[str | None, str | None], line: int) -> Entry:
    """The entry of a row; whatever is wrong with the row is said together."""
    if None in row:
        raise EntryError(line, COLUMNS[-1], "more cells than columns")
    cells = {str(name): (cell or "").strip() for name, cell in row.items()}
    faults: list[EntryError] = []
    entry = _parsed(cells, line, faults)
    known = {fault.field for fault in faults}
    faults += [fault for fault in faults_of(entry, line) if fault.field not in known]
    if faults:
        raise EntryError(line, faults[0].field, faults[0].reason, faults[1:])
    return entry


def _parsed(cells: dict[str, str], line: int, faults: list[EntryError]) -> Entry:
    """The cells as an entry; a cell that cannot be read is noted, and its default stands in."""
    kind, level = headings.kind_and_level(cells.get("kind", ""), cells.get("level", ""))
    entry = Entry(
        word=_word(cells["word"]),
        kind=_choice(Kind.NORMAL, kind, line, "kind", faults),
        level=_choice(Level.REVIEW, level, line, "level", faults),
        clause=headings.clause(cells["clause"]),
        library=cells.get("library", ""),
        effective_from=_instant(cells.get("effective_from", ""), line, "effective_from", faults),
        effective_to=_instant(cells.get("effective_to", ""), line, "effective_to", faults),
    )
    if not entry.word:
        faults.append(EntryError(line, "word", "empty"))
    return entry


def _word(cell: str) -> str:
    """A word without the mark that keeps a spreadsheet from reading it as a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _choice(default: _T, value: str, line: int, field: str, faults: list[EntryError]) -> _T:
    choices = type(default)
    try:
        return choices(value)
    except ValueError:
        faults.append(EntryError(line, field, f"{value!r} is none of {', '.join(choices)}"))
        return default


def _instant(value: str, line: int, field: str, faults: list[EntryError]) -> int | None:
    if not value:
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        faults.append(EntryError(line, field, f"{value!r} is no ISO-8601 time"))
        return None
    if instant.tzinfo is None:
        faults.append(EntryError(line, field, f"{value!r} has no offset from UTC"))
        return None
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
