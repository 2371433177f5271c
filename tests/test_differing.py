"""Where near copies differ."""

from __future__ import annotations

import pytest

from moderation.domain.differing import COMPARED, MOST, Part, Piece, commonest, differing, shortened

LONG = "周末有人一起去爬山吗早上八点在东门集合自带干粮和水"


def told(pieces: list[Piece]) -> str:
    """``[new]`` ``{gone}`` ``<other>``, the rest as it is."""
    signs = {Part.SAME: "{}", Part.NEW: "[{}]", Part.GONE: "{{{}}}", Part.OTHER: "<{}>"}
    return "".join(signs[one.part].format(one.text) for one in pieces)


@pytest.mark.parametrize(
    ("text", "reference", "wanted"),
    [
        ("你好呀朋友", "你好呀朋友", "你好呀朋友"),
        ("第3批到货", "第2批到货", "第[3]批到货"),
        ("到货啦快来看9", "到货啦快来看", "到货啦快来看[9]"),
        ("到货啦快看", "到货啦快来看", "到货啦快{来}看"),
        ("甲说好的明天见乙", "丙说好的明天见丁", "[甲]说好的明天见[乙]"),
        ("今天下雨", "老板在吗", "<今天下雨>"),
        ("aa", "aaa", "aa{a}"),
        ("", "在吗", "<>"),
        ("在吗", "", "<在吗>"),
    ],
)
def test_a_copy_shows_what_differs(text: str, reference: str, wanted: str) -> None:
    assert told(differing(text, reference)) == wanted


def test_what_is_put_together_again_is_the_text() -> None:
    text = f"{LONG}甲{LONG}乙"
    pieces = differing(text, f"{LONG}{LONG}")
    assert "".join(one.text for one in pieces if one.part is not Part.GONE) == text


def test_a_long_middle_is_one_piece() -> None:
    inside = "变" * (COMPARED + 1)
    pieces = differing(f"{LONG * 6}{inside}{LONG * 6}", f"{LONG * 6}旧{LONG * 6}")
    assert [(one.part, len(one.text)) for one in pieces] == [
        (Part.SAME, len(LONG) * 6),
        (Part.NEW, len(inside)),
        (Part.SAME, len(LONG) * 6),
    ]


def test_what_is_shared_is_cut_to_the_surroundings() -> None:
    shown = shortened(differing(f"{LONG}甲{LONG}乙{LONG}", f"{LONG}一{LONG}二{LONG}"))
    assert told(shown) == f"…{LONG[-10:]}[甲]{LONG[:10]}…{LONG[-10:]}[乙]{LONG[:10]}…"
    assert len(shortened([Piece(Part.OTHER, "x" * 999)])[0].text) == MOST + 1
    assert shortened([Piece(Part.SAME, LONG)]) == [Piece(Part.SAME, LONG)]


def test_the_commonest_text_and_the_first_among_equals() -> None:
    assert commonest(["甲", "乙", "乙"]) == "乙"
    assert commonest(["甲", "乙"]) == "甲"
    assert commonest([]) == ""
