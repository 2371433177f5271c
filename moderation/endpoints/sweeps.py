"""``/v1/sweeps``: words, a contact or a policy applied to the past."""

from __future__ import annotations

from typing import Any, Literal

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from moderation.domain.sweeps import SweepStateError, Swept
from moderation.endpoints.problems import problem
from moderation.endpoints.requests import caller, json_body, needs, parts, read_json
from moderation.endpoints.sweep_models import SweepModel, criteria_of
from moderation.endpoints.sweep_shapes import page_json, sweep_json
from moderation.services.access import Scope
from moderation.sweeps.pages import UnknownSweepError

Answer = tuple[dict[str, Any], int]
"""A JSON body and the status."""

sweeps = APIBlueprint("sweeps", __name__, url_prefix="/v1", abp_tags=[Tag(name="sweeps")])
sweeps.register_error_handler(UnknownSweepError, lambda error: problem(404, "Not found", str(error)))
sweeps.register_error_handler(
    SweepStateError, lambda error: problem(409, "Not possible from this state", str(error))
)

_DAY = 86_400 * 1_000_000

AT_ONCE = 2_000
"""Posts up to which a request does the work itself: more would hold a thread of the web for seconds."""


class SweepPath(BaseModel):
    """Path of one sweep."""

    id: int = Field(ge=1, le=2**62)


class ReceiptQuery(BaseModel):
    """JSON, or a page of Chinese text."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["json", "text"] = "json"


@sweeps.get("/sweeps", summary="List sweeps back, newest first")
@needs(Scope.POLICY_WRITE)
def list_sweeps() -> Answer:
    """The latest hundred."""
    return {"sweeps": [sweep_json(row) for row in parts().sweeps.all_of(caller().community_id)]}, 200


@sweeps.post(
    "/sweeps",
    summary="Preview a sweep back: what would be judged worse, or be released",
    description="Exactly one of words, contact, policy, removed and undone_import.  The last two release posts that "
    "stand for review or blocked by words alone that are in force no more: «already» counts those that stay for "
    "another reason; an import is released since it came in, whatever the days.  No verdict is written.  A window of "
    f"more than {AT_ONCE:,} posts is counted by a worker: the answer is 202 with state «counting»; ask the sweep until "
    "its state is «preview».",
    openapi_extensions=json_body(SweepModel),
    responses={"201": None, "202": None},
)
@needs(Scope.POLICY_WRITE)
def preview() -> Answer:
    """Counts and samples; apply it by its id."""
    model, now = SweepModel.model_validate(read_json()), parts().clock()
    asked: dict[str, Any] = {
        "since": now - model.days * _DAY, "until": now, "author": _author(), "now": now,
        "why": model.why, "may_block": model.may_block,
    }  # fmt: skip
    community_id = caller().community_id
    criteria = criteria_of(model)
    if parts().sweeps.count(community_id, criteria, since=now - model.days * _DAY, until=now) > AT_ONCE:
        return page_json(parts().sweeps.ask(community_id, criteria, **asked)), 202
    return page_json(parts().sweeping.preview(community_id, criteria, **asked)), 201


@sweeps.get("/sweeps/<int:id>", summary="One sweep: its state, counts and samples")
@needs(Scope.POLICY_WRITE)
def show(path: SweepPath) -> Answer:
    """A sweep as it stands."""
    return page_json(parts().sweeps.page(caller().community_id, path.id)), 200


@sweeps.post(
    "/sweeps/<int:id>/apply",
    summary="Apply a previewed sweep; cut off, ask again and it goes on",
    description=f"More than {AT_ONCE:,} posts are changed by a worker: the answer is 202 with state «applying»; "
    "ask the sweep until its state is «applied».",
    responses={"200": None, "202": None},
)
@needs(Scope.POLICY_WRITE)
def apply(path: SweepPath) -> Answer:
    """Change the posts that still stand as they were seen."""
    planned = parts().sweeps.page(caller().community_id, path.id).tally.count(Swept.PLANNED)
    return _run("apply", path.id, planned)


@sweeps.post(
    "/sweeps/<int:id>/undo",
    summary="Give posts their former verdicts back",
    description=f"More than {AT_ONCE:,} posts are changed by a worker: the answer is 202 with state «undoing»; ask the "
    "sweep until its state is «undone».",
    responses={"200": None, "202": None},
)
@needs(Scope.POLICY_WRITE)
def undo(path: SweepPath) -> Answer:
    """Undo; what a person decided since stays."""
    changed = parts().sweeps.page(caller().community_id, path.id).tally.count(Swept.APPLIED, Swept.KEPT)
    return _run("undo", path.id, changed)


def _run(verb: str, sweep_id: int, posts: int) -> Answer:
    """Do it at once where it is little, else have a worker do it."""
    community_id = caller().community_id
    asked = {"author": _author(), "now": parts().clock()}
    if posts > AT_ONCE:
        return page_json(getattr(parts().sweeps, f"ask_{verb}")(community_id, sweep_id, **asked)), 202
    return page_json(getattr(parts().sweeping, verb)(community_id, sweep_id, **asked)), 200


@sweeps.get("/sweeps/<int:id>/receipt", summary="The receipt, with the number of every post changed")
@needs(Scope.POLICY_WRITE)
def receipt(path: SweepPath, query: ReceiptQuery) -> Answer | Response:
    """What, how many, when, by whom and by which criteria."""
    found, text = parts().sweeps.receipt(caller().community_id, path.id)
    if query.format == "text":
        return Response(text, mimetype="text/plain")
    return found, 200


def _author() -> str:
    return f"key {caller().key_id}"
