"""What a threshold costs: review items an hour, misses and wrong blocks."""

from __future__ import annotations

import json

import pytest

from moderation.domain.backtest import Backtest, Replay
from moderation.domain.budget import CANDIDATES, Budget, Sample, Team, overload, sample
from moderation.domain.evidence import Level
from moderation.domain.policy import Circumstances, Evidence, Threshold
from moderation.domain.post import Scene
from moderation.domain.rehearsal_outcome import outcome_of
from moderation.domain.review import DecisionKind
from moderation.domain.tally import Tally, tally_from_json, tally_json
from moderation.domain.verdict import Suggestion
from tests.factories import a_contact, a_hit, a_policy, some_scores

PASS, REVIEW, BLOCK = Suggestion.PASS, Suggestion.REVIEW, Suggestion.BLOCK
POST = Circumstances()


def of(evidence: Evidence, head: str = "ad", post: Circumstances = POST, **policy: object) -> Sample:
    return sample(a_policy(**policy), head, evidence, post, hour=7)


@pytest.mark.parametrize(("review", "expected"), [(0.05, REVIEW), (0.6, REVIEW), (0.61, PASS), (0.95, PASS)])
def test_a_post_goes_to_review_up_to_its_own_score(review: float, expected: Suggestion) -> None:
    assert of(Evidence(some_scores(ad=0.6))).at(review) is expected


def test_what_blocks_stays_blocked_wherever_the_review_threshold_is() -> None:
    found = of(Evidence(some_scores(ad=0.97)))
    assert {found.at(one) for one in CANDIDATES} == {BLOCK}


def test_a_word_hit_is_not_moved_by_a_threshold() -> None:
    found = of(Evidence(some_scores(ad=0.6), hits=(a_hit("2.6", Level.REVIEW),)))
    assert {found.at(one) for one in CANDIDATES} == {REVIEW}


def test_a_disguised_contact_blocks_while_the_threshold_is_below_its_weight() -> None:
    evidence = Evidence(some_scores(ad=0.3, diversion=0.45), contacts=(a_contact(obfuscated=True),))
    found = of(evidence)
    assert [found.at(one) for one in (0.2, 0.4, 0.45, 0.5)] == [BLOCK, BLOCK, BLOCK, PASS]


def test_a_scene_with_its_own_threshold_is_not_moved() -> None:
    found = of(
        Evidence(some_scores(ad=0.6)),
        post=Circumstances(scene=Scene.NICKNAME),
        scenes={Scene.NICKNAME: {"ad": Threshold(0.2, 0.9)}},
    )
    assert {found.at(one) for one in CANDIDATES} == {REVIEW}


def test_what_is_planned_is_what_the_policy_says() -> None:
    assert of(Evidence(some_scores(ad=0.6))).planned is REVIEW
    assert of(Evidence(some_scores(ad=0.4))).planned is PASS


def test_a_budget_counts_queue_misses_and_wrong_blocks() -> None:
    policy, budget = a_policy(), Budget("ad", hours=2.0)
    told = [
        (0.97, DecisionKind.PASS),
        (0.6, DecisionKind.BLOCK),
        (0.6, None),
        (0.3, DecisionKind.BLOCK),
        (0.02, None),
    ]
    budget.add(
        sample(policy, "ad", Evidence(some_scores(ad=score)), POST, hour=place // 2, human=human)
        for place, (score, human) in enumerate(told)
    )
    assert (budget.posts, budget.judged, budget.busiest) == (5, 3, 1)
    assert budget.per_hour(budget.planned) == 1.0
    low, high = budget.candidates[0.25], budget.candidates[0.7]
    assert (budget.per_hour(low), low.misses, low.wrong_blocks) == (1.5, 0, 1)
    assert (budget.per_hour(high), high.misses, high.wrong_blocks) == (0.0, 2, 1)


def test_the_queue_never_grows_with_the_threshold() -> None:
    budget = Budget("ad", hours=1.0)
    budget.add(of(Evidence(some_scores(ad=score / 100))) for score in range(100))
    loads = [budget.candidates[one].reviews for one in CANDIDATES]
    assert loads == sorted(loads, reverse=True)
    assert loads[0] > loads[-1]


@pytest.mark.parametrize(("per_hour", "over"), [(0.0, 0.0), (60.0, 0.0), (75.5, 15.5)])
def test_what_a_team_cannot_work_off(per_hour: float, over: float) -> None:
    assert overload(per_hour, Team(people=2, per_hour=30)) == over


def test_an_empty_budget_divides_by_nothing() -> None:
    budget = Budget("ad", hours=0.0)
    assert budget.per_hour(budget.planned) == 0.0
    assert budget.busiest == 0


def test_a_tally_survives_being_kept() -> None:
    found, budget = Backtest(), Budget("ad", hours=3.0)
    found.add([
        Replay("1", "a", "广告", REVIEW, BLOCK, "3.1", "3.1", DecisionKind.BLOCK),
        Replay("2", "b", "闲聊", PASS, REVIEW, "", "3.1", DecisionKind.PASS),
        Replay("3", "c", "你好", PASS, PASS),
    ])  # fmt: skip
    budget.add(of(Evidence(some_scores(ad=score)), "ad") for score in (0.2, 0.6, 0.97))
    kept = json.loads(json.dumps(tally_json(Tally(found, (budget, Budget("abuse", hours=3.0))))))
    assert "闲聊" not in str(kept)
    again = tally_from_json(kept)
    assert again.backtest == found.told({})
    assert again.budgets == (budget, Budget("abuse", hours=3.0))
    assert again.heads == ["ad", "abuse"]
    outcome = outcome_of(again.backtest, again.budgets)
    assert outcome == outcome_of(found, again.budgets)
    assert (outcome.flipped, outcome.reviews("before"), outcome.reviews("after")) == (2, 1, 1)
    assert outcome.per_hour("after") == pytest.approx(1 / 3)
