"""What in a post breaks which clause: by the model's scores, by words, by a disguised contact.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.domain.blocking import NEVER
from moderation.domain.convention import Category, clause
from moderation.domain.evidence import Contact, Hit, HitType, Level, Source
from moderation.domain.post import PublishingMode, Scene
from moderation.domain.verdict import Finding, Suggestion

if TYPE_CHECKING:
    from moderation.domain.brands import Mention
    from moderation.domain.pictures import Picture
    from moderation.domain.rules import Policy
    from moderation.domain.scores import Scores

NEGATIVITY: Final = "negativity"
"""Name of the head that scores negativity, beside the categories."""

EVASION: Final = "3.8"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything found in one post before a decision."""

    scores: Scores
    hits: tuple[Hit, ...] = ()
    contacts: tuple[Contact, ...] = ()
    keywords: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    unchecked: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the policy may know of a post besides its text."""

    scene: Scene = Scene.POST
    group: str = ""
    official: bool = False
    mode: PublishingMode = PublishingMode.POST_MODERATION


def head_score(scores: Scores, head: str) -> float:
    """Probability of a head: "negativity", or the name of a category."""
    if head == NEGATIVITY:
        return scores.negativity
    if head == Category.AD:
        return scores.ad
    return scores.categories.get(_CATEGORIES.get(head) or Category(head), 0.0)


_CATEGORIES: Final = {each.value: each for each in Category}
"""Looked up: asking the enumeration takes longer than all that is done with its answer."""


def by_model(policy: Policy, scores: Scores, scene: Scene, factor: float) -> list[Finding]:
    """What the rules find in the scores; ``factor`` (at most 1) lowers their review thresholds."""
    found = []
    for rule, limit in policy.limits(scene):
        probability = head_score(scores, rule.head)
        bound = limit if factor == 1 else limit.tightened(factor)
        if probability >= bound.review or probability >= bound.block:
            found.append(_finding(rule.clause, probability, Source.MODEL, bound.judge(probability)))
    return found


def by_hits(policy: Policy, evidence: Evidence) -> list[Finding]:
    """A hit is certain that the word stands there; whether it means harm is the level's claim."""
    supported = _support(evidence.scores) >= policy.corroboration
    levels = {Level.BLOCK: (Suggestion.BLOCK, 0.99), Level.REVIEW: (Suggestion.REVIEW, 0.6)}
    strongest: dict[str, Finding] = {}
    for hit in evidence.hits:
        if hit.suppressed:
            continue
        alone = hit.library in policy.corroborated and not supported
        suggestion, probability = levels[Level.REVIEW if alone else hit.level]
        known = strongest.get(hit.clause)
        if known is None or probability > known.probability:
            source = Source.LEXICON if hit.type is HitType.KEYWORD else Source.RULE
            strongest[hit.clause] = _finding(hit.clause, probability, source, suggestion)
    return list(strongest.values())


def _support(scores: Scores) -> float:
    """The strongest score of harm: what stands beside a word."""
    return max(scores.ad, scores.negativity, *scores.categories.values(), 0.0)


def by_cloaked_contact(policy: Policy, evidence: Evidence, scene: Scene, factor: float) -> list[Finding]:
    """Clause 3.8: a disguised contact in what the model already holds for an advert."""
    if not any(contact.obfuscated for contact in evidence.contacts):
        return []
    rule = next((each for each in policy.rules if each.head == Category.AD), None)
    review = policy.threshold(rule, scene).tightened(factor).review if rule and rule.enabled else NEVER
    probability = max(evidence.scores.ad, evidence.scores.categories.get(Category.DIVERSION, 0.0))
    if probability < review:
        return []
    return [_finding(EVASION, probability, Source.RULE, Suggestion.BLOCK)]


def _finding(number: str, probability: float, source: Source, suggestion: Suggestion) -> Finding:
    return Finding(number, clause(number).label, probability, source, suggestion)


def waived(policy: Policy, number: str, post: Circumstances) -> bool:
    """Whether a clause does not count for a post: switched off, or its author or board is exempt."""
    if number in policy.switched_off:
        return True
    on_trade_board = any(
        post.group == board or post.group.startswith(f"{board}/") for board in policy.trade_boards
    )
    return number in policy.exempt and (post.official or on_trade_board)
