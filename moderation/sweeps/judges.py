"""Builds the judge of a sweep from what holds in its community now: policy, allow words, the version sought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.domain.failures import UserError
from moderation.domain.policy_versions import PolicyState
from moderation.policy_file.document import parse_policy
from moderation.rulebooks import as_entry
from moderation.store import lexicons, policies, reviewed
from moderation.sweeps.judging import PolicyJudge, WordJudge
from moderation.text.entries import Entry, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moderation.domain.policy import Policy, Threshold
    from moderation.store.engine import Sessions
    from moderation.sweeps.judging import Criteria


class UnknownSweepPolicyError(UserError):
    """The community has no policy version of that number."""


@dataclass(frozen=True, slots=True)
class Judges:
    """What judges are built from: the shipped policy, the bundle's thresholds, the shipped allow words."""

    sessions: Sessions
    shipped: str
    calibrated: Mapping[str, Threshold]
    allowed: tuple[Entry, ...] = ()

    def judge(self, community_id: int, criteria: Criteria, *, may_block: bool) -> WordJudge | PolicyJudge:
        """The judge of some criteria.

        Raises:
            EntryError: names the word that cannot be used.
            UnknownSweepPolicyError: there is no such policy version.
        """
        with self.sessions.read() as session:
            if criteria.policy:
                chosen = policies.find(session, community_id, criteria.policy)
                if chosen is None:
                    raise UnknownSweepPolicyError(f"no policy version {criteria.policy}")
                curves = reviewed.latest_of(session, community_id)
                return PolicyJudge(self._policy(chosen.document).with_reviews(curves), may_block)
            live = policies.in_state(session, community_id, PolicyState.LIVE)
            own = [as_entry(row) for row in lexicons.of_kind(session, community_id, Kind.ALLOW.value)]
        allowed = [one for one in (*self.allowed, *own) if one.kind is Kind.ALLOW]
        policy = self._policy(live.document if live else self.shipped)
        return WordJudge.of(criteria, policy, allowed, may_block=may_block)

    def _policy(self, document: str) -> Policy:
        return parse_policy(document).policy.with_calibration(self.calibrated)
