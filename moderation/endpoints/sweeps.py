"""``/v1/sweeps``: words, a contact or a policy applied to the past; ``/v1/radar``, ``/v1/gangs``: what to look at."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from moderation.domain.evidence import Level
from moderation.domain.sweep_receipts import Tally
from moderation.domain.sweeps import SweepStateError, Swept
from moderation.endpoints.posts import iso
from moderation.endpoints.problems import problem
from moderation.endpoints.requests import caller, json_body, needs, parts, read_json
from moderation.services.access import Scope
from moderation.services.gangs import FoundGang
from moderation.services.radar import RadarPage
from moderation.store.tables import SweepRow
from moderation.sweeps.judging import Criteria, a_contact
from moderation.sweeps.pages import SweepPage, UnknownSweepError
from moderation.text.entries import Entry, Kind

Answer = tuple[dict[str, Any], int]
"""A JSON body and the status."""

sweeps = APIBlueprint("sweeps", __name__, url_prefix="/v1", abp_tags=[Tag(name="sweeps")])
sweeps.register_error_handler(UnknownSweepError, lambda error: problem(404, "Not found", str(error)))
sweeps.register_error_handler(
    SweepStateError, lambda error: problem(409, "Not possible from this state", str(error))
)

_DAY = 86_400 * 1_000_000


class SweepPath(BaseModel):
    """Path of one sweep."""

    id: int = Field(ge=1, le=2**62)


class SweptWordModel(BaseModel):
    """One word to look for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    word: Annotated[str, StringConstraints(min_length=1, max_length=400)]
    kind: Kind = Kind.NORMAL
    level: Level = Level.REVIEW
    clause: str = Field(description="Clause of the convention, such as 3.8.")


class SweepModel(BaseModel):
    """What to look for - words, a contact, or a policy version - and how far back."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: Annotated[list[SweptWordModel], Field(max_length=10_000)] = []
    contact: Annotated[str, StringConstraints(max_length=400)] = ""
    clause: str = Field(default="3.1", description="Clause that the contact falls under.")
    level: Level = Field(default=Level.REVIEW, description="Level of the contact.")
    policy: int = Field(default=0, ge=0, le=2**31 - 1, description="Number of a policy version.")
    days: int = Field(default=7, ge=1, le=90)
    may_block: bool = Field(
        default=False, description="Let block words, and the policy, block; otherwise they ask for a look."
    )
    why: Annotated[str, StringConstraints(max_length=2_000)] = ""


class ReceiptQuery(BaseModel):
    """JSON, or a page of Chinese text."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["json", "text"] = "json"


class DaysQuery(BaseModel):
    """How far back, and how much to answer."""

    model_config = ConfigDict(extra="forbid")

    days: int = Field(default=7, ge=1, le=90)
    limit: int = Field(default=50, ge=1, le=500)


@sweeps.get("/sweeps", summary="List sweeps back, newest first")
@needs(Scope.POLICY_WRITE)
def list_sweeps() -> Answer:
    """The latest hundred."""
    return {"sweeps": [_sweep_json(row) for row in parts().sweeping.all_of(caller().community_id)]}, 200


@sweeps.post(
    "/sweeps",
    summary="Preview a sweep back: what would be judged worse",
    description="Exactly one of words, contact and policy.  No verdict is written.",
    openapi_extensions=json_body(SweepModel),
)
@needs(Scope.POLICY_WRITE)
def preview() -> Answer:
    """Counts and samples; apply it by its id."""
    model, now = SweepModel.model_validate(read_json()), parts().clock()
    page = parts().sweeping.preview(
        caller().community_id,
        _criteria(model),
        since=now - model.days * _DAY,
        until=now,
        author=_author(),
        now=now,
        why=model.why,
        may_block=model.may_block,
    )
    return page_json(page), 201


@sweeps.get("/sweeps/<int:id>", summary="One sweep: its state, counts and samples")
@needs(Scope.POLICY_WRITE)
def show(path: SweepPath) -> Answer:
    """A sweep as it stands."""
    return page_json(parts().sweeping.page(caller().community_id, path.id)), 200


@sweeps.post("/sweeps/<int:id>/apply", summary="Apply a previewed sweep; cut off, ask again and it goes on")
@needs(Scope.POLICY_WRITE)
def apply(path: SweepPath) -> Answer:
    """Change the posts that still stand as they were seen."""
    page = parts().sweeping.apply(caller().community_id, path.id, author=_author(), now=parts().clock())
    return page_json(page), 200


