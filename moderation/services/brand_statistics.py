"""How often brands are mentioned, and how people feel: counts over time, from buckets, with the posts behind them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from moderation.domain.brands import BUCKET, Count, bucket_of
from moderation.domain.scores import Polarity
from moderation.outbound.bell import QueueName
from moderation.store import brands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.outbound.bell import Bell
    from moderation.store.engine import Sessions
    from moderation.store.tables import BrandBucketRow, BrandRow, MentionRow, PostRow


class Bucket(StrEnum):
    """Width of a point in a series."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


class Counting(StrEnum):
    """What counts: everything, or everything outside posts found to be spam (去水)."""

    RAW = "raw"
    CLEAN = "clean"


class UnknownBrandError(LookupError):
    """The community has no such brand."""


@dataclass(frozen=True, slots=True)
class Window:
    """``[since, until)`` in UTC microseconds, cut into buckets of a time zone."""

    since: int
    until: int
    bucket: Bucket = Bucket.DAY
    tz: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Series:
    """Counts per bucket (start instant in UTC microseconds) and over the whole window."""

    brand: BrandRow
    points: list[tuple[int, Count]]
    total: Count


DEFINITIONS = {
    "mentions": "每处提及计一次:一帖两处计 2。One place where the brand is named.",
    "posts": "提及该品牌的帖子数。Posts that name the brand.",
    "authors": "提及该品牌的不同作者数;一段时间内同一作者计一次。Distinct authors in the window.",
    "net_sentiment": "(正面 − 负面) / (正面 + 负面)；页面上乘以 100：全是正面 +100，全是负面 −100；中性不计。"
    "n 是有正负面的提及数，方括号里是 95% 区间（Wilson）；n 不到 30 时页面不给数。"
    "(P − N) / (P + N), times 100 on pages, over n mentions rated positive or negative; in brackets the 95 % "
    "interval (Wilson); pages give no figure where n is below 30.",
    "raw": "全部提及,含后来判为广告或灌水的帖子。Everything, spam included.",
    "clean": "去水:不计被拦截为广告或灌水的帖子。Without posts blocked as spam or flooding.",
    "start": "按所选时区的小时、自然日或周(周一起)。Hours, days or weeks (from Monday) in the chosen time zone.",
}


@dataclass(frozen=True, slots=True)
class BrandStatistics:
    """The parts that brand statistics need."""

    sessions: Sessions
    bell: Bell

    def save(self, community_id: int, *, name: str, dossier: dict[str, Any], now: int) -> BrandRow:
        """Keep a dossier, new or changed; later posts are matched against it."""
        with self.sessions.write.begin() as session:
            return brands.save(session, community_id, name=name, dossier=dossier, now=now)

    def all_brands(self, community_id: int) -> list[BrandRow]:
        """A community's brands by name."""
        with self.sessions.read() as session:
            return brands.all_of(session, community_id)

    def brand(self, community_id: int, brand_id: int) -> BrandRow:
        """One brand.

        Raises:
            UnknownBrandError: the community has no such brand.
        """
        with self.sessions.read() as session:
            found = brands.find(session, community_id, brand_id)
        if found is None:
            message = f"no brand {brand_id}"
            raise UnknownBrandError(message)
        return found

    def totals(self, community_id: int, window: Window) -> dict[int, dict[str, int]]:
        """Clean counts of every brand in a window."""
        since, until = _edges(window)
        with self.sessions.read() as session:
            return brands.totals(session, community_id, since=since, until=until)

    def sparklines(self, community_id: int, window: Window) -> dict[int, list[int]]:
        """Clean mentions of every brand per bucket of a window, zeros included."""
        tz = ZoneInfo(window.tz)
        starts = {start: index for index, start in enumerate(_starts(window, tz))}
        place = _Places(window.bucket, tz)
        found: dict[int, list[int]] = {}
        since, until = _edges(window)
        with self.sessions.read() as session:
            counts = brands.mention_counts(session, community_id, since=since, until=until)
        for brand_id, start, mentions in counts:
            found.setdefault(brand_id, [0] * len(starts))[starts[place(start)]] += mentions
        return found

    def series(
        self, community_id: int, brand_id: int, window: Window, counting: Counting = Counting.CLEAN
    ) -> Series:
        """Counts of one brand over a window; buckets without a mention are there with zeros.

        Raises:
            UnknownBrandError: the community has no such brand.
        """
        brand = self.brand(community_id, brand_id)
        clean = counting is Counting.CLEAN
        since, until = _edges(window)
        with self.sessions.read() as session:
            rows = brands.buckets(session, brand_id, since=since, until=until, clean=clean)
            authors = brands.author_days(session, brand_id, since=since, until=until, clean=clean)
        return _fold(brand, rows, authors, window)

    def mentions(
        self,
        community_id: int,
        brand_id: int,
        window: Window,
        *,
        polarity: Polarity | None = None,
        source: str | None = None,
        counting: Counting = Counting.CLEAN,
        limit: int = 50,
        offset: int = 0,
    ) -> list[tuple[MentionRow, PostRow]]:
        """The posts behind a figure, newest first.

        Raises:
            UnknownBrandError: the community has no such brand.
        """
        self.brand(community_id, brand_id)
        with self.sessions.read() as session:
            return brands.mentions(
                session,
                brand_id,
                since=window.since,
                until=window.until,
                polarity=polarity,
                source=source,
                clean=counting is Counting.CLEAN,
                limit=limit,
                offset=offset,
            )

    def recount(self) -> int:
        """Work off marks until none is left; answers how many there were."""
        self.bell.answer(QueueName.REPORTS)
        worked = 0
        while True:
            with self.sessions.write.begin() as session:
                done = brands.recount_next(session)
            worked += done
            if not done:
                return worked


