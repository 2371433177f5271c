"""The policy: from scores and hits to a verdict.  Pure; the numbers come from data (``moderation/policies``)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from moderation.domain.convention import Category, Label, clause
from moderation.domain.evidence import Contact, Field, Hit, HitType, Level, Source
from moderation.domain.post import PublishingMode, Scene
from moderation.domain.verdict import Action, Finding, RiskLevel, Suggestion, Verdict, Versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moderation.domain.brands import Mention
    from moderation.domain.scores import Scores

NEGATIVITY: Final = "negativity"
"""Name of the head that scores negativity, beside the categories."""

NEVER: Final = 2.0
"""A threshold that no probability reaches."""

EVASION: Final = "3.8"

_STRENGTH: Final = {Suggestion.PASS: 0, Suggestion.REVIEW: 1, Suggestion.BLOCK: 2}


@dataclass(frozen=True, slots=True)
class Threshold:
    """Lowest probability that sends a post to review, and that blocks it.  Both inclusive."""

    review: float = NEVER
    block: float = NEVER

    def judge(self, probability: float) -> Suggestion:
        """Suggest by a probability; ``>=`` at both bounds."""
        if probability >= self.block:
            return Suggestion.BLOCK
        return Suggestion.REVIEW if probability >= self.review else Suggestion.PASS


@dataclass(frozen=True, slots=True)
class Rule:
    """How one score of the classifier counts.

    ``review`` and ``block`` of None mean the bundle's own calibrated thresholds.
    ``may_block`` False keeps a head from blocking on its own, whatever its score.
    """

    head: str
    clause: str
    review: float | None = None
    block: float | None = None
    enabled: bool = True
    may_block: bool = True
    review_action: Action = Action.SHOW
    block_action: Action = Action.REMOVE


@dataclass(frozen=True, slots=True)
class Policy:
    """A community's reading of the convention.

    ``scenes`` overrides thresholds per scene and head; ``exempt`` lists clauses that official accounts and
    trade boards do not break; ``trade_boards`` are board paths; ``switched_off`` lists clauses not enforced.
    A single word of a list in ``corroborated`` blocks only where some score reaches ``corroboration``: news,
    warnings and victims use the same words.
    """

    version: str
    rules: tuple[Rule, ...]
    scenes: Mapping[Scene, Mapping[str, Threshold]] = field(default_factory=dict)
    exempt: frozenset[str] = frozenset()
    trade_boards: tuple[str, ...] = ()
    switched_off: frozenset[str] = frozenset()
    calibrated: Mapping[str, Threshold] = field(default_factory=dict)
    corroborated: frozenset[str] = frozenset()
    corroboration: float = 0.5

    def with_calibration(self, calibrated: Mapping[str, Threshold]) -> Policy:
        """Take a bundle's thresholds for every rule that names none."""
        return replace(self, calibrated=calibrated)

    def threshold(self, rule: Rule, scene: Scene) -> Threshold:
        """Thresholds of a rule in a scene: the scene's own, else the rule's, else the bundle's."""
        own = self.scenes.get(scene, {}).get(rule.head)
        base = self.calibrated.get(rule.head, Threshold())
        found = own or Threshold(
            review=base.review if rule.review is None else rule.review,
            block=base.block if rule.block is None else rule.block,
        )
        return found if rule.may_block else replace(found, block=NEVER)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything found in one post before a decision."""

    scores: Scores
    hits: tuple[Hit, ...] = ()
    contacts: tuple[Contact, ...] = ()
    keywords: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the policy may know of a post besides its text."""

    scene: Scene = Scene.POST
    group: str = ""
    official: bool = False
    mode: PublishingMode = PublishingMode.POST_MODERATION


