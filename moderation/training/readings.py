"""What was read in others' texts: our categories for texts that are named by their hash alone.

``readings.jsonl`` holds lines ``{"text": first 20 hex digits of the text's SHA-256, "categories": [...]}``.  The texts
themselves stay where they are; whoever has the same sources finds them again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from moderation.domain.convention import Category
from moderation.training.labels import Example
from moderation.training.sources import shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from moderation.training.sources import Labels

Readings = dict[str, frozenset[str]]

SOURCE: Final = "readings"
_DIGITS: Final = 20
_OFFENSIVE: Final = frozenset({Category.ABUSE, Category.HATE, Category.THREAT})


def key(text: str) -> str:
    """The name of a text: 20 hex digits of the SHA-256 of its UTF-8 form."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def read_readings(posts: Path | None) -> Readings:
    """The readings that lie beside the posts of our own; none if there is no such file."""
    path = posts.with_name("readings.jsonl") if posts else None
    if path is None or not path.exists():
        return {}
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {str(row["text"]): frozenset(row["categories"]) for row in rows}


def labels_of(categories: frozenset[str]) -> Labels:
    """Labels of a text that was read: every category is known, and so is offence."""
    labels: Labels = {each.value: (float(each in categories), 1.0) for each in Category}
    return labels | {"offence": (float(bool(categories & _OFFENSIVE)), 1.0)}


def with_readings(examples: Sequence[Example], readings: Mapping[str, frozenset[str]]) -> list[Example]:
    """The examples, those that were read with all their categories; whether one is an advert its source decides."""
    if not readings:
        return list(examples)
    out: list[Example] = []
    for each in examples:
        read = readings.get(key(each.text)) if each.target is None else None
        if read is not None:
            own = {name: label for name, label in each.binary.items() if name in (Category.AD, "offence")}
            auxiliary = {name: label for name, label in each.binary.items() if name.startswith("aux_")}
            out.append(replace(each, binary=shared(labels_of(read) | own | auxiliary)))
        else:
            out.append(each)
    return out


def read_again(examples: Iterable[Example], readings: Mapping[str, frozenset[str]]) -> list[Example]:
    """Those of the examples that were read, as a source of their own."""
    return [
        replace(each, source=SOURCE, group="read")
        for each in examples
        if each.target is None and key(each.text) in readings
    ]


def read_lines_among(lines: Iterable[str], readings: Mapping[str, frozenset[str]]) -> list[Example]:
    """Examples of the unlabelled lines that were read."""
    found = ((line, readings.get(key(line))) for line in lines)
    return [
        Example(line, SOURCE, binary=shared(labels_of(read)), group="read")
        for line, read in found
        if read is not None
    ]
