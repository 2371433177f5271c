"""Tables of words as they are sent to the word page, and what is wrong with them, line by line."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import request

from moderation.text.decoding import UTF_8, decode_table
from moderation.text.entries import Entry, EntryError
from moderation.text.listing import load_csv, load_rows
from review_ui.bodies import MAX_TABLE
from review_ui.word_forms import MAX_WORD

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ERRORS: Final = 20
SEARCHED: Final = 5_000
"""Lines of a table up to which every wrong one is named; in a longer one, the first."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words: its entries, or what is wrong with it, the first ``MOST_ERRORS`` lines of that."""

    entries: tuple[Entry, ...] = ()
    errors: tuple[EntryError, ...] = ()
    guessed: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """The text of a table; ``guessed`` is the encoding that it was read in where that is not the usual one."""

    text: str
    guessed: str = ""


def sent_table() -> Sent | None:
    """The file, else the text field; None where it is no text or too long."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        text = request.form.get("table", "")
        return Sent(text) if len(text.encode(errors="replace")) <= MAX_TABLE else None
    raw = sent.read()
    sent.close()
    decoded = decode_table(raw) if len(raw) <= MAX_TABLE else None
    return Sent(decoded[0], "" if decoded[1] == UTF_8 else decoded[1]) if decoded else None


def fits(library: str) -> bool:
    """Whether a list can be called so."""
    return 0 < len(library) <= 60 and all(one.isalnum() or one in "-_" for one in library)  # noqa: PLR2004


def read_table(sent: Sent) -> Table:
    """Read a CSV table; where one line is wrong, say so of every line."""
    text = sent.text
    if "\x00" in text:
        return Table(
            errors=(EntryError(text[: text.index("\x00")].count("\n") + 1, "word", "not valid CSV: NUL"),)
        )
    try:
        rows = load_rows(text)
    except EntryError as first:
        short = text.count("\n") <= SEARCHED
        return Table(errors=(tuple(_errors(text)) if short else ()) or first.all, guessed=sent.guessed)
    if not rows:
        return Table(errors=(EntryError(2, "word", "the table has no words"),))
    long = [line for line, one in rows if len(one.word) > MAX_WORD]
    return Table(
        tuple(one for _, one in rows),
        tuple(EntryError(line, "word", f"longer than {MAX_WORD} characters") for line in long),
        sent.guessed,
    )


def _errors(text: str) -> Iterator[EntryError]:
    """What is wrong, line by line: each is read as a table of its own under the same header."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    found = 0
    try:
        header = _line(next(reader, []))
        load_csv(header)
        for row in reader:
            try:
                load_csv(header + _line(row))
            except EntryError as error:
                found += len(error.all)
                for one in error.all:
                    yield EntryError(reader.line_num, one.field, one.reason)
            if found >= MOST_ERRORS:
                return
    except EntryError as error:
        yield error
    except csv.Error as error:
        yield EntryError(reader.line_num, "word", f"not valid CSV: {error}")


def _line(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()
