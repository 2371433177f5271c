"""A community's own words: added, listed, exported, removed.  Workers apply a change with their next batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.rulebooks import as_columns, as_entry
from moderation.store import lexicons
from moderation.text.entries import Kind, check_entry
from moderation.text.listing import dump_csv
from moderation.word_writing import MOST_WORDS, named, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.store.engine import Sessions
    from moderation.store.tables import LexiconEntryRow
    from moderation.text.entries import Entry


class UnknownEntryError(LookupError):
    """The community has no such word."""


@dataclass(frozen=True, slots=True)
class WordLists:
    """The parts that word lists need; ``allowed`` are the shipped words that only protect."""

    sessions: Sessions
    allowed: tuple[Entry, ...] = ()

    def add(self, community_id: int, library: str, entries: Sequence[Entry], *, author: str, now: int) -> int:
        """Keep words in a list, all or none; a word that is there is replaced.  Answers how many were given.

        Raises:
            EntryError: names the first word that cannot be used, counted from 1, and its field.
        """
        for number, entry in enumerate(entries, 1):
            check_entry(entry, number)
        kept = named(library, entries)
        with self.sessions.write.begin() as session:
            write(session, as_columns(kept, community_id, author=author, now=now), community_id)
        return len(kept)

    def export_csv(self, community_id: int, library: str | None = None) -> str:
        """The words as a CSV table that can be imported again."""
        return dump_csv(as_entry(row) for row in reversed(self.entries(community_id, library=library)))

    def entries(
        self, community_id: int, *, library: str | None = None, contains: str = "", limit: int = MOST_WORDS
    ) -> list[LexiconEntryRow]:
        """A community's words, newest first."""
        with self.sessions.read() as session:
            return lexicons.of(session, community_id, library=library, contains=contains, limit=limit)

    def allowing(self, community_id: int, *, now: int) -> list[Entry]:
        """Words that suppress hits within them: the shipped ones, and the community's own in force at ``now``."""
        with self.sessions.read() as session:
            own = [as_entry(row) for row in lexicons.of_kind(session, community_id, Kind.ALLOW.value)]
        return [one for one in (*self.allowed, *own) if one.in_force(now)]

    def by_clause(self, community_id: int, *, now: int) -> dict[str, int]:
        """How many of the community's words in force at ``now`` find each clause."""
        with self.sessions.read() as session:
            return lexicons.by_clause(session, community_id, now=now, but=Kind.ALLOW.value)

    def remove(self, community_id: int, entry_id: int) -> LexiconEntryRow:
        """Remove a word; answers what it was, so that it can be put back.

        Raises:
            UnknownEntryError: the community has no such word.
        """
        with self.sessions.write.begin() as session:
            row = lexicons.remove(session, community_id, entry_id)
        if row is None:
            message = f"no word {entry_id}"
            raise UnknownEntryError(message)
        return row
