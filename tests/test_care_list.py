"""The optional list for posts whose author may need care: what it finds, what it leaves alone, how it comes in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moderation.policy_file.document import parse_policy
from moderation.services.word_imports import WordImports, read_words
from moderation.text.entries import Kind
from moderation.text.lexicon import Lexicon
from moderation.text.matching import match_posts
from moderation.wiring.lexicon_files import read_lexicons
from tests.factories import NOW

if TYPE_CHECKING:
    from moderation.store.engine import Sessions

POLICIES = Path(__file__).parents[1] / "moderation" / "policies"
CARE = POLICIES / "lexicons" / "optional" / "care.csv"
NOTICE = POLICIES / "lexicons" / "optional" / "care.toml"


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    allowed = [one for one in read_lexicons(POLICIES / "lexicons") if one.kind is Kind.ALLOW]
    return Lexicon.compile((*read_words(CARE.read_text(encoding="utf-8")), *allowed))


def struck(lexicon: Lexicon, text: str) -> bool:
    ((hits,),) = match_posts([("", text)], [lexicon], now=0)
    return any(not hit.suppressed for hit in hits)


@pytest.mark.parametrize(
    "text",
    [
        "我想死了",
        "不想活了",
        "活着好累想结束",
        "真的不想活了,谁能陪我说说话",
        "每天醒来都好想死",
        "活着没意思,撑到今天已经很努力了",
        "我是多余的吧,没有我会更好",
        "昨晚又割腕了,没人知道",
        "想从楼上跳下去,可是又怕疼",
        "遗书写好了,就差发出来",
        "吃多少安眠药会死",
        "不 想 活 了",
        "活得太久了,想解脱",
    ],
)
def test_who_may_need_care(lexicon: Lexicon, text: str) -> None:
    assert struck(lexicon, text)


@pytest.mark.parametrize(
    "text",
    [
        "想死你了,什么时候回来",
        "我想死你了",
        "可想死我了",
        "好想死这家店的锅贴",
        "笑死我了",
        "今天累死了",
        "外面热死了",
        "这双鞋丑死了",
        "打死不去那个景点",
        "作业多到想死",
        "我想死磕这道题",
        "我想死心了,换个方案吧",
        "你不想活了吧,这么开车",
        "实体店活不下去了",
        "周末去玩跳楼机",
        "他演得像死了一样",
        "这副牌死定了",
        "电脑死机了",
    ],
)
def test_idioms(lexicon: Lexicon, text: str) -> None:
    assert not struck(lexicon, text)


def test_every_word_only_asks_for_a_look(lexicon: Lexicon) -> None:
    assert {(one.level.value, one.clause) for one in read_words(CARE.read_text(encoding="utf-8"))} == {
        ("review", "9.4")
    }
    assert "care" not in {one.library for one in read_lexicons(POLICIES / "lexicons")}, (
        "it is not loaded by itself"
    )


def test_the_list_comes_in_as_any_table(sessions: Sessions, community_id: int) -> None:
    given = read_words(CARE.read_text(encoding="utf-8"))
    made = WordImports(sessions).keep(community_id, "care", given, author="王", now=NOW)
    assert made.words == len(given)


def test_the_notice_cares_and_counts_nothing() -> None:
    shipped = (POLICIES / "default.toml").read_text(encoding="utf-8")
    found = parse_policy(f"{shipped}\n{NOTICE.read_text(encoding='utf-8')}").change.clauses["9.4"]
    assert found.strikes == 0
    assert found.notice_zh is not None
    assert found.notice_en is not None
    assert "12356" in found.notice_zh
    for harsh in ("违规", "处罚", "不符", "违反"):
        assert harsh not in found.notice_zh
    assert "does not fit" not in found.notice_en
