"""Near-duplicates are found through shared bands; what varies within a campaign does not count."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.text.fingerprint import BANDS, Fingerprint, fingerprint, fingerprints, similar, skeleton

CAMPAIGN = "高薪诚聘线上客服,在家就能做,每天两小时,日结工资{},有意加微信{}详聊,名额有限先到先得"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (CAMPAIGN.format(300, "abc12345"), CAMPAIGN.format(500, "xyz98765")),
        (CAMPAIGN.format(300, "abc12345"), CAMPAIGN.format(300, "abc12345") + "!!!速来"),
        (
            "看这里 https://a.example.com/x1 全场五折优惠活动开始啦",
            "看这里 https://b.example.cn/y2 全场五折优惠活动开始啦",
        ),
    ],
)
def test_near_duplicates_share_a_band(one: str, other: str) -> None:
    first, second = fingerprints([one, other])
    assert similar(first, second) > 0.7
    assert set(first.band_keys()) & set(second.band_keys())


def test_different_posts_share_none() -> None:
    first, second = fingerprints([CAMPAIGN, "昨天和朋友去爬山,山顶的风景真好,下次还想再去一次"])
    assert similar(first, second) < 0.1
    assert not set(first.band_keys()) & set(second.band_keys())


def test_numbers_and_contacts_are_left_out() -> None:
    assert skeleton("日结 300 元,加 abc123 或 www.example.com/x @some") == "日结元加或"


@settings(deadline=None)
@given(st.text(st.characters(codec=None), max_size=40))
def test_stored_form_is_read_back(text: str) -> None:
    made = fingerprint(text)
    assert Fingerprint.from_bytes(made.to_bytes()) == made
    assert similar(made, made) == 1
    assert len(made.band_keys()) == BANDS
    assert all(-(1 << 63) <= key < 1 << 63 for key in made.band_keys())


def test_other_bytes_are_refused() -> None:
    with pytest.raises(struct.error):
        Fingerprint.from_bytes(b"short")
