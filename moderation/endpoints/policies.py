"""``/v1/policies``: drafts, shadows, the live policy."""

from __future__ import annotations

from typing import Annotated, Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from moderation.domain.policy_versions import PolicyState, switch_of
from moderation.endpoints.instants import iso
from moderation.endpoints.policy_problems import gaps_json
from moderation.endpoints.requests import caller, json_body, needs, parts, read_json
from moderation.services.access import Scope
from moderation.store.tables import PolicyMoveRow, PolicyRow

Answer = tuple[dict[str, Any], int]
"""A JSON body and the status."""

policies = APIBlueprint("policies", __name__, url_prefix="/v1", abp_tags=[Tag(name="policies")])


class PolicyPath(BaseModel):
    """Path of one policy version."""

    number: int = Field(ge=1, le=2**31 - 1)


class DraftModel(BaseModel):
    """A new draft."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: Annotated[str, StringConstraints(min_length=1, max_length=200_000)] = Field(
        description="TOML, of the form of the shipped policy."
    )
    why: Annotated[str, StringConstraints(max_length=2_000)] = ""


class MoveModel(BaseModel):
    """Where a version goes: shadow, live, draft (back from shadow) or archived."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: PolicyState
    why: Annotated[str, StringConstraints(max_length=2_000)] = ""
    accept_uncovered: bool = Field(
        default=False,
        description="Publish although the version no longer looks for things that the live policy looks for.",
    )


@policies.get("/policies", summary="List policy versions with their histories")
@needs(Scope.POLICY_WRITE)
def list_versions() -> Answer:
    """Every version, newest first, and the document that holds now."""
    community_id = caller().community_id
    return {
        "live": parts().policies.live_document(community_id),
        "versions": [_version_json(row, moves) for row, moves in parts().policies.versions(community_id)],
    }, 200


@policies.post("/policies", summary="Keep a draft", openapi_extensions=json_body(DraftModel))
@needs(Scope.POLICY_WRITE)
def draft() -> Answer:
    """Keep a new draft; a document that is wrong is refused with line or field, and nothing changes.

    A name that another version has gets the number behind it; «no_longer_covered» lists the classifier's heads that
    the live policy has a rule for and this one has none.
    """
    model = DraftModel.model_validate(read_json())
    row = parts().policies.draft(
        caller().community_id, document=model.document, why=model.why, author=_author(), now=parts().clock()
    )
    gaps = parts().policies.uncovered(caller().community_id, row.document)
    return _version_json(row, []) | {"no_longer_covered": gaps_json(gaps)}, 201


@policies.post(
    "/policies/<int:number>/state",
    summary="Publish, shadow, return or archive a version",
    openapi_extensions=json_body(MoveModel),
)
@needs(Scope.POLICY_WRITE)
def move(path: PolicyPath) -> Answer:
    """Move a version; workers apply it with their next batch.

    One that would look for less than the live policy is refused (409, «no_longer_covered») until «accept_uncovered»
    says that this is meant.
    """
    model = MoveModel.model_validate(read_json())
    row = parts().policies.move(
        caller().community_id,
        path.number,
        model.state,
        why=model.why,
        author=_author(),
        now=parts().clock(),
        accept_uncovered=model.accept_uncovered,
    )
    return _version_json(row, []), 200


@policies.get("/policies/<int:number>/shadow", summary="Where a shadow differs from the live policy")
@needs(Scope.POLICY_WRITE)
def shadow(path: PolicyPath) -> Answer:
    """How many posts were compared since when; counts by (live, shadow) suggestion, and the latest posts."""
    found = parts().policies.shadow(caller().community_id, path.number)
    return {
        "running": found.running,
        "since": iso(found.since),
        "compared": found.compared,
        "last_compared_at": iso(found.last_at),
        "different": found.total,
        "differences": [
            {"live": live, "shadow": other, "posts": count}
            for (live, other), count in sorted(found.counts.items())
        ],
        "latest": [
            {
                "data_id": post.data_id,
                "text": post.text,
                "live": row.live,
                "shadow": row.shadow,
                "live_clause": row.live_clause or None,
                "shadow_clause": row.shadow_clause or None,
                "at": iso(row.at),
            }
            for row, post in found.latest
        ],
    }, 200


def _switch_json(row: PolicyRow) -> dict[str, Any] | None:
    """What was switched, where a kill switch made the version."""
    switch = switch_of(row.origin)
    return {"on": switch.on, "head": switch.head, "clause": switch.clause} if switch else None


def _version_json(row: PolicyRow, moves: list[PolicyMoveRow]) -> dict[str, Any]:
    return {
        "number": row.number,
        "name": row.name,
        "switch": _switch_json(row),
        "state": row.state,
        "why": row.why,
        "author": row.author,
        "created_at": iso(row.created_at),
        "document": row.document,
        "history": [
            {"state": one.state, "by": one.author, "why": one.why, "at": iso(one.at)} for one in moves
        ],
    }


def _author() -> str:
    return f"key {caller().key_id}"
