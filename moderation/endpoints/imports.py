"""``/v1/lexicons/{name}/imports``: words that came in together, and the way to take them back."""

from __future__ import annotations

from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from moderation.endpoints.instants import iso
from moderation.endpoints.lexicons import Answer, LexiconPath
from moderation.endpoints.requests import caller, needs, parts
from moderation.services.access import Scope
from moderation.store.tables import LexiconImportRow

imports = APIBlueprint("imports", __name__, url_prefix="/v1", abp_tags=[Tag(name="lexicons")])


class ImportPath(LexiconPath):
    """Path of one import."""

    id: int = Field(ge=1, le=2**62)


class ImportsQuery(BaseModel):
    """Which imports to list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=50, ge=1, le=500)
    before: int | None = Field(
        default=None, ge=1, le=2**62, description="Those older than the import of this id."
    )


@imports.get("/lexicons/<name>/imports", summary="List what was sent to a list together")
@needs(Scope.POLICY_WRITE)
def list_imports(path: LexiconPath, query: ImportsQuery) -> Answer:
    """Imports, newest first; one that was taken back stays, with who did it."""
    found = parts().word_imports.imports(
        caller().community_id, library=path.name, limit=query.limit, before=query.before
    )
    return {"imports": [import_json(one.row) | {"standing": one.standing} for one in found]}, 200


@imports.post(
    "/lexicons/<name>/imports/<int:id>/undo",
    summary="Take an import back as a whole",
    description="Words that it added go, words that it replaced are again what they were; a word that somebody "
    "changed since stays as it is, and is counted under «left». Workers apply it with their next batch. "
    "Posts that were decided by its words stay as they are: «resting» counts those that still rest on one («block» "
    "and «review»; at least so many where «complete» is false), «see» is where people see them, POST /v1/sweeps "
    'with {"undone_import": id} previews the release of those that these words alone decided.',
)
@needs(Scope.POLICY_WRITE)
def undo_import(path: ImportPath) -> Answer:
    """Take an import back; a second time is a conflict."""
    row = parts().word_imports.undo_import(
        caller().community_id,
        path.id,
        library=path.name,
        author=f"key {caller().key_id}",
        now=parts().clock(),
    )
    return import_json(row), 200


def import_json(row: LexiconImportRow) -> dict[str, Any]:
    """An import, and what became of it."""
    undone = None
    if row.undone_at is not None:
        undone = {"at": iso(row.undone_at), "by": row.undone_by, **row.undone}
        resting = undone.get("resting")
        if resting:
            counts = {name: resting[name] for name in ("block", "review", "complete")}
            undone["resting"] = counts | {"see": f"/lexicons/imports/{row.id}/posts"}
    return {
        "id": row.id,
        "library": row.library,
        "words": row.words,
        "replaced": row.replaced,
        "author": row.author,
        "at": iso(row.at),
        "undone": undone,
    }
