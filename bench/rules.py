"""Precision of the shipped lists and rules on the test part of our own corpus.

    python -m bench.rules [--posts models/corpus/posts.jsonl] [--output moderation/policies/measured.json]

A hit is right where the post breaks any clause (a block was deserved).  ``block`` counts posts that a list strikes at
that level, ``supported`` those of them where some score reaches the policy's ``corroboration``, ``review`` posts that
it strikes at review level only.  Most counts are small, and the intervals say so: the corpus was written for training,
not around the lists.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from moderation.assessment import Subject
from moderation.domain.blocking import NEVER
from moderation.domain.evidence import Level
from moderation.domain.findings import by_cloaked_contact
from moderation.domain.intervals import Share
from moderation.domain.policy import Circumstances, decide, head_score
from moderation.domain.post import Scene
from moderation.domain.verdict import Suggestion, Versions
from moderation.measured_rules import MEASURED
from moderation.settings import Settings
from moderation.wiring.scoring import load_shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moderation.domain.policy import Evidence
    from moderation.wiring.scoring import Shipped

POSTS = Path(__file__).parents[1] / "models" / "corpus" / "posts.jsonl"


class Counts(defaultdict[str, list[int]]):
    """By name: how many posts were right, of how many."""

    def __init__(self) -> None:
        """Count from nothing."""
        super().__init__(lambda: [0, 0])

    def add(self, name: str, *, right: bool) -> None:
        """Count one post."""
        self[name][0] += right
        self[name][1] += 1


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.rules", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument(
        "--posts", type=Path, default=POSTS, help="JSON lines with text, title, clauses and split"
    )
    parser.add_argument("--part", default="test")
    parser.add_argument("--output", type=Path, default=MEASURED)
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.posts.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["split"] == options.part]
    body = measure(load_shipped(Settings()), rows, options.part)
    options.output.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    show(body)


def measure(shipped: Shipped, rows: Sequence[dict[str, Any]], part: str) -> dict[str, Any]:
    """Everything that goes into the file."""
    lexicon = shipped.lexicon
    subjects = [Subject(row["text"], shipped.policy, lexicon, title=row["title"] or "") for row in rows]
    judged = list(zip(rows, shipped.assessor.examine(subjects, now=0), strict=True))
    return {
        "part": part,
        "posts": len(rows),
        "violations": sum(bool(row["clauses"]) for row in rows),
        "lexicon": lexicon.version,
        "model": shipped.assessor.classifier.version,
        "lists": struck(shipped, judged, "library"),
        "clauses": struck(shipped, judged, "clause"),
        "heads": heads(shipped, judged),
        "verdicts": verdicts(shipped, judged),
    }


def struck(shipped: Shipped, judged: Iterable[tuple[dict[str, Any], Evidence]], by: str) -> dict[str, Any]:
    """Counts by list or clause of the hits, each post once."""
    counted = {kind: Counts() for kind in ("block", "supported", "review")}
    for row, evidence in judged:
        right = bool(row["clauses"])
        hits = [hit for hit in evidence.hits if not hit.suppressed]
        blocking = {getattr(hit, by) for hit in hits if hit.level is Level.BLOCK}
        scores = evidence.scores
        top = max(scores.ad, scores.negativity, *scores.categories.values())
        for name in blocking:
            counted["block"].add(name, right=right)
            if top >= shipped.policy.corroboration:
                counted["supported"].add(name, right=right)
        for name in {getattr(hit, by) for hit in hits} - blocking:
            counted["review"].add(name, right=right)
    listed = {getattr(one, by) for one in shipped.entries if one.kind != "allow"}
    names = sorted(listed | {name for each in counted.values() for name in each})
    return {name: {kind: each[name] for kind, each in counted.items()} for name in names}


def heads(shipped: Shipped, judged: Sequence[tuple[dict[str, Any], Evidence]]) -> dict[str, Any]:
    """Posts that score a head's calibrated block threshold or more."""
    found: dict[str, Any] = {}
    for rule in shipped.policy.rules:
        limit = shipped.calibrated[rule.head].block if rule.head in shipped.calibrated else NEVER
        if limit >= NEVER:
            continue
        sure = [
            bool(row["clauses"])
            for row, evidence in judged
            if head_score(evidence.scores, rule.head) >= limit
        ]
        found[rule.head] = {"threshold": limit, "block": [sum(sure), len(sure)]}
    return found


def verdicts(shipped: Shipped, judged: Iterable[tuple[dict[str, Any], Evidence]]) -> dict[str, list[int]]:
    """What the shipped policy as a whole says, and where its rule about disguised contacts blocks."""
    counted = Counts()
    for row, evidence in judged:
        verdict = decide(shipped.policy, evidence, Circumstances(), Versions())
        if verdict.suggestion is not Suggestion.PASS:
            counted.add(verdict.suggestion.value, right=bool(row["clauses"]))
        if by_cloaked_contact(shipped.policy, evidence, Scene.POST, 1.0):
            counted.add("cloaked_contact", right=bool(row["clauses"]))
    return {name: counted[name] for name in ("block", "review", "cloaked_contact")}


def show(body: dict[str, Any]) -> None:
    """Print the file as a table."""
    table = Table("what", "block", "supported", "review")
    for name, one in {**body["lists"], **body["clauses"]}.items():
        table.add_row(name, *(said(one[kind]) for kind in ("block", "supported", "review")))
    for head, one in body["heads"].items():
        table.add_row(f"{head} ≥ {one['threshold']}", said(one["block"]))
    for name, counts in body["verdicts"].items():
        table.add_row(f"verdict {name}", said(counts))
    Console().print(
        f"{body['posts']} posts, {body['violations']} break a clause; {body['lexicon']}, {body['model']}",
        table,
    )


def said(counts: Sequence[int]) -> str:
    """A share with its interval and count."""
    share = Share(*counts)
    return (
        f"{share.value:.0%} [{share.lower:.0%}, {share.upper:.0%}] {share.count}/{share.total}"
        if share.value is not None
        else "–"
    )


if __name__ == "__main__":
    main()
