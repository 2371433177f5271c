"""Counts of brands over time, compared with a simple loop over the mentions."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from moderation.domain.scores import Polarity
from moderation.services.brand_statistics import (
    DEFINITIONS,
    BrandStatistics,
    Bucket,
    Counting,
    UnknownBrandError,
    Window,
    bucket_start,
)
from moderation.services.intake import Intake
from moderation.store import brands
from moderation.store.tables import Base, BrandBucketRow, BrandMarkRow, MentionRow
from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    a_brand_row,
    a_community,
    a_scoring,
    a_submission,
    an_author,
    keep,
    mention_columns,
)
from tests.fakes import RecordingBell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moderation.services.brand_statistics import Series
    from moderation.store.engine import Sessions

ZONES = [
    "Asia/Shanghai",
    "UTC",
    "Asia/Kolkata",  # +05:30
    "Asia/Kathmandu",  # +05:45
    "America/St_Johns",  # -03:30 with daylight saving
    "Europe/Berlin",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "America/Havana",  # midnight strikes twice in November, and not at all in March
    "Pacific/Apia",
]


def at(text: str, zone: str = "UTC") -> int:
    """An instant in microseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * SECOND


def add(sessions: Sessions, rows: Sequence[dict[str, Any]]) -> None:
    with sessions.write.begin() as session:
        brands.add_mentions(session, rows)


def count(sessions: Sessions, table: type[Base]) -> int:
    with sessions.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def statistics(sessions: Sessions) -> BrandStatistics:
    return BrandStatistics(sessions, RecordingBell())


@pytest.fixture
def brand_id(sessions: Sessions, community_id: int) -> int:
    return a_brand_row(sessions, community_id, "小米").id


# ---------------------------------------------------------------- the plain truth


