"""Imports of words: noted with what they replaced, so that each can be taken back as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from moderation.store.tables import (
    LexiconEntryRow,
    LexiconImportRow,
    LexiconReplacedRow,
    LexiconTakenBackRow,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

_VALUES = ("level", "clause", "effective_from", "effective_to", "author")


def add(session: Session, row: LexiconImportRow) -> LexiconImportRow:
    """Note an import; it gets its id."""
    session.add(row)
    session.flush()
    return row


def listed(
    session: Session,
    community_id: int,
    *,
    library: str | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[LexiconImportRow]:
    """A community's imports, newest first; with ``before`` those older than that one."""
    statement = select(LexiconImportRow).where(LexiconImportRow.community_id == community_id)
    if library is not None:
        statement = statement.where(LexiconImportRow.library == library)
    if before is not None:
        statement = statement.where(LexiconImportRow.id < before)
    return list(session.scalars(statement.order_by(LexiconImportRow.id.desc()).limit(limit)))


def find(
    session: Session, community_id: int, import_id: int, *, lock: bool = False
) -> LexiconImportRow | None:
    """One of a community's imports; with ``lock`` held until the transaction ends."""
    statement = select(LexiconImportRow).where(
        LexiconImportRow.id == import_id, LexiconImportRow.community_id == community_id
    )
    return session.scalar(statement.with_for_update() if lock else statement)


def note_replaced(session: Session, import_id: int, rows: Sequence[dict[str, Any]]) -> int:
    """Remember what some words (column values of :class:`LexiconEntryRow`, of one list) are before an import.

    Answers how many of them the list has.
    """
    first = rows[0]
    known = session.scalars(
        select(LexiconEntryRow).where(
            LexiconEntryRow.community_id == first["community_id"],
            LexiconEntryRow.library == first["library"],
            LexiconEntryRow.kind.in_({one["kind"] for one in rows}),
            LexiconEntryRow.word.in_([one["word"] for one in rows]),
        )
    )
    sent = {(one["kind"], one["word"]) for one in rows}
    before = [
        {"import_id": import_id, "entry_id": row.id, "before_import_id": row.import_id}
        | {name: getattr(row, name) for name in _VALUES}
        for row in known
        if (row.kind, row.word) in sent
    ]
    if before:
        session.execute(insert(LexiconReplacedRow), before)
    return len(before)


def words_of(session: Session, import_id: int) -> list[LexiconEntryRow]:
    """The words of an import that still stand as it brought them."""
    return list(session.scalars(select(LexiconEntryRow).where(LexiconEntryRow.import_id == import_id)))


def undo(session: Session, import_id: int, *, now: int) -> dict[str, int]:
    """Take an import back: remove what it added, put back what it replaced; words changed since stay as they are.

    Later imports forget that it was there: taking one of them back brings back what was before this one.  Answers how
    many words were ``removed`` and ``put_back``.
    """
    _note_taken_back(session, import_id)
    put_back = _put_back(session, import_id, now)
    removed = session.execute(delete(LexiconEntryRow).where(LexiconEntryRow.import_id == import_id))
    _forget(session, import_id)
    return {"removed": int(getattr(removed, "rowcount", 0)), "put_back": put_back}


def _note_taken_back(session: Session, import_id: int) -> None:
    """Remember the words by name: the posts that they decided can be released later."""
    own = (LexiconEntryRow.import_id, LexiconEntryRow.kind, LexiconEntryRow.word)
    session.execute(
        insert(LexiconTakenBackRow).from_select(
            ["import_id", "kind", "word"], select(*own).where(LexiconEntryRow.import_id == import_id)
        )
    )


def taken_back(session: Session, import_id: int) -> list[tuple[str, str]]:
    """(kind, word) of what an import that was taken back had brought and was not changed before."""
    rows = session.execute(
        select(LexiconTakenBackRow.kind, LexiconTakenBackRow.word).where(
            LexiconTakenBackRow.import_id == import_id
        )
    )
    return [(kind, word) for kind, word in rows]


def _put_back(session: Session, import_id: int, now: int) -> int:
    before = session.scalars(
        select(LexiconReplacedRow)
        .join(LexiconEntryRow, LexiconEntryRow.id == LexiconReplacedRow.entry_id)
        .where(LexiconReplacedRow.import_id == import_id, LexiconEntryRow.import_id == import_id)
    )
    rows = [
        {"id": one.entry_id, "import_id": one.before_import_id, "changed_at": now}
        | {name: getattr(one, name) for name in _VALUES}
        for one in before
    ]
    if rows:
        session.execute(update(LexiconEntryRow), rows)
    return len(rows)


def _forget(session: Session, import_id: int) -> None:
    """Let the imports that came over this one remember what was before it."""
    own = {
        one.entry_id: one
        for one in session.scalars(
            select(LexiconReplacedRow).where(LexiconReplacedRow.import_id == import_id)
        )
    }
    later = list(
        session.scalars(select(LexiconReplacedRow).where(LexiconReplacedRow.before_import_id == import_id))
    )
    changed = [
        {
            "import_id": one.import_id,
            "entry_id": one.entry_id,
            "before_import_id": own[one.entry_id].before_import_id,
        }
        | {name: getattr(own[one.entry_id], name) for name in _VALUES}
        for one in later
        if one.entry_id in own
    ]
    if changed:
        session.execute(update(LexiconReplacedRow), changed)
    for one in later:
        if one.entry_id not in own:
            session.delete(one)
    session.flush()


def standing(session: Session, import_ids: Sequence[int]) -> dict[int, int]:
    """How many words of each of several imports still stand as they were brought."""
    found = session.execute(
        select(LexiconEntryRow.import_id, func.count())
        .where(LexiconEntryRow.import_id.in_(import_ids))
        .group_by(LexiconEntryRow.import_id)
    )
    return {int(number): count for number, count in found if number is not None}
