"""The fields of a policy document: what each may hold, and what is said where it does not."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from moderation.domain.clause_book import LEAST_DAYS, MAX_STRIKES, MOST_DAYS, Retention, notice_problem
from moderation.domain.convention import Category, clause, clause_exists
from moderation.domain.policy import NEGATIVITY

HEADS: Final = frozenset({NEGATIVITY, *(category.value for category in Category)})

MOST_MINUTES: Final = 7 * 24 * 60
"""Longest time-out of a held post: a week."""


def _known_clause(name: str) -> str:
    if not clause_exists(name):
        message = f"the convention has no clause {name!r}"
        raise ValueError(message)
    return clause(name).number


def _known_head(name: str) -> str:
    if name not in HEADS:
        message = f"no classifier head is called {name!r}; heads: {', '.join(sorted(HEADS))}"
        raise ValueError(message)
    return name


def _whole_notice(text: str) -> str:
    problem = notice_problem(text)
    if problem:
        raise ValueError(problem)
    return text


def _dated(value: object) -> object:
    """Only a date with its time and offset: a local time would mean another instant on every machine."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("write a date with time and offset, such as 2026-06-07T00:00:00+08:00")
    return value


ClauseNumber = Annotated[str, AfterValidator(_known_clause)]
Head = Annotated[str, AfterValidator(_known_head)]
Probability = Annotated[float, Field(ge=0, le=1)]
Notice = Annotated[str, AfterValidator(_whole_notice)]
Strikes = Annotated[int, Field(ge=0, le=MAX_STRIKES, strict=True)]
Instant = Annotated[datetime, BeforeValidator(_dated)]
Minutes = Annotated[int, Field(ge=1, le=MOST_MINUTES, strict=True)]
Sentence = Annotated[str, Field(min_length=1, max_length=200)]


def _lawful(days: dict[Retention, int]) -> dict[Retention, int]:
    for kind, least in LEAST_DAYS.items():
        if kind in days and not least <= days[kind] <= MOST_DAYS:
            raise ValueError(f"{kind.value} is kept for {least} to {MOST_DAYS} days")
    return days


Terms = Annotated[dict[Retention, Annotated[int, Field(strict=True)]], AfterValidator(_lawful)]
