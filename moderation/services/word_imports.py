"""Words that come in together: kept as one import, listed, taken back as a whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moderation.rulebooks import as_columns, as_entry
from moderation.store import citations, imports
from moderation.store.tables import LexiconImportRow
from moderation.text.citing import Cited
from moderation.text.entries import EntryError, check_entry
from moderation.text.listing import load_rows
from moderation.text.twins import distinct
from moderation.word_writing import named, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.store.engine import Sessions
    from moderation.store.tables import PostRow, VerdictRow
    from moderation.text.entries import Entry

MOST_READ: Final = 20_000
"""Standing verdicts, newest first, in which the words of an import are sought when it is taken back."""

MOST_KEPT: Final = 1_000
"""Of those that cite them, how many are kept for the list."""


class UnknownImportError(LookupError):
    """The community has no such import."""


class ImportUndoneError(Exception):
    """The import was taken back before."""


def checked(entries: Sequence[Entry]) -> list[Entry]:
    """Words that are sent together, each word and kind once.

    Raises:
        EntryError: names the first word that cannot be used, or that is given twice and says two things, counted from
            1, and its field.
    """
    for number, entry in enumerate(entries, 1):
        check_entry(entry, number)
    return [one for _, one in distinct(enumerate(entries, 1), lambda number: f"/entries/{number - 1}")]


def read_words(table: str) -> list[Entry]:
    """The words of a CSV table, each word and kind once.

    Raises:
        EntryError: names line, field and reason of the first row that cannot be used, or says that there is none.
    """
    entries = [entry for _, entry in load_rows(table)]
    if not entries:
        raise EntryError(2, "word", "the table has no words")
    return entries


@dataclass(frozen=True, slots=True)
class Import:
    """An import, and how many of its words still stand as they came."""

    row: LexiconImportRow
    standing: int


@dataclass(frozen=True, slots=True)
class WordImports:
    """The parts that imports need."""

    sessions: Sessions

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

        Posts that were decided by its words stay as they are: ``undone["resting"]`` says how many.

        Raises:
            UnknownImportError: the community (or the list) has no such import.
            ImportUndoneError: somebody took it back before.
        """
        resting = self._resting(
            community_id, import_id
        )  # before the database is locked for writing: it reads much
        with self.sessions.write.begin() as session:
            row = imports.find(session, community_id, import_id, lock=True)
            if row is None or library not in (None, row.library):
                raise UnknownImportError(f"no import {import_id}")
            if row.undone_at is not None:
                raise ImportUndoneError(f"import {import_id} was taken back before")
            found = imports.undo(session, import_id, now=now)
            left = row.words - found["removed"] - found["put_back"]
            row.undone_by, row.undone_at = author, now
            row.undone = {**found, "left": left, "resting": resting}
        return row

    def resting_posts(
        self, community_id: int, import_id: int, *, limit: int, offset: int = 0
    ) -> tuple[LexiconImportRow, list[tuple[PostRow, VerdictRow]]]:
        """Posts whose verdict still rests on a word of an import that was taken back, newest verdict first.

        Of a great many the latest :data:`MOST_KEPT` at the time that it was taken back.

        Raises:
            UnknownImportError: the community has no such import.
        """
        with self.sessions.read() as session:
            row = imports.find(session, community_id, import_id)
            if row is None:
                raise UnknownImportError(f"no import {import_id}")
            kept = (row.undone.get("resting") or {}).get("verdicts", [])
            return row, citations.still(session, community_id, kept, limit=limit, offset=offset)

    def _resting(self, community_id: int, import_id: int) -> dict[str, Any]:
        """How many posts that stand rest on a word of the import as it now is, and which verdicts say so."""
        with self.sessions.read() as session:
            row = imports.find(session, community_id, import_id)
            if row is None or row.undone_at is not None:
                return {}
            words = imports.words_of(session, import_id)
            kept = citations.since(session, community_id, row.at, limit=MOST_READ + 1)
        cited = Cited.of(row.library, map(as_entry, words))
        resting = [(number, said) for number, said, hits in kept[:MOST_READ] if any(map(cited.made, hits))]
        counted = Counter(said for _, said in resting)
        return {
            "block": counted["block"],
            "review": counted["review"],
            "complete": len(kept) <= MOST_READ,
            "verdicts": [number for number, _ in resting[:MOST_KEPT]],
        }
