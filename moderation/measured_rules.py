"""What the shipped lists and rules were right about on the test part of the corpus: figures that come with the product.

``python -m bench.rules`` measures them and writes ``moderation/policies/measured.json``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.blocking import WANTED
from moderation.domain.intervals import Share

if TYPE_CHECKING:
    from collections.abc import Mapping

MEASURED: Final = Path(__file__).parent / "policies" / "measured.json"


@dataclass(frozen=True, slots=True)
class Measured:
    """Of the posts that something struck: the share that breaks a clause.

    ``block`` counts posts struck at that level, ``supported`` those of them where some score says so too, ``review``
    posts struck at review level only.
    """

    block: Share
    supported: Share
    review: Share

    @property
    def may_block_alone(self) -> bool:
        """Whether the lower 95 % bound reaches what a block without a person needs."""
        return self.block.lower >= WANTED


@dataclass(frozen=True, slots=True)
class MeasuredRules:
    """Everything that was measured.  ``heads`` are at the bundle's block threshold; one without is left out."""

    part: str
    posts: int
    violations: int
    lexicon: str
    model: str
    lists: Mapping[str, Measured]
    clauses: Mapping[str, Measured]
    heads: Mapping[str, tuple[float, Share]]
    verdicts: Mapping[str, Share]


@cache
def measured_rules(path: Path = MEASURED) -> MeasuredRules | None:
    """The figures, read once; None where they were never measured."""
    if not path.is_file():
        return None
    body = json.loads(path.read_text(encoding="utf-8"))
    return MeasuredRules(
        body["part"],
        body["posts"],
        body["violations"],
        body["lexicon"],
        body["model"],
        {name: _measured(one) for name, one in body["lists"].items()},
        {number: _measured(one) for number, one in body["clauses"].items()},
        {head: (one["threshold"], Share(*one["block"])) for head, one in body["heads"].items()},
        {name: Share(*one) for name, one in body["verdicts"].items()},
    )


def _measured(body: Mapping[str, Any]) -> Measured:
    return Measured(Share(*body["block"]), Share(*body["supported"]), Share(*body["review"]))
