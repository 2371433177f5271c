"""When a name in a text is the brand, and when it only looks like it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.brand_finder import BrandFinder
from moderation.domain.brands import (
    BUCKET,
    CONTEXT_WINDOW,
    Brand,
    Candidate,
    bucket_of,
    link,
)
from moderation.domain.evidence import Field
from moderation.domain.net_sentiment import net_sentiment
from moderation.text.lexicon import Lexicon
from moderation.text.segment import default_segmenter
from moderation.text.understand import understand
from tests.factories import MINUTE, NOW, a_brand

EVERYWHERE = frozenset(range(200))
"""A segmenter that sees a word edge at every character."""


def linked(
    text: str, *brands: Brand, edges: frozenset[int] = EVERYWHERE
) -> list[tuple[str, str, int, float]]:
    """Brand, name, place and confidence of each link."""
    candidates = [
        Candidate(brand, name, at, at + len(name))
        for brand in brands
        for name in brand.names
        for at in range(len(text))
        if text.startswith(name, at)
    ]
    return [
        (found.brand.name, found.name, found.start, confidence)
        for found, confidence in link(candidates, text, edges)
    ]


def names(text: str, *brands: Brand, edges: frozenset[int] = EVERYWHERE) -> list[str]:
    return [name for _, name, _, _ in linked(text, *brands, edges=edges)]


APPLE = a_brand(name="苹果", aliases=("apple",), exclusions=("苹果汁", "吃苹果", "红苹果树"))
MAC = a_brand(name="mac")
HUAWEI = a_brand(2, "华为", aliases=("华为手机",))
HONOR = a_brand(3, "华为荣耀")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("苹果发布会", ["苹果"]),
        ("苹果和苹果", ["苹果", "苹果"]),
        ("一杯苹果汁", []),
        ("我爱吃苹果", []),
        ("红苹果树下", []),
        ("红苹果", ["苹果"]),
        ("吃苹果时用苹果", ["苹果"]),
        ("用苹果时吃苹果", ["苹果"]),
        ("苹果汁和苹果手机", ["苹果"]),
        ("苹果苹果汁", ["苹果"]),
        ("apple真好", ["apple"]),
        ("", []),
    ],
)
def test_exclusions(text: str, found: list[str]) -> None:
    assert names(text, APPLE) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mac", ["mac"]),
        ("买了mac很开心", ["mac"]),
        ("mac,book", ["mac"]),
        ("machine", []),
        ("imac", []),
        ("mac2", []),
        ("2mac", []),
        ("mac 2", ["mac"]),
        ("mac机", ["mac"]),
        ("用mac_os", ["mac"]),
    ],
)
def test_latin_name_stands_alone(text: str, found: list[str]) -> None:
    assert names(text, MAC) == found


def test_latin_edge_matters_only_on_the_latin_side_of_a_name() -> None:
    brand = a_brand(name="小米su7")
    assert names("x小米su7", brand) == ["小米su7"]
    assert names("小米su75", brand) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("华为手机好", ["华为手机"]),
        ("华为荣耀好", ["华为荣耀"]),
        ("华为好", ["华为"]),
        ("华为荣耀华为手机", ["华为荣耀", "华为手机"]),
    ],
)
def test_the_longest_name_of_a_place_wins(text: str, found: list[str]) -> None:
    assert names(text, HUAWEI, HONOR) == found


def test_overlapping_names_yield_to_the_earlier() -> None:
    assert names("上海天天", a_brand(1, "上海天"), a_brand(2, "海天天")) == ["上海天"]


VOLKSWAGEN = a_brand(name="大众", context=("汽车", "途观"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("大众点评", []),
        ("大众汽车", ["大众"]),
        ("途观是大众的", ["大众"]),
        ("汽车" + "。" * (CONTEXT_WINDOW - 2) + "大众", ["大众"]),
        ("汽车" + "。" * (CONTEXT_WINDOW - 1) + "大众", []),
        ("大众" + "。" * (CONTEXT_WINDOW - 2) + "汽车", ["大众"]),
        ("大众" + "。" * (CONTEXT_WINDOW - 1) + "汽车", []),
    ],
)
def test_ambiguous_name_needs_its_context(text: str, found: list[str]) -> None:
    assert names(text, VOLKSWAGEN) == found


@pytest.mark.parametrize(
    ("name", "on_edges", "confidence"),
    [
        ("小米", True, 0.95),
        ("小米", False, None),  # two characters across word edges: 大小米粒
        ("拼多多", False, 0.8),
        ("拼多多", True, 0.95),
        ("锅", True, 0.7),
        ("锅", False, None),
    ],
)
def test_confidence_by_word_edges(name: str, on_edges: bool, confidence: float | None) -> None:  # noqa: FBT001
    edges = frozenset({0, len(name)}) if on_edges else frozenset({0})
    expected = [] if confidence is None else [(name, name, 0, confidence)]
    assert linked(name, a_brand(name=name), edges=edges) == expected


def test_context_makes_up_for_missing_edges() -> None:
    brand = a_brand(name="小米", context=("手机",))
    assert linked("小米手机", brand, edges=frozenset()) == [("小米", "小米", 0, 0.95)]


WORDS = st.sampled_from(
    ["苹果", "苹果汁", "吃", "华为", "华为手机", "荣耀", "mac", "m", " ", "大众", "汽车", "a"]
)


@given(st.lists(WORDS, max_size=12).map("".join))
def test_links_are_in_order_and_do_not_overlap(text: str) -> None:
    found = linked(text, APPLE, MAC, HUAWEI, HONOR, VOLKSWAGEN)
    ends = [(start, start + len(name)) for _, name, start, _ in found]
    assert all(text[start:end] == name for (start, end), (_, name, _, _) in zip(ends, found, strict=True))
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(ends))
    assert all(0.5 <= confidence <= 1 for *_, confidence in found)


# ---------------------------------------------------------------- in real texts


def found_in(text: str, *brands: Brand) -> list[tuple[str, str, int, int]]:
    understanding = understand([text], lexicon=Lexicon.compile(()), segmenter=default_segmenter(), now=NOW)[0]
    return [
        (mention.brand, mention.surface, mention.start, mention.end)
        for mention in BrandFinder(brands).find(understanding, Field.TEXT)
    ]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("我的小米手机很好用", "小米"),
        ("我的XiaoMi手机很好用", "XiaoMi"),
        ("我的Ｘｉａｏｍｉ手机", "Ｘｉａｏｍｉ"),
        ("我的小\u200b米手机很好用", "小\u200b米"),
    ],
)
def test_mention_keeps_the_submitted_surface(text: str, surface: str) -> None:
    start = text.index(surface)
    brand = a_brand(name="小米", aliases=("Xiaomi",))
    assert found_in(text, brand) == [("小米", surface, start, start + len(surface))]


def test_traditional_characters_name_the_brand_too() -> None:
    assert found_in("華為手機很好用", a_brand(name="华为")) == [("华为", "華為", 0, 2)]
    assert found_in("华为手机很好用", a_brand(name="華為")) == [("華為", "华为", 0, 2)]


@pytest.mark.parametrize("text", ["大小米粒都可以", "小米粥养胃"])
def test_ordinary_words_are_no_brand(text: str) -> None:
    assert found_in(text, a_brand(name="小米", exclusions=("小米粥",))) == []


def test_finder_without_brands_finds_nothing() -> None:
    assert found_in("小米") == []


# ---------------------------------------------------------------- counting


@given(st.integers(0, 2**52))
def test_bucket_holds_its_instant(instant: int) -> None:
    start = bucket_of(instant)
    assert start <= instant < start + BUCKET
    assert start % (15 * MINUTE) == 0


@pytest.mark.parametrize(
    ("positive", "negative", "net", "bounds", "few"),
    [
        (3, 1, 0.5, (-0.4, 0.91), True),
        (0, 4, -1.0, (-1.0, -0.02), True),
        (2, 0, 1.0, (-0.32, 1.0), True),
        (0, 0, None, (-1.0, 1.0), True),
        (15, 14, 1 / 29, (-0.32, 0.37), True),
        (15, 15, 0.0, (-0.34, 0.34), False),
        (300, 100, 0.5, (0.41, 0.58), False),
    ],
)
def test_net_sentiment_says_how_sure_it_is(
    positive: int, negative: int, net: float | None, bounds: tuple[float, float], *, few: bool
) -> None:
    found = net_sentiment({"positive": positive, "negative": negative, "neutral": 99})
    assert (found.value, found.rated, found.is_few) == (net, positive + negative, few)
    assert (found.low, found.high) == pytest.approx(bounds, abs=0.01)


def test_an_excluded_long_name_does_not_hide_a_shorter_brand() -> None:
    long, short = a_brand(1, "小米汽车", exclusions=("小米汽车站",)), a_brand(2, "小米")
    text = "小米汽车站"
    candidates = [Candidate(long, "小米汽车", 0, 4), Candidate(short, "小米", 0, 2)]
    assert [each.brand.id for each, _ in link(candidates, text, frozenset({0, 2, 5}))] == [2]
