"""What the policy makes of behaviour: from a finding over several posts to the verdict on one of them.  Pure.

A finding only ever makes a verdict worse, or adds its clause to one that is as bad.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.behaviour import BehaviourKind
from moderation.domain.convention import Label, clause
from moderation.domain.evidence import Source
from moderation.domain.findings import waived
from moderation.domain.policy import action, risk_level
from moderation.domain.post import PublishingMode
from moderation.domain.verdict import Action, Finding, Suggestion, Verdict
from moderation.domain.wire import evidence_from_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moderation.domain.findings import Circumstances
    from moderation.domain.rules import Policy

SOURCE: Final = "behaviour"
"""Source of the verdicts that the behaviour pass appends."""

PROMOTION: Final = "3.1"
BLOCKING: Final = frozenset({PROMOTION, "3.2", "3.4", "3.6"})
"""Clauses that behaviour may block under, where something else speaks for it too; all others ask a person."""

_OF_PROMOTION: Final = {
    BehaviourKind.REPEAT_ADS: frozenset({PROMOTION, "3.2"}),
    BehaviourKind.COORDINATED_ADS: frozenset({PROMOTION, "3.2", "3.3"}),
}
"""What falls where an account or board may advertise: advertising there again is no more than advertising there."""

_STRENGTH: Final = {Suggestion.PASS: 0, Suggestion.REVIEW: 1, Suggestion.BLOCK: 2}
_PROBABILITY: Final = {Suggestion.BLOCK: 0.99, Suggestion.REVIEW: 0.6}
"""As certain as a word that stands in the text: the pattern is there; whether it means harm is the level's claim."""

_MILDEST_FIRST: Final = (
    Action.SHOW,
    Action.NUDGE,
    Action.LIMIT,
    Action.FOLD,
    Action.AUTHOR_ONLY,
    Action.HOLD,
    Action.REMOVE,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a finding says of one post.

    ``clauses`` are those that the post breaks, the weightiest first; ``third_copy``: it is a sure advert and follows
    two of its like.
    """

    kind: BehaviourKind
    clauses: tuple[str, ...]
    reason: str
    third_copy: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """The verdict to append: what decided, and the body to keep."""

    verdict: Verdict
    body: dict[str, Any]


def advertising_is_free(policy: Policy, post: Circumstances) -> bool:
    """Whether the policy lets this account, or everybody on this board, advertise."""
    return PROMOTION not in policy.switched_off and waived(policy, PROMOTION, post)


def judge(
    policy: Policy, claims: Sequence[Claim], body: Mapping[str, Any], post: Circumstances
) -> Change | None:
    """The verdict on a post with what findings claim of it; None where they add nothing to the one that stands.

    Args:
        policy: the community's.
        claims: of one post.
        body: the standing verdict, as it is kept.
        post: its place and author.
    """
    said = [_finding(one) for one in body["labels"]]
    fresh: list[Finding] = []
    counted = []
    for claim in claims:
        found = _claimed(policy, claim, said, post)
        if found is not None and not _is_said(found, [*said, *fresh]):
            fresh.append(found)
            counted.append(claim)
    before = Suggestion(body["suggestion"])
    after = max((before, *(one.suggestion for one in fresh)), key=_STRENGTH.__getitem__)
    if not any(_STRENGTH[one.suggestion] >= _STRENGTH[before] for one in fresh):
        return None
    verdict = _verdict(policy, [*fresh, *said], after, body, post)
    return Change(verdict, _body(policy, verdict, counted, body))


def _claimed(policy: Policy, claim: Claim, said: Sequence[Finding], post: Circumstances) -> Finding | None:
    """The finding under the weightiest clause that holds here."""
    free = _OF_PROMOTION.get(claim.kind, frozenset()) if advertising_is_free(policy, post) else frozenset()
    holding = [one for one in claim.clauses if one not in free and not waived(policy, one, post)]
    if not holding:
        return None
    number = holding[0]
    suspected = any(
        one.label is Label.SPAM_ADS
        and one.source is not Source.BEHAVIOUR
        and one.suggestion is not Suggestion.PASS
        for one in said
    )
    sure = number in BLOCKING and _may_block(policy, number) and (suspected or claim.third_copy)
    suggestion = Suggestion.BLOCK if sure else Suggestion.REVIEW
    return Finding(number, clause(number).label, _PROBABILITY[suggestion], Source.BEHAVIOUR, suggestion)


def _may_block(policy: Policy, number: str) -> bool:
    """Whether no rule says that people decide about the clause; 3.2 is 3.1 done again."""
    subjects = {number, PROMOTION} if number == "3.2" else {number}
    return all(rule.may_block for rule in policy.rules if rule.clause in subjects)


def _is_said(found: Finding, said: Sequence[Finding]) -> bool:
    return any(
        one.source is Source.BEHAVIOUR
        and one.clause == found.clause
        and _STRENGTH[one.suggestion] >= _STRENGTH[found.suggestion]
        for one in said
    )


def _finding(label: Mapping[str, Any]) -> Finding:
    return Finding(
        clause=label["clause"],
        label=Label(label["label"]),
        probability=label["probability"],
        source=Source(label["source"]),
        suggestion=Suggestion(label["suggestion"]),
    )


def _verdict(
    policy: Policy,
    findings: Sequence[Finding],
    suggestion: Suggestion,
    body: Mapping[str, Any],
    post: Circumstances,
) -> Verdict:
    ordered = tuple(sorted(findings, key=lambda one: (-_STRENGTH[one.suggestion], -one.probability)))
    held = any(one.look_first and one.covers(post.group, post.scene) for one in policy.in_force)
    mode = (
        PublishingMode.PRE_MODERATION if held and post.mode is PublishingMode.POST_MODERATION else post.mode
    )
    wanted = action(policy, ordered, suggestion, mode)
    return Verdict(
        suggestion=suggestion,
        risk_level=risk_level(suggestion, evidence_from_json(body).scores),
        # A post that is folded for one reason is not shown again for another.
        action=max(wanted, Action(body["action"]), key=_MILDEST_FIRST.index),
        findings=ordered,
    )


def _body(
    policy: Policy, verdict: Verdict, claims: Sequence[Claim], body: Mapping[str, Any]
) -> dict[str, Any]:
    """The verdict as it is kept: what the former one holds stays, beside what decided."""
    labels = [
        {
            "label": one.label.value,
            "clause": one.clause,
            "probability": one.probability,
            "source": one.source.value,
            "suggestion": one.suggestion.value,
        }
        for one in verdict.findings
    ]
    told = [*body.get("behaviour", ()), *({"kind": one.kind.value, "reason": one.reason} for one in claims)]
    return {
        **body,
        "suggestion": verdict.suggestion.value,
        "risk_level": verdict.risk_level.value,
        "label": verdict.label.value,
        "clause": verdict.clause or None,
        "labels": labels,
        "action": verdict.action.value,
        "versions": {**body["versions"], "policy": policy.version},
        "behaviour": told,
    }
