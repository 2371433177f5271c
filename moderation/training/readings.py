"""What was read in others' texts: our labels for texts that are named by their hash alone.

A line of ``readings.jsonl`` is ``{"text": first 20 hex digits of the text's SHA-256, …}`` with what was read there:

- ``categories``: those of the convention that apply, so all of them are known;
- ``offence``: 0 to 1, where the source's own word on offence is to be replaced;
- ``targets``: ``[start, end, "negative" | "neutral" | "positive"]``, code points of the text and the feeling towards
  the brand there, with the ``intent`` and the ``sentiment`` of the whole text.

The texts themselves stay where they are; whoever has the same sources finds them again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.convention import Category
from moderation.training.labels import INTENTS, SENTIMENTS, Example
from moderation.training.sources import shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from moderation.training.sources import Labels


SOURCE: Final = "readings"
_DIGITS: Final = 20
_OFFENSIVE: Final = frozenset({Category.ABUSE, Category.HATE, Category.THREAT})
# A reader and a machine that marked the same text: the tone of a short text is less sure than its categories.
_TONE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text was read to say; ``categories`` is None where only brands were looked at."""

    categories: frozenset[str] | None = None
    offence: float | None = None
    targets: tuple[tuple[int, int, int], ...] = ()
    intent: int | None = None
    sentiment: int | None = None


Readings = dict[str, Reading]


def key(text: str) -> str:
    """The name of a text: 20 hex digits of the SHA-256 of its UTF-8 form."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def read_readings(posts: Path | None) -> Readings:
    """The readings that lie beside the posts of our own; none if there is no such file."""
    path = posts.with_name("readings.jsonl") if posts else None
    if path is None or not path.exists():
        return {}
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {str(row["text"]): _reading(row) for row in rows}


def _reading(row: Mapping[str, Any]) -> Reading:
    return Reading(
        frozenset(row["categories"]) if "categories" in row else None,
        row.get("offence"),
        tuple((start, end, SENTIMENTS.index(feeling)) for start, end, feeling in row.get("targets", ())),
        INTENTS.index(row["intent"]) if "intent" in row else None,
        SENTIMENTS.index(row["sentiment"]) if "sentiment" in row else None,
    )


def labels_of(reading: Reading) -> Labels:
    """Labels of a text that was read: every category is known, and so is offence; none if only brands were."""
    if reading.categories is None:
        return {}
    labels: Labels = {each.value: (float(each in reading.categories), 1.0) for each in Category}
    offence = float(bool(reading.categories & _OFFENSIVE)) if reading.offence is None else reading.offence
    return labels | {"offence": (offence, 1.0)}


def with_readings(examples: Sequence[Example], readings: Mapping[str, Reading]) -> list[Example]:
    """The examples, those that were read with all their categories.

    Whether one is an advert its source decides, and offence too unless the reading says something about it.
    """
    if not readings:
        return list(examples)
    out: list[Example] = []
    for each in examples:
        read = readings.get(key(each.text)) if each.target is None else None
        if read is None or read.categories is None:
            out.append(each)
            continue
        kept = {Category.AD.value} if read.offence is not None else {Category.AD.value, "offence"}
        own = {name: label for name, label in each.binary.items() if name in kept or name.startswith("aux_")}
        out.append(replace(each, binary=shared(labels_of(read) | own)))
    return out


def read_again(examples: Iterable[Example], readings: Mapping[str, Reading]) -> list[Example]:
    """Those of the examples that were read, as a source of their own.

    A source that was read whole, with its word on offence, is not repeated.
    """
    found = ((each, readings.get(key(each.text))) for each in examples if each.target is None)
    return [
        replace(each, source=SOURCE, group="read")
        for each, read in found
        if read is not None and read.categories is not None and read.offence is None
    ]


def read_lines_among(lines: Iterable[str], readings: Mapping[str, Reading]) -> list[Example]:
    """Examples of the unlabelled lines that were read."""
    found = ((line, readings.get(key(line))) for line in lines)
    return [example for line, read in found if read is not None for example in _examples(line, read)]


def _examples(line: str, read: Reading) -> Iterator[Example]:
    if read.categories is not None or read.sentiment is not None:
        yield Example(
            line,
            SOURCE,
            binary=shared(labels_of(read)),
            sentiment=read.sentiment,
            sentiment_weight=_TONE,
            intent=read.intent,
            group="read",
        )
    for start, end, feeling in read.targets:
        yield Example(line, SOURCE, target=feeling, span=(start, end))
