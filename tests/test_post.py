"""What makes two posts the same, and when a post becomes visible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.post import PublishingMode, PublishingRule, Scene, content_hash, publishing_mode
from tests.factories import a_submission, an_author

POST, PRE, CLOSED = PublishingMode.POST_MODERATION, PublishingMode.PRE_MODERATION, PublishingMode.CLOSED

RULES = [
    PublishingRule(PRE, scene=Scene.NICKNAME),
    PublishingRule(PRE, group="总部/华东"),
    PublishingRule(POST, group="总部/华东/门店12"),
    PublishingRule(CLOSED, group="总部/华东/门店12", scene=Scene.CHAT),
    PublishingRule(CLOSED, group="存档"),
]


@pytest.mark.parametrize(
    ("group", "scene", "mode"),
    [
        ("", Scene.POST, POST),
        ("别处", Scene.COMMENT, POST),
        ("", Scene.NICKNAME, PRE),
        ("别处", Scene.NICKNAME, PRE),
        ("总部", Scene.POST, POST),
        ("总部/华东", Scene.POST, PRE),
        ("总部/华东/门店3", Scene.COMMENT, PRE),
        ("总部/华东区", Scene.POST, POST),  # a path has parts: 华东 is no prefix of 华东区
        ("总部/华东/门店12", Scene.POST, POST),
        ("总部/华东/门店12/女装", Scene.POST, POST),
        ("总部/华东/门店12", Scene.CHAT, CLOSED),
        ("总部/华东/门店12", Scene.NICKNAME, POST),  # the longer path wins over the scene
        ("总部/华东/门店123", Scene.CHAT, PRE),
        ("存档", Scene.DANMAKU, CLOSED),
        ("存档/2019", Scene.POST, CLOSED),
    ],
)
def test_publishing_mode(group: str, scene: Scene, mode: PublishingMode) -> None:
    assert publishing_mode(RULES, group, scene) is mode


def test_no_rules_mean_show_first() -> None:
    assert publishing_mode([], "总部", Scene.POST) is POST


def test_among_equal_rules_the_first_wins() -> None:
    rules = [PublishingRule(CLOSED, group="存档"), PublishingRule(PRE, group="存档")]
    assert publishing_mode(rules, "存档", Scene.POST) is CLOSED


@given(st.permutations(RULES), st.sampled_from(["", "总部/华东", "总部/华东/门店12"]), st.sampled_from(Scene))
def test_order_of_rules_does_not_matter(rules: list[PublishingRule], group: str, scene: Scene) -> None:
    assert publishing_mode(rules, group, scene) is publishing_mode(RULES, group, scene)


def test_same_content_whatever_else_changes() -> None:
    one = a_submission("a", "内容", title="题", images=("x",))
    other = a_submission("b", "内容", title="题", images=("x",), author=an_author(), source="app", url="u")
    assert one.content_hash == other.content_hash


@pytest.mark.parametrize(
    "other",
    [
        ("内容 ", "题", ("x", "y")),
        ("内容", "", ("x", "y")),
        ("内容", "题", ("y", "x")),
        ("内容", "题", ("x",)),
        ("内容题", "", ("x", "y")),
        ("", "内容题", ("x", "y")),
        ("内容", "题", ("xy",)),
    ],
)
def test_other_content_has_another_hash(other: tuple[str, str, tuple[str, ...]]) -> None:
    assert content_hash(*other) != content_hash("内容", "题", ("x", "y"))
