"""Contacts: every kind, disguised ones too, each at its place; numbers that are none stay out."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.text.contacts import find_contacts
from moderation.text.images import ImageError, read_codes
from moderation.text.normalise import normalise
from moderation.text.restore import restore


def contacts(text: str) -> list[tuple[str, str, str, bool]]:
    light = normalise(text)
    found = find_contacts(light, restore(light))
    return [(each.kind.value, each.value, text[each.start : each.end], each.obfuscated) for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("加微信 zjckt4006585528", ("wechat", "zjckt4006585528", "zjckt4006585528", False)),
        ("vx：wxid_123", ("wechat", "wxid_123", "wxid_123", False)),
        ("微信同号 138 0013 8000", ("wechat", "13800138000", "138 0013 8000", False)),
        ("加我abc12345", ("wechat", "abc12345", "abc12345", False)),
        ("加V:abc一二三456", ("wechat", "abc123456", "abc一二三456", True)),
        ("V信abc123", ("wechat", "abc123", "abc123", True)),
        ("佳喂：sx111505可越", ("wechat", "sx111505", "sx111505", True)),
        ("𝐕𝐗：abc123456", ("wechat", "abc123456", "abc123456", True)),
        ("加我溦 423103", ("wechat", "423103", "423103", True)),
        ("加我\\/:95485236", ("wechat", "95485236", "95485236", True)),
        ("伽裙 503326666", ("qq", "503326666", "503326666", True)),
        ("详询请 扣:2852309775", ("qq", "2852309775", "2852309775", False)),
        ("QQ：774488860", ("qq", "774488860", "774488860", False)),
        ("加q 12345678", ("qq", "12345678", "12345678", False)),
        ("扣扣 壹贰叁肆伍陆", ("qq", "123456", "壹贰叁肆伍陆", True)),
        ("加企鹅群 12345678", ("qq", "12345678", "12345678", True)),
        ("+ⅴ❤：mm_yue77", ("wechat", "mm_yue77", "mm_yue77", True)),
        ("我的v♥️是lili_2020", ("wechat", "lili_2020", "lili_2020", True)),
        ("vx搜abc_1234", ("wechat", "abc_1234", "abc_1234", False)),
        ("加*微*信*：a*b*c*1*2*3*4*5", ("wechat", "abc12345", "a*b*c*1*2*3*4*5", True)),
        ("加 v 信 a b c 1 2 3 4 5", ("wechat", "abc12345", "a b c 1 2 3 4 5", True)),
        ("加薇 一三八零零一三八零零零", ("wechat", "13800138000", "一三八零零一三八零零零", True)),
        ("w w w . a b c 1 2 3 . c o m", ("url", "www.abc123.com", "w w w . a b c 1 2 3 . c o m", True)),
        ("h t t p : / / a b c . c o m", ("url", "http://abc.com", "h t t p : / / a b c . c o m", True)),
        ("来/玩-吧_朋*友，上k 88_77-6.co/m", ("url", "k88776.co/m", "k 88_77-6.co/m", True)),
        ("＋扣 9 2 0 7 3 3 1 8 5 4 验证", ("qq", "9207331854", "9 2 0 7 3 3 1 8 5 4", True)),
        ("tg：shop_1688", ("url", "t.me/shop_1688", "shop_1688", False)),
        ("飞机联系 @kk_9911", ("url", "t.me/kk_9911", "kk_9911", False)),
        ("电话138 0013 8000", ("phone", "13800138000", "138 0013 8000", False)),
        ("13８００１３８０００", ("phone", "13800138000", "13８００１３８０００", False)),
        ("致电0571-88888888", ("phone", "057188888888", "0571-88888888", False)),
        ("400-820-8820", ("phone", "4008208820", "400-820-8820", False)),
        ("看example.com吧", ("url", "example.com", "example.com", False)),
        ("www.baidu.com的链接", ("url", "www.baidu.com", "www.baidu.com", False)),
        ("进t.me/abcdef看", ("url", "t.me/abcdef", "t.me/abcdef", False)),
        ("http://1.2.3.4/x", ("url", "http://1.2.3.4/x", "http://1.2.3.4/x", False)),
        ("上825247点com", ("url", "825247.com", "825247点com", True)),
        ("a@qq.com 联系", ("email", "a@qq.com", "a@qq.com", False)),
        ("123456#qq.com", ("email", "123456@qq.com", "123456#qq.com", True)),
        ("邮箱foo艾特163点com", ("email", "foo@163.com", "foo艾特163点com", True)),
    ],
)
def test_contact(text: str, expected: tuple[str, str, str, bool]) -> None:
    assert contacts(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "打110或12315",
        "拨打12345热线",
        "价格1999元,2026-11-21",
        "版本1.2.3.4",
        "订单号13800138000123",
        "订单号:13800138000",
        "运单号 13912345678",
        "readme.md main.py hello.world",
        "身份证330102199001011234",
        "13:30-15:30 3.14159",
        "微信支付100元",
        "qq音乐 2020年",
        "增加1000粉丝",
        "圆周率3.1415926",
        "万科000002涨了",
        "比分 3-2 和 4-1",
        "第12345678期",
        "坐飞机a320neo去的",
        "tg: hello",
        "发了个电报",
        "a b c d e f 六个选项",
        "i am a student",
        "好好好好好000后",
    ],
)
def test_no_contact(text: str) -> None:
    assert contacts(text) == []


def test_several_in_order_of_place() -> None:
    found = contacts("微信abc12345,QQ 774488860,电话13800138000,看example.com")
    assert [kind for kind, *_ in found] == ["wechat", "qq", "phone", "url"]


@settings(deadline=None)
@given(st.text(st.sampled_from("加v微信qQ:.@#/123456789 abc一二点com扣企鹅-_"), max_size=60))
def test_places_lie_within_the_text(text: str) -> None:
    light = normalise(text)
    places = [(each.start, each.end) for each in find_contacts(light, restore(light))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(before[1] <= after[0] for before, after in pairwise(places))


@pytest.mark.parametrize(
    "hostile", ["a." * 5_000, "1 " * 5_000, "@" * 10_000, "http://" * 1_400, "加v" * 5_000]
)
def test_hostile_text_ends(hostile: str) -> None:
    assert len(contacts(hostile)) <= len(hostile)


def picture(width: int, height: int) -> bytes:
    image_module = pytest.importorskip("PIL.Image")
    stored = io.BytesIO()
    image_module.new("1", (width, height)).save(stored, "PNG")
    return stored.getvalue()


def test_a_code_in_an_image_is_read() -> None:
    zxing = pytest.importorskip("zxingcpp")
    image_module = pytest.importorskip("PIL.Image")
    code = zxing.create_barcode("https://u.wechat.com/abc123", zxing.BarcodeFormat.QRCode)
    stored = io.BytesIO()
    image_module.fromarray(code.to_image(scale=5)).save(stored, "PNG")
    assert read_codes(stored.getvalue()) == ["https://u.wechat.com/abc123"]
    assert read_codes(picture(50, 50)) == []


@pytest.mark.parametrize(
    ("size", "cut", "reason"),
    [((10_000, 10_000), None, "more than"), ((90, 90), 40, "damaged"), ((9, 9), 0, "damaged")],
)
def test_an_image_that_cannot_be_read_is_refused(size: tuple[int, int], cut: int | None, reason: str) -> None:
    with pytest.raises(ImageError, match=reason):
        read_codes(picture(*size)[:cut])