def decide(policy: Policy, evidence: Evidence, post: Circumstances, versions: Versions) -> Verdict:
    """Reach a verdict on one post.

    The strongest finding decides; among equals the most probable one.  A finding under a clause that is
    switched off, or from which the author or board is exempt, does not count.
    """
    found = [*_by_model(policy, evidence.scores, post.scene), *_by_hits(policy, evidence)]
    found += _by_cloaked_contact(policy, evidence, post.scene)
    counted = [one for one in found if not _waived(policy, one.clause, post)]
    findings = tuple(sorted(counted, key=lambda one: (-_STRENGTH[one.suggestion], -one.probability)))
    suggestion = findings[0].suggestion if findings else Suggestion.PASS
    return Verdict(
        suggestion=suggestion,
        risk_level=risk_level(suggestion, evidence.scores),
        action=action(policy, findings, suggestion, post.mode),
        findings=findings,
        scores=evidence.scores,
        hits=_with_contacts(evidence, suggestion, findings),
        contacts=evidence.contacts,
        keywords=evidence.keywords,
        mentions=evidence.mentions,
        versions=replace(versions, policy=policy.version),
        unchecked=evidence.unchecked,
    )


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


def head_score(scores: Scores, head: str) -> float:
    """Probability of a head: "negativity", or the name of a category."""
    if head == NEGATIVITY:
        return scores.negativity
    if head == Category.AD:
        return scores.ad
    return scores.categories.get(Category(head), 0.0)


def _by_model(policy: Policy, scores: Scores, scene: Scene) -> list[Finding]:
    found = []
    for rule in policy.rules:
        probability = head_score(scores, rule.head)
        suggestion = policy.threshold(rule, scene).judge(probability) if rule.enabled else Suggestion.PASS
        if suggestion is not Suggestion.PASS:
            found.append(_finding(rule.clause, probability, Source.MODEL, suggestion))
    return found


def _by_hits(policy: Policy, evidence: Evidence) -> list[Finding]:
    """A hit is certain that the word stands there; whether it means harm is the level's claim."""
    supported = _support(evidence.scores) >= policy.corroboration
    levels = {Level.BLOCK: (Suggestion.BLOCK, 0.99), Level.REVIEW: (Suggestion.REVIEW, 0.6)}
    strongest: dict[str, Finding] = {}
    for hit in evidence.hits:
        if hit.suppressed:
            continue
        alone = hit.type is HitType.KEYWORD and hit.library in policy.corroborated and not supported
        suggestion, probability = levels[Level.REVIEW if alone else hit.level]
        known = strongest.get(hit.clause)
        if known is None or probability > known.probability:
            source = Source.LEXICON if hit.type is HitType.KEYWORD else Source.RULE
            strongest[hit.clause] = _finding(hit.clause, probability, source, suggestion)
    return list(strongest.values())


def _support(scores: Scores) -> float:
    """The strongest score of harm: what stands beside a word."""
    return max(scores.ad, scores.negativity, *scores.categories.values(), 0.0)


def _by_cloaked_contact(policy: Policy, evidence: Evidence, scene: Scene) -> list[Finding]:
    """Clause 3.8: a disguised contact in what the model already holds for an advert."""
    if not any(contact.obfuscated for contact in evidence.contacts):
        return []
    rule = next((each for each in policy.rules if each.head == Category.AD), None)
    review = policy.threshold(rule, scene).review if rule and rule.enabled else NEVER
    probability = max(evidence.scores.ad, evidence.scores.categories.get(Category.DIVERSION, 0.0))
    if probability < review:
        return []
    return [_finding(EVASION, probability, Source.RULE, Suggestion.BLOCK)]


def _finding(number: str, probability: float, source: Source, suggestion: Suggestion) -> Finding:
    return Finding(number, clause(number).label, probability, source, suggestion)


def _waived(policy: Policy, number: str, post: Circumstances) -> bool:
    if number in policy.switched_off:
        return True
    on_trade_board = any(
        post.group == board or post.group.startswith(f"{board}/") for board in policy.trade_boards
    )
    return number in policy.exempt and (post.official or on_trade_board)


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
            reason="disguised contact" if contact.obfuscated else "contact",
        )
        for contact in evidence.contacts
    )
    return tuple(sorted((*evidence.hits, *contacts), key=lambda hit: (hit.field is Field.TEXT, hit.start)))
