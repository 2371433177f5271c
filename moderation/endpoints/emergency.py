"""``/v1/lexicons/emergency``: words in force at once, for a look only, gone after a day unless confirmed."""

from __future__ import annotations

from typing import Annotated, Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from moderation.domain.evidence import Level
from moderation.domain.intervals import Share
from moderation.endpoints.instants import iso
from moderation.endpoints.lexicons import pointed
from moderation.endpoints.problems import ProblemError
from moderation.endpoints.requests import caller, json_body, needs, parts, read_json
from moderation.services.access import Scope
from moderation.sweeps.emergency_results import EmergencyResult
from moderation.sweeps.prolonging import HoldsAlreadyError
from moderation.text.entries import Entry, Kind

Answer = tuple[dict[str, Any], int]
"""A JSON body and the status."""

emergency = APIBlueprint("emergency", __name__, url_prefix="/v1", abp_tags=[Tag(name="lexicons")])

_Word = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class EmergencyWordModel(BaseModel):
    """One word; whatever it says, it asks for a look and blocks nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    word: _Word
    kind: Kind = Kind.NORMAL
    clause: str = Field(description="Clause of the convention, such as 3.8.")


class EmergencyModel(BaseModel):
    """Words to put in force, all or none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: Annotated[list[EmergencyWordModel], Field(min_length=1, max_length=200)]
    hours: int = Field(default=24, ge=1, le=168, description="How long they hold unless they are confirmed.")


class ProlongModel(BaseModel):
    """Emergency words by what they read, and how long they hold from now on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: Annotated[list[_Word], Field(min_length=1, max_length=200)]
    hours: int = Field(default=24, ge=1, le=168, description="Hours from now.")


class NamedWordsModel(BaseModel):
    """Emergency words by what they read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: Annotated[list[_Word], Field(min_length=1, max_length=200)]


@emergency.get("/lexicons/emergency", summary="Emergency words, and what each struck")
@needs(Scope.POLICY_WRITE)
def list_words() -> Answer:
    """Newest first, expired and withdrawn ones included; figures are counted every few minutes."""
    found = parts().emergency.results(caller().community_id, now=parts().clock())
    return {"words": [result_json(one) for one in found]}, 200


@emergency.post(
    "/lexicons/emergency",
    summary="Put words in force with the workers' next batch",
    openapi_extensions=json_body(EmergencyModel),
    responses={"201": None},
)
@needs(Scope.POLICY_WRITE)
def add_words() -> Answer:
    """Words at level review; they expire unless they are confirmed.  409: some hold already; none was put in force."""
    model = EmergencyModel.model_validate(read_json())
    words = [Entry(one.word, one.kind, one.clause, Level.REVIEW) for one in model.words]
    with pointed("words"):
        try:
            kept = parts().emergency.emergency(
                caller().community_id, words, author=_author(), now=parts().clock(), hours=model.hours
            )
        except HoldsAlreadyError as error:
            raise _holds_already(error) from error
    return _words_json(kept), 201


@emergency.post(
    "/lexicons/emergency/prolong",
    summary="Let emergency words hold longer, all or none",
    openapi_extensions=json_body(ProlongModel),
)
@needs(Scope.POLICY_WRITE)
def prolong_words() -> Answer:
    """They hold for some hours from now and keep their counts; one that holds longer already stays as it is."""
    model = ProlongModel.model_validate(read_json())
    kept = parts().emergency.prolong(
        caller().community_id, model.words, author=_author(), now=parts().clock(), hours=model.hours
    )
    return _words_json(kept), 200


@emergency.post(
    "/lexicons/emergency/confirm",
    summary="Let emergency words stay, all or none",
    openapi_extensions=json_body(NamedWordsModel),
)
@needs(Scope.POLICY_WRITE)
def confirm_words() -> Answer:
    """They no longer expire."""
    words = NamedWordsModel.model_validate(read_json()).words
    kept = parts().emergency.confirm(caller().community_id, words, author=_author(), now=parts().clock())
    return _words_json(kept), 200


@emergency.post(
    "/lexicons/emergency/withdraw",
    summary="Take emergency words back at once, all or none",
    openapi_extensions=json_body(NamedWordsModel),
)
@needs(Scope.POLICY_WRITE)
def withdraw_words() -> Answer:
    """What they struck stays under review."""
    words = NamedWordsModel.model_validate(read_json()).words
    gone = parts().emergency.withdraw(caller().community_id, words, author=_author(), now=parts().clock())
    return _words_json(gone), 200


def result_json(one: EmergencyResult) -> dict[str, Any]:
    """A word with what it struck."""
    return {
        "id": one.number,
        "word": one.entry.word,
        "kind": one.entry.kind,
        "clause": one.entry.clause,
        "state": one.state,
        "author": one.author,
        "since": iso(one.since),
        "until": iso(one.until),
        "confirmed_by": one.confirmed_by or None,
        "withdrawn_by": one.withdrawn_by or None,
        "prolonged": [
            {"by": each.author, "at": iso(each.at), "until": iso(each.until)} for each in one.prolonged
        ],
        "hits": one.hits,
        **_share(one.precision),
        "before": {
            "days": 7,
            "posts": one.before_posts,
            "hits": one.before_hits,
            **_share(one.before_precision),
        },
        "counted_at": iso(one.counted_at),
    }


def _holds_already(error: HoldsAlreadyError) -> ProblemError:
    words = [
        {"word": one.word, "author": one.author, "since": iso(one.since), "until": iso(one.until)}
        for one in error.words
    ]
    return ProblemError(409, "In force already", str(error), pointer="/words", words=words)


def _share(share: Share) -> dict[str, int]:
    return {"decided": share.total, "blocked": share.count}


def _words_json(words: list[Entry]) -> dict[str, Any]:
    return {
        "words": [
            {"word": one.word, "kind": one.kind, "clause": one.clause, "level": one.level,
             "until": iso(one.effective_to)}
            for one in words
        ]
    }  # fmt: skip


def _author() -> str:
    return f"key {caller().key_id}"
