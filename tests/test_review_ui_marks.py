"""Marks in a text: a table of spans that touch, overlap, nest and stick out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review_ui.invisible import cut
from review_ui.marks import Group, Span, Tone, excerpt, lay_out

TEXT = "想兼职加薇信日结300"


def show(laid: list[str | Group]) -> str:
    """[] around a group, | between its pieces, the tone's first letter and depth behind each piece."""
    return "".join(
        one
        if isinstance(one, str)
        else "[" + "|".join(f"{piece.text}:{piece.tone[0]}{piece.depth}" for piece in one.pieces) + "]"
        for one in laid
    )


def spans(*given: tuple[int, int, str]) -> list[Span]:
    return [Span(start, end, Tone(tone), index) for index, (start, end, tone) in enumerate(given)]


CASES = {
    "none": ((), TEXT),
    "one": (((1, 3, "review"),), "想[兼职:r1]加薇信日结300"),
    "at both ends": (((0, 1, "block"), (8, 11, "review")), "[想:b1]兼职加薇信日结[300:r1]"),
    "touching stay apart": (((1, 3, "review"), (3, 6, "contact")), "想[兼职:r1][加薇信:c1]日结300"),
    "overlapping": (((1, 4, "review"), (3, 6, "block")), "想[兼职:r1|加:b2|薇信:b1]日结300"),
    "nested": (((3, 6, "review"), (4, 5, "contact")), "想兼职[加:r1|薇:r2|信:r1]日结300"),
    "the same twice": (((3, 6, "review"), (3, 6, "block")), "想兼职[加薇信:b2]日结300"),
    "a chain is one group": (
        ((1, 4, "review"), (3, 7, "contact"), (6, 8, "block")),
        "想[兼职:r1|加:r2|薇信:c1|日:b2|结:b1]300",
    ),
    "a suppressed one has no depth": (((3, 6, "quiet"),), "想兼职[加薇信:q0]日结300"),
    "loud over quiet": (((1, 6, "quiet"), (3, 6, "review")), "想[兼职:q0|加薇信:r1]日结300"),
    "sticking out is cut": (((-5, 1, "review"), (8, 99, "review")), "[想:r1]兼职加薇信日结[300:r1]"),
    "empty and reversed are left out": (((2, 2, "review"), (5, 3, "block"), (50, 60, "block")), TEXT),
}


@pytest.mark.parametrize("name", CASES)
def test_marks(name: str) -> None:
    given_spans, expected = CASES[name]
    assert show(lay_out(TEXT, spans(*given_spans))) == expected


def test_a_group_names_all_its_evidence_once() -> None:
    (_, group, _) = lay_out(
        TEXT, [Span(1, 4, Tone.REVIEW, 7), Span(3, 6, Tone.BLOCK, 2), Span(3, 5, Tone.BLOCK, 2)]
    )
    assert isinstance(group, Group)
    assert (group.evidence, group.tone) == ((7, 2), Tone.BLOCK)


some_spans = st.lists(
    st.builds(Span, st.integers(-3, 40), st.integers(-3, 40), st.sampled_from(Tone), st.integers(0, 9)),
    max_size=12,
)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=30), some_spans)
def test_put_together_the_pieces_are_the_text(text: str, given_spans: list[Span]) -> None:
    laid = lay_out(text, given_spans)
    assert (
        "".join(one if isinstance(one, str) else "".join(p.text for p in one.pieces) for one in laid) == text
    )


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200), some_spans)
def test_an_excerpt_keeps_marks_on_their_characters(text: str, given_spans: list[Span]) -> None:
    kept = [one for one in given_spans if 0 <= one.start < one.end <= len(text)]
    short, moved = excerpt(text, kept)
    assert len(short) <= 62
    for one in moved:
        assert short[one.start : one.end] in text


def test_an_excerpt_shows_the_first_loud_mark() -> None:
    text = "前" * 200 + "加薇信" + "后" * 200
    short, (moved,) = excerpt(text, [Span(200, 203, Tone.REVIEW, 0)])
    assert short[moved.start : moved.end] == "加薇信"
    assert short.startswith("…")
    assert short.endswith("…")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("你好", [("你好", "")]),
        ("私\u200b我", [("私", ""), ("\u200b", "ZWSP"), ("我", "")]),
        ("\u202eabc\u2069", [("\u202e", "RLO"), ("abc", ""), ("\u2069", "PDI")]),
        ("👨\u200d👩", [("👨\u200d👩", "")]),
        ("加\u200d薇", [("加", ""), ("\u200d", "ZWJ"), ("薇", "")]),
        ("❤\ufe0f 加\ufe0f", [("❤\ufe0f 加", ""), ("\ufe0f", "VS")]),
        ("a\nb\tc\x07", [("a\nb\tc", ""), ("\x07", "U+0007")]),
        ("\U000e0041", [("\U000e0041", "TAG")]),
    ],
)
def test_chips(text: str, expected: list[tuple[str, str]]) -> None:
    assert cut(text) == expected
