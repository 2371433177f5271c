"""Emergency words: live with the workers' next batch, for a look only, gone after a day unless confirmed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from moderation.domain.evidence import Level
from moderation.domain.failures import UserError
from moderation.domain.intervals import Share
from moderation.domain.review import DecisionKind
from moderation.rulebooks import as_columns, as_entry
from moderation.store import lexicons, standing
from moderation.text.entries import Kind, check_entry
from moderation.text.lexicon import Lexicon
from moderation.text.matching import match_posts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.store.engine import Sessions
    from moderation.store.standing import Standing
    from moderation.text.entries import Entry

LIBRARY: Final = "emergency"
"""List that emergency words stand in."""

HOUR: Final = 3_600 * 1_000_000
MOST_HOURS: Final = 7 * 24
BATCH: Final = 500


class EmergencyError(UserError):
    """An emergency word that cannot be kept or confirmed."""


@dataclass(frozen=True, slots=True)
class EmergencyResult:
    """What a word has done since it went live.

    ``hits`` are posts that it strikes; ``precision`` counts those that people blocked among those that people
    decided.  Instants are UTC microseconds; ``until`` of None: confirmed, it no longer expires.
    """

    entry: Entry
    since: int
    until: int | None
    hits: int
    precision: Share


@dataclass(frozen=True, slots=True)
class Emergency:
    """The parts that emergency words need."""

    sessions: Sessions

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
            replace(
                one,
                level=Level.REVIEW,
                library=LIBRARY,
                effective_from=now,
                effective_to=now + hours * HOUR,
            )
            for one in words
        ]
        for number, one in enumerate(kept, 1):
            check_entry(one, number)
        with self.sessions.write.begin() as session:
            lexicons.upsert(session, as_columns(kept, community_id, author=author, now=now))
        return kept

    def confirm(self, community_id: int, words: Sequence[str], *, author: str, now: int) -> list[Entry]:
        """Let emergency words stay, all or none.

        Raises:
            EmergencyError: a word is no emergency word, or has expired: add it again.
        """
        with self.sessions.write.begin() as session:
            rows = lexicons.of(session, community_id, library=LIBRARY)
            found = [entry for entry in map(as_entry, rows) if entry.word in words and entry.in_force(now)]
            missing = set(words) - {entry.word for entry in found}
            if missing:
                raise EmergencyError(f"no emergency word holds now: {'、'.join(sorted(missing))}")
            kept = [replace(entry, effective_to=None) for entry in found]
            lexicons.upsert(session, as_columns(kept, community_id, author=author, now=now))
        return kept

    def results(self, community_id: int, *, now: int) -> list[EmergencyResult]:
        """What each emergency word has struck since it went live, expired ones included, newest first."""
        with self.sessions.read() as session:
            entries = [as_entry(row) for row in lexicons.of(session, community_id, library=LIBRARY)]
        if not entries:
            return []
        tallies = [_Tally(entry, entry.effective_from or 0, entry.effective_to) for entry in entries]
        alone = [Lexicon.compile([replace(one, effective_from=None, effective_to=None)]) for one in entries]
        for batch in standing.batches(
            self.sessions, community_id, since=min(one.since for one in tallies), until=now, size=BATCH
        ):
            found = match_posts([(one.post.title, one.post.text) for one in batch], alone, now=now)
            for post, by_word in zip(batch, found, strict=True):
                for tally, hits in zip(tallies, by_word, strict=True):
                    if any(not hit.suppressed for hit in hits):
                        tally.count(post)
        return [one.result() for one in tallies]


@dataclass(slots=True)
class _Tally:
    entry: Entry
    since: int
    until: int | None
    hits: int = 0
    decided: int = 0
    blocked: int = 0

    def count(self, one: Standing) -> None:
        """Count a post that the word strikes, if it came in while the word held."""
        at = one.post.received_at
        if at < self.since or (self.until is not None and at >= self.until):
            return
        self.hits += 1
        if one.decided is not None:
            self.decided += 1
            self.blocked += one.decided.kind == DecisionKind.BLOCK.value

    def result(self) -> EmergencyResult:
        return EmergencyResult(
            self.entry, self.since, self.until, self.hits, Share(self.blocked, self.decided)
        )
