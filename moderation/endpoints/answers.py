"""Shapes of answers, for the OpenAPI description: what clients may rely on."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, TypeAdapter

from moderation.domain.evidence import ContactKind, HitType, Level, Source
from moderation.domain.post import PostState
from moderation.domain.review import DecisionKind
from moderation.domain.scores import Polarity
from moderation.domain.verdict import Action, RiskLevel, Suggestion


class ProblemModel(BaseModel):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    pointer: str | None = Field(default=None, description="JSON pointer to the field that is wrong.")
    request_id: str


class LabelModel(BaseModel):
    """One clause that the post seems to break."""

    label: str
    clause: str
    probability: float
    source: Source
    suggestion: Suggestion


class SentimentModel(BaseModel):
    """Three-class sentiment."""

    label: Polarity
    negative: float
    neutral: float
    positive: float


class HitModel(BaseModel):
    """One piece of evidence; offsets are [start, end) in Unicode code points of the submitted field."""

    type: HitType
    value: str
    normalised: str
    field: str
    start: int
    end: int
    clause: str
    library: str
    level: Level
    suppressed: bool
    reason: str


class ContactModel(BaseModel):
    """A contact in the text."""

    kind: ContactKind
    value: str
    field: str
    start: int
    end: int
    obfuscated: bool


class MentionModel(BaseModel):
    """A brand in the text."""

    brand: str
    surface: str
    field: str
    start: int
    end: int
    sentiment: Polarity
    probability: float
    link_confidence: float


class VersionsModel(BaseModel):
    """What reached the verdict."""

    model: str
    policy: str
    lexicon: str


class VerdictModel(BaseModel):
    """The machine's verdict."""

    suggestion: Suggestion
    risk_level: RiskLevel
    action: Action
    label: str
    clause: str | None
    labels: list[LabelModel]
    ad: float
    negativity: float
    sentiment: SentimentModel
    categories: dict[str, float]
    intent: dict[str, float]
    hits: list[HitModel]
    contacts: list[ContactModel]
    keywords: list[str]
    mentions: list[MentionModel]
    versions: VersionsModel
    unchecked: list[str]
    revision: int


class DecisionModel(BaseModel):
    """What a person decided."""

    kind: DecisionKind
    clause: str | None
    action: Action
    decided_at: str


class PostRecordModel(BaseModel):
    """A post with everything that was said of it."""

    id: str
    data_id: str
    state: PostState
    revision: int
    received_at: str
    posted_at: str
    edited_at: str | None
    metrics: dict[str, Any]
    verdict: VerdictModel | None
    decision: DecisionModel | None
    history: list[dict[str, Any]]


class ReceiptModel(BaseModel):
    """A post was kept; the verdict follows."""

    id: str
    data_id: str
    state: PostState
    action: Action = Field(description="What to do with the post meanwhile.")
    duplicate: bool


class ReceiptsModel(BaseModel):
    """One answer a post, in order: a receipt or a problem, each with its own ``status``."""

    posts: list[dict[str, Any]]


_REFERENCE = "#/components/schemas/{model}"
_PROBLEMS = {
    "400": "The body is not JSON.",
    "401": "No key, or one that is unknown or revoked.",
    "403": "The key lacks the scope.",
    "404": "The community has no such thing.",
    "409": "Same data_id with other content, or a move that the state does not allow.",
    "410": "The post was withdrawn.",
    "413": "The body or a text is too long.",
    "422": "A field is wrong; «pointer» names it.",
    "503": "The database does not answer; send it again after Retry-After seconds.",
}


def describe(spec: dict[str, Any]) -> dict[str, Any]:
    """Add what every operation can answer, and security, to an OpenAPI description; answers it."""
    schemas = TypeAdapter(ProblemModel).json_schema(ref_template=_REFERENCE)
    spec["components"]["schemas"]["ProblemModel"] = schemas
    spec["components"]["schemas"].pop("ValidationErrorModel", None)
    content = {"application/problem+json": {"schema": {"$ref": _REFERENCE.format(model="ProblemModel")}}}
    for path, operations in spec["paths"].items():
        for operation in operations.values():
            answers = operation.setdefault("responses", {})
            answers.pop("422", None)
            if path.startswith("/v1"):
                operation["security"] = [{"key": []}]
                answers |= {code: {"description": why, "content": content} for code, why in _PROBLEMS.items()}
            if not any(code.startswith("2") for code in answers):
                answers["200"] = {"description": "Done; see the description."}
    return spec
