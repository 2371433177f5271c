"""A backtest's short way to suggestion and clause says what the verdict says; texts' short ways agree with the long."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from moderation.domain.convention import Category
from moderation.domain.evidence import Level
from moderation.domain.policy import NEVER, Circumstances, Evidence, Policy, Rule, Threshold, decide
from moderation.domain.post import PublishingMode, Scene
from moderation.domain.verdict import Versions
from moderation.domain.weighing import outcome
from moderation.domain.windows import Window
from moderation.text.normalise import light_form, normalise
from moderation.text.pinyin import sound_of_word, sounds_of_words
from tests.factories import CALIBRATED, NOW, a_contact, a_hit, a_policy, some_scores

POLICY = a_policy(
    scenes={Scene.CHAT: {"ad": Threshold(0.2, 0.6)}},
    switched_off=frozenset({"2.6"}),
    trade_boards=("二手",),
    corroborated=frozenset({"ads"}),
)
TIGHT = replace(
    POLICY, in_force=(Window("节日", NOW, NOW + 1, review_factor=0.5, look_first=True, groups=("时政",)),)
)


def some_evidence(rng: random.Random) -> Evidence:
    chances = {each.value: rng.random() for each in Category if each is not Category.AD}
    hits = [
        a_hit(rng.choice(["3.1", "2.6", "1.7"]), rng.choice(list(Level)), suppressed=rng.random() < 0.3)
        for _ in range(rng.randrange(3))
    ]
    contacts = [a_contact(obfuscated=rng.random() < 0.5) for _ in range(rng.randrange(2))]
    scores = some_scores(ad=rng.random(), negativity=rng.random(), **chances)
    return Evidence(scores, tuple(hits), tuple(contacts))


def some_circumstances(rng: random.Random) -> Circumstances:
    group = rng.choice(["", "时政", "二手/手机"])
    return Circumstances(rng.choice(list(Scene)), group, rng.random() < 0.2, rng.choice(list(PublishingMode)))


@pytest.mark.parametrize("policy", [a_policy(), POLICY, TIGHT], ids=["plain", "exempting", "tight"])
def test_the_outcome_is_what_the_verdict_says(policy: Policy) -> None:
    rng = random.Random(3)  # noqa: S311 - posts, no secrets
    seen = set()
    for _ in range(500):
        evidence, post = some_evidence(rng), some_circumstances(rng)
        verdict = decide(policy, evidence, post, Versions())
        assert outcome(policy, evidence, post) == (verdict.suggestion, verdict.clause)
        seen.add(verdict.suggestion)
    assert len(seen) == 3, "a table that shows only some suggestions shows nothing"


@pytest.mark.parametrize("review", [0.3, NEVER])
@pytest.mark.parametrize("asked", [(), tuple(Scene)], ids=["fresh", "asked before"])
def test_another_review_threshold_is_that_of_the_rule(review: float, asked: tuple[Scene, ...]) -> None:
    """Limits that the policy had worked out already are taken over, but for those of the head."""
    switched_off = Rule("ad", "3.2", enabled=False)
    policy = replace(POLICY, rules=(switched_off, *POLICY.rules), calibrated=CALIBRATED)
    for scene in asked:
        policy.limits(scene)
    rules = tuple(replace(one, review=review) if one.head == "ad" else one for one in policy.rules)
    plainly = replace(policy, rules=rules)
    made = policy.with_review("ad", review)
    assert made == plainly
    for scene in Scene:
        assert made.limits(scene) == plainly.limits(scene)


WORDS = [
    "加微信",
    "jia wei",
    "兼職",
    "ＶＸ",
    "刷单jian",
    "a\ud800b",
    "必 赢",
    "𝐕信",
    "赌\u200b博",
    " 空 格 ",
    "㊙️",
]


def test_the_light_form_alone_is_that_of_normalising() -> None:
    assert [light_form(word) for word in WORDS] == [normalise(word).text for word in WORDS]


def test_sounds_of_words_read_together_are_those_of_each() -> None:
    words = [light_form(word) for word in WORDS]
    assert sounds_of_words(words) == [sound_of_word(word) for word in words]
    assert sounds_of_words([]) == []
