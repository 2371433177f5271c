"""Gathers what the pages of groups show: accounts against what joins them, as a picture and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.gangs import JoinKind
from moderation.sweeps.looks import stalled
from review_ui import names
from review_ui.context import community, now, parts
from review_ui.radar_page import is_waiting

if TYPE_CHECKING:
    from moderation.groups import GroupPreview
    from moderation.services.gangs import GangBoard
    from moderation.store.tables import LookRow, PostRow

ROW: Final = 26
COLUMN: Final = 40
NAME: Final = 116
TOP: Final = 30
BAR: Final = 64
FIGURE: Final = 60
LEFT: Final = NAME + BAR + FIGURE
"""Units of the picture: a row an account with its posts as a bar, then a column for what joins some.

Names and bars fit into a phone; columns that do not are reached by scrolling.
"""

WIDEST: Final = 15
"""Half-width characters of a name that fit."""

MOST_ROWS: Final = 20
MOST_COLUMNS: Final = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One account in the picture."""

    author: str
    y: float
    posts: int
    blocked: int
    bar: float
    bar_blocked: float

    @property
    def label(self) -> str:
        """As much of the account's name as fits; Chinese characters take twice the room."""
        room, shown = WIDEST, ""
        for character in self.author:
            room -= 1 if character.isascii() else 2
            if room < 0:
                return f"{shown}…"
            shown += character
        return shown


@dataclass(frozen=True, slots=True)
class Column:
    """What joins some accounts: its place, the rows it touches, and how it reads."""

    number: int
    kind: str
    key: str
    authors: list[str]
    x: float
    dots: list[float]


@dataclass(frozen=True, slots=True)
class ShownGang:
    """One group."""

    body: dict[str, Any]
    posts: dict[str, PostRow]
    waiting: int = 0
    """Posts of its accounts that wait for a person."""

    @property
    def key(self) -> str:
        """Its name in addresses: it stays while the accounts stay."""
        return str(self.body["key"])

    @property
    def rows(self) -> list[Row]:
        """Accounts, those with most blocked posts first."""
        counts: dict[str, list[int]] = self.body["counts"]
        most = max((one[0] for one in counts.values()), default=1) or 1
        ordered = sorted(counts.items(), key=lambda one: (-one[1][1], -one[1][0], one[0]))
        return [
            Row(author, TOP + place * ROW, posts, blocked, posts / most * BAR, blocked / most * BAR)
            for place, (author, (posts, blocked)) in enumerate(ordered)
        ]

    @property
    def columns(self) -> list[Column]:
        """What joins them, what joins most first."""
        places = {row.author: row.y for row in self.rows[:MOST_ROWS]}
        return [
            Column(
                number, join["kind"], self._reading(join), join["authors"],
                LEFT + (number - 1) * COLUMN + COLUMN / 2,
                [places[author] + ROW / 2 for author in join["authors"] if author in places],
            )
            for number, join in enumerate(self.body["joins"], 1)
        ]  # fmt: skip

    @property
    def drawn(self) -> tuple[list[Row], list[Column]]:
        """What fits into the picture."""
        return self.rows[:MOST_ROWS], self.columns[:MOST_COLUMNS]

    @property
    def size(self) -> tuple[float, float, float]:
        """Width and height of the picture, and where its bars begin."""
        rows, columns = self.drawn
        return LEFT + len(columns) * COLUMN + 4, TOP + len(rows) * ROW + 6, NAME

    @property
    def samples(self) -> list[PostRow]:
        """Some blocked posts."""
        return [self.posts[each] for each in self.body["samples"] if each in self.posts]

    def _reading(self, join: dict[str, Any]) -> str:
        """A contact with what it is, a device as it is, a text by one that has it."""
        if join["kind"] == JoinKind.CONTACT.value:
            kind, _, value = join["key"].partition(":")
            return f"{names.of('kinds', kind)} {value}"
        if join["kind"] == JoinKind.DEVICE.value:
            return str(join["key"])
        post = self.posts.get(self.body["texts"].get(join["key"], ""))
        return post.text if post else ""


@dataclass(frozen=True, slots=True)
class ShownGangs:
    """Everything on the page of all groups."""

    board: GangBoard
    gangs: list[ShownGang]

    @property
    def look(self) -> LookRow | None:
        """The latest look."""
        return self.board.look

    @property
    def waiting(self) -> bool:
        """Whether a worker is at it, or will be."""
        return is_waiting(self.look)

    @property
    def stalled(self) -> bool:
        """Whether it failed and a person must ask again."""
        return stalled(self.look)


def shown_gangs(key: str = "") -> ShownGangs:
    """The groups of the latest look; ``key`` asks for one alone."""
    board = parts().gangs.board(community(), key=key)
    waiting = parts().gangs.waiting(community(), [one["authors"] for one in board.gangs])
    gangs = [ShownGang(one, board.posts, n) for one, n in zip(board.gangs, waiting, strict=True)]
    return ShownGangs(board, gangs)


def preview_of(shown: ShownGangs) -> GroupPreview:
    """What deciding the first group together would do."""
    look = shown.look
    since = look.since if look is not None and look.since is not None else now()
    return parts().gangs.preview(community(), shown.gangs[0].body["authors"], since=since)
