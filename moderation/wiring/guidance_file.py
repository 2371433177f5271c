"""Reads the readings of the clauses that every community starts with."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

from moderation.domain.convention import CLAUSES, clause_exists
from moderation.domain.failures import UserError
from moderation.domain.guidance import GuidanceError, Reading, check_reading

FILE: Final = Path(__file__).parents[1] / "policies" / "guidance.toml"


class GuidanceFileError(UserError):
    """The file cannot be used; the message names the clause."""


def read_guidance(path: Path = FILE) -> dict[str, Reading]:
    """Readings by clause.

    Raises:
        GuidanceFileError: names the clause and what is wrong with its entry.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        message = f"{path.name} is not TOML: {error}"
        raise GuidanceFileError(message) from error
    found = {number: _reading(path, number, entry) for number, entry in entries.items()}
    missing = [one.number for one in CLAUSES if one.number not in found]
    if missing:
        message = f"{path.name} says nothing of clause {missing[0]}"
        raise GuidanceFileError(message)
    return found


def _reading(path: Path, number: str, entry: dict[str, str]) -> Reading:
    if not clause_exists(number):
        message = f"{path.name}: the convention has no clause {number!r}"
        raise GuidanceFileError(message)
    try:
        found = Reading(entry["zh"].strip(), entry.get("en", "").strip())
        check_reading(found)
    except (KeyError, GuidanceError) as error:
        message = f"{path.name}, clause {number}: {error}"
        raise GuidanceFileError(message) from error
    return found
