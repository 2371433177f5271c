"""Links of a text and what is odd about each.

Nothing is fetched; hosts are read from the submitted characters, for folding look-alikes would hide the trick.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from moderation.classifiers.behaviour.names import listed, own_domains, sites, split_host
from moderation.classifiers.behaviour.tricks import SURE, Trick, host_trick
from moderation.text.addresses import is_site

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    trick, site = host_trick(before, label, suffix, domain)
    if trick is Trick.NONE and _site_like(user):
        trick = Trick.USERINFO
    if trick is Trick.NONE and _jumps_away(path):
        trick = Trick.JUMP
    if trick is Trick.NONE and (domain in listed("shorteners") or shown in listed("shorteners")):
        trick = Trick.SHORTENER
    if trick is Trick.NONE and any(f"{shown}{path}".startswith(each) for each in listed("affiliate")):
        trick = Trick.AFFILIATE
    return Link(surface, shown, domain, trick, site)


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
