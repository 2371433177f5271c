"""A community's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.store.tables import LexiconEntryRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

_KEY = ("community_id", "library", "kind", "word")
_CHANGING = ("level", "clause", "effective_from", "effective_to", "author", "changed_at", "import_id")


def upsert(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Keep entries (column values of :class:`LexiconEntryRow`); one of the same word and kind is replaced."""
    if not rows:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(LexiconEntryRow)
    statement = statement.on_conflict_do_update(
        index_elements=list(_KEY), set_={name: statement.excluded[name] for name in _CHANGING}
    )
    session.execute(statement, list(rows))


def of(
    session: Session,
    community_id: int,
    *,
    library: str | None = None,
    contains: str = "",
    limit: int = 200_000,
) -> list[LexiconEntryRow]:
    """A community's entries, newest first."""
    statement = select(LexiconEntryRow).where(LexiconEntryRow.community_id == community_id)
    if library is not None:
        statement = statement.where(LexiconEntryRow.library == library)
    if contains:
        statement = statement.where(LexiconEntryRow.word.contains(contains, autoescape=True))
    return list(session.scalars(statement.order_by(LexiconEntryRow.id.desc()).limit(limit)))


def in_lists(
    session: Session, community_id: int, libraries: Collection[str], *, limit: int
) -> list[LexiconEntryRow]:
    """A community's entries of some lists, in no order."""
    statement = select(LexiconEntryRow).where(
        LexiconEntryRow.community_id == community_id, LexiconEntryRow.library.in_(libraries)
    )
    return list(session.scalars(statement.limit(limit)))


def in_list(
    session: Session, community_id: int, library: str, words: Collection[str]
) -> list[LexiconEntryRow]:
    """A community's entries of one list with one of some words, of whatever kind."""
    statement = select(LexiconEntryRow).where(
        LexiconEntryRow.community_id == community_id,
        LexiconEntryRow.library == library,
        LexiconEntryRow.word.in_(words),
    )
    return list(session.scalars(statement.order_by(LexiconEntryRow.id))) if words else []


def of_kind(session: Session, community_id: int, kind: str) -> list[LexiconEntryRow]:
    """A community's entries of a kind."""
    statement = select(LexiconEntryRow).where(
        LexiconEntryRow.community_id == community_id, LexiconEntryRow.kind == kind
    )
    return list(session.scalars(statement.order_by(LexiconEntryRow.id)))


def named(session: Session, community_id: int, words: Collection[str]) -> set[str]:
    """Those of the words that a community has as entries, of whatever list or kind."""
    if not words:
        return set()
    statement = select(LexiconEntryRow.word).where(
        LexiconEntryRow.community_id == community_id, LexiconEntryRow.word.in_(words)
    )
    return set(session.scalars(statement))


def count(session: Session, community_id: int) -> int:
    """How many entries a community has."""
    statement = select(func.count()).where(LexiconEntryRow.community_id == community_id)
    return session.scalar(statement) or 0


def by_clause(session: Session, community_id: int, *, now: int, but: str) -> dict[str, int]:
    """How many entries in force at ``now`` a community has by clause, those of one kind aside."""
    begins, ends = LexiconEntryRow.effective_from, LexiconEntryRow.effective_to
    found = session.execute(
        select(LexiconEntryRow.clause, func.count())
        .where(LexiconEntryRow.community_id == community_id, LexiconEntryRow.kind != but)
        .where(begins.is_(None) | (begins <= now), ends.is_(None) | (ends > now))
        .group_by(LexiconEntryRow.clause)
    )
    return {row[0]: row[1] for row in found}


def remove(session: Session, community_id: int, entry_id: int) -> LexiconEntryRow | None:
    """Remove an entry; answers what it was."""
    return session.scalar(
        delete(LexiconEntryRow)
        .where(LexiconEntryRow.id == entry_id, LexiconEntryRow.community_id == community_id)
        .returning(LexiconEntryRow)
    )


def remove_all(session: Session, ids: Sequence[int]) -> None:
    """Remove entries."""
    session.execute(delete(LexiconEntryRow).where(LexiconEntryRow.id.in_(ids)))


def version(session: Session) -> tuple[int, int, int]:
    """A value that changes whenever any entry does, in one cheap query."""
    row = session.execute(
        select(
            func.count(),
            func.coalesce(func.max(LexiconEntryRow.id), 0),
            func.coalesce(func.max(LexiconEntryRow.changed_at), 0),
        )
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def versions(session: Session) -> dict[int, tuple[int, int, int]]:
    """The same for each community that has words of its own; it reads every row, where :func:`version` says so."""
    rows = session.execute(
        select(
            LexiconEntryRow.community_id,
            func.count(),
            func.max(LexiconEntryRow.id),
            func.max(LexiconEntryRow.changed_at),
        ).group_by(LexiconEntryRow.community_id)
    )
    return {community: (count, latest, changed) for community, count, latest, changed in rows}


Words = tuple[int, str, str, str, str, str, int | None, int | None]
"""Columns of an entry for matching: community_id, word, kind, clause, level, library, effective_from, effective_to."""


def words(session: Session, communities: Collection[int]) -> dict[int, list[Words]]:
    """What matching needs of the words of some communities, newest first: 100,000 objects would take seconds."""
    found: dict[int, list[Words]] = {one: [] for one in communities}
    statement = (
        select(
            LexiconEntryRow.community_id,
            LexiconEntryRow.word,
            LexiconEntryRow.kind,
            LexiconEntryRow.clause,
            LexiconEntryRow.level,
            LexiconEntryRow.library,
            LexiconEntryRow.effective_from,
            LexiconEntryRow.effective_to,
        )
        .where(LexiconEntryRow.community_id.in_(communities))
        .order_by(LexiconEntryRow.id.desc())
    )
    # Past the session, which takes as long as reading does to see that these are no objects.
    for row in session.connection().execute(statement) if communities else ():
        found[row[0]].append(row)
    return found