@sweeps.post("/sweeps/<int:id>/undo", summary="Give posts their former verdicts back")
@needs(Scope.POLICY_WRITE)
def undo(path: SweepPath) -> Answer:
    """Undo; what a person decided since stays."""
    page = parts().sweeping.undo(caller().community_id, path.id, author=_author(), now=parts().clock())
    return page_json(page), 200


@sweeps.get("/sweeps/<int:id>/receipt", summary="The receipt, with the number of every post changed")
@needs(Scope.POLICY_WRITE)
def receipt(path: SweepPath, query: ReceiptQuery) -> Answer | Response:
    """What, how many, when, by whom and by which criteria."""
    found, text = parts().sweeping.receipt(caller().community_id, path.id)
    if query.format == "text":
        return Response(text, mimetype="text/plain")
    return found, 200


@sweeps.get("/radar", summary="Words and contacts that rise in blocked posts")
@needs(Scope.POLICY_WRITE)
def radar(query: DaysQuery) -> Answer:
    """Candidates with their support, strongest first."""
    now = parts().clock()
    page = parts().radar.look(
        caller().community_id, since=now - query.days * _DAY, until=now, limit=query.limit
    )
    return radar_json(page), 200


@sweeps.get("/gangs", summary="Accounts joined by a contact, a device or nearly the same text")
@needs(Scope.POLICY_WRITE)
def gangs(query: DaysQuery) -> Answer:
    """Groups, those with most blocked posts first."""
    now = parts().clock()
    found = parts().gangs.look(
        caller().community_id, since=now - query.days * _DAY, until=now, limit=query.limit
    )
    return {"gangs": [gang_json(one) for one in found]}, 200


def _criteria(model: SweepModel) -> Criteria:
    words = [Entry(one.word, one.kind, one.clause, one.level) for one in model.words]
    contact = model.contact.strip()
    return Criteria(
        words=tuple(words),
        contact=a_contact(contact, clause=model.clause, level=model.level) if contact else None,
        policy=model.policy,
    )


def page_json(page: SweepPage) -> dict[str, Any]:
    """A sweep with its counts and samples."""
    return {
        **_sweep_json(page.sweep),
        **_tally_json(page.tally),
        "samples": [
            {
                "data_id": row.data_id,
                "text": post.text,
                "before": row.before,
                "after": row.after,
                "clause_before": row.clause_before or None,
                "clause": row.clause,
                "state": row.state,
            }
            for row, post in page.samples
        ],
    }


def _sweep_json(row: SweepRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "criteria": row.criteria,
        "may_block": row.may_block,
        "why": row.why,
        "state": row.state,
        "since": iso(row.since),
        "until": iso(row.until),
        "posts": row.posts,
        "matched": row.matched,
        "decided_by_people": row.decided,
        "previewed": {"by": row.author, "at": iso(row.created_at)},
        "applied": {"by": row.applied_by, "at": iso(row.applied_at)} if row.applied_at else None,
        "undone": {"by": row.undone_by, "at": iso(row.undone_at)} if row.undone_at else None,
    }


def _tally_json(tally: Tally) -> dict[str, Any]:
    return {
        "changes": [
            {"before": before, "after": after, "clause": clause, "posts": posts}
            for (before, after, clause), posts in tally.by_change().items()
        ],
        "planned": tally.count(Swept.PLANNED),
        "changed": tally.count(Swept.APPLIED, Swept.UNDONE, Swept.KEPT),
        "left": tally.reasons(Swept.LEFT),
        "restored": tally.count(Swept.UNDONE),
        "not_restored": tally.reasons(Swept.KEPT),
    }


def radar_json(page: RadarPage) -> dict[str, Any]:
    """What the radar saw."""
    return {
        "blocked": page.blocked,
        "passed": page.passed,
        "candidates": [
            {
                "text": one.candidate.text,
                "kind": one.candidate.kind,
                "blocked": one.candidate.blocked,
                "passed": one.candidate.passed,
                "z": round(one.candidate.z, 2),
                "authors": one.authors,
                "clause": one.clause or None,
                "clause_share": round(one.share.value or 0.0, 4),
                "near": {"word": one.near, "clause": one.near_clause} if one.near else None,
                "samples": [{"data_id": each.data_id, "text": each.text} for each in one.samples],
            }
            for one in page.rising
        ],
    }


def gang_json(found: FoundGang) -> dict[str, Any]:
    """One group of accounts."""
    gang = found.gang
    return {
        "authors": list(gang.authors),
        "posts": gang.posts,
        "blocked": gang.blocked,
        "joins": [{"kind": one.kind, "key": one.key, "authors": list(one.authors)} for one in gang.joins],
        "samples": [
            {"data_id": one.data_id, "author": one.author, "text": one.text} for one in found.samples
        ],
    }


def _author() -> str:
    return f"key {caller().key_id}"
