"""Disguised names of messengers: 薇信, V信, 佳喂, 扣扣, 企鹅, 卫星.

Many of them are ordinary words as well.  They are read as a messenger only beside a diversion cue that is a word
of its own (加, 联系, 私) or beside something that looks like an account.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from ahocorasick_rs import AhoCorasick

from moderation.text.substitution import DIGIT, Substitution, apart
from moderation.text.variants import Family

_GAP: Final = r"[\s:：;；=是为号码群(（\[【「~\-_.,，→>✔👉⬇↓]{0,5}"
_ID: Final = (
    rf"(?:{_GAP}(?:(?=[a-z0-9_\-]{{0,19}}[0-9_\-])[a-z][a-z0-9_\-]{{4,19}}(?![a-z0-9])|"
    rf"[{DIGIT}]{{5,11}}(?![{DIGIT}])))"
)
_ACCOUNT_AFTER: Final = re.compile(_ID)
_CUE_BEFORE: Final = re.compile(
    r"(?:(?<![参增更添附追施外强递叠累相倍])加|添加|(?<![a-z0-9])\+|联系|咨询|私聊?|加我|加下|加个|找我|扫)"
    r"[\s:：我的下个]{0,3}$"
)
_AFTER_CUE: Final = (
    r"(?=$|[^\w]|[a-z0-9]|号|信|了解|领|咨|看片|聊|详|"
    r"进群|拉群|备注|好友|私|免费|我|吧|来|送|获|办|购|拿|预|同|一起)"
)
_SURE: Final = re.compile(
    r"(?P<wechat>[薇徽溦葳崴嶶巍]信|(?<![a-z0-9])v[\s.]?信|[薇溦葳嶶][芯心伩❤]|微[伩訫]|"
    r"(?<![a-z0-9])v[\s.]?x(?![a-z])|"
    r"(?<![a-z])wei ?xin(?![a-z])|(?<![a-z])vxin(?![a-z])|微\s?x(?![a-z])|薇\s?x(?![a-z]))"
)
_GUARDED: Final = re.compile(
    r"(?P<wechat>[威维唯喂卫为惟魏伟][信心芯欣鑫星]|微[心芯星欣]|(?<![a-z0-9])[vw]\s?[心芯]|(?<![a-z0-9])w\s?x(?![a-z])|"
    r"(?<![a-z0-9])wechat(?![a-z]))|"
    r"(?P<qq>[扣抠蔻叩][扣抠蔻叩]|[球秋丘][球秋丘]|企鹅|(?<![a-z0-9])q\s?q(?![a-z])|"
    r"(?<![a-z])(?:kou ?kou|qiu ?qiu)(?![a-z]))"
)
_INNOCENT_TAIL: Final = re.compile(r"发射|导航|电视|定位|云图|通信|轨道|主义|扫地|公司|愿|子|大作战|馆|蛋")
_V_OR_W: Final = (
    r"[vw](?=[\s:：]+[a-z0-9]|[0-9]{4}|[a-z0-9_\-]{6,19}(?![a-z0-9])|[\s:：]*(?:领|咨|聊|私|进群|了解))"
)
_ADD_WECHAT: Final = re.compile(
    r"(?P<add>(?<![参增更添附追施外强递叠累相倍\w])添?加|(?<![参增更附追施外强递叠累相倍])加|(?<![a-z0-9])\+)"
    rf"(?P<whom>[我下个]|一下)?\s?(?P<wechat>[薇威徽葳崴溦嶶喂]|{_V_OR_W})(?!信){_AFTER_CUE}"
)
_ADD_DISGUISED: Final = re.compile(
    rf"(?P<add>[家佳嘉伽茄迦枷]|(?<![a-z])jia ?)(?P<wechat>[微薇威徽葳崴溦嶶喂维v]信?|wei ?(?:xin)?){_ID}"
)
_ADD_GROUP: Final = re.compile(rf"(?P<add>[伽茄迦枷])(?=[裙群]?{_ID})")
_PLAIN: Final = {"wechat": "微信", "qq": "qq"}


def read_aliases(text: str) -> list[Substitution]:
    """Messenger names in disguise, each with its plain name."""
    if not _hints().find_matches_as_indexes(text):
        return []
    found = [_named(match) for match in _SURE.finditer(text)]
    found += [_named(match) for match in _GUARDED.finditer(text) if _supported(text, match)]
    for match in _ADD_WECHAT.finditer(text):
        found.append(Substitution(_family(match["wechat"]), *match.span("wechat"), "微"))
        if match["add"] == "+":
            found.append(Substitution(Family.LOOKALIKE, *match.span("add"), "加"))
    found += [Substitution(Family.HOMOPHONE, *match.span("add"), "加") for match in _ADD_GROUP.finditer(text)]
    for match in _ADD_DISGUISED.finditer(text):
        found.append(Substitution(_family(match["add"]), *match.span("add"), "加"))
        found.append(Substitution(_family(match["wechat"]), *match.span("wechat"), "微信"))
    return apart(each for each in found if text[each.start : each.end] != each.plain)


@cache
def _hints() -> AhoCorasick:
    """Character pairs without which no pattern here can match: nearly every text has none of them."""
    pairs = {
        first + second for first in "薇徽溦葳崴嶶巍威维唯喂卫为惟魏伟微vw" for second in "信芯心伩訫欣鑫星x❤"
    }
    pairs |= {add + name for add in "加+家佳嘉伽茄迦枷我下个a " for name in "微薇威徽葳崴溦嶶喂维vw"}
    pairs |= {first + second for alike in ("扣抠蔻叩", "球秋丘") for first in alike for second in alike}
    pairs |= {
        "v 信",
        "v 心",
        "w 心",
        "v.信",
        "v x",
        "v.x",
        "w x",
        "wx",
        "wei",
        "wechat",
        "vxin",
        "微 x",
        "薇 x",
        "q q",
        "kou",
        "qiu",
        "jia",
        "企鹅",
    }
    pairs |= {f"下 {name}" for name in "微薇威徽葳崴溦嶶喂维vw"}
    pairs |= set("伽茄迦枷")
    return AhoCorasick(sorted(pairs))


def account_follows(text: str, place: int) -> bool:
    """Tell whether something that looks like an account begins right after ``place``."""
    return _ACCOUNT_AFTER.match(text, place) is not None


def cue_precedes(text: str, place: int) -> bool:
    """Tell whether a diversion cue ends right before ``place``."""
    return _CUE_BEFORE.search(text[max(0, place - 6) : place]) is not None


def _named(match: re.Match[str]) -> Substitution:
    kind = match.lastgroup or "wechat"
    return Substitution(_family(match[0]), match.start(), match.end(), _PLAIN[kind])


def _supported(text: str, match: re.Match[str]) -> bool:
    if account_follows(text, match.end()):
        return True
    return cue_precedes(text, match.start()) and _INNOCENT_TAIL.match(text, match.end()) is None


def _family(surface: str) -> Family:
    return Family.PINYIN if surface.strip().isascii() and len(surface.strip()) > 2 else Family.HOMOPHONE  # noqa: PLR2004