def local_start(instant: int, bucket: Bucket, zone: str) -> datetime:
    """The local hour, day or Monday of an instant, as a wall clock reads it."""
    local = datetime.fromtimestamp(instant // SECOND, ZoneInfo(zone))
    if bucket is Bucket.HOUR:
        return local.replace(minute=0, second=0, microsecond=0)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return day - timedelta(days=day.weekday()) if bucket is Bucket.WEEK else day


def simple_count(rows: Sequence[dict[str, Any]], window: Window, counting: Counting) -> dict[str, Any]:
    """Loop over mentions; no buckets of any kind."""
    points: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    authors: dict[tuple[str, int], set[str]] = defaultdict(set)
    posts: dict[tuple[str, int], set[str]] = defaultdict(set)
    for row in rows:
        inside = window.since <= row["posted_at"] < window.until
        if not inside or (counting is Counting.CLEAN and not row["clean"]):
            continue
        start = local_start(row["posted_at"], window.bucket, window.tz)
        key = (start.replace(tzinfo=None).isoformat(), start.fold if window.bucket is Bucket.HOUR else 0)
        points[key]["mentions"] += 1
        points[key][row["polarity"]] += 1
        points[key]["source:" + row["source"]] += 1
        posts[key].add(row["post_id"])
        if row["author_id"]:
            authors[key].add(row["author_id"])
    return {
        "mentions": sum(point["mentions"] for point in points.values()),
        "authors": len(set().union(*authors.values())),
        "posts": len(set().union(*posts.values())),
        "points": {
            key: (
                point["mentions"],
                len(posts[key]),
                len(authors[key]),
                {polarity.value: point[polarity.value] for polarity in Polarity},
                {name.removeprefix("source:"): n for name, n in point.items() if name.startswith("source:")},
            )
            for key, point in points.items()
        },
    }


def as_simple(series: Series, window: Window) -> dict[str, Any]:
    points = {}
    for start, found in series.points:
        if not found.mentions:
            continue
        local = local_start(start, window.bucket, window.tz)
        key = (local.replace(tzinfo=None).isoformat(), local.fold if window.bucket is Bucket.HOUR else 0)
        assert key not in points, "two points for one stretch of time"
        by_polarity = {polarity.value: number for polarity, number in found.polarities.items()}
        points[key] = (found.mentions, found.posts, found.authors, by_polarity, found.by_source)
    total = series.total
    return {"mentions": total.mentions, "authors": total.authors, "posts": total.posts, "points": points}


QUARTERS = st.integers(0, 40 * 24 * 4)
CENTRES = st.sampled_from(
    [
        at("2025-03-20"),
        at("2025-10-20"),
        at("2024-12-15"),
        at("2025-03-01"),
        at("2011-12-20"),
        at("2025-11-01"),
    ]
)


@st.composite
def mention_rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    base = draw(CENTRES)
    posts = draw(
        st.lists(
            st.tuples(
                st.integers(0, 40 * DAY // SECOND),
                st.sampled_from([None, "u1", "u2", "u3"]),
                st.sampled_from(["论坛", "微博", ""]),
                st.booleans(),
                st.lists(st.sampled_from([polarity.value for polarity in Polarity]), min_size=1, max_size=3),
            ),
            max_size=25,
        )
    )
    return [
        {
            "post_id": f"p{number}",
            "posted_at": base + seconds * SECOND,
            "author_id": author,
            "source": source,
            "clean": clean,
            "polarity": polarity,
            "base": base,
        }
        for number, (seconds, author, source, clean, polarities) in enumerate(posts)
        for polarity in polarities
    ]


@contextmanager
def fresh_counts(sessions: Sessions) -> Iterator[None]:
    with sessions.write.begin() as session:
        for table in (MentionRow, BrandMarkRow, BrandBucketRow):
            session.execute(delete(table))
    yield


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=mention_rows(),
    zone=st.sampled_from(ZONES),
    bucket=st.sampled_from(list(Bucket)),
    counting=st.sampled_from(list(Counting)),
    first=QUARTERS,
    length=st.integers(1, 40 * 24 * 4),
)
def test_series_equals_a_simple_loop(  # noqa: PLR0917 - fixtures and what hypothesis draws
    sessions: Sessions,
    community_id: int,
    statistics: BrandStatistics,
    brand_id: int,
    rows: list[dict[str, Any]],
    zone: str,
    bucket: Bucket,
    counting: Counting,
    first: int,
    length: int,
) -> None:
    base = rows[0]["base"] if rows else NOW
    since = base + first * 15 * MINUTE
    window = Window(since, since + length * 15 * MINUTE, bucket, zone)
    plain = [{key: value for key, value in row.items() if key != "base"} for row in rows]
    with fresh_counts(sessions):
        add(sessions, [mention_columns(community_id, brand_id, **row) for row in plain])
        statistics.recount()
        series = statistics.series(community_id, brand_id, window, counting)
    assert as_simple(series, window) == simple_count(plain, window, counting)
    starts = [start for start, _ in series.points]
    assert starts == sorted(set(starts))


# ---------------------------------------------------------------- where a point begins


@given(st.integers(at("2000-01-01"), at("2037-01-01")), st.sampled_from(list(Bucket)), st.sampled_from(ZONES))
def test_start_of_a_point(instant: int, bucket: Bucket, zone: str) -> None:
    start = bucket_start(instant, bucket, ZoneInfo(zone))
    assert start <= instant
    assert bucket_start(start, bucket, ZoneInfo(zone)) == start
    longest = {Bucket.HOUR: HOUR + 30 * MINUTE, Bucket.DAY: 25 * HOUR, Bucket.WEEK: 7 * DAY + HOUR}[bucket]
    assert instant - start < longest
    assert start % (15 * MINUTE) == 0


@pytest.mark.parametrize(
    ("instant", "bucket", "zone", "start"),
    [
        ("2025-11-21T23:59:59", Bucket.DAY, "Asia/Shanghai", "2025-11-21T00:00"),
        ("2025-11-22T00:00:00", Bucket.DAY, "Asia/Shanghai", "2025-11-22T00:00"),
        ("2025-11-23T12:00:00", Bucket.WEEK, "Asia/Shanghai", "2025-11-17T00:00"),  # a Sunday
        ("2025-11-24T00:00:00", Bucket.WEEK, "Asia/Shanghai", "2025-11-24T00:00"),
        ("2025-11-21T10:44:00", Bucket.HOUR, "Asia/Kathmandu", "2025-11-21T10:00"),
        ("2025-03-30T23:00:00", Bucket.WEEK, "Europe/Berlin", "2025-03-24T00:00"),  # clocks changed that day
        ("2025-10-26T23:00:00", Bucket.WEEK, "Europe/Berlin", "2025-10-20T00:00"),
        ("2025-03-30T23:00:00", Bucket.DAY, "Europe/Berlin", "2025-03-30T00:00"),
        ("2025-11-02T12:00:00", Bucket.DAY, "America/Havana", "2025-11-02T00:00"),
    ],
)
def test_start_of_a_point_on_the_calendar(instant: str, bucket: Bucket, zone: str, start: str) -> None:
    assert bucket_start(at(instant, zone), bucket, ZoneInfo(zone)) == at(start, zone)


def points(statistics: BrandStatistics, community_id: int, brand_id: int, window: Window) -> list[str]:
    series = statistics.series(community_id, brand_id, window)
    zone = ZoneInfo(window.tz)
    return [
        datetime.fromtimestamp(start // SECOND, zone).strftime("%m-%d %H:%M") for start, _ in series.points
    ]


@pytest.mark.parametrize(
    ("since", "until", "bucket", "zone", "expected"),
    [
        ("2025-11-19T10:30", "2025-11-21T00:15", Bucket.DAY, "Asia/Shanghai", ["11-19", "11-20", "11-21"]),
        ("2025-11-19T00:00", "2025-11-21T00:00", Bucket.DAY, "Asia/Shanghai", ["11-19", "11-20"]),
        ("2025-11-19T10:30", "2025-11-19T12:01", Bucket.HOUR, "Asia/Shanghai", ["10:00", "11:00", "12:00"]),
        ("2025-03-30T00:30", "2025-03-30T04:00", Bucket.HOUR, "Europe/Berlin", ["00:00", "01:00", "03:00"]),
        (
            "2025-10-26T01:30",
            "2025-10-26T04:00",
            Bucket.HOUR,
            "Europe/Berlin",
            ["01:00", "02:00", "02:00", "03:00"],
        ),
        (
            "2025-03-20T12:00",
            "2025-04-08T00:00",
            Bucket.WEEK,
            "Europe/Berlin",
            ["03-17", "03-24", "03-31", "04-07"],
        ),
        ("2025-03-08T12:00", "2025-03-10T01:00", Bucket.DAY, "America/Havana", ["03-08", "03-09", "03-10"]),
        ("2025-11-01T12:00", "2025-11-03T01:00", Bucket.DAY, "America/Havana", ["11-01", "11-02", "11-03"]),
        (
            "2011-12-28T12:00",
            "2012-01-01T01:00",
            Bucket.DAY,
            "Pacific/Apia",
            ["12-28", "12-29", "12-31", "01-01"],
        ),
        (
            "2025-10-05T00:45",
            "2025-10-05T04:00",
            Bucket.HOUR,
            "Australia/Lord_Howe",
            ["00:00", "01:00", "02:30", "03:00"],
        ),
    ],
)
def test_every_stretch_of_the_window_has_its_point(  # noqa: PLR0917 - fixtures and a case
    sessions: Sessions,
    community_id: int,
    statistics: BrandStatistics,
    brand_id: int,
    since: str,
    until: str,
    bucket: Bucket,
    zone: str,
    expected: list[str],
) -> None:
    found = points(statistics, community_id, brand_id, Window(at(since, zone), at(until, zone), bucket, zone))
    assert len(found) == len(expected)
    assert all(wanted in point for wanted, point in zip(expected, found, strict=True)), found


def test_sparklines_have_as_many_points_as_the_series(
    sessions: Sessions, community_id: int, statistics: BrandStatistics, brand_id: int
) -> None:
    """Just after midnight: the day that has just begun has its point too."""
    until = at("2025-11-21T00:10", "Asia/Shanghai")
    window = Window(until - 7 * DAY, until)
    moments = [until - MINUTE, until - DAY, until - 7 * DAY + MINUTE]
    add(sessions, [mention_columns(community_id, brand_id, posted_at=moment) for moment in moments])
    statistics.recount()
    (line,) = statistics.sparklines(community_id, window).values()
    assert len(line) == len(statistics.series(community_id, brand_id, window).points)
    assert (sum(line), line[-1]) == (3, 1)


# ---------------------------------------------------------------- recounting


def mentions_counted(statistics: BrandStatistics, community_id: int, brand_id: int) -> int:
    window = Window(NOW - 30 * DAY, NOW + DAY)
    return statistics.series(community_id, brand_id, window, Counting.RAW).total.mentions


def test_recount_after_edit_and_withdrawal(
    sessions: Sessions, community_id: int, statistics: BrandStatistics, brand_id: int
) -> None:
    intake, scoring = Intake(sessions, RecordingBell()), a_scoring(sessions)
    keep(
        sessions,
        community_id,
        a_submission("a", "小米好,小米差", author=an_author("u1"), posted_at=NOW - 3 * DAY),
        a_submission("b", "小米好", author=an_author("u1"), posted_at=NOW - DAY),
    )
    counted = []
    for change in (
        lambda: None,
        lambda: intake.edit(community_id, a_submission("a", "小米好"), edited_at=NOW, now=NOW),
        lambda: intake.edit(community_id, a_submission("a", "没有品牌"), edited_at=NOW + 1, now=NOW),
        lambda: intake.withdraw(community_id, "b"),
    ):
        change()
        scoring.score_pending()
        statistics.recount()
        counted.append(mentions_counted(statistics, community_id, brand_id))
    assert counted == [3, 2, 1, 0]
    assert count(sessions, BrandMarkRow) == count(sessions, BrandBucketRow) == 0


def test_edit_moves_the_figures_to_the_new_day(
    sessions: Sessions, community_id: int, statistics: BrandStatistics, brand_id: int
) -> None:
    scoring = a_scoring(sessions)
    keep(sessions, community_id, a_submission("a", "小米好", posted_at=NOW - 3 * DAY))
    scoring.score_pending()
    moved = a_submission("a", "小米好", posted_at=NOW - DAY)
    Intake(sessions, RecordingBell()).edit(community_id, moved, edited_at=NOW, now=NOW)
    scoring.score_pending()
    statistics.recount()
    series = statistics.series(community_id, brand_id, Window(NOW - 5 * DAY, NOW))
    assert [found.mentions for _, found in series.points if found.mentions] == [1]
    assert series.points[-2][1].mentions == 1


def test_recounting_twice_changes_nothing(
    sessions: Sessions, community_id: int, statistics: BrandStatistics, brand_id: int
) -> None:
    add(sessions, [mention_columns(community_id, brand_id) for _ in range(5)])
    assert statistics.recount() == 1
    assert statistics.recount() == 0
    assert mentions_counted(statistics, community_id, brand_id) == 5


def test_many_marks_are_worked_off(
    sessions: Sessions, community_id: int, statistics: BrandStatistics, brand_id: int
) -> None:
    rows = [mention_columns(community_id, brand_id, posted_at=NOW - n * 15 * MINUTE) for n in range(250)]
    add(sessions, rows)
    assert statistics.recount() == 250
    assert mentions_counted(statistics, community_id, brand_id) == 250


# SQLite has one writer at a time: there is nothing to show on it.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_mention_added_during_a_recount_is_not_lost(
    sessions: Sessions, community_id: int, statistics: BrandStatistics, brand_id: int
) -> None:
    """Committed between the reading of the marks and their deletion, as a scoring worker might."""
    add(sessions, [mention_columns(community_id, brand_id)])
    with sessions.write.begin() as session:
        marks = list(session.scalars(select(BrandMarkRow.id)))
        add(sessions, [mention_columns(community_id, brand_id)])
        assert brands.recount_next(session, limit=len(marks)) == 1
    statistics.recount()
    assert mentions_counted(statistics, community_id, brand_id) == 2


def test_adding_and_recounting_at_once_loses_nothing(
    sessions: Sessions, community_id: int, statistics: BrandStatistics
) -> None:
    """Two writers name two brands in opposite orders while two recounts run: no deadlock, no lost count."""
    one, other = (a_brand_row(sessions, community_id, name).id for name in ("华为", "荣耀"))
    stop = threading.Event()

    def write(order: tuple[int, int]) -> None:
        for _ in range(25):
            add(sessions, [mention_columns(community_id, brand) for brand in order])

    def recount() -> None:
        while not stop.is_set():
            statistics.recount()

    with ThreadPoolExecutor(4) as pool:
        recounting = [pool.submit(recount) for _ in range(2)]
        writing = [pool.submit(write, order) for order in ((one, other), (other, one))]
        try:
            for task in writing:
                task.result(60)
        finally:
            stop.set()
        for task in recounting:
            task.result(60)
    statistics.recount()
    assert [mentions_counted(statistics, community_id, brand) for brand in (one, other)] == [50, 50]


def test_clean_flag_moves_a_mention_between_counts(
    sessions: Sessions, community_id: int, statistics: BrandStatistics, brand_id: int
) -> None:
    add(
        sessions,
        [mention_columns(community_id, brand_id, "p1"), mention_columns(community_id, brand_id, "p2")],
    )
    statistics.recount()
    with sessions.write.begin() as session:
        brands.set_clean(session, "p1", clean=False)
    statistics.recount()
    window = Window(NOW - DAY, NOW + DAY)
    raw = statistics.series(community_id, brand_id, window, Counting.RAW)
    clean = statistics.series(community_id, brand_id, window, Counting.CLEAN)
    assert (raw.total.mentions, clean.total.mentions) == (2, 1)
    assert statistics.totals(community_id, window)[brand_id]["mentions"] == 1
    with sessions.write.begin() as session:
        brands.set_clean(session, "p1", clean=False)  # said again: nothing to recount
    assert count(sessions, BrandMarkRow) == 0


# ---------------------------------------------------------------- dossiers and drilling down


def test_brand_of_another_community_is_unknown(
    sessions: Sessions, community_id: int, statistics: BrandStatistics, brand_id: int
) -> None:
    other = a_community(sessions, "other").id
    window = Window(NOW - DAY, NOW)
    for ask in (
        lambda: statistics.brand(other, brand_id),
        lambda: statistics.series(other, brand_id, window),
        lambda: statistics.mentions(other, brand_id, window),
    ):
        with pytest.raises(UnknownBrandError):
            ask()
    assert statistics.all_brands(other) == []
    assert statistics.totals(other, window) == {}


def test_saving_a_dossier_again_changes_it(
    sessions: Sessions, community_id: int, statistics: BrandStatistics, brand_id: int
) -> None:
    with sessions.read() as session:
        before = brands.dossiers_version(session)
    row = statistics.save(community_id, name="小米", dossier={"aliases": ["mi"]}, now=NOW + 1)
    assert (row.id, row.version, row.dossier) == (brand_id, 2, {"aliases": ["mi"]})
    with sessions.read() as session:
        assert brands.dossiers_version(session) != before
        assert brands.dossiers(session)[community_id][0].names == ("小米", "mi")


def test_the_posts_behind_a_figure(
    sessions: Sessions, community_id: int, statistics: BrandStatistics, brand_id: int
) -> None:
    texts = [("a", "小米好", "论坛"), ("b", "小米差", "微博"), ("c", "小米差加微信", "微博")]
    posts = [
        a_submission(name, text, source=source, posted_at=NOW - HOUR + number)
        for number, (name, text, source) in enumerate(texts)
    ]
    keep(sessions, community_id, *posts)
    a_scoring(sessions).score_pending()
    window = Window(NOW - DAY, NOW)

    def listed(**how: Any) -> list[str]:
        return [post.data_id for _, post in statistics.mentions(community_id, brand_id, window, **how)]

    assert listed() == ["b", "a"]
    assert listed(counting=Counting.RAW) == ["c", "b", "a"]
    assert listed(polarity=Polarity.POSITIVE) == ["a"]
    assert listed(source="微博") == ["b"]
    assert listed(limit=1, offset=1) == ["a"]


def test_every_figure_is_defined() -> None:
    assert {"mentions", "posts", "authors", "net_sentiment", "raw", "clean", "start"} <= set(DEFINITIONS)
