"""Gathers what the 口径 pages show: clauses with their readings, cases with the posts behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import request

from moderation.domain.convention import CLAUSES, UnknownClauseError
from moderation.domain.guidance import SHIPPED
from moderation.domain.post import PostState
from review_ui import guard, names
from review_ui.context import community, parts, user
from review_ui.language import is_chinese

if TYPE_CHECKING:
    from moderation.domain.guidance import Case, Version
    from moderation.services.guidance import ClausePage, Line, Receipt
    from moderation.store.tables import DecisionRow, PostRow

SHOWS: Final = ("all", "unread", "own")
TEAM: Final = sorted(role.value for role in guard.REVIEWERS)


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case with its post: None where its author withdrew it, or it is none of the community's any more."""

    case: Case
    post: PostRow | None = None
    decision: DecisionRow | None = None

    @property
    def changed(self) -> bool:
        """Whether the author has edited the post since."""
        return self.post is not None and self.post.revision != self.case.revision


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version in the page's language."""

    version: Version
    cases: list[ShownCase]
    latest: int
    read: bool = False

    @property
    def clause(self) -> str:
        """The clause's number."""
        return self.version.clause

    @property
    def shipped(self) -> bool:
        """Whether the community has written nothing of the clause."""
        return self.version.number == SHIPPED

    @property
    def text(self) -> str:
        """How the clause is read."""
        return self.version.reading.text(chinese=is_chinese())

    @property
    def language(self) -> str:
        """Language of the text."""
        return "en" if not is_chinese() and self.version.reading.en else "zh"

    @property
    def untranslated(self) -> bool:
        """Whether the page wants English, and the version has none."""
        return not is_chinese() and not self.version.reading.en

    @property
    def old(self) -> bool:
        """Whether a later version holds."""
        return self.version.number < self.latest


@dataclass(frozen=True, slots=True)
class Board:
    """The list by chapter.  ``new`` counts what the user has still to read, ``chosen`` is (chapter, show, search)."""

    chapters: list[tuple[str, str, list[Line]]]
    all: list[tuple[str, str]]
    chapter: str
    show: str
    search: str
    new: int
    own: int
    team: int


@dataclass(frozen=True, slots=True)
class ClauseShown:
    """One clause: the version looked at, every version, and receipts."""

    shown: ShownVersion
    versions: list[Version]
    receipts: list[Receipt]


def board() -> Board:
    """The list that the address asks for."""
    lines, team = parts().guidance.board(community(), user().id, TEAM)
    chapter, show = request.args.get("chapter", ""), request.args.get("show", "")
    search = request.args.get("q", "").replace("\x00", "").strip()[:100]
    by_clause = {one.version.clause: one for one in lines}
    found = []
    for digit, name, clauses in names.chapters():
        kept = [by_clause[one.number] for one in clauses if _wanted(by_clause[one.number], show, search)]
        if kept and chapter in {"", digit}:
            found.append((digit, name, kept))
    return Board(
        chapters=found,
        all=[(digit, name) for digit, name, _ in names.chapters()],
        chapter=chapter,
        show=show if show in SHOWS else "all",
        search=search,
        new=sum(one.unread for one in lines),
        own=sum(one.version.number > SHIPPED for one in lines),
        team=team,
    )


def _wanted(line: Line, show: str, search: str) -> bool:
    reading = line.version.reading
    told = f"{names.clause(line.version.clause)} {reading.zh} {reading.en}".lower()
    return (
        (show != "unread" or line.unread)
        and (show != "own" or line.version.number > SHIPPED)
        and search.lower() in told
    )


def clause_shown(clause: str, number: int | None = None) -> ClauseShown | None:
    """One clause, at its latest version or another; None where there is no such version.

    Raises:
        UnknownClauseError: the convention has no such clause.
    """
    page = parts().guidance.clause(community(), clause, user().id, TEAM)
    latest = page.versions[0].number
    wanted = latest if number is None else number
    version = next((one for one in page.versions if one.number == wanted), None)
    if version is None:
        return None
    shown = ShownVersion(version, cases_of(page, version), latest, read=version.number in page.read)
    return ClauseShown(shown, page.versions, page.receipts)


def guide_of(clause: str) -> ShownVersion | None:
    """The latest reading of a clause, for the panel beside an item; None where there is no such clause."""
    if not any(one.number == clause for one in CLAUSES):
        return None
    try:
        page = parts().guidance.current(community(), clause)
    except UnknownClauseError:
        return None
    version = page.versions[0]
    return ShownVersion(version, cases_of(page, version), version.number)


def cases_of(page: ClausePage, version: Version) -> list[ShownCase]:
    """The cases of a version with their posts as they are today."""
    found = []
    for case in version.reading.cases:
        post = page.posts.get(case.post_id)
        if post is not None and post.state == PostState.WITHDRAWN.value:
            post = None
        found.append(ShownCase(case, post, page.decisions.get(case.post_id) if post else None))
    return found


def new_readings() -> int:
    """How many readings the user has still to look at; 0 for those who decide nothing."""
    return parts().guidance.unread(community(), user().id) if guard.may(guard.REVIEWERS) else 0
