"""Evasion scorecard of lexicons and contacts: per family, how much is found before and after restoring.

    python bench/evasion.py texts.jsonl [--limit 2000] [--rate 0.3] [--seed 1]

Each line holds ``text`` and ``ad`` or ``offence`` (1 = to be found, 0 = clean).  "before" matches the submitted
text letter by letter, "after" its light form and readings.  Recall is over the positive texts, false alarms are
over the clean ones; a text counts as found with any hit that is not suppressed, or any contact.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from moderation.text.contacts import find_contacts
from moderation.text.defaults import default_entries
from moderation.text.lexicon import Lexicon
from moderation.text.normalise import Normalised, normalise_many
from moderation.text.offsets import Offsets
from moderation.text.restore import restore
from moderation.text.variants import Family, cloak

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.evidence import Hit

_NOW = 0


def main() -> None:
    """Read the file, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path, help="JSON lines, also .xz")
    parser.add_argument("--limit", type=int, default=2000, help="texts of each kind")
    parser.add_argument("--rate", type=float, default=0.3, help="share of the characters that are disguised")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    positive, clean = read(options.file, options.limit)
    lexicon = Lexicon.compile(default_entries())
    rng = random.Random(options.seed)  # noqa: S311 - a seed, no secret
    table = Table(
        "family", "recall before", "recall after", "block after", "false alarms before", "after", "block"
    )
    rows = [("(plain)", positive, clean)]
    for family in Family:
        disguised = [
            [cloak(text, family, rng, options.rate) for text in texts] for texts in (positive, clean)
        ]
        rows.append((family.value, disguised[0], disguised[1]))
    for name, found, alarms in rows:
        cells = [*shares(lexicon, found), *shares(lexicon, alarms)]
        table.add_row(name, *(f"{cell:.2%}" for cell in cells))
    Console().print(f"{len(positive)} positive, {len(clean)} clean texts; lexicon {lexicon.version}", table)


def read(file: Path, limit: int) -> tuple[list[str], list[str]]:
    """Positive and clean texts of a file, at most ``limit`` of each, in file order."""
    texts: dict[bool, list[str]] = {True: [], False: []}
    with lzma.open(file, "rt") if file.suffix == ".xz" else file.open() as lines:
        for line in lines:
            row = json.loads(line)
            label = row.get("ad", row.get("offence"))
            if label is not None and len(texts[bool(label)]) < limit:
                texts[bool(label)].append(row["text"])
    return texts[True], texts[False]


def shares(lexicon: Lexicon, texts: Sequence[str]) -> tuple[float, float, float]:
    """Shares of the texts found letter by letter, found after restoring, and blocked after restoring."""
    if not texts:
        return 0.0, 0.0, 0.0
    raw = [Normalised(text, text, Offsets(len(text))) for text in texts]
    light = normalise_many(texts)
    readings = [restore(each) for each in light]
    before = lexicon.match(raw, _NOW, [()] * len(raw))
    after = lexicon.match(light, _NOW, readings)
    plain = sum(_counts(hits) or bool(find_contacts(each)) for hits, each in zip(before, raw, strict=True))
    restored = sum(
        _counts(hits) or bool(find_contacts(each, read))
        for hits, each, read in zip(after, light, readings, strict=True)
    )
    blocked = sum(any(hit.level == "block" and not hit.suppressed for hit in hits) for hits in after)
    return plain / len(texts), restored / len(texts), blocked / len(texts)


def _counts(hits: Sequence[Hit]) -> bool:
    return any(not hit.suppressed for hit in hits)


if __name__ == "__main__":
    main()
