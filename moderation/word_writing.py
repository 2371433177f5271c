"""Writes words into the lists of a community: those that somebody adds, and those that an import brings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from moderation.domain.emergency import LIBRARY as EMERGENCY
from moderation.store import imports, lexicons
from moderation.text.entries import EntryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from moderation.text.entries import Entry

MOST_WORDS: Final = 200_000
"""Words of a community: what workers read of them."""

_AT_ONCE: Final = 5_000


def named(library: str, entries: Sequence[Entry]) -> list[Entry]:
    """The words in a list of that name.

    Raises:
        EntryError: the list is another's.
    """
    if library == EMERGENCY and entries:
        raise EntryError(1, "library", "emergency words have a place of their own")
    return [replace(entry, library=library) for entry in entries]


def write(
    session: Session, rows: list[dict[str, object]], community_id: int, *, import_id: int | None = None
) -> int:
    """Keep words; answers how many of them were there before, where an import brings them.

    Raises:
        EntryError: the community would have more words than workers read.
    """
    replaced = 0
    for start in range(0, len(rows), _AT_ONCE):
        batch = rows[start : start + _AT_ONCE]
        if import_id is not None:
            replaced += imports.note_replaced(session, import_id, batch)
        lexicons.upsert(session, [{**one, "import_id": import_id} for one in batch])
    if lexicons.count(session, community_id) > MOST_WORDS:
        raise EntryError(0, "word", f"a community has {MOST_WORDS} words at most")
    return replaced
