"""Entries of a lexicon, and what makes an entry one that can be used."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import re2

from moderation.domain.convention import clause_exists
from moderation.domain.evidence import Level
from moderation.text.normalise import light_form
from moderation.text.pinyin import sound_of_word
from moderation.text.segment import encodable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST: Final = 500
"""Code points of one entry; the combination lists we ship stay well below."""
_PATTERN_MEMORY: Final = 1 << 20
"""Bytes that one compiled pattern may use; RE2 refuses larger ones."""


class Kind(StrEnum):
    """How an entry matches."""

    NORMAL = "normal"
    COMBINATION = "combination"
    PINYIN = "pinyin"
    ALLOW = "allow"
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a lexicon.

    ``effective_from`` (inclusive) and ``effective_to`` (exclusive) are epoch microseconds in UTC; ``None`` is open.
    A combination names its parts with ``&`` and alternatives with ``|``; ``~`` before an alternative asks for a
    disguised occurrence: ``~加微信|~加微 & 兼职|日结``.
    """

    word: str
    kind: Kind
    clause: str
    level: Level = Level.REVIEW
    library: str = ""
    effective_from: int | None = None
    effective_to: int | None = None

    def in_force(self, now: int) -> bool:
        """Tell whether the entry counts at ``now`` (epoch microseconds)."""
        begun = self.effective_from is None or self.effective_from <= now
        return begun and (self.effective_to is None or now < self.effective_to)


class EntryError(ValueError):
    """An entry that cannot be used: its line (1 is the header; 0 where there is no file), its field, and why.

    ``also`` are the other faults of the same line.
    """

    def __init__(self, line: int, field: str, reason: str, also: Sequence[EntryError] = ()) -> None:
        """Message: ``line 7, field clause: …; field level: …``."""
        self.line, self.field, self.reason, self.also = line, field, reason, tuple(also)
        more = "".join(f"; field {one.field}: {one.reason}" for one in also)
        super().__init__(f"line {line}, field {field}: {reason}{more}")

    @property
    def all(self) -> tuple[EntryError, ...]:
        """Every fault of the line, this one first."""
        return (self, *self.also)


def check_entry(entry: Entry, line: int = 0) -> None:
    """Refuse what would match nothing, everything, or for ever.

    Raises:
        EntryError: names ``line``, the field and the reason of the first fault.
    """
    for fault in faults_of(entry, line):
        raise fault


def faults_of(entry: Entry, line: int = 0) -> Iterator[EntryError]:
    """Everything that makes an entry one that cannot be used, at most one fault a field."""
    long = len(entry.word) > _LONGEST
    if long:
        yield EntryError(line, "word", f"longer than {_LONGEST} characters")
    if not clause_exists(entry.clause):
        yield EntryError(line, "clause", f"the convention has no clause {entry.clause!r}")
    if (
        entry.effective_from is not None
        and entry.effective_to is not None
        and entry.effective_to <= entry.effective_from
    ):
        yield EntryError(line, "effective_to", "not after effective_from")
    try:
        if not long:
            _check_word(entry, line)
    except EntryError as fault:
        yield fault


def _check_word(entry: Entry, line: int) -> None:
    if entry.kind is Kind.REGEX:
        _check_pattern(entry.word, line)
    elif entry.kind is Kind.COMBINATION:
        parts = parse_combination(entry.word)
        if len(parts) < 2:  # noqa: PLR2004
            raise EntryError(line, "word", "a combination needs two parts joined by &")
        for part in parts:
            for word, _ in part:
                _check_plain(word, line)
    else:
        _check_plain(entry.word, line)
        if entry.kind is Kind.PINYIN and not all(
            "\ue000" <= each <= "\uf8ff" for each in sound_of_word(plain_word(entry.word))
        ):
            raise EntryError(line, "word", "not made of Chinese characters or pinyin syllables alone")


def _check_plain(word: str, line: int) -> None:
    if not plain_word(word):
        raise EntryError(line, "word", "empty, or nothing is left of it after normalisation")


def _check_pattern(pattern: str, line: int) -> None:
    if not pattern.strip():
        raise EntryError(line, "word", "empty pattern")
    try:
        matches_nothing = compile_pattern(pattern).search("") is not None
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else error.args[0]
        raise EntryError(line, "word", f"RE2 refuses the pattern: {reason}") from error
    if matches_nothing:
        raise EntryError(line, "word", "the pattern matches the empty text")


def pattern_options(memory: int = _PATTERN_MEMORY) -> re2.Options:
    """Options that every pattern of a user runs with; ``memory`` in bytes bounds what RE2 keeps of it."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = memory
    options.case_sensitive = False
    return options


def compile_pattern(pattern: str) -> re2._Regexp:
    """Compile with RE2, which runs in linear time; it sees the light form of the text.

    Raises:
        re2.error: not a pattern, or one that RE2 does not support (look-around, back references).
    """
    return re2.compile(encodable(pattern), pattern_options())


@lru_cache(maxsize=16)  # an entry asks several times in a row while it is compiled
def plain_word(word: str) -> str:
    """The light form that a word is matched in."""
    return encodable(light_form(word)).strip()


def parse_combination(word: str) -> tuple[tuple[tuple[str, bool], ...], ...]:
    """Parts of a combination, each a tuple of (alternative, whether it must be disguised)."""
    return tuple(
        tuple((each.strip().lstrip("~").strip(), each.strip().startswith("~")) for each in part.split("|"))
        for part in word.replace("＆", "&").split("&")
    )  # fmt: skip
