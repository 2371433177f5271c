"""Test files to examples: the data folder's files, our own posts, or any JSON lines with our keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moderation.training.corpus import read_posts, read_rows, split_of
from moderation.training.labels import SENTIMENTS, Example
from moderation.training.sources import USES, examples_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def plain(row: dict[str, Any], source: str) -> Example:
    """A row of an unknown file: ``text`` and any of ``title``, ``offence``, ``ad``, ``sentiment``, ``category``."""
    labels = {name: (float(row[name]), 1.0) for name in ("offence", "ad") if row.get(name) is not None}
    sentiment = row.get("sentiment")
    return Example(
        str(row["text"]),
        source,
        title=row.get("title"),
        binary=labels,
        sentiment=SENTIMENTS.index(sentiment) if sentiment in SENTIMENTS else None,
        poles=row.get("sentiment_scheme") == "binary",
        group=str(row.get("category") or row.get("subset") or ""),
    )


def _known(row: dict[str, Any], name: str) -> Iterator[Example]:
    """A row of the data folder, judged by its source's own label only: nothing that training infers counts."""
    for example in examples_of(name, row):
        if example.target is not None:
            yield example
    if not row.get("targets"):
        yield plain(row, name)


def read_tests(path: Path) -> list[Example]:
    """Examples of a file's test part (EWECT: its dev part; a file without splits: all of it).

    Raises:
        OSError, ValueError, KeyError: the file is no JSON lines file with texts.
    """
    name = path.name.partition(".jsonl")[0]
    first = next(iter(read_rows(path)), None)
    if first is None:
        return []
    if "near_miss" in first and "clauses" in first:
        return read_posts(path, "test")
    if name in USES:
        rows = (row for row in read_rows(path) if split_of(name, row) == "test")
        return [each for row in rows for each in _known(row, name)]
    return [plain(row, name) for row in read_rows(path) if row.get("split", "test") == "test"]
