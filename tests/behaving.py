"""A community whose posts come in, are scored and looked at for behaviour: what the tests of the pass share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from moderation.services.behaviour_pass import BehaviourPass
from moderation.services.reading import PostRecord, post_record
from moderation.store.tables import (
    Base,
    BehaviourFindingPostRow,
    BehaviourFindingRow,
    BehaviourMarkRow,
    OutboxEventRow,
    ReviewItemRow,
    VerdictRow,
)
from moderation.text.defaults import default_entries
from moderation.text.segment import default_segmenter
from moderation.wiring.scoring import build_behaviour
from tests.factories import MINUTE, NOW, a_scoring, a_submission, an_author, keep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moderation.domain.policy import Policy
    from moderation.services.scoring import Scoring
    from moderation.store.engine import Sessions
    from moderation.text.entries import Entry
    from tests.fakes import FakeClassifier

Row = tuple[str, float, str] | tuple[str, float, str, str] | tuple[str, float, str, str, str]
"""Author, minute, text, thread, person addressed."""

WRITTEN: tuple[type[Base], ...] = (
    VerdictRow,
    ReviewItemRow,
    OutboxEventRow,
    BehaviourFindingRow,
    BehaviourFindingPostRow,
)


@dataclass
class Board:
    """One community with its services; posts are called p0, p1 … in the order they came."""

    sessions: Sessions
    community_id: int
    scoring: Scoring
    looking: BehaviourPass
    came: int = 0

    def say(self, *rows: Row, **more: Any) -> list[str]:
        """Posts come in and are scored; answers their ids."""
        names = [f"p{self.came + place}" for place in range(len(rows))]
        self.came += len(rows)
        said = [_submission(name, *row, **more) for name, row in zip(names, rows, strict=True)]
        keep(self.sessions, self.community_id, *said)
        self.score()
        return names

    def score(self) -> None:
        while self.scoring.score_pending():
            pass

    def look(self) -> int:
        """Turns until nothing waits; answers how many posts were looked at."""
        seen = 0
        while found := self.looking.look():
            seen += found
        return seen

    def post(self, name: str) -> PostRecord:
        found = post_record(self.sessions, self.community_id, name)
        assert found is not None
        return found

    def verdict(self, name: str) -> tuple[str, str, str]:
        """Source, suggestion and clause of the verdict that stands."""
        verdict = self.post(name).verdict
        assert verdict is not None
        return verdict.source, verdict.suggestion, verdict.clause

    def rows(self, table: type[Base]) -> list[Any]:
        with self.sessions.read() as session:
            return list(session.scalars(select(table)))

    def findings(self) -> list[BehaviourFindingRow]:
        return self.rows(BehaviourFindingRow)

    def members(self) -> list[set[str]]:
        """Names of the posts of each finding."""
        names = {self.post(f"p{number}").post.id: f"p{number}" for number in range(self.came)}
        together: dict[int, set[str]] = {row.id: set() for row in self.findings()}
        for row in self.rows(BehaviourFindingPostRow):
            together[row.finding_id].add(names[row.post_id])
        return list(together.values())

    def events(self, kind: str) -> list[OutboxEventRow]:
        return [row for row in self.rows(OutboxEventRow) if row.type == kind]

    def items(self) -> list[ReviewItemRow]:
        return self.rows(ReviewItemRow)

    def marks(self) -> list[BehaviourMarkRow]:
        return self.rows(BehaviourMarkRow)

    def written(self) -> dict[str, int]:
        return {table.__tablename__: len(self.rows(table)) for table in WRITTEN}


def a_board(
    sessions: Sessions,
    community_id: int,
    *,
    classifier: FakeClassifier | None = None,
    policy: Policy | None = None,
    entries: Sequence[Entry] | None = None,
    clock: Callable[[], int] = lambda: NOW,
) -> Board:
    """A board with the shipped words and a fake model."""
    words = default_entries() if entries is None else entries
    scoring = a_scoring(sessions, classifier, policy=policy, entries=words, clock=clock)
    return Board(sessions, community_id, scoring, build_behaviour(scoring))


def a_pass(board: Board, clock: Callable[[], int] = lambda: NOW) -> BehaviourPass:
    """Another pass over the same board."""
    return BehaviourPass(
        board.sessions, board.scoring.bell, default_segmenter(), board.scoring.rulebooks, clock
    )


def each(  # noqa: PLR0917 - a table reads better without names
    authors: str, start: float, step: float, texts: Sequence[str], thread: str = "", target: str = ""
) -> list[Row]:
    """One post an author (names apart by blanks), texts in turn."""
    return [
        (author, start + step * place, texts[place % len(texts)], thread, target)
        for place, author in enumerate(authors.split())
    ]


def _submission(  # noqa: PLR0917 - the row as it stands
    name: str, author: str, minute: float, text: str, thread: str = "", target: str = "", **more: Any
) -> Any:
    context = {key: value for key, value in (("thread_id", thread), ("target_author", target)) if value}
    at = NOW - 6 * 60 * MINUTE + round(minute * MINUTE)
    who = more.pop("who", None) or an_author(author)
    return a_submission(name, text, author=who, context=context, posted_at=at, **more)
