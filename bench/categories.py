"""Category F1 of the whole service, words and model together, on a part of our own corpus.

    python -m bench.categories [--posts models/corpus/posts.jsonl] [--part test] [--before 7] [--json FILE]

A post is said to be of a category where the model's score reaches that head's review threshold, or where a word
list or the finder of contacts strikes it under one of the clauses of that category.  ``--before 7`` keeps to the
posts of the authors' files 1 to 6.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table

from bench.rules import POSTS
from moderation.assessment import Subject
from moderation.domain.convention import Category
from moderation.domain.policy import head_score
from moderation.settings import Settings
from moderation.wiring.scoring import load_shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.policy import Evidence
    from moderation.wiring.scoring import Shipped

# Clauses, by their beginning, under which a list strikes posts of a category.
CLAUSES: Final[dict[str, tuple[str, ...]]] = {
    "ad": ("3.",),
    "diversion": ("3.1", "3.8"),
    "fraud": ("1.13",),
    "gambling": ("1.8.2",),
    "porn": ("1.8.1", "4."),
    "illicit_goods": ("1.13",),
    "abuse": ("2.1", "2.3", "2.5", "2.6"),
    "hate": ("2.7", "1.5"),
    "threat": ("2.8", "1.10"),
    "superstition": ("6.",),
    "clickbait": ("7.",),
    "fan_circle": ("8.",),
    "rumour": ("5.1", "1.7"),
    "minor_harm": ("1.12",),
    "flood": ("0.1",),
}
KINDS: Final = ("model", "words", "both")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.categories", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument("--posts", type=Path, default=POSTS)
    parser.add_argument("--part", default="test")
    parser.add_argument("--before", type=int, default=10**6, help="only files with a lower number")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.posts.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["split"] == options.part and file_number(row["id"]) < options.before]
    body = measure(load_shipped(Settings()), rows)
    if options.json:
        options.json.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    show(body)


def file_number(name: str) -> int:
    """Number of the authors' file that a post comes from: ``c12-00003`` gives 12."""
    digits = "".join(each for each in name.partition("-")[0] if each.isdigit())
    return int(digits or 0)


def measure(shipped: Shipped, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """F1 by category of the model alone, the words alone, and both."""
    lexicon = shipped.lexicon
    subjects = [Subject(row["text"], shipped.policy, lexicon, title=row["title"] or "") for row in rows]
    judged = shipped.assessor.examine(subjects, now=0)
    heads: dict[str, Any] = {}
    for category in Category:
        wanted = [category.value in row["categories"] for row in rows]
        limit = shipped.calibrated[category.value].review
        model = [head_score(each.scores, category.value) >= limit for each in judged]
        words = [by_words(each, category.value) for each in judged]
        both = [one or other for one, other in zip(model, words, strict=True)]
        given = zip(KINDS, (model, words, both), strict=True)
        heads[category.value] = {"positive": sum(wanted)} | {kind: f1(wanted, said) for kind, said in given}
    known = [each for each in heads.values() if each["positive"]]
    macro = {kind: sum(each[kind] for each in known) / max(1, len(known)) for kind in KINDS}
    return {
        "posts": len(rows),
        "model": shipped.assessor.classifier.version,
        "lexicon": lexicon.version,
        "heads": heads,
        "macro": macro,
    }


def by_words(evidence: Evidence, category: str) -> bool:
    """Whether a list or the finder of contacts strikes a post under a clause of the category."""
    clauses = {hit.clause for hit in evidence.hits if not hit.suppressed}
    return any(clause.startswith(CLAUSES[category]) for clause in clauses)


def f1(wanted: Sequence[bool], said: Sequence[bool]) -> float:
    """Twice the hits over all that is wanted and all that is said; 0 where nothing is."""
    hits = sum(one and other for one, other in zip(wanted, said, strict=True))
    return 2 * hits / max(1, sum(wanted) + sum(said))


def show(body: dict[str, Any]) -> None:
    """Print a table."""
    table = Table("category", "positive", *KINDS)
    for name, one in body["heads"].items():
        table.add_row(name, str(one["positive"]), *(f"{one[kind]:.3f}" for kind in KINDS))
    table.add_row("macro", "", *(f"{body['macro'][kind]:.3f}" for kind in KINDS))
    Console().print(f"{body['posts']} posts; {body['lexicon']}, {body['model']}", table)


if __name__ == "__main__":
    main()
