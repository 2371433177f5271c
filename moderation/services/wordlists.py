"""A community's own words: added, imported, exported, removed.  Workers apply a change with their next batch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from moderation.domain.emergency import LIBRARY as EMERGENCY
from moderation.rulebooks import as_columns, as_entry
from moderation.store import lexicons
from moderation.text.entries import EntryError, Kind, check_entry
from moderation.text.listing import dump_csv, load_csv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.store.engine import Sessions
    from moderation.store.tables import LexiconEntryRow
    from moderation.text.entries import Entry


MOST_WORDS: Final = 200_000
"""Words of a community: what workers read of them."""

_AT_ONCE: Final = 5_000


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
        return self.keep(community_id, library, entries, author=author, now=now)

    def keep(
        self, community_id: int, library: str, entries: Sequence[Entry], *, author: str, now: int
    ) -> int:
        """As :meth:`add`, for entries that were checked when their table was read.

        Raises:
            EntryError: the list is another's, or the community would have more words than workers read.
        """
        if library == EMERGENCY and entries:
            raise EntryError(1, "library", "emergency words have a place of their own")
        named = [replace(entry, library=library) for entry in entries]
        with self.sessions.write.begin() as session:
            for start in range(0, len(named), _AT_ONCE):
                batch = named[start : start + _AT_ONCE]
                lexicons.upsert(session, as_columns(batch, community_id, author=author, now=now))
            if lexicons.count(session, community_id) > MOST_WORDS:
                raise EntryError(0, "word", f"a community has {MOST_WORDS} words at most")
        return len(named)

    def import_csv(self, community_id: int, library: str, table: str, *, author: str, now: int) -> int:
        """Keep the words of a CSV table, all or none; answers how many there were.

        Raises:
            EntryError: names line, field and reason of the first row that cannot be used.
        """
        return self.keep(community_id, library, load_csv(table), author=author, now=now)

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
