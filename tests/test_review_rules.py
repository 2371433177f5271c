"""A human's turn: which posts, in which queue, how urgent, and for how long a decision can be taken back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.convention import CLAUSES, Clause, Label
from moderation.domain.review import (
    QUEUE_NAMES_ZH,
    UNDO_WINDOW,
    ClauseNeededError,
    Decision,
    DecisionKind,
    QueueName,
    UndoExpiredError,
    check_undo,
    needs_human,
    priority,
    queue_of,
)
from moderation.domain.verdict import Action, RiskLevel, Suggestion
from tests.factories import NOW, a_finding, a_verdict


@pytest.mark.parametrize(
    ("suggestion", "needed"), [(Suggestion.PASS, False), (Suggestion.REVIEW, True), (Suggestion.BLOCK, False)]
)
def test_review_alone_opens_an_item(suggestion: Suggestion, needed: bool) -> None:  # noqa: FBT001
    assert needs_human(a_verdict(suggestion)) is needed


@pytest.mark.parametrize(
    ("clause", "queue"),
    [
        ("1.4", QueueName.VICE),
        ("2.6", QueueName.ATTACK),
        ("3.8", QueueName.ADS),
        ("4.1", QueueName.VICE),
        ("5.1", QueueName.MISINFORMATION),
        ("6.1", QueueName.MISINFORMATION),
        ("7.1", QueueName.MISINFORMATION),
        ("8.1", QueueName.OTHER),
        ("9.1", QueueName.OTHER),
        ("0.1", QueueName.QUALITY),
    ],
)
def test_queue_by_clause(clause: str, queue: QueueName) -> None:
    assert queue_of(a_verdict(Suggestion.REVIEW, findings=(a_finding(clause),))) is queue


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.number)
def test_every_clause_has_a_queue(clause: Clause) -> None:
    assert queue_of(a_verdict(Suggestion.REVIEW, findings=(a_finding(clause.number),))) in QueueName


def test_what_failed_has_a_queue_of_its_own() -> None:
    assert queue_of(a_verdict(Suggestion.REVIEW, reason="ValueError: x")) is QueueName.FAILED


def test_verdict_without_a_finding_goes_to_the_rest() -> None:
    verdict = a_verdict(Suggestion.REVIEW)
    assert verdict.label is Label.NONE
    assert queue_of(verdict) is QueueName.OTHER


def test_queues_have_chinese_names() -> None:
    assert set(QUEUE_NAMES_ZH) == set(QueueName)


@given(st.sampled_from(list(RiskLevel)), st.floats(0, 1), st.sampled_from(list(RiskLevel)), st.floats(0, 1))
def test_risk_comes_before_probability(
    risk: RiskLevel, probability: float, other_risk: RiskLevel, other_probability: float
) -> None:
    ranks = list(RiskLevel)
    one = priority(a_verdict(risk_level=risk, findings=(a_finding(probability=probability),)))
    other = priority(a_verdict(risk_level=other_risk, findings=(a_finding(probability=other_probability),)))
    if risk is not other_risk:
        assert (one > other) == (ranks.index(risk) > ranks.index(other_risk))
    elif probability >= other_probability:
        assert one >= other


def test_priority_without_a_finding() -> None:
    assert priority(a_verdict(risk_level=RiskLevel.MEDIUM)) == 200


# ---------------------------------------------------------------- decisions


def test_a_block_names_its_clause() -> None:
    with pytest.raises(ClauseNeededError):
        Decision(DecisionKind.BLOCK)


@pytest.mark.parametrize(
    ("decision", "action"),
    [
        (Decision(DecisionKind.PASS), Action.SHOW),
        (Decision(DecisionKind.BLOCK, "3.1"), Action.REMOVE),
        (Decision(DecisionKind.UNDO), Action.SHOW),
    ],
)
def test_action_of_a_decision(decision: Decision, action: Action) -> None:
    assert decision.action is action


@pytest.mark.parametrize("passed", [0, UNDO_WINDOW - 1, UNDO_WINDOW])
def test_undo_within_the_window(passed: int) -> None:
    check_undo(NOW, NOW + passed)


def test_undo_after_the_window() -> None:
    with pytest.raises(UndoExpiredError):
        check_undo(NOW, NOW + UNDO_WINDOW + 1)
