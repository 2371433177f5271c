"""Readings restored for matching: what is disguised is read, what is innocent is left alone."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.text.normalise import normalise
from moderation.text.pinyin import sound_of_word, split_syllables
from moderation.text.restore import Reading, restore
from moderation.text.variants import Family, cloak, variants

any_text = st.text(st.characters(codec=None), max_size=60)
suspicious_text = st.text(
    st.sampled_from("加薇威v信x+扣企鹅🐧❤弓虽女干讠舌一二壹 ./,jiawexn123点com囗兼职"), max_size=30
)


def last_reading(text: str) -> str:
    light = normalise(text)
    return ([light.text] + [reading.text for reading in restore(light)])[-1]


@pytest.mark.parametrize(
    ("submitted", "restored"),
    [
        ("加薇信领取", "加微信领取"),
        ("加V信abc123", "加微信abc123"),
        ("佳喂：sx111505", "加微信:sx111505"),
        ("加威信abc12345", "加微信abc12345"),
        ("加卫星abc12345", "加微信abc12345"),
        ("十徽信", "十微信"),
        ("加薇领资料", "加微领资料"),
        ("微❤：abc12345", "微信:abc12345"),
        ("jia wei xin abc123", "加微信 abc123"),
        ("加我weixin", "加我微信"),
        ("加扣扣12345678", "加qq12345678"),
        ("加🐧12345678", "加qq12345678"),
        ("企鹅群 123456789", "qq群 123456789"),
        ("领🧧", "领红包"),
        ("弓虽女干", "强奸"),
        ("力口微信", "加微信"),
        ("讠青联系", "请联系"),
        ("必瀛棋牌", "必赢棋牌"),
        ("楅梸淞不停", "福利送不停"),
        ("jianzhi日结", "兼职日结"),
        ("卖 片", "卖片"),
        ("加/微", "加微"),
        ("加,微,信", "加微信"),
        ("加加加微微微", "加微"),
        ("伱莪", "你我"),
        ("扣扣壹贰叁肆伍陆", "qq123456"),
        ("一三八壹贰叁肆伍六七八", "13812345678"),
        ("825247点com", "825247.com"),
        ("l0ng7776.c0m", "l0ng7776.com"),
    ],
)
def test_disguises_are_read(submitted: str, restored: str) -> None:
    assert last_reading(submitted) == restored


@pytest.mark.parametrize(
    "innocent",
    [
        "帮宝宝扣扣子",
        "海洋馆看企鹅",
        "交通银行",
        "女儿买女装",
        "这里有大麻烦",
        "卫星发射成功",
        "参加卫星发射任务",
        "围裙和围巾",
        "薇娅直播",
        "他威信扫地",
        "增加威信",
        "微博加V认证",
        "简直太好了",
        "减脂餐好吃",
        "我们一起剪纸",
        "读博很累",
        "球球大作战",
        "女子口味清淡",
        "坚持就是胜利",
        "三点半到五点",
        "一九九七年香港回归",
    ],
)
def test_innocent_words_are_left_alone(innocent: str) -> None:
    assert restore(normalise(innocent)) == []


@pytest.mark.parametrize(
    ("submitted", "family", "surface", "plain"),
    [
        ("快加薇信", Family.HOMOPHONE, "薇信", "微信"),
        ("弓虽女干", Family.SPLIT, "弓虽", "强"),
        ("领🧧", Family.EMOJI, "🧧", "红包"),
        ("伱好", Family.LOOKALIKE, "伱", "你"),
        ("加weixin", Family.PINYIN, "weixin", "微信"),
        ("卖 片", Family.SPACING, " ", ""),
        ("号码一三八00001111", Family.DIGITS, "一", "1"),
    ],
)
def test_changes_name_family_and_place(submitted: str, family: Family, surface: str, plain: str) -> None:
    changes = restore(normalise(submitted))[-1].changes
    change = next(each for each in changes if each.family is family)
    assert (change.before, change.after) == (surface, plain)
    assert submitted[change.start : change.end] == surface


@settings(deadline=None)
@given(st.one_of(any_text, suspicious_text))
def test_readings_map_back_within_bounds(submitted: str) -> None:
    for reading in restore(normalise(submitted)):
        spans = [reading.span(place, place + 1) for place in range(len(reading.text))]
        assert all(0 <= start < end <= len(submitted) for start, end in spans)
        assert [start for start, _ in spans] == sorted(start for start, _ in spans)
        assert all(submitted[each.start : each.end] == each.before for each in reading.changes)
        assert isinstance(reading, Reading)


@pytest.mark.parametrize("family", list(Family))
def test_cloaking_changes_the_text_and_repeats_with_the_seed(family: Family) -> None:
    text = "加微信领取兼职日结300元,强奸请转账给我,电话13800138000"
    cloaked = cloak(text, family, random.Random(7), 0.5)  # noqa: S311 - a seed, no secret
    assert cloaked != text
    assert cloaked == cloak(text, family, random.Random(7), 0.5)  # noqa: S311 - a seed, no secret
    assert cloak("", family, random.Random(7)) == ""  # noqa: S311 - a seed, no secret


@pytest.mark.parametrize("family", [Family.FULL_WIDTH, Family.ZERO_WIDTH, Family.TRADITIONAL, Family.SPLIT])
def test_these_families_are_undone_entirely(family: Family) -> None:
    text = "请说话买卖abc123转账"
    cloaked = cloak(text, family, random.Random(3), 0.6)  # noqa: S311 - a seed, no secret
    assert last_reading(cloaked) == text


def test_rates_of_none_and_all() -> None:
    rng = random.Random(1)  # noqa: S311 - a seed, no secret
    assert (
        sum(a != b for a, b in zip("微信" * 20, cloak("微信" * 20, Family.HOMOPHONE, rng, 1.0), strict=True))
        == 40
    )
    assert cloak("!?", Family.HOMOPHONE, rng) == "!?"


def test_tables_hold_no_contradiction() -> None:
    tables = variants()
    assert not set(tables.split) & set(tables.split_word)
    assert all(len(parts) == 2 for parts in (*tables.split, *tables.split_word))
    assert all(len(target) > 1 for target in tables.targets)


@pytest.mark.parametrize(
    ("run", "parts"), [("weixin", ["wei", "xin"]), ("jiawei", ["jia", "wei"]), ("hello", None)]
)
def test_syllables(run: str, parts: list[str] | None) -> None:
    places = split_syllables(run)
    assert (None if places is None else [run[start:end] for start, end in places]) == parts


def test_words_that_sound_alike() -> None:
    assert sound_of_word("加薇") == sound_of_word("jia wei") == sound_of_word("家危")
    assert sound_of_word("加薇") != sound_of_word("加我")
