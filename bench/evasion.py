"""Evasion scorecard: per family of disguise, how much is still found, by words alone and by the whole pipeline.

    python -m bench.evasion texts.jsonl [more.jsonl.xz …] [--split test] [--limit 1000] [--rate 0.3] [--seed 1]

Each line holds ``text`` and one of ``ad``, ``offence`` (1 = to be found, 0 = clean) or, in our own corpus, ``clauses``.
The disguises are made by code (moderation.text.variants.cloak) of ``--rate`` of the characters that a family can
disguise; only texts that it changes count, plain and disguised alike.

"letters" matches the words to the submitted text letter by letter, as a plain word list would; "words" is our text
layer (light form, readings, contacts); "pipeline" is the verdict of bundle, words and shipped policy: review or block.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.progress import track

from moderation.assessment import Subject
from moderation.domain.verdict import Suggestion
from moderation.settings import Settings
from moderation.text.contacts import find_contacts
from moderation.text.normalise import Normalised, normalise_many
from moderation.text.offsets import Offsets
from moderation.text.restore import restore
from moderation.text.variants import Family, cloak
from moderation.wiring.scoring import Shipped, load_shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moderation.domain.evidence import Hit
    from moderation.text.lexicon import Lexicon

_NOW = 0
BATCH = 256


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of a list of texts that were found, from 0 to 1."""

    letters: float
    words: float
    pipeline: float


def main() -> None:
    """Read the files, print a table for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", type=Path, nargs="+", help="JSON lines, also .xz")
    parser.add_argument("--split", help="only rows whose «split» is this")
    parser.add_argument("--limit", type=int, default=1000, help="texts of each kind")
    parser.add_argument("--rate", type=float, default=0.3, help="share of the characters that are disguised")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    finder = Finder(load_shipped(Settings()))
    for file in options.files:
        positive, clean = read(file, options.limit, options.split)
        print(f"\n{file.name}: {len(positive)} to be found, {len(clean)} clean; {finder.versions}\n")
        print("| family | texts | letters | words | pipeline | clean texts | letters | words | pipeline |")
        print("|---|---|---|---|---|---|---|---|---|")
        rng = random.Random(options.seed)  # noqa: S311 - a seed, no secret
        for family in track(Family, description=file.name):
            print(
                _row(
                    family, finder, [_pairs(texts, family, rng, options.rate) for texts in (positive, clean)]
                )
            )


class Finder:
    """Looks for harm in three ways."""

    def __init__(self, shipped: Shipped) -> None:
        """Load nothing twice: bundle and words are compiled already."""
        self._shipped = shipped
        self._lexicon: Lexicon = shipped.lexicon
        self.versions = f"{shipped.assessor.classifier.version}, words {self._lexicon.version}"

    def shares(self, texts: Sequence[str]) -> Shares:
        """What each way finds of the texts."""
        raw = [Normalised(text, text, Offsets(len(text))) for text in texts]
        light = normalise_many(texts)
        readings = [restore(each) for each in light]
        before = self._lexicon.match(raw, _NOW, [()] * len(raw))
        after = self._lexicon.match(light, _NOW, readings)
        subjects = [Subject(text, self._shipped.policy, self._lexicon) for text in texts]
        verdicts = [
            one.verdict
            for start in range(0, len(subjects), BATCH)
            for one in self._shipped.assessor.assess(subjects[start : start + BATCH], now=_NOW)
        ]
        letters = [_counts(hits) or bool(find_contacts(each)) for hits, each in zip(before, raw, strict=True)]
        words = [
            _counts(hits) or bool(find_contacts(each, read))
            for hits, each, read in zip(after, light, readings, strict=True)
        ]
        return Shares(
            _share(letters), _share(words), _share(one.suggestion is not Suggestion.PASS for one in verdicts)
        )


def read(file: Path, limit: int, split: str | None = None) -> tuple[list[str], list[str]]:
    """Texts to be found and clean texts of a file, at most ``limit`` of each, in file order."""
    texts: dict[bool, list[str]] = {True: [], False: []}
    with lzma.open(file, "rt") if file.suffix == ".xz" else file.open() as lines:
        for row in map(json.loads, lines):
            label = _label(row)
            wanted = split is None or row.get("split") == split
            if wanted and label is not None and len(texts[label]) < limit:
                texts[label].append(row["text"])
    return texts[True], texts[False]


def _label(row: dict[str, Any]) -> bool | None:
    if "clauses" in row:
        return bool(row["clauses"])
    label = row.get("ad", row.get("offence"))
    return None if label is None else bool(label)


def _pairs(texts: Sequence[str], family: Family, rng: random.Random, rate: float) -> list[tuple[str, str]]:
    pairs = ((text, cloak(text, family, rng, rate)) for text in texts)
    return [pair for pair in pairs if pair[0] != pair[1]]


def _row(family: Family, finder: Finder, kinds: Iterable[Sequence[tuple[str, str]]]) -> str:
    cells = [family.value]
    for pairs in kinds:
        cells.append(str(len(pairs)))
        plain, disguised = (finder.shares([pair[at] for pair in pairs]) for at in (0, 1))
        cells += [
            f"{one:.1%} → {other:.1%}"
            for one, other in (
                (plain.letters, disguised.letters),
                (plain.words, disguised.words),
                (plain.pipeline, disguised.pipeline),
            )
        ]
    return f"| {' | '.join(cells)} |"


def _share(found: Iterable[bool]) -> float:
    each = list(found)
    return sum(each) / len(each) if each else 0.0


def _counts(hits: Sequence[Hit]) -> bool:
    return any(not hit.suppressed for hit in hits)


if __name__ == "__main__":
    main()
