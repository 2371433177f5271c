"""A trained bundle: a folder with ``bundle.json`` that names, sizes and hashes every other file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.convention import Category
from moderation.domain.failures import UserError
from moderation.domain.scores import Intent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCHEMA: Final = 1
SENTIMENTS: Final = ("negative", "neutral", "positive")
_BINARY: Final = frozenset({"offence", *(category.value for category in Category)})


class BundleError(UserError):
    """A bundle that cannot be used; the message is one line for the operator."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where a score asks for review and where for blocking; None where the model is never sure enough."""

    review: float | None
    block: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """From logits to probabilities: scale and shift of a binary head, one temperature for the others."""

    binary: Mapping[str, tuple[float, float]]
    temperatures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What ``bundle.json`` says.

    The logits are, in order: the ``binary`` heads, the three sentiments, ``intents``, the three sentiments
    towards a target.
    """

    folder: Path
    name: str
    version: str
    created: str
    binary: tuple[str, ...]
    intents: tuple[str, ...]
    calibration: Calibration
    thresholds: Mapping[str, Threshold]
    max_length: int
    metrics: Mapping[str, Any]


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _content(folder: Path) -> dict[str, Any]:
    path = folder / "bundle.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = f"no bundle at {folder}: bundle.json is missing"
        raise BundleError(message) from None
    except (OSError, ValueError) as error:
        message = f"{path} cannot be read: {error}"
        raise BundleError(message) from None
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        message = f"{path} is not a bundle of schema {SCHEMA}"
        raise BundleError(message)
    return content


def _verify(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> None:
    for name, entry in files.items():
        path = folder / name
        if not path.is_file():
            message = f"bundle {folder}: {name} is missing"
            raise BundleError(message)
        if path.stat().st_size != entry["bytes"]:
            message = (
                f"bundle {folder}: {name} has {path.stat().st_size} bytes, bundle.json says {entry['bytes']}"
            )
            raise BundleError(message)
        if digest(path) != entry["sha256"]:
            message = f"bundle {folder}: {name} is damaged (its SHA-256 is not the one in bundle.json)"
            raise BundleError(message)


def _known(folder: Path, names: list[str], allowed: frozenset[str], what: str) -> tuple[str, ...]:
    for name in names:
        if name not in allowed:
            message = f"bundle {folder}: unknown {what} {name!r}"
            raise BundleError(message)
    missing = sorted(allowed - set(names))
    if missing:
        message = f"bundle {folder}: {what} {missing[0]!r} is missing"
        raise BundleError(message)
    return tuple(names)


def read_bundle(folder: Path, *, verify: bool = True) -> Bundle:
    """Read and check a bundle.

    Raises:
        BundleError: bundle.json or a file that it names is missing or damaged, or a label is unknown.
    """
    content = _content(folder)
    try:
        if verify:
            _verify(folder, content["files"])
        heads, calibration = content["heads"], content["calibration"]
        binary = _known(folder, list(heads["binary"]), _BINARY, "label")
        intents = _known(folder, list(heads["intent"]), frozenset(Intent), "intent")
        if tuple(heads["sentiment"]) != SENTIMENTS or tuple(heads["target"]) != SENTIMENTS:
            message = f"bundle {folder}: the sentiment classes must be {', '.join(SENTIMENTS)}"
            raise BundleError(message)
        return Bundle(
            folder=folder,
            name=content["name"],
            version=content["version"],
            created=content["created"],
            binary=binary,
            intents=intents,
            calibration=Calibration(
                {name: (float(pair[0]), float(pair[1])) for name, pair in calibration["binary"].items()},
                {name: float(value) for name, value in calibration["temperatures"].items()},
            ),
            thresholds={
                name: Threshold(entry["review"], entry["block"])
                for name, entry in content["thresholds"].items()
            },
            max_length=int(content["max_length"]),
            metrics=content.get("metrics", {}),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"bundle {folder}: bundle.json lacks or misstates {error}"
        raise BundleError(message) from None
