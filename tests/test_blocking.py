"""When a head may block: by calibration, by what people decided, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from moderation.domain.blocking import NEVER, NO_REVIEWS, Basis, Curve, Proof, blocking, curve_of
from moderation.domain.policy import Circumstances, Evidence, Rule, Threshold, decide
from moderation.domain.post import Scene
from moderation.domain.verdict import Suggestion
from tests.factories import SOME_VERSIONS, a_policy, some_scores

CALIBRATION, REVIEWED = Proof.CALIBRATION, Proof.REVIEWED


def reviewed(right: int, wrong: int, score: float = 0.97) -> Curve:
    """So many posts of one score that people blocked, and that they passed."""
    return curve_of([(score, True)] * right + [(score, False)] * wrong)


SURE = reviewed(200, 0)
BAD = reviewed(10, 20)


@pytest.mark.parametrize(
    ("own", "calibrated", "proof", "curve", "threshold", "basis"),
    [
        # the bundle's own threshold
        (None, 0.9, CALIBRATION, NO_REVIEWS, 0.9, Basis.CALIBRATED),
        (0.95, 0.9, CALIBRATION, NO_REVIEWS, 0.95, Basis.CALIBRATED),
        (0.5, 0.9, CALIBRATION, NO_REVIEWS, 0.5, Basis.OWN),
        (0.5, NEVER, CALIBRATION, NO_REVIEWS, 0.5, Basis.OWN),
        (None, NEVER, CALIBRATION, NO_REVIEWS, NEVER, Basis.UNPROVEN),
        # people's decisions let a head block that the bundle does not trust
        (None, NEVER, CALIBRATION, SURE, 0.5, Basis.REVIEWED),
        (None, NEVER, CALIBRATION, reviewed(99, 0), NEVER, Basis.UNPROVEN),
        (None, NEVER, CALIBRATION, reviewed(100, 0), 0.5, Basis.REVIEWED),
        (None, NEVER, CALIBRATION, reviewed(190, 10), NEVER, Basis.UNPROVEN),  # 95 %, but the bound is 91 %
        # and they stop one that is wrong too often
        (None, 0.9, CALIBRATION, BAD, NEVER, Basis.STOPPED),
        (0.8, 0.9, CALIBRATION, BAD, NEVER, Basis.STOPPED),
        (None, 0.9, CALIBRATION, reviewed(5, 10), 0.9, Basis.CALIBRATED),  # too few to stop it
        (None, 0.9, CALIBRATION, reviewed(28, 2), 0.9, Basis.CALIBRATED),  # it may still be good enough
        (None, 0.98, CALIBRATION, BAD, 0.98, Basis.CALIBRATED),  # wrong only below where it blocks
        # a rule that trusts reviewed posts alone
        (None, 0.9, REVIEWED, NO_REVIEWS, NEVER, Basis.UNPROVEN),
        (None, 0.9, REVIEWED, SURE, 0.5, Basis.REVIEWED),
        (0.96, 0.9, REVIEWED, SURE, 0.96, Basis.REVIEWED),
        (0.98, 0.9, REVIEWED, SURE, NEVER, Basis.UNPROVEN),  # nothing was reviewed there
    ],
)
def test_from_where_on_a_head_blocks(  # noqa: PLR0917 - columns of the table
    own: float | None, calibrated: float, proof: Proof, curve: Curve, threshold: float, basis: Basis
) -> None:
    found = blocking(own, calibrated, proof, curve)
    assert (found.threshold, found.basis) == (threshold, basis)


def test_the_lowest_threshold_that_holds_is_proven() -> None:
    """Right above 0.9, a coin's toss between 0.8 and 0.9: the walk down ends there, whatever lies below."""
    curve = curve_of(
        [(0.93, True)] * 150 + [(0.85, True)] * 60 + [(0.85, False)] * 60 + [(0.55, True)] * 5_000
    )
    assert curve.proven() == 0.9


def test_a_stopped_head_shows_what_stopped_it() -> None:
    found = blocking(None, 0.9, CALIBRATION, BAD)
    assert (found.at, found.share.count, found.share.total) == (0.9, 10, 30)


@pytest.mark.parametrize("order", [1, -1])
def test_a_curve_counts_each_score_once(order: int) -> None:
    curve = curve_of([(0.4, True), (0.9, False), (0.4, False), (0.9, True)][::order], measured_at=7)
    assert curve == Curve(((0.9, 1, 1), (0.4, 1, 1)), 7)
    assert (curve.share(0.9).total, curve.share(0.4).total, curve.share(0.91).total) == (2, 4, 0)


# ---------------------------------------------------------------- in a policy


def suggestion(policy_curves: dict[str, Curve], ad: float, **rule: object) -> Suggestion:
    policy = a_policy(rules=(replace(Rule("ad", "3.1"), **rule),)).with_reviews(policy_curves)  # type: ignore[arg-type]
    return decide(policy, Evidence(some_scores(ad=ad)), Circumstances(), SOME_VERSIONS).suggestion


def test_people_stop_and_allow_blocking_in_a_verdict() -> None:
    assert suggestion({}, 0.95) is Suggestion.BLOCK
    assert suggestion({"ad": BAD}, 0.95) is Suggestion.REVIEW
    assert suggestion({}, 0.95, proof=REVIEWED) is Suggestion.REVIEW
    assert suggestion({"ad": SURE}, 0.95, proof=REVIEWED) is Suggestion.BLOCK
    assert suggestion({"abuse": SURE}, 0.95, proof=REVIEWED) is Suggestion.REVIEW
    assert suggestion({"ad": SURE}, 0.95, may_block=False) is Suggestion.REVIEW


def test_what_was_settled_follows_calibration_and_scene() -> None:
    scenes = {Scene.CHAT: {"ad": Threshold(0.2, 0.99)}}
    policy = a_policy(scenes=scenes).with_reviews({"ad": BAD})
    rule = policy.rules[0]
    assert policy.blocking(rule, None).basis is Basis.STOPPED
    assert policy.blocking(rule, Scene.POST).basis is Basis.STOPPED
    assert policy.blocking(rule, Scene.CHAT).basis is Basis.CALIBRATED  # wrong only below 0.99
    assert policy.with_calibration({"ad": Threshold(0.5, 0.98)}).blocking(rule, None).threshold == 0.98
