"""Reads the word lists of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.domain.failures import UserError
from moderation.text.entries import EntryError
from moderation.text.listing import load_csv

if TYPE_CHECKING:
    from pathlib import Path

    from moderation.text.entries import Entry


class LexiconFileError(UserError):
    """A word list cannot be used; the message names file, line and field."""


def read_lexicons(folder: Path) -> list[Entry]:
    """Read every ``*.csv`` of a folder, in the order of their names.

    Raises:
        LexiconFileError: the folder or a file cannot be read, or an entry is wrong.
    """
    if not folder.is_dir():
        raise LexiconFileError(f"{folder}: there is no such folder of word lists")
    entries: list[Entry] = []
    for path in sorted(folder.glob("*.csv")):
        try:
            entries += load_csv(path.read_text(encoding="utf-8-sig"))
        except EntryError as error:
            raise LexiconFileError(f"{path}: {error}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise LexiconFileError(f"{path}: cannot be read: {error}") from error
    return entries
