"""Read everything labelled: the data folder, our own posts, and unlabelled lines as weak negatives."""

# ruff: noqa: PLR2004 - shares and sizes read best where they are used
from __future__ import annotations

import hashlib
import json
import lzma
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from moderation.domain.convention import Category
from moderation.training.labels import BINARY, INTENTS, SENTIMENTS, Example
from moderation.training.readings import key, read_again, read_readings, with_readings
from moderation.training.sources import USES, absent, examples_of, shared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from moderation.training.sources import Labels, Row

SPLITS: Final = ("train", "dev", "test")
_OWN_DEV: Final = ("cold", "swsr", "chnsenticorp", "chsd_hate", "game_ads")
_CLAUSE_FILES: Final = frozenset(
    f"c{n}"
    for n in (*range(1, 5), *range(7, 10), 11, 12, 17, 18, *range(20, 23), *range(24, 28), *range(30, 33))
)
_POLARITY: Final = {"negative": 0, "neutral": 1, "positive": 2}


def bucket(key: str, size: int = 100) -> int:
    """A number in [0, size) that depends on nothing but the key."""
    return int.from_bytes(hashlib.sha256(key.encode("utf-8")).digest()[:8], "big") % size


def read_rows(path: Path) -> Iterator[Row]:
    """Rows of a JSON lines file, plain or compressed with xz."""
    with (
        lzma.open(path, "rt", encoding="utf-8")
        if path.suffix == ".xz"
        else path.open(encoding="utf-8") as stream
    ):
        for line in stream:
            yield json.loads(line)


def split_of(name: str, row: Row) -> str:
    """Our split of a row.

    EWECT's dev part is a test for us.  A source without a dev part lends 5 % of its train rows.
    """
    given: str = row["split"]
    if name == "ewect" and given == "dev":
        return "test"
    if given == "train" and name not in _OWN_DEV and bucket(row["id"]) < 5:
        return "dev"
    return given


def read_source(folder: Path, name: str, split: str) -> list[Example]:
    """Examples of one source and split, in file order."""
    rows = read_rows(folder / f"{name}.jsonl.xz")
    return [each for row in rows if split_of(name, row) == split for each in examples_of(name, row)]


def read_posts(path: Path, split: str) -> list[Example]:
    """Examples of our own posts: every category is known; brand targets are examples of their own.

    In the files about clauses a neutral tone and the intent "other" mean that the author wrote down none: unknown.
    """
    out: list[Example] = []
    for row in read_rows(path):
        if row["split"] != split:
            continue
        labels: Labels = {
            category.value: (float(category in row["categories"]), 1.0) for category in Category
        }
        labels["offence"] = (float(row["offence"]), 1.0)
        sure = str(row["id"]).partition("-")[0] not in _CLAUSE_FILES
        out.append(
            Example(
                row["text"],
                "posts",
                title=row["title"],
                binary=shared(labels),
                sentiment=SENTIMENTS.index(row["sentiment"])
                if sure or row["sentiment"] != "neutral"
                else None,
                sentiment_weight=0.5,
                intent=INTENTS.index(row["intent"]) if sure or row["intent"] != "other" else None,
                group="violation" if row["clauses"] else "near_miss" if row["near_miss"] else "ordinary",
            )
        )
        for target in row["targets"]:
            span = (int(target["start"]), int(target["end"]))
            out.append(Example(row["text"], "posts", target=_POLARITY[target["sentiment"]], span=span))
    return out


def weak_negatives(lines: Sequence[str], share: float = 0.25) -> list[Example]:
    """Unlabelled lines: almost none is an advert; lines that carry a contact are left out."""
    kinds = (Category.AD, Category.DIVERSION, Category.FRAUD, Category.GAMBLING, Category.ILLICIT_GOODS)
    rare = (Category.SUPERSTITION, Category.FAN_CIRCLE, Category.MINOR_HARM, Category.THREAT)
    labels = absent(kinds, share) | absent((*rare, Category.PORN, Category.RUMOUR), share / 2)
    return [Example(line, "unlabelled", binary=labels) for line in lines if "<" not in line]


def take(examples: list[Example], most: int, seed: int) -> list[Example]:
    """At most ``most`` of the examples, another draw for every seed."""
    if len(examples) <= most:
        return examples
    chosen = np.random.default_rng(seed).choice(len(examples), most, replace=False)
    return [examples[n] for n in np.sort(chosen)]


def rarer_first(examples: Sequence[Example], common: float = 0.1, most: float = 4.0) -> list[Example]:
    """Our own posts with heavier positive labels where a category is rare: by the root of ``common`` over its share."""
    known = [each for each in examples if each.binary]
    heavier = {}
    for name in BINARY:
        positive = sum(each.binary[name][0] for each in known)
        heavier[name] = float(np.clip(np.sqrt(common * len(known) / max(positive, 1.0)), 1.0, most))
    return [
        replace(
            each,
            binary=shared(
                {
                    name: (y, heavier.get(name, weight) if y else weight)
                    for name, (y, weight) in each.binary.items()
                }
            ),
        )
        if each.binary
        else each
        for each in examples
    ]


class Corpus:
    """All labelled examples, by split; read once, kept in memory (about 400 MB with everything).

    Texts of any source that were read by our convention (``readings.jsonl`` beside the posts) come as often as our
    own posts; ``read`` are such among the unlabelled lines.
    """

    def __init__(
        self,
        folder: Path,
        posts: Path | None,
        unlabelled: Sequence[str] = (),
        read: Sequence[Example] = (),
        *,
        permissive: bool = False,
    ) -> None:
        self.names = [
            name
            for name, use in USES.items()
            if (use.permissive or not permissive) and (folder / f"{name}.jsonl.xz").exists()
        ]
        self._folder, self._posts = folder, posts
        readings = read_readings(posts)
        self._weak = weak_negatives([line for line in unlabelled if key(line) not in readings])
        self._train = {
            name: with_readings(read_source(folder, name, "train"), readings) for name in self.names
        }
        again = [each for own in self._train.values() for each in read_again(own, readings)]
        self._own = rarer_first([*read_posts(posts, "train"), *again, *read]) if posts else []

    def one_pass(
        self, epoch: int, posts_times: int = 3, weak: int = 30_000, share: float = 1.0, core: float = 1.0
    ) -> list[Example]:
        """The training examples of one pass: each source up to its rows, our own posts several times.

        ``core`` is the part taken of every core source, ``share`` that of every other one.
        """
        out: list[Example] = []
        for name, examples in self._train.items():
            use = USES[name]
            most = int((core if use.core else share) * min(use.rows, len(examples)))
            out.extend(take(examples, most, 1000 * epoch + len(name)))
        out.extend(self._own * posts_times)
        out.extend(take(self._weak, int(share * weak), 1000 * epoch))
        return out

    def held(self, split: str) -> dict[str, list[Example]]:
        """The dev or test examples by source."""
        readings = read_readings(self._posts)
        found = {name: with_readings(read_source(self._folder, name, split), readings) for name in self.names}
        if self._posts:
            found["posts"] = read_posts(self._posts, split)
        return {name: examples for name, examples in found.items() if examples}
