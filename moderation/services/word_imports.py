"""Words that come in together: kept as one import, listed, taken back as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.rulebooks import as_columns
from moderation.store import imports
from moderation.store.tables import LexiconImportRow
from moderation.text.entries import EntryError, check_entry
from moderation.text.listing import load_rows
from moderation.text.twins import distinct
from moderation.word_writing import named, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.store.engine import Sessions
    from moderation.text.entries import Entry


class UnknownImportError(LookupError):
    """The community has no such import."""


class ImportUndoneError(Exception):
    """The import was taken back before."""


@dataclass(frozen=True, slots=True)
class Import:
    """An import, and how many of its words still stand as they came."""

    row: LexiconImportRow
    standing: int


@dataclass(frozen=True, slots=True)
class WordImports:
    """The parts that imports need."""

    sessions: Sessions

    def import_entries(
        self, community_id: int, library: str, entries: Sequence[Entry], *, author: str, now: int
    ) -> LexiconImportRow:
        """Keep words in a list as one import, all or none; a word that is there is replaced.

        Raises:
            EntryError: names the first word that cannot be used, or that is given twice and says two things, counted
                from 1, and its field.
        """
        for number, entry in enumerate(entries, 1):
            check_entry(entry, number)
        kept = [one for _, one in distinct(enumerate(entries, 1), lambda number: f"/entries/{number - 1}")]
        return self.keep(community_id, library, kept, author=author, now=now)

    def import_csv(
        self, community_id: int, library: str, table: str, *, author: str, now: int
    ) -> LexiconImportRow:
        """Keep the words of a CSV table as one import, all or none.

        Raises:
            EntryError: names line, field and reason of the first row that cannot be used, or says that there is none.
        """
        entries = [entry for _, entry in load_rows(table)]
        if not entries:
            raise EntryError(2, "word", "the table has no words")
        return self.keep(community_id, library, entries, author=author, now=now)

    def keep(
        self, community_id: int, library: str, entries: Sequence[Entry], *, author: str, now: int
    ) -> LexiconImportRow:
        """Keep entries that were checked, each word and kind once, as one import.

        Raises:
            EntryError: the list is another's, or the community would have more words than workers read.
        """
        rows = as_columns(named(library, entries), community_id, author=author, now=now)
        with self.sessions.write.begin() as session:
            made = imports.add(
                session,
                LexiconImportRow(
                    community_id=community_id,
                    library=library,
                    author=author,
                    at=now,
                    words=len(rows),
                    replaced=0,
                    undone={},
                ),
            )
            made.replaced = write(session, rows, community_id, import_id=made.id)
        return made

    def imports(
        self, community_id: int, *, library: str | None = None, limit: int = 50, before: int | None = None
    ) -> list[Import]:
        """A community's imports, newest first, each with how many of its words still stand as they came."""
        with self.sessions.read() as session:
            rows = imports.listed(session, community_id, library=library, limit=limit, before=before)
            left = imports.standing(session, [row.id for row in rows])
        return [Import(row, left.get(row.id, 0)) for row in rows]

    def undo_import(
        self, community_id: int, import_id: int, *, library: str | None = None, author: str, now: int
    ) -> LexiconImportRow:
        """Take an import back: what it added goes, what it replaced comes back, what was changed since stays.

        Raises:
            UnknownImportError: the community (or the list) has no such import.
            ImportUndoneError: somebody took it back before.
        """
        with self.sessions.write.begin() as session:
            row = imports.find(session, community_id, import_id, lock=True)
            if row is None or library not in (None, row.library):
                raise UnknownImportError(f"no import {import_id}")
            if row.undone_at is not None:
                raise ImportUndoneError(f"import {import_id} was taken back before")
            found = imports.undo(session, import_id, now=now)
            left = row.words - found["removed"] - found["put_back"]
            row.undone_by, row.undone_at, row.undone = author, now, {**found, "left": left}
        return row
