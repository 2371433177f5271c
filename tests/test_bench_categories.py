"""The figures of the whole service by category."""

from __future__ import annotations

import pytest

from bench import categories
from moderation.domain.convention import Category
from moderation.domain.evidence import Field, Hit, HitType
from moderation.domain.policy import Evidence
from moderation.domain.scores import NEUTRAL, Scores


def hit(clause: str, *, suppressed: bool = False) -> Hit:
    return Hit(HitType.KEYWORD, "x", "x", Field.TEXT, 0, 1, clause, suppressed=suppressed)


@pytest.mark.parametrize(
    ("clause", "suppressed", "found"),
    [
        ("1.8.2", False, {"gambling"}),
        ("1.8.2", True, set()),
        ("2.7", False, {"hate"}),
        ("6.4", False, {"superstition"}),
        ("3.6", False, {"ad"}),
        ("9.1", False, set()),
    ],
)
def test_a_clause_stands_for_its_categories(clause: str, *, suppressed: bool, found: set[str]) -> None:
    scores = Scores(ad=0.0, negativity=0.0, sentiment=NEUTRAL)
    evidence = Evidence(scores=scores, hits=(hit(clause, suppressed=suppressed),))
    assert {each.value for each in Category if categories.by_words(evidence, each.value)} == found


def test_every_category_has_clauses() -> None:
    assert set(categories.CLAUSES) == {each.value for each in Category}


def test_f1_and_file_numbers() -> None:
    assert categories.f1([True, True, False], [True, False, True]) == pytest.approx(0.5)
    assert categories.f1([False], [False]) == 0.0
    assert categories.file_number("c12-00003") == 12
