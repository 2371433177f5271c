"""jieba is the reference, rjieba the fast path behind the same interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.text.boundaries import Boundaries
from moderation.text.keywords import keywords
from moderation.text.segment import JiebaSegmenter, RjiebaSegmenter, Segmenter, differences

if TYPE_CHECKING:
    from pathlib import Path

FAST = RjiebaSegmenter()
SENTENCES = [
    "今天天气不错,我们去公园散步吧。",
    "这家店的火锅味道一般,服务态度还可以",
    "微信支付宝都能用,扫二维码就行",
    "p.s 我 2-3 天后到,4.7w 人看过",
    "小红书上看到的攻略,亲测有效!!",
    "卫星发射成功,海洋馆看企鹅",
]


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Segmenter:
    return JiebaSegmenter(tmp_path_factory.mktemp("jieba"))


@pytest.mark.filterwarnings("ignore")
def test_both_cut_alike(reference: Segmenter) -> None:
    assert differences(SENTENCES, FAST, reference) == []


@pytest.mark.filterwarnings("ignore")
def test_a_difference_is_listed(reference: Segmenter, tmp_path: Path) -> None:
    taught = RjiebaSegmenter()
    taught.add_words(["亲测有效"])
    found = differences(SENTENCES, taught, reference)
    assert [each.text for each in found] == [SENTENCES[4]]
    assert "亲测有效" in found[0].one


@pytest.mark.filterwarnings("ignore")
def test_the_cache_lies_where_it_is_told(tmp_path: Path) -> None:
    segmenter = JiebaSegmenter(tmp_path / "cache")
    assert [word.text for word in segmenter.cut("微信")] == ["微信"]
    assert segmenter.knows("微信")
    assert list((tmp_path / "cache").iterdir())


@settings(deadline=None)
@given(st.text(st.characters(codec=None), max_size=40))
def test_words_make_up_the_whole_text(text: str) -> None:
    words = FAST.cut(text)
    assert [word.start for word in words] == [0, *(word.end for word in words)][: len(words)]
    assert sum(len(word.text) for word in words) == len(text)


@pytest.mark.parametrize(
    ("text", "word", "torn"),
    [
        ("这里有大麻烦", "大麻", "麻烦"),
        ("路口交通很堵", "口交", "路口"),
        ("水乳交融", "乳交", "水乳交融"),
        ("强奸犯落网", "强奸", None),
        ("有人卖大麻", "大麻", None),
    ],
)
def test_torn_words(text: str, word: str, torn: str | None) -> None:
    start = text.index(word)
    found = Boundaries(text).torn(start, start + len(word))
    assert (found.text if found else None) == torn


def test_keywords_are_rare_words_first() -> None:
    assert keywords(FAST.cut("火锅很好,真的很好,我们觉得火锅可以"))[0] == "火锅"
    assert keywords([]) == ()
