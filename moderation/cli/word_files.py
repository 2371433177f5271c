"""Tables of words as files: read the same wherever a command takes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from moderation.text.entries import Entry


def words_of(file: Path) -> list[Entry]:
    """The words of a CSV table in UTF-8 or GB18030, each word and kind once.

    Raises:
        ClickException: the file cannot be read, or a row cannot be used; names the file, the line and the field.
    """
    from moderation.services.word_imports import read_words
    from moderation.text.decoding import decode_table
    from moderation.text.entries import EntryError

    try:
        decoded = decode_table(file.read_bytes())
    except OSError as error:
        raise click.ClickException(f"{file}: cannot be read: {error}") from error
    if decoded is None:
        raise click.ClickException(f"{file}: cannot be read: neither UTF-8 nor GB18030 text")
    try:
        return read_words(decoded[0])
    except EntryError as error:
        raise click.ClickException(f"{file}: {error}") from error