def _edges(window: Window) -> tuple[int, int]:
    """The window in whole counting buckets: every figure of a window rests on the same ones."""
    return bucket_of(window.since), bucket_of(window.until - 1) + BUCKET


def bucket_start(instant: int, bucket: Bucket, tz: ZoneInfo) -> int:
    """First microsecond of the hour, local day or local week (from Monday) that holds an instant."""
    local = datetime.fromtimestamp(instant // 1_000_000, UTC).astimezone(tz)
    if bucket is Bucket.HOUR:
        return _instant(local.replace(minute=0, second=0))
    # fold=0: where midnight strikes twice, the day begins at the first.
    start = local.replace(hour=0, minute=0, second=0, fold=0)
    return _instant(start - timedelta(days=start.weekday()) if bucket is Bucket.WEEK else start)


def _next_start(start: int, bucket: Bucket, tz: ZoneInfo) -> int:
    """Start of the point that follows the one beginning at ``start``."""
    if bucket is Bucket.HOUR:
        # An hour has 30 or 90 minutes where clocks change by half an hour.
        following = start + BUCKET
        while bucket_start(following, bucket, tz) == start:
            following += BUCKET
        return following
    local = datetime.fromtimestamp(start // 1_000_000, UTC).astimezone(tz)
    days = 7 if bucket is Bucket.WEEK else 1
    return _instant((local + timedelta(days=days)).replace(hour=0, minute=0, fold=0))


def _instant(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def _starts(window: Window, tz: ZoneInfo) -> list[int]:
    starts = []
    start = bucket_start(window.since, window.bucket, tz)
    while start < window.until:
        starts.append(start)
        start = _next_start(start, window.bucket, tz)
    return starts


def _fold(
    brand: BrandRow, rows: Sequence[BrandBucketRow], authors: Sequence[tuple[int, str]], window: Window
) -> Series:
    tz = ZoneInfo(window.tz)
    points = {start: Count() for start in _starts(window, tz)}
    place = _Places(window.bucket, tz)
    total = Count()
    for row in rows:
        for count in (points.setdefault(place(row.start), Count()), total):
            _add(count, row)
    seen: dict[int, set[str]] = defaultdict(set)
    for at, author in authors:
        seen[place(at - at % BUCKET)].add(author)
    for start, names in seen.items():
        points.setdefault(start, Count()).authors = len(names)
    total.authors = len({author for _, author in authors})
    return Series(brand, sorted(points.items()), total)


class _Places:
    """Finds the start of a bucket's point; remembers, since a window holds many buckets of few points."""

    def __init__(self, bucket: Bucket, tz: ZoneInfo) -> None:
        self._bucket, self._tz = bucket, tz
        self._known: dict[int, int] = {}

    def __call__(self, start: int) -> int:
        if start not in self._known:
            self._known[start] = bucket_start(start, self._bucket, self._tz)
        return self._known[start]


def _add(count: Count, row: BrandBucketRow) -> None:
    count.mentions += row.mentions
    count.posts += row.posts
    for polarity in Polarity:
        count.polarities[polarity] += getattr(row, polarity.value)
    count.by_source[row.source] = count.by_source.get(row.source, 0) + row.mentions
