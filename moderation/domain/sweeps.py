"""回扫 sweep back: what new words or another policy would have said of posts already judged.  Pure.

A sweep only ever makes worse: what it does not strike keeps the verdict it has.  But for a release, which makes milder
what rested on words alone that are gone (:mod:`moderation.domain.releases`).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.evidence import Level
from moderation.domain.policy import Evidence, action, decide, risk_level
from moderation.domain.verdict import Suggestion, Verdict, Versions
from moderation.domain.wire import evidence_from_json, verdict_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from moderation.domain.evidence import Hit
    from moderation.domain.policy import Circumstances, Policy

SOURCE: Final = "sweep"
"""Source of the verdicts that a sweep appends, those of its undoing included."""

SAMPLES: Final = 20
"""Most posts that a preview shows."""

_STRENGTH: Final = {Suggestion.PASS: 0, Suggestion.REVIEW: 1, Suggestion.BLOCK: 2}


class SweepKind(StrEnum):
    """What is swept for."""

    WORDS = "words"
    CONTACT = "contact"
    POLICY = "policy"
    RELEASE = "release"


class SweepState(StrEnum):
    """How far a sweep is.  ``applying`` and ``undoing`` that nobody works on were cut off: run them again."""

    COUNTING = "counting"
    PREVIEW = "preview"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"


WORKING: Final = frozenset({SweepState.COUNTING.value, SweepState.APPLYING.value, SweepState.UNDOING.value})
"""States in which there is work to do."""


class Swept(StrEnum):
    """What became of one post: ``left`` was never changed, ``kept`` could not be put back."""

    PLANNED = "planned"
    APPLIED = "applied"
    LEFT = "left"
    UNDONE = "undone"
    KEPT = "kept"


class Left(StrEnum):
    """Why a post is left as it is."""

    CHANGED = "changed"
    SUPERSEDED = "superseded"
    DECIDED = "decided"


LEFT_NAMES_ZH: Final = {
    Left.CHANGED: "作者已修改或撤回",
    Left.SUPERSEDED: "其后另有机审结论",
    Left.DECIDED: "已有人工决定",
}


class SweepStateError(Exception):
    """The sweep is not in a state from which this can be done."""


_APPLICABLE: Final = frozenset({SweepState.PREVIEW, SweepState.APPLYING, SweepState.APPLIED})
_UNDOABLE: Final = frozenset({SweepState.APPLYING, SweepState.APPLIED, SweepState.UNDOING, SweepState.UNDONE})


def check_apply(state: SweepState) -> None:
    """Refuse to apply what is not counted to the end, or was undone.

    Raises:
        SweepStateError: preview it again instead.
    """
    if state not in _APPLICABLE:
        raise SweepStateError(f"a sweep that is {state.value} cannot be applied: preview it again")


def check_undo(state: SweepState) -> None:
    """Refuse to undo what was never applied.

    Raises:
        SweepStateError: there is nothing to undo.
    """
    if state not in _UNDOABLE:
        raise SweepStateError(f"a sweep that is {state.value} has nothing to undo")


def judge_by_words(
    policy: Policy, body: Mapping[str, Any], hits: Sequence[Hit], post: Circumstances, lexicon: str
) -> Verdict:
    """What fresh hits alone say of a post: the policy waives and acts, its model rules are not asked again."""
    quiet = replace(policy, rules=tuple(replace(rule, enabled=False) for rule in policy.rules))
    evidence = Evidence(scores=evidence_from_json(body).scores, hits=tuple(hits))
    return decide(quiet, evidence, post, Versions(model=body["versions"]["model"], lexicon=lexicon))


def judge_by_policy(policy: Policy, body: Mapping[str, Any], post: Circumstances) -> Verdict:
    """What another policy says of a post, from the scores and hits that were kept."""
    versions = Versions(model=body["versions"]["model"], lexicon=body["versions"]["lexicon"])
    return decide(policy, evidence_from_json(body), post, versions)


def at_most_review(verdict: Verdict, policy: Policy, post: Circumstances) -> Verdict:
    """The verdict, but a block only asks for a look: bulk action is a person's."""
    if verdict.suggestion is not Suggestion.BLOCK:
        return verdict
    findings = tuple(
        replace(one, suggestion=Suggestion.REVIEW) if one.suggestion is Suggestion.BLOCK else one
        for one in verdict.findings
    )
    return replace(
        verdict,
        suggestion=Suggestion.REVIEW,
        risk_level=risk_level(Suggestion.REVIEW, verdict.scores),
        action=action(policy, findings, Suggestion.REVIEW, post.mode),
        findings=findings,
    )


def softened(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Hits that ask for a look, whatever their words' level."""
    return tuple(replace(hit, level=Level.REVIEW) for hit in hits)


def is_worse(before: str, after: Suggestion) -> bool:
    """Tell whether a suggestion is stricter than the one that stands."""
    return _STRENGTH[after] > _STRENGTH[Suggestion(before)]


def worsened(before: Mapping[str, Any], verdict: Verdict, sweep_id: int, *, whole: bool) -> dict[str, Any]:
    """The verdict to write, as it is kept.  Brands, intent and whatever else the former one holds stay.

    ``whole`` says that the verdict rests on all evidence (another policy) and not only on fresh hits.
    """
    after = verdict_json(verdict)
    if not whole:
        clauses = {one["clause"] for one in after["labels"]}
        after["labels"] += [one for one in before["labels"] if one["clause"] not in clauses]
        places = [_place(one) for one in before["hits"]]
        fresh = [one for one in after["hits"] if _place(one) not in places]
        after["hits"] = sorted(
            (*before["hits"], *fresh), key=lambda one: (one["field"] == "text", one["start"], one["end"])
        )
        after |= {name: before[name] for name in ("contacts", "keywords", "unchecked")}
    kept = {name: before[name] for name in ("mentions", "intent") if name in before}
    shown = {name: value for name, value in before.items() if name != "timeout"}  # why it was shown is past
    return {**shown, **after, **kept, "sweep": sweep_id}


def _place(hit: Mapping[str, Any]) -> tuple[Any, ...]:
    return hit["field"], hit["start"], hit["end"], hit["clause"], hit["suppressed"]


def digest(data_ids: Iterable[str]) -> str:
    """SHA-256 over the sorted numbers of posts, one a line, in hexadecimal: what a receipt pins down."""
    return hashlib.sha256("\n".join(sorted(data_ids)).encode()).hexdigest()
