"""What a sweep is asked for over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from moderation.domain.evidence import Level
from moderation.sweeps.criteria import Criteria, Released, SweepCriteriaError, a_contact
from moderation.text.entries import Entry, Kind


class SweptWordModel(BaseModel):
    """One word to look for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    word: Annotated[str, StringConstraints(min_length=1, max_length=400)]
    kind: Kind = Kind.NORMAL
    level: Level = Level.REVIEW
    clause: str = Field(description="Clause of the convention, such as 3.8.")


class GoneWordModel(BaseModel):
    """One word that is in force no more."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    word: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    kind: Kind = Kind.NORMAL


class RemovedModel(BaseModel):
    """Words of one list that are in force no more."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    list: Annotated[str, StringConstraints(pattern=r"^[\w-]{1,60}$")] = "own"
    words: Annotated[tuple[GoneWordModel, ...], Field(min_length=1, max_length=1_000)]


class SweepModel(BaseModel):
    """What to look for - words, a contact, a policy version, or words that are gone - and how far back."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: Annotated[list[SweptWordModel], Field(max_length=10_000)] = []
    contact: Annotated[str, StringConstraints(max_length=400)] = ""
    clause: str = Field(default="3.1", description="Clause that the contact falls under.")
    level: Level = Field(default=Level.REVIEW, description="Level of the contact.")
    policy: int = Field(default=0, ge=0, le=2**31 - 1, description="Number of a policy version.")
    removed: RemovedModel | None = Field(
        default=None, description="Release what these words had decided alone."
    )
    undone_import: int = Field(
        default=0, ge=0, le=2**62, description="Release what an import that was taken back had decided alone."
    )
    days: int = Field(default=7, ge=1, le=90)
    may_block: bool = Field(
        default=False, description="Let block words, and the policy, block; otherwise they ask for a look."
    )
    why: Annotated[str, StringConstraints(max_length=2_000)] = ""


def criteria_of(model: SweepModel) -> Criteria:
    """What to look for.

    Raises:
        SweepCriteriaError: nothing, or two things at once.
    """
    words = [Entry(one.word, one.kind, one.clause, one.level) for one in model.words]
    contact = model.contact.strip()
    return Criteria(
        words=tuple(words),
        contact=a_contact(contact, clause=model.clause, level=model.level) if contact else None,
        policy=model.policy,
        released=_released(model),
    )


def _released(model: SweepModel) -> Released | None:
    if model.removed is not None and model.undone_import:
        raise SweepCriteriaError("name the words that are gone, or the import that was taken back, not both")
    if model.removed is not None:
        return Released(model.removed.list, tuple((one.kind, one.word) for one in model.removed.words))
    return Released(import_id=model.undone_import) if model.undone_import else None
