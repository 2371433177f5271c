"""The policy: from scores and hits to a verdict.  Pure; the numbers come from data (``moderation/policies``)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from moderation.domain.blocking import NEVER
from moderation.domain.convention import Label
from moderation.domain.evidence import Field, Hit, HitType
from moderation.domain.findings import (
    EVASION,
    NEGATIVITY,
    Circumstances,
    Evidence,
    head_score,
)
from moderation.domain.post import PublishingMode
from moderation.domain.rules import Policy, Rule, Threshold
from moderation.domain.verdict import Action, Finding, RiskLevel, Suggestion, Verdict, Versions
from moderation.domain.weighing import covering, weighed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.evidence import Contact
    from moderation.domain.scores import Scores
    from moderation.domain.windows import Window

__all__ = [
    "EVASION",
    "NEGATIVITY",
    "NEVER",
    "Circumstances",
    "Evidence",
    "Policy",
    "Rule",
    "Threshold",
    "action",
    "decide",
    "head_score",
    "risk_level",
    "undecided",
    "waiting_action",
]


def decide(policy: Policy, evidence: Evidence, post: Circumstances, versions: Versions) -> Verdict:
    """Reach a verdict on one post.

    The strongest finding decides; among equals the most probable one.  A finding under a clause that is
    switched off, or from which the author or board is exempt, does not count.  Windows in force make it stricter.
    """
    tight = covering(policy, post)
    look_first = any(one.look_first for one in tight)
    findings = weighed(policy, evidence, post, tight)
    suggestion = findings[0].suggestion if findings else Suggestion.PASS
    return Verdict(
        suggestion=suggestion,
        risk_level=_urgency(risk_level(suggestion, evidence.scores), findings, tight),
        action=action(policy, findings, suggestion, _stricter(post.mode, held=look_first)),
        findings=findings,
        scores=evidence.scores,
        hits=_with_contacts(evidence, suggestion, findings),
        contacts=evidence.contacts,
        keywords=evidence.keywords,
        mentions=evidence.mentions,
        versions=replace(versions, policy="+".join((policy.version, *(one.name for one in tight)))),
        unchecked=evidence.unchecked,
        pictures=evidence.pictures,
    )


def _urgency(risk: RiskLevel, findings: Sequence[Finding], tight: Sequence[Window]) -> RiskLevel:
    top = {number for window in tight for number in window.top_clauses}
    return RiskLevel.HIGH if any(one.clause in top for one in findings) else risk


def _stricter(mode: PublishingMode, *, held: bool) -> PublishingMode:
    return PublishingMode.PRE_MODERATION if held and mode is PublishingMode.POST_MODERATION else mode


def undecided(reason: str, mode: PublishingMode, versions: Versions) -> Verdict:
    """Verdict of a post that could not be scored: a human must look, and no clause is claimed."""
    return Verdict(
        suggestion=Suggestion.REVIEW,
        risk_level=RiskLevel.MEDIUM,
        action=waiting_action(mode),
        versions=versions,
        unchecked=("text",),
        reason=reason,
    )


def half_seen(verdict: Verdict, reason: str, mode: PublishingMode) -> Verdict:
    """What passed although a part of it could not be looked at: a human looks.  Other verdicts stay."""
    if verdict.suggestion is not Suggestion.PASS:
        return verdict
    return replace(
        verdict,
        suggestion=Suggestion.REVIEW,
        risk_level=RiskLevel.MEDIUM,
        action=waiting_action(mode),
        reason=reason,
    )


def waiting_action(mode: PublishingMode) -> Action:
    """What the platform does while nobody has decided: show under 先发后审, hold otherwise."""
    return Action.SHOW if mode is PublishingMode.POST_MODERATION else Action.HOLD


def action(
    policy: Policy, findings: Sequence[Finding], suggestion: Suggestion, mode: PublishingMode
) -> Action:
    """What the platform should do with a post under a suggestion and publishing mode."""
    if suggestion is Suggestion.PASS:
        return Action.HOLD if mode is PublishingMode.CLOSED else Action.SHOW
    rule = next((each for each in policy.rules if each.clause == findings[0].clause), None)
    if suggestion is Suggestion.BLOCK:
        return rule.block_action if rule else Action.REMOVE
    if mode is not PublishingMode.POST_MODERATION:
        return Action.HOLD
    return rule.review_action if rule else Action.SHOW


def risk_level(suggestion: Suggestion, scores: Scores) -> RiskLevel:
    """Risk as Chinese moderation APIs state it: block high, review medium, a raised score low."""
    if suggestion is Suggestion.BLOCK:
        return RiskLevel.HIGH
    if suggestion is Suggestion.REVIEW:
        return RiskLevel.MEDIUM
    raised = max(scores.ad, scores.negativity, *scores.categories.values(), 0.0) >= 0.5  # noqa: PLR2004 - likelier than not
    return RiskLevel.LOW if raised else RiskLevel.NONE


def _with_contacts(
    evidence: Evidence, suggestion: Suggestion, findings: Sequence[Finding]
) -> tuple[Hit, ...]:
    """Show contacts as evidence where an advert was found."""
    advert = next((one for one in findings if one.label is Label.SPAM_ADS), None)
    if suggestion is Suggestion.PASS or advert is None:
        return evidence.hits
    contacts = tuple(
        Hit(
            type=HitType.CONTACT,
            value=contact.value,
            normalised=contact.value,
            field=contact.field,
            start=contact.start,
            end=contact.end,
            clause=EVASION if contact.obfuscated else advert.clause,
            library=contact.kind.value,
            reason=_why_shown(contact),
            image=contact.image,
        )
        for contact in evidence.contacts
    )
    return tuple(sorted((*evidence.hits, *contacts), key=lambda hit: (hit.field is Field.TEXT, hit.start)))


def _why_shown(contact: Contact) -> str:
    if contact.field is Field.IMAGE:
        return "contact in an image"
    return "disguised contact" if contact.obfuscated else "contact"
