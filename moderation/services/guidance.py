"""口径: what the team agreed on for each clause, written in versions, with receipts of who has read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.domain.convention import CLAUSES, UnknownClauseError
from moderation.domain.guidance import (
    SHIPPED,
    Case,
    Reading,
    Side,
    StaleGuidanceError,
    UnknownPostError,
    Version,
    translated,
    unread,
    with_case,
)
from moderation.domain.post import PostState
from moderation.store import guidance as store

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlalchemy.orm import Session

    from moderation.store.engine import Sessions
    from moderation.store.tables import DecisionRow, PostRow, UserRow


@dataclass(frozen=True, slots=True)
class Line:
    """The latest version of a clause, whether the asker has it still to read, and how many of the team read it.

    Of the shipped text nobody's reading is counted.
    """

    version: Version
    unread: bool
    readers: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Somebody of the team, with the latest version of a clause that they read, and when; None: none yet."""

    user: UserRow
    number: int | None
    at: int | None


@dataclass(frozen=True, slots=True)
class ClausePage:
    """Versions of a clause, newest first, what the asker read of them, the posts of its cases, and receipts."""

    versions: list[Version]
    read: set[int]
    posts: Mapping[str, PostRow]
    decisions: Mapping[str, DecisionRow]
    receipts: list[Receipt]


@dataclass(frozen=True, slots=True)
class Guidance:
    """The parts that guidance needs; ``shipped`` are the readings that every community starts with."""

    sessions: Sessions
    shipped: Mapping[str, Reading]

    def board(self, community_id: int, user_id: int, roles: Collection[str]) -> tuple[list[Line], int]:
        """Every clause in the order of the convention, and how many people of ``roles`` the team has."""
        with self.sessions.read() as session:
            own = {clause: store.version(row) for clause, row in store.latest(session, community_id).items()}
            read = store.read_by(session, user_id)
            readers = store.readers(session, community_id, roles)
            team = len(store.team(session, community_id, roles))
        new = unread({clause: one.number for clause, one in own.items()}, read)
        versions = [own.get(one.number) or self._shipped(one.number) for one in CLAUSES]
        lines = [Line(each, each.clause in new, readers.get(each.clause, 0)) for each in versions]
        return lines, team

    def unread(self, community_id: int, user_id: int) -> int:
        """How many clauses have a version that somebody has not read."""
        with self.sessions.read() as session:
            return len(unread(store.numbers(session, community_id), store.read_by(session, user_id)))

    def current(self, community_id: int, clause: str) -> ClausePage:
        """The latest version of a clause with its posts: what the desk shows beside an item.

        Raises:
            UnknownClauseError: the convention has no such clause.
        """
        with self.sessions.read() as session:
            version = self._latest(session, community_id, clause)
            return _page(session, community_id, [version], set(), [])

    def clause(self, community_id: int, clause: str, user_id: int, roles: Collection[str]) -> ClausePage:
        """A clause with every version, and who of ``roles`` has read it.

        Raises:
            UnknownClauseError: the convention has no such clause.
        """
        shipped = self._shipped(clause)
        with self.sessions.read() as session:
            rows = store.versions(session, community_id, clause)
            ticks = store.receipts(session, community_id, clause)
            last = {row.user_id: row for row in sorted(ticks, key=lambda one: one.number)}
            receipts = [
                Receipt(user, last[user.id].number, last[user.id].at)
                if user.id in last
                else Receipt(user, None, None)
                for user in store.team(session, community_id, roles)
            ]
            read = {row.number for row in ticks if row.user_id == user_id}
            found = [*(store.version(row) for row in rows), shipped]
            return _page(session, community_id, found, read, receipts)

    def write(
        self,
        community_id: int,
        clause: str,
        reading: Reading,
        *,
        base: int,
        why: str,
        by: UserRow,
        now: int,
        en_holds: bool = False,
    ) -> Version:
        """Append a version, made from version ``base``; who wrote it has read it.

        English left as it was while the Chinese changed is dropped, unless ``en_holds`` says that it fits still.

        Raises:
            UnknownClauseError: the convention has no such clause.
            GuidanceError: names the field that is wrong.
            StaleGuidanceError: somebody wrote a version since ``base``.
        """
        with self.sessions.write.begin() as session:
            store.lock(session, community_id)
            latest = self._latest(session, community_id, clause)
            if latest.number != base:
                raise StaleGuidanceError
            kept = translated(latest.reading, reading, en_holds=en_holds)
            written = latest.followed_by(kept, why=why, author=by.name[:100], now=now)
            store.append(session, community_id, written, by.id)
        return written

    def add_post(
        self, community_id: int, clause: str, data_id: str, side: Side, note: str, *, by: UserRow, now: int
    ) -> Version:
        """Append a version that has a kept post among its cases.

        Raises:
            UnknownClauseError: the convention has no such clause.
            UnknownPostError: the community has no such post.
            GuidanceError: there are as many cases as there may be, or the note is missing or too long.
        """
        with self.sessions.write.begin() as session:
            store.lock(session, community_id)
            post = store.post(session, community_id, data_id)
            if post is None or post.state == PostState.WITHDRAWN.value:
                raise UnknownPostError(data_id)
            latest = self._latest(session, community_id, clause)
            case = Case(side, note=note.strip(), post_id=post.id, revision=post.revision)
            reading = with_case(latest.reading, case)
            written = latest.followed_by(reading, why=note, author=by.name[:100], now=now)
            store.append(session, community_id, written, by.id)
        return written

    def read(self, community_id: int, ticked: Iterable[tuple[str, int]], user_id: int, *, now: int) -> None:
        """Note that somebody read some (clause, version); what does not exist is left out."""
        with self.sessions.write.begin() as session:
            latest = store.numbers(session, community_id)
            known = [
                (clause, number)
                for clause, number in ticked
                if clause in self.shipped and SHIPPED <= number <= latest.get(clause, SHIPPED)
            ]
            store.tick(session, community_id, user_id, known, now=now)

    def _latest(self, session: Session, community_id: int, clause: str) -> Version:
        shipped = self._shipped(clause)
        row = store.newest(session, community_id, clause)
        return store.version(row) if row else shipped

    def _shipped(self, clause: str) -> Version:
        if clause not in self.shipped:
            raise UnknownClauseError(clause)
        return Version(clause, SHIPPED, self.shipped[clause])


def _page(
    session: Session, community_id: int, versions: list[Version], read: set[int], receipts: list[Receipt]
) -> ClausePage:
    ids = {case.post_id for each in versions for case in each.reading.cases if case.post_id}
    posts = store.posts(session, community_id, ids)
    return ClausePage(versions, read, posts, store.decisions(session, list(posts)), receipts)
