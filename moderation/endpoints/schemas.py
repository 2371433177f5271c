"""JSON shapes of requests.  Parsed here, at the edge; within, only the domain's dataclasses travel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from moderation.domain.post import MAX_BATCH, MAX_TEXT, Author, Scene, Submission


def _not_blank(text: str) -> str:
    if not text.strip():
        message = "must not be empty"
        raise ValueError(message)
    return text


def countable(instant: datetime) -> datetime:
    """Refuse instants that no calendar page shows, and that time zones push over the edge of the calendar."""
    if not _FIRST <= instant < _LAST:
        message = "must lie between 1970 and 2200"
        raise ValueError(message)
    return instant


_FIRST: Final = datetime(1970, 1, 2, tzinfo=UTC)
_LAST: Final = datetime(2200, 1, 1, tzinfo=UTC)

PRINTABLE: Final = r"^[^\x00]*$"
"""What a database can look for: PostgreSQL has no NUL."""

Instant = Annotated[AwareDatetime, Field(strict=False), AfterValidator(countable)]
DataId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:~-]{1,128}$")]
Short = Annotated[str, StringConstraints(max_length=128)]
Url = Annotated[str, StringConstraints(max_length=2000)]
Image = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AuthorModel(_Strict):
    """Who wrote the post."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    nickname: Annotated[str, StringConstraints(max_length=200)] = ""
    followers: Annotated[int, Field(ge=0)] | None = None
    registered_at: Instant | None = None
    role: Short = ""
    official: bool = Field(default=False, description="Official account: exempt from clause 3.1.")
    minor: bool = False
    registration_risk: Annotated[float, Field(ge=0, le=1)] | None = None


class DeviceModel(_Strict):
    """Where it was written."""

    ip: Annotated[str, StringConstraints(max_length=45)] = ""
    device_id: Short = ""


class ContextModel(_Strict):
    """What the post answers."""

    thread_id: Short = ""
    parent_id: Short = ""
    reply_to_author: Short = ""
    target_author: Short = ""
    related: Annotated[list[Annotated[str, StringConstraints(max_length=MAX_TEXT)]], Field(max_length=10)] = (
        Field(default_factory=list)
    )


class MetricsModel(_Strict):
    """How the post was received; may be sent again at any time."""

    views: Annotated[int, Field(ge=0)] | None = None
    likes: Annotated[int, Field(ge=0)] | None = None
    comments: Annotated[int, Field(ge=0)] | None = None
    shares: Annotated[int, Field(ge=0)] | None = None
    collects: Annotated[int, Field(ge=0)] | None = None
    at: Instant | None = None


class ContentModel(_Strict):
    """Everything about a post except its id."""

    # Before the text, which may be empty where there are any.
    images: Annotated[list[Image], Field(max_length=30)] = Field(
        default_factory=list, description="Addresses, or ids of uploads."
    )
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT)] = Field(
        default="", validate_default=True, description="May be empty only where «images» is not."
    )
    title: Annotated[str, StringConstraints(max_length=512)] = ""
    url: Url = ""
    scene: Annotated[Scene, Field(strict=False)] = Scene.POST
    source: Annotated[str, StringConstraints(max_length=100)] = ""
    group: Annotated[str, StringConstraints(max_length=500)] = Field(
        default="", description="Board path.", examples=["总部/华东/门店12"]
    )
    author: AuthorModel | None = None
    device: DeviceModel | None = None
    context: ContextModel | None = None
    repost_of: Short = ""
    metrics: MetricsModel | None = None
    posted_at: Instant | None = None
    callback_url: Url = ""
    extra: dict[str, Any] = Field(default_factory=dict)

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str, info: ValidationInfo) -> str:
        """Refuse a post that has neither a text nor an image; a wrong list of images is complained of itself."""
        if not text.strip() and "images" in info.data and not info.data["images"]:
            message = "must not be empty, unless «images» has an image"
            raise ValueError(message)
        return text


class PostModel(ContentModel):
    """A post to moderate."""

    data_id: DataId = Field(description="Your id of the post: the idempotency key.")


class EditModel(ContentModel):
    """New content of a post."""

    edited_at: Instant


class PostBatchModel(_Strict):
    """Several posts; each is answered for itself."""

    posts: Annotated[list[PostModel], Field(min_length=1, max_length=MAX_BATCH)]


class MetricsPatchModel(_Strict):
    """New metrics of a post."""

    metrics: MetricsModel


class BrandModel(_Strict):
    """A brand dossier."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_not_blank)]
    aliases: Annotated[list[Short], Field(max_length=200)] = Field(default_factory=list)
    exclusions: Annotated[list[Short], Field(max_length=200)] = Field(
        default_factory=list,
        description="Longer strings in which a name is not the brand.",
        examples=[["苹果汁"]],
    )
    context: Annotated[list[Short], Field(max_length=200)] = Field(
        default_factory=list, description="Words of which one must be near for the brand to count."
    )
    competitors: Annotated[list[Short], Field(max_length=50)] = Field(default_factory=list)


def micros(instant: datetime | None) -> int | None:
    """An instant as UTC microseconds."""
    return None if instant is None else round(instant.timestamp() * 1_000_000)


def submission(data_id: str, model: ContentModel) -> Submission:
    """The post as the domain reads it."""
    return Submission(
        data_id=data_id,
        text=model.text,
        title=model.title,
        images=tuple(model.images),
        url=model.url,
        scene=model.scene,
        source=model.source,
        group=model.group.strip("/"),
        author=_author(model.author) if model.author else None,
        device=model.device.model_dump(exclude_defaults=True) if model.device else {},
        context=model.context.model_dump(exclude_defaults=True) if model.context else {},
        repost_of=model.repost_of,
        metrics=metrics(model.metrics) if model.metrics else {},
        posted_at=micros(model.posted_at),
        callback_url=model.callback_url,
        extra=model.extra,
    )


def metrics(model: MetricsModel) -> dict[str, Any]:
    """Metrics as kept: only what was sent."""
    return model.model_dump(mode="json", exclude_none=True)


def _author(model: AuthorModel) -> Author:
    return Author(
        id=model.id,
        nickname=model.nickname,
        followers=model.followers,
        registered_at=micros(model.registered_at),
        role=model.role,
        official=model.official,
        minor=model.minor,
        registration_risk=model.registration_risk,
    )
