"""Builds the judge of a sweep from what holds in its community now: policy, words, the version sought."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from moderation.domain.failures import UserError
from moderation.domain.policy_versions import PolicyState
from moderation.policy_file.document import parse_policy
from moderation.rulebooks import as_entry
from moderation.store import imports, lexicons, policies, reviewed
from moderation.sweeps.judging import PolicyJudge, WordJudge
from moderation.sweeps.releasing import ReleaseJudge
from moderation.text.citing import Cited, matched_as
from moderation.text.entries import Entry, Kind, check_entry, faults_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from moderation.domain.policy import Policy, Threshold
    from moderation.store.engine import Sessions
    from moderation.sweeps.criteria import Criteria, Released

Judge = WordJudge | PolicyJudge | ReleaseJudge

ANY: Final = "9.4"
"""Clause of a word of which only the hits are sought."""


class UnknownSweepPolicyError(UserError):
    """The community has no policy version of that number."""


class ReleaseError(UserError):
    """Words that are still in force, or an import that was not taken back, release nobody."""


@dataclass(frozen=True, slots=True)
class Judges:
    """What judges are built from: the shipped policy, the bundle's thresholds, shipped words (``allowed`` protect)."""

    sessions: Sessions
    shipped: str
    calibrated: Mapping[str, Threshold]
    allowed: tuple[Entry, ...] = ()
    words: tuple[Entry, ...] = ()

    def check(self, community_id: int, criteria: Criteria, *, may_block: bool, now: int) -> None:
        """Say at once what cannot be sought; ``now`` is UTC microseconds.

        Raises:
            EntryError: names the word that cannot be used.
            UnknownSweepPolicyError: there is no such policy version.
            ReleaseError: the import stands, or a word is in force.
        """
        self.judge(community_id, criteria, may_block=may_block)
        if criteria.released and not criteria.released.import_id:
            with self.sessions.read() as session:
                _check_gone(session, community_id, criteria.released, now)

    def judge(self, community_id: int, criteria: Criteria, *, may_block: bool) -> Judge:
        """The judge of some criteria.

        Raises:
            EntryError: names the word that cannot be used.
            UnknownSweepPolicyError: there is no such policy version.
            ReleaseError: the import was not taken back.
        """
        with self.sessions.read() as session:
            if criteria.released:
                return self._release(session, community_id, criteria.released)
            if criteria.policy:
                chosen = policies.find(session, community_id, criteria.policy)
                if chosen is None:
                    raise UnknownSweepPolicyError(f"no policy version {criteria.policy}")
                curves = reviewed.latest_of(session, community_id)
                return PolicyJudge(self._policy(chosen.document).with_reviews(curves), may_block)
            own = [as_entry(row) for row in lexicons.of_kind(session, community_id, Kind.ALLOW.value)]
            policy = self._live(session, community_id)
        allowed = [one for one in (*self.allowed, *own) if one.kind is Kind.ALLOW]
        return WordJudge.of(criteria, policy, allowed, may_block=may_block)

    def _release(self, session: Session, community_id: int, released: Released) -> ReleaseJudge:
        gone = Cited.of(*_gone(session, community_id, released))
        policy = self._live(session, community_id).with_reviews(reviewed.latest_of(session, community_id))
        return ReleaseJudge(policy, gone, partial(self._in_force, community_id))

    def _in_force(self, community_id: int) -> Iterator[Entry]:
        """Every word as workers match it; they leave out a kept one that cannot be used, and so does this."""
        yield from self.words
        shipped = self._policy(self.shipped).corroborated
        with self.sessions.read() as session:
            kept = [
                replace(as_entry(row), library=matched_as(row.library, shipped))
                for row in lexicons.of(session, community_id)
            ]
        yield from (entry for entry in kept if next(faults_of(entry), None) is None)

    def _live(self, session: Session, community_id: int) -> Policy:
        live = policies.in_state(session, community_id, PolicyState.LIVE)
        return self._policy(live.document if live else self.shipped)

    def _policy(self, document: str) -> Policy:
        return parse_policy(document).policy.with_calibration(self.calibrated)


def _gone(session: Session, community_id: int, released: Released) -> tuple[str, list[Entry]]:
    """The words that are gone, and their list."""
    if not released.import_id:
        named = [Entry(word, kind, ANY) for kind, word in released.words]
        for number, entry in enumerate(named, 1):
            check_entry(entry, number)
        return released.library, named
    row = imports.find(session, community_id, released.import_id)
    if row is None:
        raise ReleaseError(f"no import {released.import_id}")
    if row.undone_at is None:
        raise ReleaseError(f"import {row.id} stands: take it back first")
    found = [Entry(word, Kind(kind), ANY) for kind, word in imports.taken_back(session, row.id)]
    if not found:
        raise ReleaseError(f"of import {row.id} no word was taken back that is known by name: name the words")
    return row.library, found


def _check_gone(session: Session, community_id: int, released: Released, now: int) -> None:
    named = set(released.words)
    rows = lexicons.in_list(session, community_id, released.library, {word for _, word in named})
    for one in map(as_entry, rows):
        if (one.kind, one.word) in named and one.in_force(now):
            raise ReleaseError(
                f"the word {one.word!r} is in force: remove it from the list {one.library} first"
            )
