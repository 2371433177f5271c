"""Characters and signs that stand for others, and what is strewn between the characters of a word."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from ahocorasick_rs import AhoCorasick, MatchKind

from moderation.text.boundaries import Boundaries
from moderation.text.substitution import CHINESE, Substitution, apart
from moderation.text.variants import Family, variants

if TYPE_CHECKING:
    from collections.abc import Iterator

_WEAK: Final = r"(?:[^\w\s。!?,;:、，！？；：\[\]]|[ _]){1,4}"
"""Signs that no clause ends with.  Sentence marks count only between characters that each stand alone; square
brackets never, because platforms write their emoji in them (``[赞]``)."""

_STREWN: Final = re.compile(_WEAK)
_BESIDE: Final = re.compile(rf"[{CHINESE}]")
_LATIN: Final = re.compile(r"[a-z]")
_ACCOUNTS: Final = re.compile(r"[a-z0-9]")
_SPELT_OUT: Final = re.compile(rf"(?<![{CHINESE}])[{CHINESE}](?:[,.。、:;!?][{CHINESE}]){{2,}}")
_REPEATED: Final = re.compile(rf"(?![零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺])([{CHINESE}])\1{{2,}}")
"""Characters drawn out (好好好好); in numbers every one counts."""

_DIGITS_APART: Final = re.compile(r"[0-9](?:[ ./\\\-*_~|·]{0,2}[0-9]){6,}")
_LATIN_APART: Final = re.compile(
    r"(?<=[a-z0-9])[*~|·]{1,2}(?=[a-z0-9.])|(?<=[a-z0-9]\.)[*~|·]{1,2}(?=[a-z0-9])"
)
_LATIN_SPELT: Final = re.compile(
    r"(?<![a-z0-9])(?=(?:[a-z0-9._:/@\-] ){0,9}[0-9])[a-z0-9](?: [a-z0-9._:/@\-]){5,}(?![a-z0-9])"
)
"""Letters and figures one by one, of which one among the first ten is a figure: an account spelt out."""

_SITE_APART: Final = re.compile(
    r"(?<![a-z0-9])(?:h ?t ?t ?p ?s? ?: ?/ ?/|w[ *~|·]?w[ *~|·]?w ?\.)(?:[ *~|·]?[a-z0-9./?=&%:_\-]){4,80}"
)
_STREWN_ENOUGH: Final = 3
"""Signs between Chinese characters from which on a text counts as strewn with them, its accounts and sites too."""

_ANY_GAP: Final = re.compile(
    r"(?<=[a-z0-9.])(?:[ *~|·_\-\\]|(?<!\.[a-z]{2})(?<!\.[a-z]{3})/(?!/)){1,2}(?=[a-z0-9.:/])"
)
_GAP: Final = re.compile(r"[ *~|·]")
_SIGNS: Final = re.compile(r"[^0-9]+")
_DOT: Final = re.compile(
    r"(?<=[a-z0-9])\s?(?:点|丶|。|·|,|\(dot\)|\[\.\]| dot | \.|\. )\s?"
    r"(?=(?:c[o0]m|cn|net|cc|top|xyz|vip|me|org|tv|icu|club)(?![a-z0-9]))|"
    r"(?<=[.点])c0m(?![a-z0-9])"
)


def read_glyphs(text: str) -> list[Substitution]:
    """Look-alikes, split characters, emoji that stand for words, repeated characters."""
    automaton, keys = _automaton()
    found: list[Substitution] = []
    words = _Splits(text)
    for index, start, end in automaton.find_matches_as_indexes(text):
        family, plain = keys[index]
        if family is not Family.SPLIT or end - start < 2 or words.support(start, end, plain):  # noqa: PLR2004
            found.append(Substitution(family, start, end, plain))
    repeats = (run.span() for run in _REPEATED.finditer(text))
    found.extend(Substitution(Family.SPACING, start + 1, end, "") for start, end in repeats)
    return apart(found)


def squeeze(text: str) -> list[Substitution]:
    """Drop what is strewn between Chinese characters, and restore the dot of a written-out domain."""
    found = [
        Substitution(Family.SPACING, gap.start(), gap.end(), "")
        for gap in _STREWN.finditer(text)
        if _BESIDE.match(text[gap.start() - 1 : gap.start()]) and _BESIDE.match(text, gap.end())
    ]
    if len(found) >= _STREWN_ENOUGH:
        gaps = _ANY_GAP.finditer(text)
        found.extend(Substitution(Family.SPACING, gap.start(), gap.end(), "") for gap in gaps)
    for run in _SPELT_OUT.finditer(text):
        followed = (
            _BESIDE.match(text, run.end()) is not None
        )  # then the last character is part of a longer word
        places = range(run.start() + 1, run.end() - 2 * followed, 2)
        found.extend(Substitution(Family.SPACING, place, place + 1, "") for place in places)
    if _ACCOUNTS.search(text):
        found.extend(_squeeze_accounts(text))
    return apart(found)


def _squeeze_accounts(text: str) -> Iterator[Substitution]:
    """Drop what is strewn in accounts, numbers and sites, all of them made of Latin letters and figures."""
    for gap in _LATIN_APART.finditer(text):
        yield Substitution(Family.SPACING, gap.start(), gap.end(), "")
    for pattern in (_LATIN_SPELT, _SITE_APART):
        for run in pattern.finditer(text):
            for gap in _GAP.finditer(text, run.start(), run.end()):
                yield Substitution(Family.SPACING, gap.start(), gap.end(), "")
    for run in _DIGITS_APART.finditer(text):
        for sign in _SIGNS.finditer(text, run.start(), run.end()):
            yield Substitution(Family.SPACING, sign.start(), sign.end(), "")
    for dot in _DOT.finditer(text) if _LATIN.search(text) else ():
        plain = "com" if dot[0] == "c0m" else "."
        yield Substitution(Family.SPACING, dot.start(), dot.end(), plain)


class _Splits:
    """Judges split characters whose parts are words themselves."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._boundaries = Boundaries(text)

    def support(self, start: int, end: int, plain: str) -> bool:
        """Tell whether the parts stand alone and the whole forms a dictionary word with a neighbour.

        Parts that are never written alone (讠, 扌) need no support.
        """
        if self._text[start:end] in variants().split:
            return True
        if not all(self._boundaries.stands_alone(place) for place in range(start, end)):
            return False
        before, after = _whole(self._text[max(0, start - 4) : start]), _whole(self._text[end : end + 5])
        place, whole = len(before), before + plain + after
        if Boundaries(whole).holding(place, place + 1) is not None:
            return True
        return any(
            place - target.index(plain) == whole.find(target)
            for target in variants().targets
            if plain in target
        )


def _whole(text: str) -> str:
    """A neighbourhood with its own split characters put together."""
    for parts, plain in (variants().split | variants().split_word).items():
        if parts in text:
            text = text.replace(parts, plain)
    return text


@cache
def _automaton() -> tuple[AhoCorasick, list[tuple[Family, str]]]:
    tables = variants()
    families = (
        (Family.LOOKALIKE, tables.lookalike),
        (Family.SPLIT, tables.split),
        (Family.SPLIT, tables.split_word),
        (Family.EMOJI, tables.emoji),
    )
    keys = {key: (family, plain) for family, table in families for key, plain in table.items()}
    automaton = AhoCorasick(list(keys), matchkind=MatchKind.LeftmostLongest)
    return automaton, list(keys.values())
