"""Well-known sites and what looks like them: letters that pass for others, one slip of the finger, a name borrowed."""

from __future__ import annotations

import tomllib
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from tldextract import TLDExtract

FILE: Final = Path(__file__).parent / "names.toml"

TYPO_LENGTH: Final = 6
"""Characters of a name from which one slip makes a look-alike: shorter names have honest neighbours."""

_PASSING: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("nn", "m"))
_DIGITS: Final = str.maketrans("013458i", "oleasbl")
_CONFUSABLE: Final = dict(
    zip("аеорсухіјѕԁɡһӏքոսνοαεικρτυχɑıłøđħļľŀǀＩ", "aeopcyxijsdghlpnuvoaeikptuxailodhllll", strict=False)
) | {
    "ӏ": "l",
    "в": "b",
    "м": "m",
    "т": "t",
    "к": "k",
    "н": "h",
    "г": "r",
    "п": "n",
    "и": "u",
    "ь": "b",
    "ӓ": "a",
}
"""Letters of other scripts that look Latin: the part of Unicode's confusables.txt (UTS 39) that hosts can carry."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site that others imitate; ``domains`` are registrable."""

    label: str
    zh: tuple[str, ...]
    domains: frozenset[str]


@cache
def sites() -> dict[str, Site]:
    """Sites by label."""
    return {
        each["label"]: Site(each["label"], tuple(each["zh"]), frozenset(each["domains"]))
        for each in _content()["site"]
    }


@cache
def listed(name: str) -> frozenset[str]:
    """One of the lists: shorteners, affiliate, cheap, risk, jumps."""
    return frozenset(_content()["lists"][name].split())


@cache
def own_domains() -> frozenset[str]:
    """Every domain that belongs to a site of the list."""
    return frozenset(domain for site in sites().values() for domain in site.domains)


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def split_host(host: str) -> tuple[tuple[str, ...], str, str]:
    """Labels before the registrable domain, its own label, and the public suffix ("" where there is none)."""
    found = suffixes()(host)
    before = tuple(part for part in found.subdomain.split(".") if part)
    return before, found.domain, found.suffix


@cache
def suffixes() -> TLDExtract:
    """The public suffix list inside tldextract: nothing is fetched."""
    return TLDExtract(suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True)


def latin(label: str) -> str:
    """The label as a hurried reader sees it: letters of other scripts and accents as plain Latin."""
    plain = "".join(_CONFUSABLE.get(each, each) for each in label)
    return "".join(each for each in unicodedata.normalize("NFD", plain) if not unicodedata.combining(each))


def blurred(label: str) -> str:
    """As :func:`latin`, with digits and letter pairs read as the letters they pass for."""
    seen = latin(label).translate(_DIGITS)
    for pair, single in _PASSING:
        seen = seen.replace(pair, single)
    return seen


def imitated(label: str) -> str:
    """The site whose name the label spells in other characters, or ""."""
    names = _blurred_names()
    for form in (label, *label.split("-")):
        site = names.get(blurred(form), "")
        if site and form != site and not form.isdigit():
            return site
    return ""


def mistyped(label: str) -> str:
    """The site whose name is one slip away (a character left out, added, changed, two swapped), or ""."""
    if len(label) < TYPO_LENGTH - 1 or label in sites():
        return ""
    for site in {found for form in _slips(label) for found in _slipped().get(form, ())}:
        if _one_slip(label, site):
            return site
    return ""


@cache
def _blurred_names() -> dict[str, str]:
    return {blurred(label): label for label in sites() if not label.isdigit()}


@cache
def _slipped() -> dict[str, list[str]]:
    """Names of which a character is left out, by what remains (the method of SymSpell)."""
    table: defaultdict[str, list[str]] = defaultdict(list)
    for label in sites():
        if len(label) >= TYPO_LENGTH and label.isalpha():
            for form in _slips(label):
                table[form].append(label)
    return dict(table)


def _slips(label: str) -> set[str]:
    return {label} | {label[:place] + label[place + 1 :] for place in range(len(label))}


def _one_slip(label: str, site: str) -> bool:
    """Tell whether one left out, added, changed or swapped character lies between; the first stays as it is."""
    if label[0] != site[0] or abs(len(label) - len(site)) > 1:
        return False
    if len(label) != len(site):
        return label in _slips(site) or site in _slips(label)
    changed = [place for place in range(len(label)) if label[place] != site[place]]
    first, last = changed[0], changed[-1]
    if first == last:
        return True
    swapped = label[:first] + label[last] + label[first] + label[last + 1 :]
    return last == first + 1 and swapped == site
