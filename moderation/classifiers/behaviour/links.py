"""Links of a text and what is odd about each.  Nothing is fetched; hosts are read from the submitted characters,
because folding look-alike letters would hide the very trick.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from moderation.classifiers.behaviour.names import (
    imitated,
    latin,
    listed,
    mistyped,
    own_domains,
    sites,
    split_host,
)
from moderation.text.addresses import is_site

if TYPE_CHECKING:
    from collections.abc import Iterator


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

_LETTER: Final = "a-z0-9\\u00df-\\u024f\\u0250-\\u02af\\u0370-\\u03ff\\u0400-\\u052f\\u0531-\\u0588"
_LINK: Final = re.compile(
    rf"(?:(?P<scheme>h(?:tt|xx)ps?|ftp):[/\\]{{1,3}})?(?:(?P<user>[{_LETTER}._~%!$&'()*+,;=:\-]{{1,80}})@)?"
    rf"(?P<host>(?:[{_LETTER}](?:[{_LETTER}\-]{{0,61}}[{_LETTER}])?\.){{1,9}}[{_LETTER}\-]{{1,24}}|0x[0-9a-f]{{8}}|[0-9]{{8,10}}(?=[/:?]))"
    r"(?P<port>:[0-9]{2,5})?(?P<path>[/?#\\][!-~]*)?"
)
_MARKED: Final = re.compile(
    r"\[(?P<shown>[^\]\n]{1,80})\]\((?P<to>[^)\s]{4,300})\)|<a\s[^>]*href=[\"']?(?P<href>[^\"'\s>]{4,300})[\"']?[^>]*>(?P<label>[^<]{1,80})</a>"
)
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")


@dataclass(frozen=True, slots=True)
class Link:
    """A link: ``domain`` is registrable, in the characters shown; ``site`` is who is imitated, where that is known."""

    surface: str
    host: str
    domain: str
    trick: Trick = Trick.NONE
    site: str = ""

    @property
    def trusted(self) -> bool:
        """Tell whether the domain belongs to a well-known site."""
        return self.trick is Trick.NONE and self.domain in own_domains()


def find_links(text: str) -> tuple[Link, ...]:
    """Links in order of place."""
    if "." not in text and "。" not in text and "://" not in text:
        return ()
    clean = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower()
    shown = _mismatches(clean)
    return (*shown, *(link for link in _plain(clean) if link.host not in {each.host for each in shown}))


def _plain(text: str) -> Iterator[Link]:
    for match in _LINK.finditer(text):
        scheme, user, host, path = match["scheme"], match["user"], match["host"], match["path"] or ""
        if user and not scheme and not _site_like(user):
            continue
        if text[match.end() : match.end() + 1] == "@" and not scheme:
            continue
        sure = bool(scheme or path or match["port"] or host.startswith("www."))
        link = _read(match[0].rstrip(".,;:!?)]'\""), host, user or "", path, sure=sure)
        if link is not None:
            yield link


def _read(surface: str, host: str, user: str, path: str, *, sure: bool) -> Link | None:
    """One link judged, or None where the host is none."""
    if not re.search(r"[^0-9.x]", host) or host.startswith("0x"):
        return _numeric(surface, host, sure=sure)
    shown = _decoded(host)
    before, label, suffix = split_host(shown)
    if not suffix or not label or not is_site(_ascii(shown), sure=sure):
        return None
    domain = f"{label}.{suffix}"
    trick, site = _trick(before, label, suffix, domain)
    if trick is Trick.NONE and _site_like(user):
        trick = Trick.USERINFO
    if trick is Trick.NONE and _jumps_away(path):
        trick = Trick.JUMP
    if trick is Trick.NONE and (domain in listed("shorteners") or shown in listed("shorteners")):
        trick = Trick.SHORTENER
    if trick is Trick.NONE and any(f"{shown}{path}".startswith(each) for each in listed("affiliate")):
        trick = Trick.AFFILIATE
    return Link(surface, shown, domain, trick, site)


def _trick(before: tuple[str, ...], label: str, suffix: str, domain: str) -> tuple[Trick, str]:
    """What the host's name pretends, and whose name it is."""
    if domain in own_domains():
        return Trick.NONE, ""
    if not label.isascii():
        plain = latin(label)
        site = imitated(label) or _named(plain) or mistyped(plain)
        mixed = plain.isascii() and re.search(r"[a-z]", label) is not None
        return (Trick.HOMOGLYPH, site) if site or mixed else (Trick.NONE, "")
    if site := imitated(label):
        return Trick.LOOK_ALIKE, site
    if inner := _own_inside(before):
        return Trick.SUBDOMAIN, inner
    if site := mistyped(label):
        return Trick.TYPO, site
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


def _numeric(surface: str, host: str, *, sure: bool) -> Link | None:
    """A host of figures: a public address is odd, one written as a single number is a trick."""
    try:
        if "." not in host:
            return Link(surface, host, host, Trick.NUMBER_HOST) if sure and "://" in surface else None
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if not sure or not address.is_global or "://" not in surface:
        return None
    return Link(surface, host, host, Trick.ADDRESS)


def _mismatches(text: str) -> tuple[Link, ...]:
    """Links whose words are the address of another site, or the name of a site that the target is not."""
    found = []
    for match in _MARKED.finditer(text):
        words, target = match["shown"] or match["label"], match["to"] or match["href"]
        real = next(_plain(target), None)
        claimed = next(_plain(words), None)
        if real is None:
            continue
        if claimed is not None and claimed.domain != real.domain and not _kin(claimed.domain, real.domain):
            found.append(Link(match[0], real.host, real.domain, Trick.MISMATCH, claimed.domain))
    return tuple(found)


def _kin(one: str, other: str) -> bool:
    return any({one, other} <= site.domains for site in sites().values())


def _jumps_away(path: str) -> bool:
    """Tell whether a parameter leads to a host that is itself a trick."""
    if "=" not in path:
        return False
    try:
        given = parse_qsl(urlsplit(path).query)
    except ValueError:
        return False
    targets = (unquote(value) for name, value in given if name in listed("jumps") and "." in value)
    return any(link.trick in SURE | {Trick.TYPO} for target in targets for link in _plain(target))


def _site_like(user: str) -> bool:
    """Tell whether what stands before ``@`` pretends to be a host."""
    host = unquote(user).partition(":")[0].partition("/")[0]
    return "." in host and is_site(_ascii(host), sure=host.startswith("www.")) if host else False


def _decoded(host: str) -> str:
    """Punycode labels in the characters that a browser's bar may show."""
    labels = []
    for label in host.split("."):
        try:
            labels.append(label.encode("ascii").decode("idna") if label.startswith("xn--") else label)
        except UnicodeError:
            labels.append(label)
    return ".".join(labels)


def _ascii(host: str) -> str:
    return re.sub(r"[^a-z0-9.\-]", "x", host)
