"""What every table has in common."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Integer
from sqlalchemy.orm import DeclarativeBase

# SQLite makes only INTEGER PRIMARY KEY columns count up by themselves.
Id = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Base of every table."""

    type_annotation_map = {dict[str, Any]: JSON, list[str]: JSON, int: BigInteger}  # noqa: RUF012 - SQLAlchemy's form
