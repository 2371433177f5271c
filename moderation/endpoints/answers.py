"""Shapes of answers, for the OpenAPI description: what clients may rely on."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from moderation.domain.behaviour import BehaviourKind
from moderation.domain.evidence import ContactKind, HitType, Level, Source
from moderation.domain.post import PostState
from moderation.domain.review import DecisionKind
from moderation.domain.scores import Polarity
from moderation.domain.verdict import Action, RiskLevel, Suggestion

_IN_IMAGE: Final = "Number of the image it was read in, from 1; left out where it is not in one."

Speaker = Literal["machine", "behaviour", "sweep", "timeout", "human"]
"""Who said something about a post."""


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
    reason: str = Field(description="Why it counts for nothing; empty where it counts.")
    image: int = Field(default=0, description=_IN_IMAGE)


class ContactModel(BaseModel):
    """A contact in the text."""

    kind: ContactKind
    value: str
    field: str
    start: int
    end: int
    obfuscated: bool
    image: int = Field(default=0, description=_IN_IMAGE)


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


class PictureModel(BaseModel):
    """What was read in an image of the post."""

    image: int = Field(ge=1, description="Its number among the post's images, from 1.")
    codes: list[str] = Field(description="What its QR and bar codes say.")
    text: str = Field(
        description="The lines read in it; empty where none were, or where nothing reads lines."
    )


class BehaviourModel(BaseModel):
    """What the post does together with others."""

    kind: BehaviourKind
    reason: str = Field(description="In words: how many posts, accounts, minutes.")


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
    unchecked: list[str] = Field(description="What was not looked at, and why, such as an image.")
    reason: str = Field(
        default="", description="Why a person has to look where nothing was found; else left out."
    )
    images: list[PictureModel] = Field(default=[], description="What was read in images; else left out.")
    behaviour: list[BehaviourModel] = Field(
        default=[], description="What it does together with other posts, oldest finding first; else left out."
    )
    sweep: int = Field(default=0, description="Id of the last sweep that changed it; else left out.")
    timeout: int = Field(
        default=0,
        description="Minutes that it was held until it was shown because nobody had decided; else left out.",
    )
    revision: int


class DecisionModel(BaseModel):
    """What a person decided."""

    kind: DecisionKind
    clause: str | None
    action: Action
    decided_at: str


class HistoryModel(BaseModel):
    """A verdict or a decision, in the order of each kind: verdicts first."""

    at: str
    by: Speaker
    revision: int
    suggestion: Suggestion | None = Field(default=None, description="Of a verdict; else left out.")
    sweep: int = Field(default=0, description="Id of the sweep that wrote the verdict; else left out.")
    undone: bool = Field(
        default=False, description="Whether the sweep's undoing wrote it; left out where no sweep did."
    )
    kind: DecisionKind | None = Field(default=None, description="Of a decision; else left out.")


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
    history: list[HistoryModel]


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
