"""What is done to a text while training: placeholders filled, cloaks put on, punctuation taken off."""

# ruff: noqa: PLR2004 - shares and sizes read best where they are used
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from moderation.text.variants import Family, cloak

if TYPE_CHECKING:
    import random

_SLOT: Final = re.compile(r"<(name|place|num|url|phone|wechat|bank)>")
_SURNAMES: Final = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹"
    "石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚"
)
_GIVEN: Final = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文辉力志海波宁贵福生元全胜学祥才发武新利清飞彬富顺信子杰昌成康星光天达安岩中茂进林"
    "有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆"
)
_PLACES: Final = [
    "北京",
    "上海",
    "广州",
    "深圳",
    "杭州",
    "南京",
    "成都",
    "重庆",
    "武汉",
    "西安",
    "郑州",
    "长沙",
    "苏州",
    "天津",
    "青岛",
    "济南",
    "沈阳",
    "大连",
    "哈尔滨",
    "合肥",
    "福州",
    "厦门",
    "南昌",
    "昆明",
    "贵阳",
    "南宁",
    "海口",
    "兰州",
    "太原",
    "石家庄",
    "无锡",
    "宁波",
    "温州",
    "佛山",
    "东莞",
    "中山",
    "珠海",
    "惠州",
    "汕头",
    "泉州",
    "徐州",
    "常州",
    "烟台",
    "潍坊",
    "洛阳",
    "襄阳",
    "宜昌",
    "株洲",
    "岳阳",
    "柳州",
    "桂林",
    "绵阳",
    "遵义",
    "天河区",
    "朝阳区",
    "浦东",
    "滨江",
    "高新区",
    "江北",
    "城东",
    "解放路",
    "中山路",
    "人民路",
    "建设大道",
    "万达广场",
    "火车站",
]
_BANKS: Final = [
    "工行",
    "建行",
    "农行",
    "中行",
    "招行",
    "交行",
    "浦发",
    "光大",
    "中信",
    "民生",
    "平安",
    "兴业",
    "邮储",
    "广发",
    "工商银行",
    "建设银行",
    "农业银行",
    "招商银行",
]
_MARKS: Final = re.compile(r"[,。!?;:、，！？；：~…\"'“”()（）【】\[\]]+")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def fill(text: str, rng: random.Random) -> str:
    """Put invented values in the place of the SMS source's masks, which occur in no other source."""
    return _SLOT.sub(lambda slot: _value(slot.group(1), rng), text)


def _value(kind: str, rng: random.Random) -> str:
    if kind == "name":
        given = rng.choice((rng.choice(_GIVEN), rng.choice(_GIVEN) + rng.choice(_GIVEN), ""))
        return rng.choice(_SURNAMES) + given
    if kind == "phone":
        landline, service = (
            f"0{rng.randrange(10, 999)}-{rng.randrange(10**6, 10**8)}",
            f"400{rng.randrange(10**7)}",
        )
        return rng.choice(("<phone>", landline, service))
    if kind == "url":
        return rng.choice(("<url>", f"{account(rng)}.com/{account(rng)[:3]}", "t.cn/" + account(rng)[:6]))
    lists = {"place": _PLACES, "bank": _BANKS}
    if kind in lists:
        return rng.choice(lists[kind])
    return str(rng.randrange(1, 10 ** rng.randint(1, 5))) if kind == "num" else account(rng)


def account(rng: random.Random) -> str:
    """An invented account name."""
    letters = "".join(rng.choice(_LETTERS) for _ in range(rng.randint(1, 8)))
    return (
        letters + str(rng.randrange(10 ** rng.randint(1, 9)))
        if rng.random() < 0.8
        else str(rng.randrange(10**6, 10**10))
    )


def without_marks(text: str) -> str:
    """The text without punctuation, as some sources come."""
    return _MARKS.sub("", text) or text


def with_marks(text: str, rng: random.Random) -> str:
    """A text without punctuation gets some at random places."""
    out: list[str] = []
    place = 0
    while place < len(text):
        size = rng.randint(5, 18)
        out.append(text[place : place + size])
        place += size
    return "".join(part + rng.choice(",，，，。! ！") for part in out)


# The tokeniser undoes the other families, so they hardly teach anything.
_CLOAKS: Final = (
    *[Family.HOMOPHONE] * 5,
    *[Family.PINYIN] * 3,
    *[Family.LOOKALIKE] * 2,
    *[Family.SPLIT] * 2,
    *[Family.SPACING] * 2,
    Family.EMOJI,
    Family.DIGITS,
)


def disguise(text: str, rng: random.Random) -> str:
    """Cloak a text by one or two families, mildly or heavily."""
    for family in rng.sample(_CLOAKS, 1 if rng.random() < 0.7 else 2):
        text = cloak(text, family, rng, rng.choice((0.1, 0.2, 0.3, 0.5)))
    return text


def vary(text: str, rng: random.Random, *, filled: bool, cloakable: bool, cloaked_share: float = 0.28) -> str:
    """One training view of a text; the same ``rng`` gives the same view.

    Args:
        text: as in the source.
        rng: seeded by pass and example.
        filled: the text comes from the source with placeholders and without punctuation.
        cloakable: it may be cloaked.
        cloaked_share: chance of a cloak, the same for harmless and harmful texts.
    """
    if filled:
        text = fill(text, rng)
        if rng.random() < 0.6:
            text = with_marks(text, rng)
    elif rng.random() < 0.08:
        text = without_marks(text)
    if cloakable and rng.random() < cloaked_share:
        text = disguise(text, rng)
    return text
