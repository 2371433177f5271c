"""What a host's name pretends."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from moderation.classifiers.behaviour.names import imitated, latin, listed, mistyped, own_domains, sites


class Trick(StrEnum):
    """What is odd about a link."""

    NONE = "none"
    HOMOGLYPH = "homoglyph"
    LOOK_ALIKE = "look_alike"
    TYPO = "typo"
    BORROWED = "borrowed"
    SUBDOMAIN = "subdomain"
    USERINFO = "userinfo"
    NUMBER_HOST = "number_host"
    MISMATCH = "mismatch"
    JUMP = "jump"
    SHORTENER = "shortener"
    ADDRESS = "address"
    AFFILIATE = "affiliate"
    POSING = "posing"


TRICKS_ZH: Final[dict[Trick, str]] = {
    Trick.NONE: "无",
    Trick.HOMOGLYPH: "域名混用形似字母",
    Trick.LOOK_ALIKE: "域名形似知名网站",
    Trick.TYPO: "域名与知名网站仅差一字",
    Trick.BORROWED: "域名借用知名网站名称",
    Trick.SUBDOMAIN: "把知名域名放在子域名里",
    Trick.USERINFO: "用“@”隐藏真实主机",
    Trick.NUMBER_HOST: "用数字隐藏真实主机",
    Trick.MISMATCH: "显示的网址与实际目标不同",
    Trick.JUMP: "经跳转指向可疑地址",
    Trick.SHORTENER: "短链接隐藏目标",
    Trick.ADDRESS: "直接使用IP地址",
    Trick.AFFILIATE: "未声明的返利链接",
    Trick.POSING: "假借官方名义引导登录或领取",
}

SURE: Final = frozenset(
    {
        Trick.HOMOGLYPH,
        Trick.LOOK_ALIKE,
        Trick.SUBDOMAIN,
        Trick.USERINFO,
        Trick.NUMBER_HOST,
        Trick.MISMATCH,
        Trick.JUMP,
    }
)
"""Tricks without an honest use; the others need bait or an advert beside them."""


def host_trick(before: tuple[str, ...], label: str, suffix: str, domain: str) -> tuple[Trick, str]:
    """What the host's name pretends, and whose name it is."""
    if domain in own_domains():
        return Trick.NONE, ""
    if not label.isascii():
        return _foreign_letters(label)
    if site := imitated(label):
        return Trick.LOOK_ALIKE, site
    if inner := _own_inside(before):
        return Trick.SUBDOMAIN, inner
    if site := mistyped(label):
        return Trick.TYPO, site
    return _borrowed(before, label, suffix)


def _foreign_letters(label: str) -> tuple[Trick, str]:
    """A label in other letters: a site's name to the eye, or two scripts in one word."""
    plain = latin(label)
    site = imitated(label) or _named(plain) or mistyped(plain)
    mixed = plain.isascii() and re.search(r"[a-z]", label) is not None
    return (Trick.HOMOGLYPH, site) if site or mixed else (Trick.NONE, "")


def _borrowed(before: tuple[str, ...], label: str, suffix: str) -> tuple[Trick, str]:
    """A site's name as part of another's, under a cheap suffix or beside a word of phishing."""
    cheap = suffix.rpartition(".")[2] in listed("cheap")
    parts = [part for part in re.split(r"[-0-9]+", label) if part]
    risky = any(part in listed("risk") for part in (*before, *re.split(r"-", label)))
    if (site := _named(label, *parts) or _named(*before)) and (cheap or (risky and "-" in label)):
        return Trick.BORROWED, site
    return Trick.NONE, ""


def _named(*labels: str) -> str:
    """The first label that is a site's name."""
    return next((label for label in labels if label in sites()), "")


def _own_inside(before: tuple[str, ...]) -> str:
    """A well-known domain that stands whole among the labels before the real one (``icbc.com.cn.x.top``)."""
    for start in range(len(before)):
        for end in range(start + 2, len(before) + 1):
            if ".".join(before[start:end]) in own_domains():
                return before[start]
    return ""
