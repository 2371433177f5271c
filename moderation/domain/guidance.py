"""口径: how a team reads a clause of the convention, with typical cases.  Pure.

A reading has a Chinese text and an English one that may be left out, both in lines of their own («算：…», «不算：…»,
«边界：…»), and cases: texts typed in, or kept posts by their ids.  Of a post no text is kept here: what its author
withdraws is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MAX_TEXT: Final = 2_000
MAX_CASE: Final = 500
MAX_WHY: Final = 500
MOST_CASES: Final = 20
SHIPPED: Final = 0
"""Number of the reading that a community starts with."""


class Side(StrEnum):
    """What a case shows."""

    BREAKS = "breaks"
    FITS = "fits"
    BORDER = "border"


@dataclass(frozen=True, slots=True)
class Case:
    """A typical case.  Either ``text`` was typed in, or ``post_id`` names a kept post as it was in ``revision``."""

    side: Side
    text: str = ""
    note: str = ""
    post_id: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """How a clause is read."""

    zh: str
    en: str = ""
    cases: tuple[Case, ...] = ()

    def text(self, *, chinese: bool) -> str:
        """The text in a language; Chinese where the other was left out."""
        return self.zh if chinese or not self.en else self.en


@dataclass(frozen=True, slots=True)
class Version:
    """One version of how a clause is read; number 0, without author and instant, is the shipped text."""

    clause: str
    number: int
    reading: Reading
    why: str = ""
    author: str = ""
    at: int = 0

    def followed_by(self, reading: Reading, *, why: str, author: str, now: int) -> Version:
        """The version that comes next.

        Raises:
            GuidanceError: the reading cannot be kept, or nobody says why it changes.
        """
        check_reading(reading)
        if not why.strip():
            raise GuidanceError("why", "say in a sentence why")
        return Version(self.clause, self.number + 1, reading, why.strip()[:MAX_WHY], author, now)


class StaleGuidanceError(Exception):
    """Somebody wrote a version since the one that was changed was read."""


class UnknownPostError(LookupError):
    """The community has no such post, or its author withdrew it."""


class GuidanceError(ValueError):
    """A reading that cannot be kept: its field (``cases.2.text`` counts cases from 0), and why."""

    def __init__(self, field: str, reason: str) -> None:
        """Message: ``field zh: …``."""
        self.field, self.reason = field, reason
        super().__init__(f"field {field}: {reason}")


def check_reading(reading: Reading) -> None:
    """Refuse what says nothing or too much.

    Raises:
        GuidanceError: names the first field that is wrong.
    """
    if not reading.zh.strip():
        raise GuidanceError("zh", "write how the clause is read")
    for field, text in (("zh", reading.zh), ("en", reading.en)):
        if len(text) > MAX_TEXT:
            raise GuidanceError(field, f"longer than {MAX_TEXT} characters")
    if len(reading.cases) > MOST_CASES:
        raise GuidanceError("cases", f"more than {MOST_CASES} cases: take the least telling one out")
    for place, case in enumerate(reading.cases):
        _check_case(case, place)


def _check_case(case: Case, place: int) -> None:
    if bool(case.text.strip()) is bool(case.post_id):
        raise GuidanceError(f"cases.{place}.text", "a case has a text or is a post, one of both")
    for field, text in (("text", case.text), ("note", case.note)):
        if len(text) > MAX_CASE:
            raise GuidanceError(f"cases.{place}.{field}", f"longer than {MAX_CASE} characters")


def translated(before: Reading, after: Reading, *, en_holds: bool) -> Reading:
    """The reading as it is kept: an English text left as it was is none of a Chinese text that changed.

    ``en_holds`` says that somebody looked: the English fits the new Chinese too.
    """
    stale = after.zh != before.zh and after.en == before.en and not en_holds
    return Reading(after.zh, "", after.cases) if stale else after


def with_case(reading: Reading, case: Case) -> Reading:
    """The reading with one more case; a post that is one already is replaced."""
    others = tuple(one for one in reading.cases if not case.post_id or one.post_id != case.post_id)
    return Reading(reading.zh, reading.en, (*others, case))


def unread(latest: Mapping[str, int], read: Mapping[str, int]) -> set[str]:
    """Clauses with a version that a person has not read.

    Both map a clause to a version: the latest one, and the latest one that the person ticked.  What a community starts
    with is no news.
    """
    return {clause for clause, number in latest.items() if number > read.get(clause, SHIPPED)}


def cases_json(cases: Iterable[Case]) -> list[dict[str, Any]]:
    """Cases as JSON."""
    return [{name: getattr(one, name) for name in Case.__slots__} for one in cases]


def cases_from_json(body: Sequence[Mapping[str, Any]]) -> tuple[Case, ...]:
    """The cases again."""
    return tuple(Case(**{**one, "side": Side(one["side"])}) for one in body)
