"""``/v1/lexicons``: a community's own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from moderation.domain.evidence import Level
from moderation.endpoints.instants import iso
from moderation.endpoints.problems import ProblemError
from moderation.endpoints.requests import caller, json_body, needs, parts, read_bytes, read_json
from moderation.endpoints.schemas import PRINTABLE, Instant, micros
from moderation.endpoints.word_previews import SendingQuery, previewed
from moderation.services.access import Scope
from moderation.services.word_imports import checked, read_words
from moderation.store.tables import LexiconEntryRow
from moderation.text.decoding import decode_table
from moderation.text.entries import Entry, EntryError, Kind

Answer = tuple[dict[str, Any], int]
"""A JSON body and the status."""

lexicons = APIBlueprint("lexicons", __name__, url_prefix="/v1", abp_tags=[Tag(name="lexicons")])


class LexiconPath(BaseModel):
    """Path of one word list."""

    name: Annotated[str, StringConstraints(pattern=r"^[\w-]{1,60}$")]


class EntryPath(LexiconPath):
    """Path of one word."""

    id: int = Field(ge=1, le=2**62)


class EntryModel(BaseModel):
    """One word."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    word: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    kind: Kind = Kind.NORMAL
    level: Level = Level.REVIEW
    clause: str = Field(description="Clause of the convention, such as 3.8.")
    effective_from: Instant | None = None
    effective_to: Instant | None = None


class EntriesModel(BaseModel):
    """Words to keep, all or none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    entries: Annotated[list[EntryModel], Field(min_length=1, max_length=10_000)]


class EntriesQuery(BaseModel):
    """Which words to list."""

    model_config = ConfigDict(extra="forbid")

    contains: str = Field(default="", max_length=100, pattern=PRINTABLE)
    limit: int = Field(default=200, ge=1, le=10_000)


@lexicons.get("/lexicons/<name>/entries", summary="List the words of a list")
@needs(Scope.POLICY_WRITE)
def list_entries(path: LexiconPath, query: EntriesQuery) -> Answer:
    """The words, newest first."""
    found = parts().wordlists.entries(
        caller().community_id, library=path.name, contains=query.contains, limit=query.limit
    )
    return {"entries": [_entry_json(row) for row in found]}, 200


@lexicons.post(
    "/lexicons/<name>/entries",
    summary="Add words; workers apply them with their next batch",
    description="JSON as below (10,000 words at most), or a CSV table with Content-Type: text/csv (100,000 lines at "
    "most; UTF-8 or GB18030, columns and values in English or Chinese). Kept all or none; the answer's «import» is the "
    "id by which they can be taken back together. With preview=true nothing is kept: the answer (200) says what each "
    "word would have hit in the posts of the last days.",
    openapi_extensions=json_body(EntriesModel),
)
@needs(Scope.POLICY_WRITE)
def add_entries(path: LexiconPath, query: SendingQuery) -> Answer:
    """Keep words; one of the same word and kind is replaced.  ``import`` is what takes them back together."""
    if request.mimetype == "text/csv":
        return _sent(path.name, read_words(_table()), query)
    entries = [_entry(one) for one in EntriesModel.model_validate(read_json()).entries]
    with pointed("entries"):
        return _sent(path.name, checked(entries), query)


def _sent(library: str, entries: list[Entry], query: SendingQuery) -> Answer:
    """Keep checked words, or say what they would hit."""
    if query.preview:
        return previewed(library, entries, query.days), 200
    made = parts().word_imports.keep(
        caller().community_id, library, entries, author=f"key {caller().key_id}", now=parts().clock()
    )
    return {"kept": made.words, "replaced": made.replaced, "import": made.id}, 201


@contextmanager
def pointed(field: str) -> Iterator[None]:
    """Say which entry of a JSON list, and which field of it, cannot be used.

    Raises:
        ProblemError: with the pointer; an error that is no entry's own names the list alone.
    """
    try:
        yield
    except EntryError as error:
        own = error.line > 0 and error.field in EntryModel.model_fields
        pointer = f"/{field}/{error.line - 1}/{error.field}" if own else f"/{field}"
        raise ProblemError(422, "Invalid content", f"{pointer}: {error.reason}", pointer=pointer) from error


@lexicons.get("/lexicons/<name>/entries.csv", summary="Export a list as CSV", doc_ui=True)
@needs(Scope.POLICY_WRITE)
def export_entries(path: LexiconPath) -> Response:
    """The list as a table that can be imported again; the mark at its beginning is for spreadsheets."""
    table = parts().wordlists.export_csv(caller().community_id, path.name)
    return Response(f"\ufeff{table}", mimetype="text/csv")


@lexicons.delete("/lexicons/<name>/entries/<int:id>", summary="Remove a word")
@needs(Scope.POLICY_WRITE)
def remove_entry(path: EntryPath) -> Answer:
    """Remove a word; the answer is what it was."""
    return _entry_json(parts().wordlists.remove(caller().community_id, path.id)), 200


def _table() -> str:
    """The body as a table's text.

    Raises:
        ProblemError: it is in no encoding that we read (400), or holds NUL (422).
    """
    decoded = decode_table(read_bytes())
    if decoded is None:
        raise ProblemError(
            400, "Not UTF-8", "the table is neither UTF-8 nor GB18030 text: save it as CSV UTF-8"
        )
    if "\x00" in decoded[0]:
        raise ProblemError(
            422, "Unwritable character", "/: holds NUL or half of a surrogate pair", pointer=""
        )
    return decoded[0]


def _entry(model: EntryModel) -> Entry:
    return Entry(
        word=model.word,
        kind=model.kind,
        level=model.level,
        clause=model.clause,
        effective_from=_micros(model.effective_from),
        effective_to=_micros(model.effective_to),
    )


def _micros(moment: datetime | None) -> int | None:
    return micros(moment)


def _entry_json(row: LexiconEntryRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "word": row.word,
        "kind": row.kind,
        "level": row.level,
        "clause": row.clause,
        "library": row.library,
        "effective_from": iso(row.effective_from),
        "effective_to": iso(row.effective_to),
        "author": row.author,
        "changed_at": iso(row.changed_at),
    }
