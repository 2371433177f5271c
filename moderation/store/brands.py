"""Brand dossiers, mentions, and the counts kept of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, case, delete, distinct, func, insert, select, update

from moderation.domain.brands import BUCKET, Brand, bucket_of
from moderation.domain.scores import Polarity
from moderation.store.tables import BrandBucketRow, BrandMarkRow, BrandRow, MentionRow, PostRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session


def all_of(session: Session, community_id: int) -> list[BrandRow]:
    """A community's brands by name."""
    return list(
        session.scalars(select(BrandRow).where(BrandRow.community_id == community_id).order_by(BrandRow.name))
    )


def find(session: Session, community_id: int, brand_id: int) -> BrandRow | None:
    """A community's brand."""
    return session.scalar(
        select(BrandRow).where(BrandRow.id == brand_id, BrandRow.community_id == community_id)
    )


def by_name(session: Session, community_id: int, name: str) -> BrandRow | None:
    """A community's brand by its name."""
    return session.scalar(
        select(BrandRow).where(BrandRow.name == name, BrandRow.community_id == community_id)
    )


def dossiers(session: Session) -> dict[int, tuple[Brand, ...]]:
    """Every community's dossiers: what a scoring worker matches."""
    found: dict[int, list[Brand]] = {}
    for row in session.scalars(select(BrandRow).order_by(BrandRow.id)):
        found.setdefault(row.community_id, []).append(as_brand(row))
    return {community: tuple(brands) for community, brands in found.items()}


