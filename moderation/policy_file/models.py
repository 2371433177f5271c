"""The shape of a policy document and of the clause book, as they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from moderation.domain.blocking import Proof
from moderation.domain.clause_book import Retention
from moderation.domain.post import Overdue, PublishingMode, Scene
from moderation.domain.verdict import Action
from moderation.domain.windows import Window
from moderation.policy_file.fields import (
    ClauseNumber,
    Head,
    Instant,
    Minutes,
    Notice,
    Probability,
    Sentence,
    Strikes,
    Terms,
)

if TYPE_CHECKING:
    from datetime import datetime


class Strict(BaseModel):
    """Refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ThresholdModel(Strict):
    """Thresholds of one head in one scene."""

    review: Probability
    block: Probability

    @model_validator(mode="after")
    def _thresholds_in_order(self) -> Self:
        _in_order(self.review, self.block)
        return self


class RuleModel(Strict):
    """One rule."""

    head: Head
    clause: ClauseNumber
    review: Probability | None = None
    block: Probability | None = None
    enabled: bool = True
    may_block: bool = True
    review_action: Action = Action.SHOW
    block_action: Action = Action.REMOVE
    proof: Proof = Proof.CALIBRATION

    @model_validator(mode="after")
    def _thresholds_in_order(self) -> Self:
        _in_order(self.review, self.block)
        return self


class TimeoutModel(Strict):
    """What happens when nobody decides a held post in time."""

    minutes: Minutes
    then: Overdue = Overdue.HOLD


class PublishingModel(Strict):
    """The publishing mode of a place."""

    mode: PublishingMode
    group: str = ""
    scene: Scene | None = None
    thread: str = Field(default="", max_length=200)
    timeout: TimeoutModel | None = None


class WindowModel(Strict):
    """A sensitive period."""

    name: str = Field(min_length=1, max_length=40)
    start: Instant = Field(alias="from")
    end: Instant = Field(alias="to")
    review_factor: float = Field(default=1.0, gt=0, le=1)
    look_first: bool = False
    mode: PublishingMode | None = None
    groups: tuple[str, ...] = ()
    scenes: tuple[Scene, ...] = ()
    top_clauses: tuple[ClauseNumber, ...] = ()
    why: str = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _fits(self) -> WindowModel:
        if self.mode is PublishingMode.POST_MODERATION:
            raise ValueError("a window only makes stricter: mode is «pre» or «closed»")
        self.window()
        return self

    def window(self) -> Window:
        """The window that it describes."""
        return Window(
            name=self.name,
            start=_microseconds(self.start),
            end=_microseconds(self.end),
            review_factor=self.review_factor,
            look_first=self.look_first,
            mode=self.mode,
            groups=self.groups,
            scenes=self.scenes,
            top_clauses=self.top_clauses,
            why=self.why,
        )


class ClauseModel(Strict):
    """A clause of the shipped book."""

    strikes: Strikes
    retention: Retention
    notice_zh: Notice
    notice_en: Notice


class ClauseChangeModel(Strict):
    """What a community has otherwise for a clause."""

    strikes: Strikes | None = None
    retention: Retention | None = None
    notice_zh: Notice | None = None
    notice_en: Notice | None = None


class AppealModel(Strict):
    """How to appeal, as the notices say it."""

    zh: Sentence | None = None
    en: Sentence | None = None


SHIPPED_LISTS: Final = (
    "ads",
    "clickbait",
    "fan_circle",
    "fraud",
    "insults",
    "superstition",
    "threats",
    "vice",
)
"""Lists that come with the product.  None was measured to be right often enough to block alone, so a document that says
nothing of ``corroborated`` means all of them; an empty list there lets them block."""


class PolicyModel(Strict):
    """A policy document."""

    version: str = Field(min_length=1, max_length=60)
    rules: tuple[RuleModel, ...]
    scenes: dict[Scene, dict[Head, ThresholdModel]] = Field(default_factory=dict)
    exempt: tuple[ClauseNumber, ...] = ()
    trade_boards: tuple[str, ...] = ()
    switched_off: tuple[ClauseNumber, ...] = ()
    publishing: tuple[PublishingModel, ...] = ()
    timeout: TimeoutModel | None = None
    windows: tuple[WindowModel, ...] = Field(default=(), max_length=50)
    corroborated: tuple[str, ...] = SHIPPED_LISTS
    corroboration: Probability = 0.5
    clauses: dict[ClauseNumber, ClauseChangeModel] = Field(default_factory=dict)
    retention: Terms = Field(default_factory=dict)
    appeal: AppealModel = AppealModel()


class BookModel(Strict):
    """The shipped clause book."""

    retention: Terms
    appeal: AppealModel
    clauses: dict[ClauseNumber, ClauseModel]


def _microseconds(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def _in_order(review: float | None, block: float | None) -> None:
    """Refuse a block threshold below that of review: nothing would ever be looked at."""
    if review is not None and block is not None and block < review:
        message = f"block ({block:g}) must not be lower than review ({review:g})"
        raise ValueError(message)
