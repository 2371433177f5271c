"""``/v1/policies/{n}/backtest``: what a version would have done, at once or by a worker."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from moderation.domain.backtest import Backtest, Replay
from moderation.domain.intervals import Share
from moderation.domain.rehearsal import RehearsalRunningError, Stage, UnknownVersionError
from moderation.domain.rehearsal_outcome import SIDES, Outcome
from moderation.endpoints.instants import iso
from moderation.endpoints.policies import Answer, PolicyPath
from moderation.endpoints.requests import caller, needs, parts
from moderation.services.access import Scope

backtests = APIBlueprint("backtests", __name__, url_prefix="/v1", abp_tags=[Tag(name="policies")])

_DAY = 86_400 * 1_000_000

AT_ONCE = 2_000
"""Posts that are decided again while the caller waits: a few seconds, since every head is looked at."""

BASIS: Final = {
    "scores": "those kept with each post's verdict: no model is asked",
    "words": "the hits kept with each post's verdict: lists and entries as they held then; later words are not applied",
    "windows": "those of either policy that were open when each post came in",
    "people": "the decision that stands now",
    "kept": "what rests on no score and no word (an image that nobody could look at, a post that could not be scored, "
    "behaviour over several posts) is not replayed: both policies leave it as it was",
}
"""What a backtest rests on, said with every result."""


class BacktestQuery(BaseModel):
    """How far back."""

    model_config = ConfigDict(extra="forbid")

    days: int = Field(default=7, ge=1, le=90)


@backtests.post(
    "/policies/<int:number>/backtest",
    summary="What a version would have done in the last days",
    description=f"Up to {AT_ONCE:,} posts are answered at once; more are worked off by a worker: 202. Either way GET "
    "of the same address says how far it is and, in the end and from then on, the result of the latest backtest.",
)
@needs(Scope.POLICY_WRITE)
def backtest(path: PolicyPath, query: BacktestQuery) -> Answer:
    """Replay kept posts under the live policy and this version."""
    now, community_id = parts().clock(), caller().community_id
    asked: dict[str, Any] = {"days": query.days, "by": f"key {caller().key_id}"}
    at_once = parts().backtesting.size(community_id, since=now - query.days * _DAY, until=now) <= AT_ONCE
    with suppress(RehearsalRunningError):  # then that one is answered
        if at_once:
            parts().rehearsals.run(community_id, path.number, clock=parts().clock, **asked)
        else:
            parts().rehearsals.ask(community_id, path.number, now=now, **asked)
    found = _latest_run(path.number)
    return found, 202 if found["state"] is Stage.RUNNING else 200


@backtests.get(
    "/policies/<int:number>/backtest",
    summary="The latest backtest of a version: how far it is, or its result",
)
@needs(Scope.POLICY_WRITE)
def backtest_state(path: PolicyPath) -> Answer:
    """State and progress of the latest backtest; its result once it is done, for as long as no other is asked for."""
    return _latest_run(path.number), 200


@backtests.delete("/policies/<int:number>/backtest", summary="Stop a backtest")
@needs(Scope.POLICY_WRITE)
def stop_backtest(path: PolicyPath) -> Answer:
    """Stop a backtest that is going on."""
    parts().rehearsals.stop(caller().community_id, path.number)
    return _latest_run(path.number), 200


def _latest_run(number: int) -> dict[str, Any]:
    found = parts().rehearsals.latest(caller().community_id, number)
    if found is None:
        message = f"no backtest of policy version {number}"
        raise UnknownVersionError(message)
    run, counted = found
    left = run.seconds_left
    return {
        "state": run.stage,
        "days": run.days,
        "compared_with": run.live or None,
        "by": run.by,
        "asked_at": iso(run.started_at),
        "done": run.done,
        "total": run.total,
        "seconds_left": None if left is None else round(left),
        "basis": BASIS,
        "result": backtest_json(counted) | _load_json(run.outcome) if run.outcome else None,
    }


def _load_json(outcome: Outcome) -> dict[str, Any]:
    """What the queue would be: as the version is written, and for each head under each review threshold."""
    return {
        "hours": round(outcome.hours, 2),
        "reviews_per_hour": {side: round(outcome.per_hour(side), 2) for side in SIDES},
        "busiest_hour": outcome.busiest,
        "thresholds": {
            head: [
                {
                    "review": one.review,
                    "reviews_per_hour": round(one.per_hour, 2),
                    "wrong_blocks": one.wrong_blocks,
                    "misses": one.misses,
                }
                for one in candidates
            ]
            for head, candidates in outcome.thresholds.items()
        },
    }


def backtest_json(found: Backtest) -> dict[str, Any]:
    """A backtest as the interface shows it."""
    return {
        "posts": found.posts,
        "partly_kept": found.partly,
        "flipped": found.flipped,
        "flips": [
            {
                "before": before,
                "after": after,
                "posts": count,
                "examples": [_replay_json(one) for one in found.examples[before, after]],
            }
            for (before, after), count in found.flips.most_common()
        ],
        "clauses": [
            {"before": before or None, "after": after or None, "posts": count}
            for (before, after), count in found.clauses.most_common()
        ],
        "precision": {side: _share_json(found.precision(side)) for side in ("before", "after")},
        "recall": {side: _share_json(found.recall(side)) for side in ("before", "after")},
    }


def _share_json(share: Share) -> dict[str, Any]:
    value = share.value
    return {
        "value": None if value is None else round(value, 4),
        "low": round(share.lower, 4),
        "high": round(share.upper, 4),
        "of": share.total,
    }


def _replay_json(one: Replay) -> dict[str, Any]:
    return {
        "data_id": one.data_id,
        "text": one.text,
        "clause_before": one.clause_before or None,
        "clause_after": one.clause_after or None,
        "human": one.human,
    }
