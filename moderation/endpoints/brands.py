"""``/v1/brands``: dossiers, mentions, statistics."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final
from zoneinfo import ZoneInfo, available_timezones

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from moderation.domain.net_sentiment import net_sentiment
from moderation.domain.scores import Polarity
from moderation.endpoints.instants import iso
from moderation.endpoints.problems import ProblemError
from moderation.endpoints.requests import caller, json_body, needs, parts, read_json
from moderation.endpoints.schemas import PRINTABLE, BrandModel, countable, micros
from moderation.services.access import Scope
from moderation.services.brand_statistics import DEFINITIONS, Bucket, Counting, Window

if TYPE_CHECKING:
    from moderation.domain.brands import Count
    from moderation.store.tables import BrandRow, MentionRow, PostRow

Answer = tuple[dict[str, Any], int]
"""A JSON body and the status."""

brands = APIBlueprint("brands", __name__, url_prefix="/v1", abp_tags=[Tag(name="brands")])

MAX_POINTS: Final = 2_000
_DAY: Final = 86_400 * 1_000_000
_POINT: Final = {Bucket.HOUR: _DAY // 24, Bucket.DAY: _DAY, Bucket.WEEK: 7 * _DAY}


@cache
def _zones() -> frozenset[str]:
    """Names of all time zones: looking costs a walk through the zone files."""
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        message = f"no time zone is called {name!r}; use a name such as Asia/Shanghai"
        raise ValueError(message)
    return name


class BrandPath(BaseModel):
    """Path of one brand."""

    id: int = Field(ge=1, le=2**62)


class WindowQuery(BaseModel):
    """Which time to count."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: datetime | None = Field(
        default=None, alias="from", description="ISO 8601; without an offset, in tz."
    )
    to: datetime | None = Field(default=None, description="Exclusive end; now by default.")
    bucket: Bucket = Bucket.DAY
    tz: Annotated[str, AfterValidator(_known_zone)] = "Asia/Shanghai"
    count: Counting = Counting.CLEAN


class MentionQuery(WindowQuery):
    """Which mentions to list."""

    sentiment: Polarity | None = None
    source: str | None = Field(default=None, max_length=100, pattern=PRINTABLE)
    limit: int = Field(default=50, ge=1, le=200)
    offset: int = Field(default=0, ge=0, le=1_000_000)


@brands.post("/brands", summary="Add or change a brand by its name", openapi_extensions=json_body(BrandModel))
@needs(Scope.BRANDS_WRITE)
def save() -> Answer:
    """Keep a dossier; posts that come in from now on are matched against it."""
    model = BrandModel.model_validate(read_json())
    row = parts().statistics.save(
        caller().community_id,
        name=model.name.strip(),
        dossier=model.model_dump(exclude={"name"}),
        now=parts().clock(),
    )
    return _brand_json(row), 201


@brands.get("/brands", summary="List brands")
@needs(Scope.BRANDS_READ)
def list_all() -> Answer:
    """Every brand of the community."""
    return {"brands": [_brand_json(row) for row in parts().statistics.all_brands(caller().community_id)]}, 200


@brands.get("/brands/<int:id>", summary="Read a brand")
@needs(Scope.BRANDS_READ)
def read(path: BrandPath) -> Answer:
    """One brand."""
    return _brand_json(parts().statistics.brand(caller().community_id, path.id)), 200


@brands.get("/brands/<int:id>/stats", summary="Mentions and sentiment over time")
@needs(Scope.BRANDS_READ)
def stats(path: BrandPath, query: WindowQuery) -> Answer:
    """Counts per bucket and over the window."""
    window = _window(query)
    series = parts().statistics.series(caller().community_id, path.id, window, query.count)
    return {
        "brand": {"id": series.brand.id, "name": series.brand.name},
        "tz": query.tz,
        "bucket": query.bucket.value,
        "count": query.count.value,
        "from": iso(window.since),
        "to": iso(window.until),
        "series": [
            {"start": _local(start, query.tz), **_count_json(count)} for start, count in series.points
        ],
        "totals": {**_count_json(series.total), **_net_json(series.total)},
        "definitions": DEFINITIONS,
    }, 200


@brands.get("/brands/<int:id>/mentions", summary="The posts behind the figures")
@needs(Scope.BRANDS_READ)
def mentions(path: BrandPath, query: MentionQuery) -> Answer:
    """Mentions with their posts, newest first."""
    found = parts().statistics.mentions(
        caller().community_id,
        path.id,
        _window(query),
        polarity=query.sentiment,
        source=query.source,
        counting=query.count,
        limit=query.limit,
        offset=query.offset,
    )
    return {"mentions": [_mention_json(mention, post) for mention, post in found]}, 200


def _window(query: WindowQuery) -> Window:
    now = parts().clock()
    until = _instant(query.to, query.tz) or now
    since = _instant(query.from_, query.tz)
    since = until - 30 * _DAY if since is None else since
    if since >= until:
        raise ProblemError(422, "Invalid request", "/from: must lie before /to", pointer="/from")
    if (until - since) // _POINT[query.bucket] > MAX_POINTS:
        detail = f"/bucket: more than {MAX_POINTS} points; choose a wider bucket or a shorter time"
        raise ProblemError(422, "Invalid request", detail, pointer="/bucket")
    return Window(since, until, query.bucket, query.tz)


def _instant(moment: datetime | None, tz: str) -> int | None:
    if moment is None:
        return None
    try:
        return micros(countable(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(tz))))
    except ValueError as error:
        raise ProblemError(422, "Invalid request", f"/from, /to: {error}", pointer="/from") from error


def _local(instant: int, tz: str) -> str:
    return datetime.fromtimestamp(instant / 1_000_000, ZoneInfo(tz)).isoformat()


def _count_json(count: Count) -> dict[str, Any]:
    return {
        "mentions": count.mentions,
        "posts": count.posts,
        "authors": count.authors,
        **{polarity.value: count.polarities[polarity] for polarity in Polarity},
        "by_source": count.by_source,
    }


def _net_json(count: Count) -> dict[str, Any]:
    net = net_sentiment(count.polarities)
    return {
        "net_sentiment": None if net.value is None else round(net.value, 4),
        "net_sentiment_low": round(net.low, 4),
        "net_sentiment_high": round(net.high, 4),
        "net_sentiment_rated": net.rated,
        "net_sentiment_few": net.is_few,
    }


def _brand_json(row: BrandRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        **row.dossier,
        "version": row.version,
        "updated_at": iso(row.updated_at),
    }


def _mention_json(mention: MentionRow, post: PostRow) -> dict[str, Any]:
    return {
        "data_id": post.data_id,
        "text": post.text,
        "title": post.title,
        "url": post.url,
        "surface": mention.surface,
        "field": mention.field,
        "start": mention.start,
        "end": mention.end,
        "sentiment": mention.polarity,
        "probability": round(mention.probability, 4),
        "link_confidence": mention.link_confidence,
        "clean": mention.clean,
        "source": mention.source,
        "posted_at": iso(mention.posted_at),
    }
