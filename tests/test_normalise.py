"""The light form: what it folds, that its map holds, and that no input breaks or stalls it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.text.normalise import normalise, normalise_many
from moderation.text.offsets import Offsets, Piece, rewrite

any_text = st.text(st.characters(codec=None), max_size=60)
chinese_text = st.text(st.sampled_from("加微信兼职 ,。今天天气好abc123"), max_size=40)


@pytest.mark.parametrize(
    ("submitted", "light"),
    [
        ("加薇信", "加薇信"),
        ("ＶＸ：１３８", "vx:138"),
        ("𝐕Ⓥᴠ🅥🆅", "vvvvv"),
        ("①⑴⒈❶➀", "11111"),
        ("⑳ ㉑", "20 21"),
        ("㈠㊀", "一一"),
        ("1️⃣3️⃣8️⃣", "138"),
        ("㎏ ㊙", "kg 秘"),
        ("記憶體網路乾淨頭髮", "记忆体网路干净头发"),
        ("乾隆", "乾隆"),
        ("jiā wēi", "jia wei"),
        ("加\u200b微\u202e信\ufe0f", "加微信"),
        ("加\u3164\u115f微\U000e0041", "加微"),
        ("a  \n\t　b", "a b"),
        ("⻔⻢", "门马"),
        ("ﷺ", "ﷺ"),
        ("你好……", "你好……"),
        ("", ""),
    ],
)
def test_light_form(submitted: str, light: str) -> None:
    assert normalise(submitted).text == light


def test_span_points_into_the_submitted_text() -> None:
    found = normalise("看\u200b這裡：加\u200b𝐕  信")
    start = found.text.index("加v")
    first, last = found.span(start, start + 2)
    assert found.original[first:last] == "加\u200b𝐕"


def test_a_grown_character_maps_to_itself() -> None:
    found = normalise("x㍿y")
    assert found.text == "x株式会社y"
    assert [found.span(place, place + 1) for place in range(6)] == [
        (0, 1),
        (1, 2),
        (1, 2),
        (1, 2),
        (1, 2),
        (2, 3),
    ]


@settings(deadline=None)
@given(any_text)
def test_map_is_monotone_and_within_bounds(submitted: str) -> None:
    found = normalise(submitted)
    spans = [found.span(place, place + 1) for place in range(len(found.text))]
    assert found.offsets.size == len(found.text)
    assert all(0 <= start < end <= len(submitted) for start, end in spans)
    assert spans == sorted(spans)
    assert found.span(0, len(found.text)) == ((spans[0][0], spans[-1][1]) if spans else (len(submitted),) * 2)


@settings(deadline=None)
@given(any_text)
def test_folding_twice_changes_nothing(submitted: str) -> None:
    once = normalise(submitted).text
    assert normalise(once).text == once


@settings(deadline=None)
@given(chinese_text.filter(lambda text: "  " not in text))
def test_clean_text_maps_to_itself(submitted: str) -> None:
    found = normalise(submitted)
    assert found.text == submitted
    assert all(found.span(place, place + 1) == (place, place + 1) for place in range(len(submitted)))


@settings(deadline=None)
@given(st.lists(any_text, max_size=5))
def test_a_batch_equals_its_texts(texts: list[str]) -> None:
    assert normalise_many(texts) == [normalise(text) for text in texts]


@pytest.mark.parametrize(
    "hostile",
    [
        "哈" * 10_000,
        "a" + "\u0301" * 5_000,
        "\u202e" * 10_000,
        "\ud800" * 10_000,
        "ﷺ" * 10_000,
        "㍿" * 10_000,
        "\0" * 9,
    ],
    ids=["repeated", "combining", "bidi", "surrogates", "growth", "grown", "nul"],
)
def test_hostile_text_is_folded(hostile: str) -> None:
    assert len(normalise(hostile).text) <= 4 * len(hostile)


@pytest.mark.parametrize("span", [(-1, 0), (0, 4), (2, 1)])
def test_a_span_outside_is_refused(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="outside"):
        normalise("加微信").span(*span)


@settings(max_examples=50, deadline=None)
@given(st.text("ab", min_size=1, max_size=12), st.data())
def test_rewriting_twice_maps_back_to_the_source(source: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(source) - 1))
    end = data.draw(st.integers(start + 1, len(source)))
    once, first = rewrite(source, [Piece(start, end, "xyz")])
    twice, second = rewrite(once, [Piece(start, start + 3, "q")])
    assert second.within(first).span(twice.index("q"), twice.index("q") + 1) == (start, end)
    assert rewrite(source, []) == (source, Offsets(len(source)))
