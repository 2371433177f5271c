"""Emergency words: live with the workers' next batch, for a look only, gone after a day unless confirmed."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from moderation.domain.emergency import LIBRARY, EmergencyState, state_of
from moderation.domain.evidence import Level
from moderation.domain.failures import UserError
from moderation.domain.intervals import Share
from moderation.outbound.bell import QueueName
from moderation.rulebooks import as_columns, as_entry
from moderation.store import emergency, lexicons, reviews
from moderation.sweeps.striking import entry_of, strike, tally
from moderation.text.entries import Entry, EntryError, Kind, check_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from moderation.domain.verdict import Action
    from moderation.outbound.bell import Bell
    from moderation.store.engine import Sessions
    from moderation.store.tables import EmergencyWordRow, PostRow

HOUR: Final = 3_600 * 1_000_000
SHORTEST: Final = 2
"""Characters of an emergency word: nobody looks at what it strikes before it is in force."""

MOST_HOURS: Final = 7 * 24
COUNT_EVERY: Final = 5 * 60 * 1_000_000
"""Microseconds after which a word is counted anew."""

MOST_AT_ONCE: Final = 50
MOST_SHOWN: Final = 50


class EmergencyError(UserError):
    """An emergency word that cannot be kept, confirmed or withdrawn."""


class UnknownEmergencyError(LookupError):
    """The community has no such emergency word."""


@dataclass(frozen=True, slots=True)
class StruckPost:
    """A post that a word strikes; ``before``: it came in before the word; ``action``: what a person decided."""

    post: PostRow
    before: bool
    action: Action | None


@dataclass(frozen=True, slots=True)
class EmergencyResult:
    """A word and what it did.

    ``hits`` are posts struck while it held, ``before_hits`` those of the seven days before (of ``before_posts``)
    that it would have struck; each ``precision`` counts those that people blocked among those that they decided.
    Instants are UTC microseconds; ``until`` of None: confirmed; ``counted_at`` of None: not counted yet.
    """

    number: int
    entry: Entry
    state: EmergencyState
    author: str
    since: int
    until: int | None
    hits: int
    precision: Share
    before_posts: int
    before_hits: int
    before_precision: Share
    counted_at: int | None
    confirmed_by: str = ""
    withdrawn_by: str = ""


@dataclass(frozen=True, slots=True)
class Emergency:
    """The parts that emergency words need."""

    sessions: Sessions
    bell: Bell | None = None

    def emergency(
        self, community_id: int, words: Sequence[Entry], *, author: str, now: int, hours: int = 24
    ) -> list[Entry]:
        """Put words in force at once, at level review, for some hours (1 to 168).

        One that is there already starts anew.

        Raises:
            EntryError: names the first word that cannot be used, counted from 1.
            EmergencyError: no words, an allow word, or too many hours.
        """
        if not words or any(one.kind is Kind.ALLOW for one in words):
            raise EmergencyError(
                "an emergency needs words to look for; allow words belong to the ordinary lists"
            )
        if not 1 <= hours <= MOST_HOURS:
            raise EmergencyError(f"an emergency word holds for 1 to {MOST_HOURS} hours")
        kept = [
            replace(one, level=Level.REVIEW, library=LIBRARY, effective_from=now,
                    effective_to=now + hours * HOUR)
            for one in {(one.word, one.kind): one for one in words}.values()
        ]  # fmt: skip
        for number, one in enumerate(kept, 1):
            check_entry(one, number)
            if one.kind is Kind.NORMAL and len(one.word.strip()) < SHORTEST:
                reason = "one character would send most posts to review at once; take a longer word or a combination"
                raise EntryError(number, "word", reason)
        with self.sessions.write.begin() as session:
            for row in _rows_of(session, community_id, kept):
                row.withdrawn_by, row.withdrawn_at = author, now
            lexicons.upsert(session, as_columns(kept, community_id, author=author, now=now))
            emergency.add(session, [_columns(one, community_id, author, now) for one in kept])
        if self.bell is not None:
            self.bell.ring(QueueName.MAINTENANCE)
        return kept

    def confirm(self, community_id: int, words: Sequence[str], *, author: str, now: int) -> list[Entry]:
        """Let emergency words stay, all or none.

        Raises:
            EmergencyError: a word is no emergency word, or has expired: add it again.
        """
        with self.sessions.write.begin() as session:
            found = _in_force(session, community_id, words, now)
            kept = [replace(entry, effective_to=None) for entry in found]
            lexicons.upsert(session, as_columns(kept, community_id, author=author, now=now))
            for row in emergency.standing(session, community_id, words):
                if row.until is not None and row.until > now:
                    row.until, row.confirmed_by, row.confirmed_at = None, author, now
        return kept

    def withdraw(self, community_id: int, words: Sequence[str], *, author: str, now: int) -> list[Entry]:
        """Take emergency words back at once, all or none; what they struck stays under review.

        Raises:
            EmergencyError: a word is no emergency word, or has expired already.
        """
        with self.sessions.write.begin() as session:
            found = _in_force(session, community_id, words, now)
            gone = {(one.word, one.kind.value) for one in found}
            rows = lexicons.of(session, community_id, library=LIBRARY)
            lexicons.remove_all(session, [row.id for row in rows if (row.word, row.kind) in gone])
            for row in emergency.standing(session, community_id, words):
                row.withdrawn_by, row.withdrawn_at = author, now
        return found

    def results(self, community_id: int, *, now: int) -> list[EmergencyResult]:
        """Each emergency word with what it struck as last counted, expired ones included, newest first."""
        with self.sessions.read() as session:
            listed = {(row.word, row.kind) for row in lexicons.of(session, community_id, library=LIBRARY)}
            return [_result(row, listed, now) for row in emergency.of(session, community_id)]

    def struck(self, community_id: int, number: int, *, now: int) -> tuple[EmergencyResult, list[StruckPost]]:
        """One word with the latest posts that it strikes, newest first.

        Raises:
            UnknownEmergencyError: the community has no such word.
        """
        with self.sessions.read() as session:
            row = emergency.find(session, community_id, number)
            if row is None:
                raise UnknownEmergencyError(number)
            listed = {(one.word, one.kind) for one in lexicons.of(session, community_id, library=LIBRARY)}
            found = emergency.struck(session, number, limit=MOST_SHOWN)
            actions = reviews.standing_actions(session, [post.id for _, post in found])
        posts = [StruckPost(post, hit.before, actions.get(post.id)) for hit, post in found]
        return _result(row, listed, now), posts

    def work(self, *, now: int, seconds: float, timer: Callable[[], float] = time.monotonic) -> bool:
        """Count the words of one community that are due, for some seconds; answers whether there were any."""
        with self.sessions.read() as session:
            rows = emergency.due(session, now=now, every=COUNT_EVERY, limit=MOST_AT_ONCE)
        if not rows:
            return False
        ends = timer() + seconds
        if strike(self.sessions, rows, now=now, going=lambda: timer() < ends):
            with self.sessions.write.begin() as session:
                tally(session, rows, now=now)
        return True


def _in_force(session: Session, community_id: int, words: Sequence[str], now: int) -> list[Entry]:
    rows = lexicons.of(session, community_id, library=LIBRARY)
    found = [entry for entry in map(as_entry, rows) if entry.word in words and entry.in_force(now)]
    missing = set(words) - {entry.word for entry in found}
    if missing:
        raise EmergencyError(f"no emergency word holds now: {'、'.join(sorted(missing))}")
    return found


def _rows_of(session: Session, community_id: int, words: Sequence[Entry]) -> list[EmergencyWordRow]:
    """Rows that the words replace."""
    keys = {(one.word, one.kind.value) for one in words}
    rows = emergency.standing(session, community_id, [one.word for one in words])
    return [row for row in rows if (row.word, row.kind) in keys]


def _columns(entry: Entry, community_id: int, author: str, now: int) -> dict[str, object]:
    return {
        "community_id": community_id,
        "word": entry.word,
        "kind": entry.kind.value,
        "clause": entry.clause,
        "author": author,
        "since": now,
        "until": entry.effective_to,
    }


def _result(row: EmergencyWordRow, listed: set[tuple[str, str]], now: int) -> EmergencyResult:
    return EmergencyResult(
        number=row.id,
        entry=replace(entry_of(row), library=LIBRARY),
        state=state_of(
            until=row.until,
            withdrawn_at=row.withdrawn_at,
            listed=(row.word, row.kind) in listed,
            now=now,
        ),
        author=row.author,
        since=row.since,
        until=row.until,
        hits=row.hits,
        precision=Share(row.blocked, row.decided),
        before_posts=row.before_posts,
        before_hits=row.before_hits,
        before_precision=Share(row.before_blocked, row.before_decided),
        counted_at=row.counted_at,
        confirmed_by=row.confirmed_by,
        withdrawn_by=row.withdrawn_by,
    )
