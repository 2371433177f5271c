"""Images of posts: kept once per community, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import undefer

from moderation.store.tables import ImageAddressRow, ImageRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session


def keep(session: Session, row: dict[str, Any]) -> ImageRow:
    """Keep an image; the same bytes again are the image that is there."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(ImageRow).on_conflict_do_nothing(), [row])
    found = session.scalar(
        select(ImageRow).where(ImageRow.community_id == row["community_id"], ImageRow.sha256 == row["sha256"])
    )
    assert found is not None  # noqa: S101 - inserted above, or there before
    return found


def known(session: Session, community_id: int, image_ids: Collection[str]) -> set[str]:
    """Those of the ids that are a community's images."""
    return set(
        session.scalars(
            select(ImageRow.id).where(ImageRow.community_id == community_id, ImageRow.id.in_(image_ids))
        )
    )


def by_id(session: Session, community_id: int, image_id: str) -> ImageRow | None:
    """A community's image with its bytes, or None."""
    return session.scalar(
        select(ImageRow)
        .options(undefer(ImageRow.body))
        .where(ImageRow.id == image_id, ImageRow.community_id == community_id)
    )


def some(session: Session, image_ids: Collection[str]) -> dict[str, ImageRow]:
    """Images by id, without their bytes."""
    return {row.id: row for row in session.scalars(select(ImageRow).where(ImageRow.id.in_(image_ids)))}


def bodies(session: Session, image_ids: Collection[str]) -> dict[str, bytes]:
    """The bytes of images by id."""
    return dict(session.execute(select(ImageRow.id, ImageRow.body).where(ImageRow.id.in_(image_ids))).all())


def set_read(session: Session, found: dict[str, dict[str, Any]]) -> None:
    """Note what was read in images."""
    if found:
        statement = update(ImageRow).where(ImageRow.id == bindparam("image")).values(read=bindparam("found"))
        values = [{"image": image_id, "found": read} for image_id, read in sorted(found.items())]
        session.connection().execute(statement, values)


def at_addresses(
    session: Session, addresses: Sequence[tuple[int, str]], *, since: int
) -> dict[tuple[int, str], str]:
    """Image ids by community and hash of the address, of those fetched at or after ``since``."""
    rows = session.scalars(
        select(ImageAddressRow).where(
            ImageAddressRow.address_sha256.in_([address for _, address in addresses]),
            ImageAddressRow.community_id.in_([community_id for community_id, _ in addresses]),
            ImageAddressRow.fetched_at >= since,
        )
    )
    return {(row.community_id, row.address_sha256): row.image_id for row in rows}


def set_address(session: Session, community_id: int, address: str, image_id: str, *, now: int) -> None:
    """Note which image stands at an address."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(ImageAddressRow).values(
        community_id=community_id, address_sha256=address, image_id=image_id, fetched_at=now
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["community_id", "address_sha256"], set_={"image_id": image_id, "fetched_at": now}
        )
    )
