"""Reads a file of brand dossiers, TOML or JSON."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from moderation.domain.failures import UserError

if TYPE_CHECKING:
    from pathlib import Path


class BrandFileError(UserError):
    """The dossier file cannot be used; the message names file and field."""


class BrandFileModel(BaseModel):
    """One dossier."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=100)
    aliases: list[str] = Field(default_factory=list)
    exclusions: list[str] = Field(default_factory=list)
    context: list[str] = Field(default_factory=list)
    competitors: list[str] = Field(default_factory=list)


class _BrandFile(BaseModel):
    model_config = ConfigDict(extra="ignore")

    brands: list[BrandFileModel]


def read_brands(path: Path) -> list[BrandFileModel]:
    """Read dossiers.

    Raises:
        BrandFileError: the file is missing, malformed, or a field is wrong.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
        raw = json.loads(content) if content.lstrip().startswith("{") else tomllib.loads(content)
        return _BrandFile.model_validate(raw).brands
    except OSError as error:
        raise BrandFileError(f"{path}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BrandFileError(f"{path}: {field}: {first['msg']}") from error
    except ValueError as error:
        raise BrandFileError(f"{path}: is neither TOML nor JSON: {error}") from error
