"""``/v1/policies``: drafts, shadows, the live policy."""

from __future__ import annotations

from typing import Annotated, Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from moderation.domain.policy_versions import PolicyState
from moderation.endpoints.posts import iso
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
    """Keep a new draft; a document that is wrong is refused with line or field, and nothing changes."""
    model = DraftModel.model_validate(read_json())
    row = parts().policies.draft(
        caller().community_id, document=model.document, why=model.why, author=_author(), now=parts().clock()
    )
    return _version_json(row, []), 201


@policies.post(
    "/policies/<int:number>/state",
    summary="Publish, shadow, return or archive a version",
    openapi_extensions=json_body(MoveModel),
)
@needs(Scope.POLICY_WRITE)
def move(path: PolicyPath) -> Answer:
    """Move a version; workers apply it with their next batch."""
    model = MoveModel.model_validate(read_json())
    row = parts().policies.move(
        caller().community_id, path.number, model.state, why=model.why, author=_author(), now=parts().clock()
    )
    return _version_json(row, []), 200


@policies.get("/policies/<int:number>/shadow", summary="Where a shadow differs from the live policy")
@needs(Scope.POLICY_WRITE)
def shadow(path: PolicyPath) -> Answer:
    """Counts by (live, shadow) suggestion, and the latest posts."""
    counts, latest = parts().policies.shadow_differences(caller().community_id, path.number)
    return {
        "differences": [
            {"live": live, "shadow": other, "posts": count} for (live, other), count in sorted(counts.items())
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
            for row, post in latest
        ],
    }, 200


def _version_json(row: PolicyRow, moves: list[PolicyMoveRow]) -> dict[str, Any]:
    return {
        "number": row.number,
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
