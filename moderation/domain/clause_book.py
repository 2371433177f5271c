"""What follows from each clause: how much it weighs, what the author is told, how long its records are kept.  Pure.

The numbers and texts are data (``moderation/policies/clauses.toml``); a community's policy may replace any of them.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_STRIKES: Final = 6
"""Heaviest weight: by itself it reaches the end of the ladder of sanctions."""

NEEDED: Final = frozenset({"clause", "action", "appeal"})
"""What every notice names: the rule, what was done, and how to object."""

ALLOWED: Final = NEEDED | {"strikes", "excerpt"}

_COUNTS_ZH: Final = "本次计 {n} 次违规。"
_REMINDS_ZH: Final = "这次只是提醒，不计违规。"
_COUNTS_EN: Final = "It counts as {n} strikes."
_COUNTS_ONE_EN: Final = "It counts as one strike."
_REMINDS_EN: Final = "This is a reminder and counts for nothing."

MAX_NOTICE: Final = 500
"""Longest notice, in code points."""


class Retention(StrEnum):
    """How long the records of a case are kept."""

    ORDINARY = "ordinary"
    EVIDENCE = "evidence"
    LEGAL = "legal"


LEAST_DAYS: Final = {Retention.ORDINARY: 60, Retention.EVIDENCE: 183, Retention.LEGAL: 183}
"""Shortest terms: 60 days of contents (互联网信息服务管理办法 14), six months of logs (网络安全法 21)."""

MOST_DAYS: Final = 3650


@dataclass(frozen=True, slots=True)
class ClauseRule:
    """One clause.  A weight of 0 strikes is a reminder only."""

    number: str
    strikes: int
    retention: Retention
    notice_zh: str
    notice_en: str

    def notice(self, language: str) -> str:
        """The notice, with its places still open, in Chinese ("zh…") or English."""
        return self.notice_zh if language.startswith("zh") else self.notice_en


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """What a community has otherwise for one clause; None is as shipped."""

    strikes: int | None = None
    retention: Retention | None = None
    notice_zh: str | None = None
    notice_en: str | None = None


@dataclass(frozen=True, slots=True)
class BookChange:
    """What a community has otherwise: per clause, the terms in days, the way to appeal."""

    clauses: Mapping[str, ClauseChange] = field(default_factory=dict)
    days: Mapping[Retention, int] = field(default_factory=dict)
    appeal_zh: str | None = None
    appeal_en: str | None = None


NO_CHANGE: Final = BookChange()


@dataclass(frozen=True, slots=True)
class ClauseBook:
    """Every clause, the terms in days, and the sentence that says how to appeal."""

    rules: Mapping[str, ClauseRule]
    days: Mapping[Retention, int]
    appeal_zh: str
    appeal_en: str

    def changed(self, change: BookChange) -> ClauseBook:
        """The book with a community's own entries put over it."""
        rules = dict(self.rules)
        for number, one in change.clauses.items():
            own = {name: getattr(one, name) for name in ClauseChange.__slots__}
            rules[number] = replace(
                rules[number], **{name: each for name, each in own.items() if each is not None}
            )
        return ClauseBook(
            rules,
            {**self.days, **change.days},
            self.appeal_zh if change.appeal_zh is None else change.appeal_zh,
            self.appeal_en if change.appeal_en is None else change.appeal_en,
        )

    def kept_for(self, number: str) -> int:
        """Days that the records of a clause are kept."""
        return self.days[self.rules[number].retention]

    def written(self, number: str, language: str, *, clause: str, action: str, excerpt: str = "") -> str:
        """The notice to an author.

        Args:
            number: the clause.
            language: "zh…" for Chinese, anything else for English.
            clause: number and name of the clause in that language.
            action: what was done, in that language, such as «移除».
            excerpt: the beginning of the post.
        """
        rule = self.rules[number]
        appeal = self.appeal_zh if language.startswith("zh") else self.appeal_en
        return rule.notice(language).format(
            clause=clause,
            action=action,
            appeal=appeal,
            strikes=_weight(rule.strikes, language),
            excerpt=excerpt,
        )


def _weight(strikes: int, language: str) -> str:
    """The sentence that says whether it counts, so that it is right under a community's own weight too."""
    if language.startswith("zh"):
        return _COUNTS_ZH.format(n=strikes) if strikes else _REMINDS_ZH
    if not strikes:
        return _REMINDS_EN
    return _COUNTS_ONE_EN if strikes == 1 else _COUNTS_EN.format(n=strikes)


def notice_problem(text: str) -> str:
    """What is wrong with a notice text; empty where nothing is."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return "a brace stands alone: write {{ or }} for a brace itself"
    names = {name for _, name, _, _ in parts if name is not None}
    if any(spec or conversion for _, name, spec, conversion in parts if name is not None):
        return "a placeholder is a name in braces and nothing more, such as {clause}"
    missing, unknown = sorted(NEEDED - names), sorted(names - ALLOWED)
    if unknown:
        return f"no placeholder is called {{{unknown[0]}}}; there are {_listed(ALLOWED)}"
    if missing:
        return f"the placeholder {{{missing[0]}}} is missing; a notice names {_listed(NEEDED)}"
    return f"is longer than {MAX_NOTICE} characters" if len(text) > MAX_NOTICE else ""


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))
