"""What a backtest has counted so far, kept between its steps.  Counts and ids of posts, never a text.  Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moderation.domain.backtest import Backtest, Replay
from moderation.domain.budget import Budget, Load
from moderation.domain.review import DecisionKind
from moderation.domain.verdict import Suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from moderation.domain.budget import Sample


@dataclass(slots=True)
class Tally:
    """Both policies side by side, and the queue under each candidate threshold of each head.

    There is one budget at least; that of a version without heads has an empty one, and counts nothing.
    """

    backtest: Backtest
    budgets: tuple[Budget, ...]

    @property
    def heads(self) -> list[str]:
        """Whose thresholds are looked at."""
        return [one.head for one in self.budgets if one.head]

    def add(self, replays: Iterable[Replay], samples: Mapping[str, Iterable[Sample]]) -> None:
        """Count some more posts: the same ones in all."""
        self.backtest.add(replays)
        for budget in self.budgets:
            budget.add(samples.get(budget.head, ()))


def tally_json(tally: Tally) -> dict[str, Any]:
    """A tally as JSON."""
    found = tally.backtest
    return {
        "posts": found.posts,
        "partly": found.partly,
        "moves": _pairs(found.moves),
        "flips": _pairs(found.flips),
        "clauses": _pairs(found.clauses),
        "judged": _pairs(found.judged),
        "examples": [[*move, [_example(one) for one in kept]] for move, kept in found.examples.items()],
        "budgets": [_budget_json(one) for one in tally.budgets],
    }


def tally_from_json(body: Mapping[str, Any]) -> Tally:
    """The tally again; its examples have no texts.  Those of editions before this one have one budget."""
    budgets = body.get("budgets") or [body["budget"]]
    return Tally(_backtest(body), tuple(_budget(one) for one in budgets))


def _backtest(body: Mapping[str, Any]) -> Backtest:
    return Backtest(
        posts=body["posts"],
        partly=body.get("partly", 0),
        moves=Counter({(Suggestion(a), Suggestion(b)): count for a, b, count in body["moves"]}),
        flips=Counter({(Suggestion(a), Suggestion(b)): count for a, b, count in body["flips"]}),
        clauses=Counter({(a, b): count for a, b, count in body["clauses"]}),
        judged=Counter({(side, Suggestion(a), DecisionKind(b)): n for side, a, b, n in body["judged"]}),
        examples={
            (Suggestion(a), Suggestion(b)): [_replay(Suggestion(a), Suggestion(b), one) for one in kept]
            for a, b, kept in body["examples"]
        },
    )


def _budget_json(budget: Budget) -> dict[str, Any]:
    return {
        "head": budget.head,
        "hours": budget.hours,
        "posts": budget.posts,
        "judged": budget.judged,
        "planned": _load(budget.planned),
        "by_hour": list(budget.by_hour.items()),
        "candidates": [[threshold, *_load(load)] for threshold, load in budget.candidates.items()],
    }


def _budget(body: Mapping[str, Any]) -> Budget:
    return Budget(
        head=body["head"],
        hours=body["hours"],
        posts=body["posts"],
        judged=body["judged"],
        planned=Load(*body["planned"]),
        by_hour=Counter({hour: count for hour, count in body["by_hour"]}),  # noqa: C416 - pairs, not a mapping
        candidates={threshold: Load(*load) for threshold, *load in body["candidates"]},
    )


def _pairs(counts: Mapping[Any, int]) -> list[list[Any]]:
    return [[*key, count] for key, count in counts.items()]


def _load(load: Load) -> list[int]:
    return [load.reviews, load.blocks, load.wrong_blocks, load.misses]


def _example(one: Replay) -> list[Any]:
    return [one.post_id, one.data_id, one.clause_before, one.clause_after, one.human]


def _replay(before: Suggestion, after: Suggestion, one: list[Any]) -> Replay:
    post_id, data_id, clause_before, clause_after, human = one
    decided = DecisionKind(human) if human else None
    return Replay(post_id, data_id, "", before, after, clause_before, clause_after, decided)