def dossiers_version(session: Session) -> tuple[int, int, int]:
    """A value that changes whenever any dossier does, in one cheap query."""
    row = session.execute(
        select(
            func.count(),
            func.coalesce(func.max(BrandRow.updated_at), 0),
            func.coalesce(func.sum(BrandRow.version), 0),
        )
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def as_brand(row: BrandRow) -> Brand:
    """The dossier as the domain reads it."""
    return Brand(
        id=row.id,
        name=row.name,
        **{
            key: tuple(row.dossier.get(key, ()))
            for key in ("aliases", "exclusions", "context", "competitors")
        },
    )


def save(session: Session, community_id: int, *, name: str, dossier: dict[str, Any], now: int) -> BrandRow:
    """Keep a brand, new or changed, by its name."""
    row = by_name(session, community_id, name)
    if row is None:
        row = BrandRow(community_id=community_id, name=name, version=0, created_at=now)
        session.add(row)
    row.dossier = dossier
    row.version += 1
    row.updated_at = now
    session.flush()
    return row


def add_mentions(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add mentions (column values of :class:`MentionRow`) and mark their buckets."""
    if rows:
        session.execute(insert(MentionRow), list(rows))
        _mark(session, {(row["brand_id"], bucket_of(row["posted_at"])) for row in rows})


def drop_mentions(session: Session, post_ids: Sequence[str]) -> None:
    """Remove the mentions of posts that were edited or withdrawn, and mark their buckets."""
    touched = session.execute(
        delete(MentionRow)
        .where(MentionRow.post_id.in_(post_ids))
        .returning(MentionRow.brand_id, MentionRow.posted_at)
    )
    _mark(session, {(brand_id, bucket_of(posted_at)) for brand_id, posted_at in touched})


def set_clean(session: Session, post_id: str, *, clean: bool) -> None:
    """Say whether a post's mentions count as clean, and mark their buckets."""
    touched = session.execute(
        update(MentionRow)
        .where(MentionRow.post_id == post_id, MentionRow.clean.is_not(clean))
        .values(clean=clean)
        .returning(MentionRow.brand_id, MentionRow.posted_at)
        .execution_options(synchronize_session=False)
    )
    _mark(session, {(brand_id, bucket_of(posted_at)) for brand_id, posted_at in touched})


def _mark(session: Session, buckets: Iterable[tuple[int, int]]) -> None:
    rows = [{"brand_id": brand_id, "start": start} for brand_id, start in sorted(buckets)]
    if rows:
        session.execute(insert(BrandMarkRow), rows)


def recount_next(session: Session, limit: int = 200) -> int:
    """Recount the buckets of up to ``limit`` marks; answers how many marks were worked off.

    The marks are read first and only those are deleted, so a mention committed meanwhile leaves its own mark.
    """
    marks = list(session.execute(select(BrandMarkRow).order_by(BrandMarkRow.id).limit(limit)).scalars())
    if not marks:
        return 0
    buckets = sorted({(mark.brand_id, mark.start) for mark in marks})
    for brand_id, start in buckets:
        _lock_bucket(session, brand_id)
        _recount(session, brand_id, start)
    session.execute(delete(BrandMarkRow).where(BrandMarkRow.id.in_([mark.id for mark in marks])))
    return len(marks)


def _lock_bucket(session: Session, brand_id: int) -> None:
    # Two recounts of one brand take turns: the brand's row is the lock (SQLite's writer lock does it there).
    # Its weaker kind lets mentions be added meanwhile: their foreign key locks the row too, in the text's order.
    session.execute(select(BrandRow.id).where(BrandRow.id == brand_id).with_for_update(key_share=True))


def _recount(session: Session, brand_id: int, start: int) -> None:
    session.execute(
        delete(BrandBucketRow).where(BrandBucketRow.brand_id == brand_id, BrandBucketRow.start == start)
    )
    in_bucket = (
        MentionRow.brand_id == brand_id,
        MentionRow.posted_at >= start,
        MentionRow.posted_at < start + BUCKET,
    )
    rows = session.execute(
        select(
            MentionRow.source,
            MentionRow.clean,
            func.count().label("mentions"),
            func.count(distinct(MentionRow.post_id)).label("posts"),
            *(_count_of(polarity).label(polarity.value) for polarity in Polarity),
        )
        .where(*in_bucket)
        .group_by(MentionRow.source, MentionRow.clean)
    ).mappings()
    counted = [{"brand_id": brand_id, "start": start, **row} for row in rows]
    if counted:
        session.execute(insert(BrandBucketRow), counted)


def _count_of(polarity: Polarity) -> ColumnElement[int]:
    return func.sum(case((MentionRow.polarity == polarity.value, 1), else_=0))


def buckets(session: Session, brand_id: int, *, since: int, until: int, clean: bool) -> list[BrandBucketRow]:
    """Counted buckets of a brand in ``[since, until)``, in time order; ``clean`` leaves spam out."""
    statement = select(BrandBucketRow).where(
        BrandBucketRow.brand_id == brand_id, BrandBucketRow.start >= since, BrandBucketRow.start < until
    )
    if clean:
        statement = statement.where(BrandBucketRow.clean.is_(True))
    return list(session.scalars(statement.order_by(BrandBucketRow.start)))


def author_days(
    session: Session, brand_id: int, *, since: int, until: int, clean: bool
) -> list[tuple[int, str]]:
    """(posted_at, author) of every mention with a known author in ``[since, until)``."""
    statement = select(MentionRow.posted_at, MentionRow.author_id).where(
        MentionRow.brand_id == brand_id,
        MentionRow.posted_at >= since,
        MentionRow.posted_at < until,
        MentionRow.author_id.is_not(None),
    )
    if clean:
        statement = statement.where(MentionRow.clean.is_(True))
    return [(at, author) for at, author in session.execute(statement) if author is not None]


def mentions(
    session: Session,
    brand_id: int,
    *,
    since: int,
    until: int,
    polarity: Polarity | None = None,
    source: str | None = None,
    clean: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> list[tuple[MentionRow, PostRow]]:
    """Mentions with their posts in ``[since, until)``, newest first: the posts behind a figure."""
    statement = (
        select(MentionRow, PostRow)
        .join(PostRow, PostRow.id == MentionRow.post_id)
        .where(MentionRow.brand_id == brand_id, MentionRow.posted_at >= since, MentionRow.posted_at < until)
    )
    if polarity is not None:
        statement = statement.where(MentionRow.polarity == polarity.value)
    if source is not None:
        statement = statement.where(MentionRow.source == source)
    if clean:
        statement = statement.where(MentionRow.clean.is_(True))
    ordered = statement.order_by(MentionRow.posted_at.desc(), MentionRow.id.desc())
    return list(session.execute(ordered.limit(limit).offset(offset)).all())


def totals(session: Session, community_id: int, *, since: int, until: int) -> dict[int, dict[str, int]]:
    """Clean counts per brand of a community in ``[since, until)``, from the buckets."""
    columns = ("mentions", "posts", "negative", "neutral", "positive", "mixed", "unrated")
    rows = session.execute(
        select(
            BrandBucketRow.brand_id,
            *(func.sum(getattr(BrandBucketRow, name)).label(name) for name in columns),
        )
        .join(BrandRow, BrandRow.id == BrandBucketRow.brand_id)
        .where(
            BrandRow.community_id == community_id,
            BrandBucketRow.start >= since,
            BrandBucketRow.start < until,
            BrandBucketRow.clean.is_(True),
        )
        .group_by(BrandBucketRow.brand_id)
    ).mappings()
    return {row["brand_id"]: {name: int(row[name]) for name in columns} for row in rows}


def mention_counts(
    session: Session, community_id: int, *, since: int, until: int
) -> list[tuple[int, int, int]]:
    """(brand, bucket start, clean mentions) of a community in ``[since, until)``, in time order."""
    statement = (
        select(BrandBucketRow.brand_id, BrandBucketRow.start, func.sum(BrandBucketRow.mentions))
        .join(BrandRow, BrandRow.id == BrandBucketRow.brand_id)
        .where(
            BrandRow.community_id == community_id,
            BrandBucketRow.start >= since,
            BrandBucketRow.start < until,
            BrandBucketRow.clean.is_(True),
        )
        .group_by(BrandBucketRow.brand_id, BrandBucketRow.start)
        .order_by(BrandBucketRow.start)
    )
    return [(brand, start, int(count)) for brand, start, count in session.execute(statement)]
