"""What several posts or accounts show together: findings with their evidence.  Nothing is decided here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class BehaviourKind(StrEnum):
    """A pattern over posts; vote manipulation stands under fake engagement, with clause 8.4."""

    REPEAT_ADS = "repeat_ads"
    COORDINATED_ADS = "coordinated_ads"
    FLOOD = "flood"
    FAKE_ENGAGEMENT = "fake_engagement"
    DECEPTIVE_LINK = "deceptive_link"
    PILE_ON = "pile_on"


BEHAVIOUR_NAMES_ZH: Final[dict[BehaviourKind, str]] = {
    BehaviourKind.REPEAT_ADS: "单账号重复广告",
    BehaviourKind.COORDINATED_ADS: "多账号配合广告",
    BehaviourKind.FLOOD: "灌水刷屏",
    BehaviourKind.FAKE_ENGAGEMENT: "虚假互动",
    BehaviourKind.DECEPTIVE_LINK: "欺骗性外链",
    BehaviourKind.PILE_ON: "围攻个人",
}


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One post of an evidence pack; ``minute`` counts from whatever origin the caller's posts count from."""

    post_index: int
    author: str
    minute: float


@dataclass(frozen=True, slots=True)
class Shield:
    """What is recommended for the person under attack, and for how long.

    ``hours`` is how long strangers' replies should stay folded unless the person wishes otherwise.
    """

    target: str
    hours: int
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BehaviourFinding:
    """A pattern that was found.

    ``authors`` are those who act (never the victim), sorted; ``post_indexes`` are the callers' own numbers of
    the posts, sorted; ``clauses`` are numbers of the convention, the weightiest first; ``reason`` is one sentence
    in Chinese for the person who reviews.
    """

    kind: BehaviourKind
    authors: tuple[str, ...]
    post_indexes: tuple[int, ...]
    clauses: tuple[str, ...]
    reason: str
    target: str = ""
    shield: Shield | None = None
    evidence: tuple[EvidenceItem, ...] = ()


def finding_json(found: BehaviourFinding) -> dict[str, Any]:
    """A finding as JSON; ``target``, ``shield`` and ``evidence`` stand in pile-ons only."""
    record: dict[str, Any] = {
        "kind": found.kind.value,
        "authors": list(found.authors),
        "post_indexes": list(found.post_indexes),
        "clauses": list(found.clauses),
        "reason": found.reason,
    }
    if found.shield is not None:
        record["target"] = found.target
        record["shield"] = {"hours": found.shield.hours, "measures": list(found.shield.measures)}
        record["evidence"] = [
            {"post_index": each.post_index, "author": each.author, "minute": each.minute}
            for each in found.evidence
        ]
    return record
