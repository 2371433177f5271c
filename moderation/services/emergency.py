"""Emergency words: live with the workers' next batch, for a look only, gone after a day unless confirmed."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from moderation.domain.emergency import LIBRARY
from moderation.domain.evidence import Level
from moderation.domain.failures import UserError
from moderation.outbound.bell import QueueName
from moderation.rulebooks import as_columns, as_entry
from moderation.store import emergency, lexicons
from moderation.sweeps import emergency_results, prolonging
from moderation.sweeps.striking import strike, tally
from moderation.text.entries import Entry, EntryError, Kind, check_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from moderation.outbound.bell import Bell
    from moderation.store.engine import Sessions
    from moderation.sweeps.emergency_results import EmergencyResult, StruckPost

HOUR: Final = 3_600 * 1_000_000
SHORTEST: Final = 2
"""Characters of an emergency word: nobody looks at what it strikes before it is in force."""

MOST_HOURS: Final = 7 * 24
COUNT_EVERY: Final = 5 * 60 * 1_000_000
"""Microseconds after which a word is counted anew."""

MOST_AT_ONCE: Final = 50


class EmergencyError(UserError):
    """An emergency word that cannot be kept, confirmed or withdrawn."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """The parts that emergency words need."""

    sessions: Sessions
    bell: Bell | None = None

    def emergency(
        self, community_id: int, words: Sequence[Entry], *, author: str, now: int, hours: int = 24
    ) -> list[Entry]:
        """Put words in force at once, at level review, for some hours (1 to 168).

        One that holds already is prolonged instead (:meth:`prolong`): begun again it would lose its counts.

        Raises:
            EntryError: names the first word that cannot be used, counted from 1.
            EmergencyError: no words, an allow word, or too many hours.
            HoldsAlreadyError: words of these hold now; nothing was put in force.
        """
        if not words or any(one.kind is Kind.ALLOW for one in words):
            raise EmergencyError(
                "an emergency needs words to look for; allow words belong to the ordinary lists"
            )
        _check_hours(hours)
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
            prolonging.begin(session, community_id, kept, now=now)
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

    def prolong(
        self, community_id: int, words: Sequence[str], *, author: str, now: int, hours: int = 24
    ) -> list[Entry]:
        """Let words hold for some hours from now (1 to 168), all or none, with their counts as they are.

        A word that holds longer already, or was confirmed, stays as it is; answers those that hold longer now.

        Raises:
            EmergencyError: too many hours, or a word is no emergency word, or has expired: add it again.
        """
        _check_hours(hours)
        with self.sessions.write.begin() as session:
            found = _in_force(session, community_id, words, now)
            ends = prolonging.prolong(
                session, community_id, words, author=author, now=now, until=now + hours * HOUR
            )
            kept = prolonging.lasting(found, ends)
            if kept:
                lexicons.upsert(session, as_columns(kept, community_id, author=author, now=now))
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
            return emergency_results.results(session, community_id, now=now)

    def struck(self, community_id: int, number: int, *, now: int) -> tuple[EmergencyResult, list[StruckPost]]:
        """One word with the latest posts that it strikes, newest first.

        Raises:
            UnknownEmergencyError: the community has no such word.
        """
        with self.sessions.read() as session:
            return emergency_results.struck(session, community_id, number, now=now)

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


def _check_hours(hours: int) -> None:
    if not 1 <= hours <= MOST_HOURS:
        raise EmergencyError(f"an emergency word holds for 1 to {MOST_HOURS} hours")


def _in_force(session: Session, community_id: int, words: Sequence[str], now: int) -> list[Entry]:
    rows = lexicons.of(session, community_id, library=LIBRARY)
    found = [entry for entry in map(as_entry, rows) if entry.word in words and entry.in_force(now)]
    missing = set(words) - {entry.word for entry in found}
    if missing:
        raise EmergencyError(f"no emergency word holds now: {'、'.join(sorted(missing))}")
    return found


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
