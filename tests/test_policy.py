"""From scores and hits to a verdict: tables of cases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.convention import Label
from moderation.domain.evidence import Field, HitType, Level, Source
from moderation.domain.policy import (
    NEVER,
    Circumstances,
    Evidence,
    Policy,
    Rule,
    Threshold,
    decide,
    head_score,
    undecided,
    waiting_action,
)
from moderation.domain.post import PublishingMode, Scene
from moderation.domain.verdict import Action, RiskLevel, Suggestion
from tests.factories import SOME_VERSIONS, a_contact, a_hit, a_policy, some_scores

if TYPE_CHECKING:
    from moderation.domain.verdict import Verdict

PASS, REVIEW, BLOCK = Suggestion.PASS, Suggestion.REVIEW, Suggestion.BLOCK
POST, PRE, CLOSED = PublishingMode.POST_MODERATION, PublishingMode.PRE_MODERATION, PublishingMode.CLOSED


def judge(policy: Policy | None = None, evidence: Evidence | None = None, **circumstances: Any) -> Verdict:
    return decide(
        policy or a_policy(),
        evidence or Evidence(some_scores()),
        Circumstances(**circumstances),
        SOME_VERSIONS,
    )


def scored(**scores: float) -> Evidence:
    return Evidence(some_scores(**scores))


# ---------------------------------------------------------------- thresholds


@pytest.mark.parametrize(
    ("ad", "suggestion", "risk", "action"),
    [
        (0.0, PASS, RiskLevel.NONE, Action.SHOW),
        (0.4999, PASS, RiskLevel.NONE, Action.SHOW),
        (0.5, REVIEW, RiskLevel.MEDIUM, Action.SHOW),
        (0.8999, REVIEW, RiskLevel.MEDIUM, Action.SHOW),
        (0.9, BLOCK, RiskLevel.HIGH, Action.REMOVE),
        (1.0, BLOCK, RiskLevel.HIGH, Action.REMOVE),
    ],
)
def test_thresholds_are_inclusive(ad: float, suggestion: Suggestion, risk: RiskLevel, action: Action) -> None:
    verdict = judge(evidence=scored(ad=ad))
    assert (verdict.suggestion, verdict.risk_level, verdict.action) == (suggestion, risk, action)
    assert verdict.clause == ("" if suggestion is PASS else "3.1")
    assert verdict.label is (Label.NONE if suggestion is PASS else Label.SPAM_ADS)


def test_without_any_threshold_nothing_is_found() -> None:
    assert judge(a_policy(calibrated={}), scored(ad=1.0)).suggestion is PASS


def test_raised_score_below_the_threshold_is_low_risk() -> None:
    verdict = judge(a_policy(calibrated={}), scored(ad=0.5))
    assert (verdict.suggestion, verdict.risk_level) == (PASS, RiskLevel.LOW)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_score_is_never_judged_milder(review: float, block: float, probability: float) -> None:
    threshold = Threshold(review, block)
    strength = [PASS, REVIEW, BLOCK]
    higher = min(1.0, probability + 0.1)
    assert strength.index(threshold.judge(probability)) <= strength.index(threshold.judge(higher))


@pytest.mark.parametrize(
    ("rule", "scene", "expected"),
    [
        (Rule("ad", "3.1"), Scene.POST, Threshold(0.5, 0.9)),  # the bundle's
        (Rule("ad", "3.1", review=0.3), Scene.POST, Threshold(0.3, 0.9)),
        (Rule("ad", "3.1", block=0.99), Scene.POST, Threshold(0.5, 0.99)),
        (Rule("ad", "3.1", review=0.0, block=0.0), Scene.POST, Threshold(0.0, 0.0)),
        (Rule("ad", "3.1", review=0.3, block=0.4), Scene.CHAT, Threshold(0.7, 0.8)),  # the scene's own
        (Rule("ad", "3.1", may_block=False), Scene.POST, Threshold(0.5, NEVER)),
        (Rule("ad", "3.1", may_block=False), Scene.CHAT, Threshold(0.7, NEVER)),
        (Rule("flood", "0.1"), Scene.POST, Threshold(NEVER, NEVER)),
    ],
)
def test_where_thresholds_come_from(rule: Rule, scene: Scene, expected: Threshold) -> None:
    policy = a_policy(scenes={Scene.CHAT: {"ad": Threshold(0.7, 0.8)}})
    assert policy.threshold(rule, scene) == expected


def test_scene_override_touches_its_scene_only() -> None:
    policy = a_policy(scenes={Scene.CHAT: {"ad": Threshold(0.7, 0.8)}})
    assert judge(policy, scored(ad=0.85)).suggestion is REVIEW
    assert judge(policy, scored(ad=0.85), scene=Scene.CHAT).suggestion is BLOCK
    assert judge(policy, scored(ad=0.6), scene=Scene.CHAT).suggestion is PASS


def test_head_that_may_not_block_sends_to_review_at_any_score() -> None:
    policy = a_policy(rules=(Rule("rumour", "5.1", review=0.5, block=0.6, may_block=False),))
    assert judge(policy, scored(rumour=1.0)).suggestion is REVIEW


def test_disabled_rule_counts_for_nothing() -> None:
    policy = a_policy(rules=(Rule("ad", "3.1", review=0.1, block=0.2, enabled=False),))
    assert judge(policy, scored(ad=1.0)).findings == ()


@pytest.mark.parametrize(
    ("head", "expected"), [("negativity", 0.7), ("ad", 0.6), ("fraud", 0.4), ("hate", 0.0)]
)
def test_head_score(head: str, expected: float) -> None:
    assert head_score(some_scores(ad=0.6, negativity=0.7, fraud=0.4), head) == expected


# ---------------------------------------------------------------- which finding decides


def test_strongest_finding_decides_then_the_most_probable() -> None:
    verdict = judge(evidence=scored(ad=0.91, negativity=0.95, abuse=0.6))
    assert [(each.clause, each.suggestion) for each in verdict.findings] == [
        ("2.6", BLOCK),
        ("3.1", BLOCK),
        ("2.6", REVIEW),
    ]
    assert verdict.clause == "2.6"


def test_a_block_by_a_word_outweighs_a_likelier_review() -> None:
    evidence = Evidence(some_scores(negativity=0.89), hits=(a_hit("1.4", Level.BLOCK),))
    verdict = judge(evidence=evidence)
    assert (verdict.suggestion, verdict.clause, verdict.label) == (BLOCK, "1.4", Label.ILLEGAL)


@pytest.mark.parametrize(
    ("hits", "findings"),
    [
        ([], []),
        ([a_hit("3.1")], [("3.1", REVIEW, Source.LEXICON)]),
        ([a_hit("3.1", Level.BLOCK)], [("3.1", BLOCK, Source.LEXICON)]),
        ([a_hit("3.1"), a_hit("3.1", Level.BLOCK), a_hit("3.1")], [("3.1", BLOCK, Source.LEXICON)]),
        (
            [a_hit("6.1"), a_hit("3.1", Level.BLOCK)],
            [("3.1", BLOCK, Source.LEXICON), ("6.1", REVIEW, Source.LEXICON)],
        ),
        ([a_hit("3.1", type=HitType.RULE)], [("3.1", REVIEW, Source.RULE)]),
        ([a_hit("3.1", Level.BLOCK, suppressed=True, reason="允许词")], []),
        ([a_hit("3.1", Level.BLOCK, suppressed=True), a_hit("3.1")], [("3.1", REVIEW, Source.LEXICON)]),
    ],
)
def test_hits_count_once_per_clause(hits: list[Any], findings: list[Any]) -> None:
    verdict = judge(evidence=Evidence(some_scores(), hits=tuple(hits)))
    assert [(each.clause, each.suggestion, each.source) for each in verdict.findings] == findings


def test_suppressed_hit_stays_visible() -> None:
    hit = a_hit("3.1", Level.BLOCK, suppressed=True, reason="在“加微信号”中允许")
    verdict = judge(evidence=Evidence(some_scores(), hits=(hit,)))
    assert verdict.hits == (hit,)
    assert (verdict.suggestion, verdict.action) == (PASS, Action.SHOW)


# ---------------------------------------------------------------- who is exempt


@pytest.mark.parametrize(
    ("circumstances", "suggestion"),
    [
        ({}, BLOCK),
        ({"official": True}, PASS),
        ({"group": "跳蚤市场"}, PASS),
        ({"group": "跳蚤市场/数码"}, PASS),
        ({"group": "跳蚤市场2"}, BLOCK),
        ({"group": "闲聊/跳蚤市场"}, BLOCK),
    ],
)
def test_declared_promotion_is_exempt(circumstances: dict[str, Any], suggestion: Suggestion) -> None:
    policy = a_policy(trade_boards=("跳蚤市场",))
    assert judge(policy, scored(ad=0.99), **circumstances).suggestion is suggestion


@pytest.mark.parametrize("circumstances", [{"official": True}, {"group": "跳蚤市场"}])
def test_exemption_covers_its_clause_only(circumstances: dict[str, Any]) -> None:
    policy = a_policy(trade_boards=("跳蚤市场",))
    verdict = judge(policy, scored(ad=0.99, abuse=0.99), **circumstances)
    assert [each.clause for each in verdict.findings] == ["2.6"]


def test_clause_that_is_switched_off_finds_nothing() -> None:
    policy = a_policy(switched_off=frozenset({"3.1", "6.1"}))
    evidence = Evidence(some_scores(ad=0.99), hits=(a_hit("6.1", Level.BLOCK), a_hit("3.1", Level.BLOCK)))
    verdict = judge(policy, evidence)
    assert (verdict.suggestion, verdict.findings) == (PASS, ())
    assert len(verdict.hits) == 2


# ---------------------------------------------------------------- 3.8: disguised contacts


@pytest.mark.parametrize(
    ("scores", "obfuscated", "clause"),
    [
        ({"ad": 0.55}, True, "3.8"),
        ({"ad": 0.5}, True, "3.8"),
        ({"ad": 0.49}, True, ""),
        ({"ad": 0.1, "diversion": 0.5}, True, "3.8"),
        ({"ad": 0.55}, False, "3.1"),
        ({"ad": 0.1}, True, ""),
    ],
)
def test_disguised_contact_in_what_may_be_an_ad(
    scores: dict[str, float],
    obfuscated: bool,  # noqa: FBT001 - a case
    clause: str,
) -> None:
    evidence = Evidence(some_scores(**scores), contacts=(a_contact(obfuscated=obfuscated),))
    verdict = judge(evidence=evidence)
    assert verdict.clause == clause
    assert (verdict.suggestion is BLOCK) == (clause == "3.8")


def test_official_account_that_hides_a_contact_is_not_exempt() -> None:
    evidence = Evidence(some_scores(ad=0.99), contacts=(a_contact(obfuscated=True),))
    assert judge(evidence=evidence, official=True).clause == "3.8"


def test_contacts_are_shown_as_evidence_of_an_ad_in_order_title_first() -> None:
    evidence = Evidence(
        some_scores(ad=0.6),
        hits=(a_hit(start=10, end=12),),
        contacts=(a_contact(start=3, end=9), a_contact(start=20, end=26, field=Field.TITLE, obfuscated=True)),
    )
    shown = [(hit.field, hit.start, hit.type, hit.clause) for hit in judge(evidence=evidence).hits]
    assert shown == [
        (Field.TITLE, 20, HitType.CONTACT, "3.8"),
        (Field.TEXT, 3, HitType.CONTACT, "3.8"),
        (Field.TEXT, 10, HitType.KEYWORD, "3.1"),
    ]


@pytest.mark.parametrize("scores", [{"ad": 0.1}, {"abuse": 0.95}])
def test_contacts_elsewhere_are_no_evidence(scores: dict[str, float]) -> None:
    verdict = judge(evidence=Evidence(some_scores(**scores), contacts=(a_contact(),)))
    assert verdict.hits == ()
    assert verdict.contacts == (a_contact(),)


# ---------------------------------------------------------------- actions


@pytest.mark.parametrize(
    ("suggestion", "mode", "action"),
    [
        (PASS, POST, Action.SHOW),
        (PASS, PRE, Action.SHOW),
        (PASS, CLOSED, Action.HOLD),
        (REVIEW, POST, Action.SHOW),
        (REVIEW, PRE, Action.HOLD),
        (REVIEW, CLOSED, Action.HOLD),
        (BLOCK, POST, Action.REMOVE),
        (BLOCK, PRE, Action.REMOVE),
        (BLOCK, CLOSED, Action.REMOVE),
    ],
)
def test_action_by_suggestion_and_mode(suggestion: Suggestion, mode: PublishingMode, action: Action) -> None:
    ad = {PASS: 0.1, REVIEW: 0.6, BLOCK: 0.95}[suggestion]
    verdict = judge(evidence=scored(ad=ad), mode=mode)
    assert (verdict.suggestion, verdict.action) == (suggestion, action)


@pytest.mark.parametrize(
    ("flood", "mode", "action"),
    [
        (0.6, POST, Action.FOLD),
        (0.6, PRE, Action.HOLD),
        (0.95, POST, Action.LIMIT),
        (0.95, PRE, Action.LIMIT),
    ],
)
def test_rule_names_its_own_actions(flood: float, mode: PublishingMode, action: Action) -> None:
    rule = Rule("flood", "0.1", 0.5, 0.9, review_action=Action.FOLD, block_action=Action.LIMIT)
    assert judge(a_policy(rules=(rule,)), scored(flood=flood), mode=mode).action is action


def test_clause_found_by_a_word_alone_has_the_usual_actions() -> None:
    evidence = Evidence(some_scores(), hits=(a_hit("1.4", Level.BLOCK),))
    assert judge(evidence=evidence).action is Action.REMOVE
    assert judge(evidence=Evidence(some_scores(), hits=(a_hit("1.9"),)), mode=PRE).action is Action.HOLD


@pytest.mark.parametrize(("mode", "action"), [(POST, Action.SHOW), (PRE, Action.HOLD), (CLOSED, Action.HOLD)])
def test_what_to_do_while_nobody_has_decided(mode: PublishingMode, action: Action) -> None:
    assert waiting_action(mode) is action
    verdict = undecided("ValueError: x", mode, SOME_VERSIONS)
    assert (verdict.suggestion, verdict.action) == (REVIEW, action)
    assert (verdict.clause, verdict.label, verdict.reason) == ("", Label.NONE, "ValueError: x")
    assert verdict.unchecked == ("text",)
    assert verdict.versions == SOME_VERSIONS


# ---------------------------------------------------------------- what travels along


def test_everything_found_travels_with_the_verdict() -> None:
    evidence = Evidence(some_scores(ad=0.6), (a_hit(),), (a_contact(),), ("兼职",), unchecked=("image 1",))
    verdict = judge(evidence=evidence)
    assert verdict.scores == evidence.scores
    assert verdict.contacts == evidence.contacts
    assert verdict.keywords == ("兼职",)
    assert verdict.unchecked == ("image 1",)
    assert verdict.versions == replace(SOME_VERSIONS, policy="test-1")


@pytest.mark.parametrize(
    ("ad", "library", "hit_type", "suggestion"),
    [
        (0.2, "fraud", HitType.KEYWORD, Suggestion.REVIEW),
        (0.5, "fraud", HitType.KEYWORD, Suggestion.BLOCK),
        (0.2, "own", HitType.KEYWORD, Suggestion.BLOCK),
        (0.2, "fraud", HitType.RULE, Suggestion.REVIEW),
        (0.5, "fraud", HitType.RULE, Suggestion.BLOCK),
        (0.2, "own", HitType.RULE, Suggestion.BLOCK),
    ],
)
def test_a_shipped_list_alone_blocks_only_with_support(
    ad: float, library: str, hit_type: HitType, suggestion: Suggestion
) -> None:
    policy = a_policy(rules=(), corroborated=frozenset({"fraud"}), corroboration=0.5)
    hit = a_hit("1.13", Level.BLOCK, library=library, type=hit_type)
    verdict = decide(policy, Evidence(some_scores(ad=ad), hits=(hit,)), Circumstances(), SOME_VERSIONS)
    assert verdict.suggestion is suggestion
