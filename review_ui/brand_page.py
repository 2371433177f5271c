"""Gathers what a brand's page shows, for the window that its address names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from flask import request

from moderation.domain.net_sentiment import FEW, NetSentiment, net_sentiment
from moderation.domain.scores import Polarity
from moderation.services.brand_statistics import Bucket, Counting, Window
from review_ui.context import community, local, now, parts
from review_ui.evidence import mention_case
from review_ui.queries import choice, number, page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moderation.domain.brands import Count
    from moderation.services.brand_statistics import Series
    from moderation.store.tables import BrandRow, MentionRow, PostRow
    from review_ui.marks import Group

TOO_FEW: Final = FEW
"""Below this many mentions a figure says so."""

DAYS: Final = (7, 14, 30)
SPARK_DAYS: Final = 14
MENTIONS_SHOWN: Final = 20
_MICROS: Final = 1_000_000
_WIDTH: Final = {
    Bucket.HOUR: 3_600 * _MICROS,
    Bucket.DAY: 86_400 * _MICROS,
    Bucket.WEEK: 7 * 86_400 * _MICROS,
}


@dataclass(frozen=True, slots=True)
class BrandQuery:
    """What a brand's page is asked for.  ``at`` is the start of one bucket whose posts are listed."""

    days: int
    bucket: Bucket
    counting: Counting
    polarity: Polarity | None
    source: str | None
    at: int | None
    page: int = 1

    @property
    def window(self) -> Window:
        """The whole time shown."""
        return last_days(self.days, self.bucket)

    @property
    def listed(self) -> Window:
        """The time whose posts are listed: one bucket, or all of it."""
        if self.at is None:
            return self.window
        return Window(self.at, self.at + _WIDTH[self.bucket], self.bucket)

    def address(self, **changes: Any) -> dict[str, Any]:
        """Arguments of ``url_for`` for this page, with changes; defaults are left out."""
        values: dict[str, Any] = {
            "days": self.days if self.days != DAYS[0] else None,
            "bucket": self.bucket.value if self.bucket is not Bucket.DAY else None,
            "count": self.counting.value if self.counting is not Counting.CLEAN else None,
            "polarity": self.polarity.value if self.polarity else None,
            "source": self.source or None,
            "at": self.at,
            **changes,
        }
        return {key: value for key, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Card:
    """A brand among others: its clean counts, and its mentions as ``points`` of a line."""

    brand: BrandRow
    total: Mapping[str, int]
    spark: str

    @property
    def mentions(self) -> int:
        """How often it was mentioned."""
        return self.total.get("mentions", 0)

    @property
    def net(self) -> NetSentiment:
        """Net sentiment."""
        return net_sentiment(self.total)


@dataclass(frozen=True, slots=True)
class Listed:
    """A mention in the list of posts behind a figure."""

    mention: MentionRow
    post: PostRow
    text: list[str | Group]


@dataclass(frozen=True, slots=True)
class BrandPage:
    """Everything on the page."""

    brand: BrandRow
    query: BrandQuery
    series: Series
    before: Count
    listed: list[Listed]

    @property
    def total(self) -> Count:
        """Counts of the whole window."""
        return self.series.total

    @property
    def net(self) -> NetSentiment:
        """Net sentiment of the window."""
        return net_sentiment(self.total.polarities)

    @property
    def few(self) -> bool:
        """Whether the figures rest on few mentions."""
        return self.total.mentions < TOO_FEW

    @property
    def change(self) -> float | None:
        """Growth of mentions against the window before; None where either is too small to say."""
        if min(self.before.mentions, self.total.mentions) < TOO_FEW:
            return None
        return self.total.mentions / self.before.mentions - 1

    @property
    def peak(self) -> tuple[int, int] | None:
        """(start, count) of the bucket with the most negative mentions; None without any."""
        counted = [(start, count.polarities[Polarity.NEGATIVE]) for start, count in self.series.points]
        best = max(counted, key=lambda one: one[1], default=(0, 0))
        return best if best[1] else None

    @property
    def sources(self) -> list[tuple[str, int]]:
        """(source, mentions), most first."""
        return sorted(self.total.by_source.items(), key=lambda one: -one[1])


def brand_query() -> BrandQuery:
    """What the address asks for."""
    given_at = request.args.get("at", "")
    return BrandQuery(
        days=number("days", DAYS, DAYS[0]),
        bucket=choice("bucket", Bucket) or Bucket.DAY,
        counting=choice("count", Counting) or Counting.CLEAN,
        polarity=choice("polarity", Polarity),
        source=request.args.get("source", "")[:100] or None,
        at=int(given_at) if given_at.isascii() and given_at.isdigit() and len(given_at) <= 17 else None,  # noqa: PLR2004
        page=page(),
    )


def last_days(days: int, bucket: Bucket = Bucket.DAY, *, back: int = 0) -> Window:
    """The last ``days`` local days, today included; ``back`` moves it into the past by so many days."""
    present = local(now())
    tomorrow = present.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1 - back)
    since = tomorrow - timedelta(days=days)
    return Window(int(since.timestamp()) * _MICROS, int(tomorrow.timestamp()) * _MICROS, bucket)


def brand_page(brand_id: int, query: BrandQuery) -> BrandPage:
    """One brand.

    Raises:
        UnknownBrandError: the community has no such brand.
    """
    statistics = parts().statistics
    series = statistics.series(community(), brand_id, query.window, query.counting)
    earlier = last_days(query.days, query.bucket, back=query.days)
    before = statistics.series(community(), brand_id, earlier, query.counting).total
    found = statistics.mentions(
        community(),
        brand_id,
        query.listed,
        polarity=query.polarity,
        source=query.source,
        counting=query.counting,
        limit=MENTIONS_SHOWN,
        offset=(query.page - 1) * MENTIONS_SHOWN,
    )
    listed = [Listed(mention, post, mention_case(post, mention)) for mention, post in found]
    return BrandPage(series.brand, query, series, before, listed)
