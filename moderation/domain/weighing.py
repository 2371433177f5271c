"""What counts against a post, the strongest first: findings without those that are waived.  Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from moderation.domain.evidence import Source
from moderation.domain.findings import by_cloaked_contact, by_hits, by_model, waived
from moderation.domain.verdict import Finding, Suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.findings import Circumstances, Evidence
    from moderation.domain.rules import Policy
    from moderation.domain.windows import Window

_STRENGTH: Final = {Suggestion.PASS: 0, Suggestion.REVIEW: 1, Suggestion.BLOCK: 2}


@dataclass(frozen=True, slots=True)
class Rest:
    """What of a post no policy decides again from scores and hits, so that it is kept as it was.

    ``look``: a part could not be looked at, or nothing was scored, so a person looks; ``findings`` are those of
    behaviour over several posts.
    """

    look: bool = False
    findings: tuple[Finding, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return self.look or bool(self.findings)


NO_REST: Final = Rest()


def outcome(
    policy: Policy, evidence: Evidence, post: Circumstances, rest: Rest = NO_REST
) -> tuple[Suggestion, str]:
    """Suggestion and clause of the verdict that ``policy.decide`` reaches, for whoever needs no more of it.

    What is in ``rest`` is kept under whatever policy, but for clauses that it waives.
    """
    findings = weighed(policy, evidence, post, covering(policy, post))
    if rest.findings:
        kept = [one for one in rest.findings if not waived(policy, one.clause, post)]
        findings = tuple(sorted((*kept, *findings), key=_weight))
    if findings and findings[0].suggestion is not Suggestion.PASS:
        return findings[0].suggestion, findings[0].clause
    return (Suggestion.REVIEW if rest.look else Suggestion.PASS), ""


def covering(policy: Policy, post: Circumstances) -> tuple[Window, ...]:
    """The windows in force that cover a post."""
    return tuple(one for one in policy.in_force if one.covers(post.group, post.scene))


def weighed(
    policy: Policy, evidence: Evidence, post: Circumstances, tight: Sequence[Window]
) -> tuple[Finding, ...]:
    """What counts against a post, what decides first."""
    factor = min((one.review_factor for one in tight), default=1.0)
    look_first = any(one.look_first for one in tight)
    found = [*by_model(policy, evidence.scores, post.scene, factor), *by_hits(policy, evidence)]
    found += by_cloaked_contact(policy, evidence, post.scene, factor)
    counted = [_looked_at(one, look_first) for one in found if not waived(policy, one.clause, post)]
    return tuple(sorted(counted, key=_weight))


def _weight(one: Finding) -> tuple[int, float]:
    return -_STRENGTH[one.suggestion], -one.probability


def _looked_at(finding: Finding, look_first: bool) -> Finding:  # noqa: FBT001 - said by its name
    """Where people look first the model alone blocks nothing; words that block still do."""
    if look_first and finding.source is Source.MODEL and finding.suggestion is Suggestion.BLOCK:
        return replace(finding, suggestion=Suggestion.REVIEW)
    return finding
