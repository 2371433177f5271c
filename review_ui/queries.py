"""Reads what a page's address asks for; nonsense falls back to the default, since people edit addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from flask import request

from moderation.domain.review import QueueName, ReviewState

if TYPE_CHECKING:
    from enum import StrEnum

PAGE_SIZE: Final = 50
MAX_PAGE: Final = 10_000

Choice = TypeVar("Choice", bound="StrEnum")


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """Which items a list shows."""

    name: QueueName | None
    state: ReviewState
    page: int
    window: str = ""
    """Name of a sensitive period: only what it holds."""

    @property
    def offset(self) -> int:
        """How many items stand on the pages before."""
        return (self.page - 1) * PAGE_SIZE

    def address(self, **changes: str | int | None) -> dict[str, str | int]:
        """Arguments of ``url_for`` for this list, with changes; defaults are left out."""
        values: dict[str, str | int | None] = {
            "queue": self.name.value if self.name else None,
            "window": self.window or None,
            "state": self.state.value if self.state is not ReviewState.OPEN else None,
            "page": self.page if self.page > 1 else None,
            **changes,
        }
        return {key: value for key, value in values.items() if value is not None}


def queue_query() -> QueueQuery:
    """The list that the address or the form names."""
    return QueueQuery(
        name=choice("queue", QueueName),
        state=choice("state", ReviewState) or ReviewState.OPEN,
        page=page(),
        window=request.values.get("window", "").replace("\x00", "")[:200],
    )


def choice(name: str, kind: type[Choice]) -> Choice | None:
    """One of an enum's values, or None."""
    given = request.values.get(name, "")
    return kind(given) if given in {each.value for each in kind} else None


def page() -> int:
    """The page number, from 1."""
    given = request.values.get("page", "")
    return min(max(int(given), 1), MAX_PAGE) if given.isascii() and given.isdigit() and len(given) < 7 else 1  # noqa: PLR2004


def number(name: str, allowed: tuple[int, ...], default: int) -> int:
    """One of a few numbers."""
    given = request.args.get(name, "")
    return int(given) if given in {str(each) for each in allowed} else default
