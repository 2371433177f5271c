"""What a changed policy would have done: compared with the verdicts that were, and with what people decided."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from moderation.domain.intervals import Share
from moderation.domain.review import DecisionKind
from moderation.domain.verdict import Suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EXAMPLES: Final = 20
"""How many examples of each flip are kept."""


@dataclass(frozen=True, slots=True)
class Replay:
    """One post under both policies.  ``human`` is the decision that stands on it, None where nobody decided.

    ``partly``: a part of it rests on no score and no hit, and is kept under both policies as it was.
    """

    post_id: str
    data_id: str
    text: str
    before: Suggestion
    after: Suggestion
    clause_before: str = ""
    clause_after: str = ""
    human: DecisionKind | None = None
    partly: bool = False

    @property
    def flipped(self) -> bool:
        """Whether the draft says something else."""
        return self.before is not self.after or (
            self.after is not Suggestion.PASS and self.clause_before != self.clause_after
        )


@dataclass(slots=True)
class Backtest:
    """Counts over all replays.  ``moves`` has every post, ``flips`` those that would be judged otherwise.

    ``partly`` counts posts of which a part is not replayed and therefore kept.

    ``precision`` counts blocks that people agreed with, among blocks that people judged; ``recall`` counts
    blocks among what people blocked.  Only posts that a person decided enter either.
    """

    posts: int = 0
    partly: int = 0
    moves: Counter[tuple[Suggestion, Suggestion]] = field(default_factory=Counter)
    flips: Counter[tuple[Suggestion, Suggestion]] = field(default_factory=Counter)
    clauses: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[Suggestion, Suggestion], list[Replay]] = field(default_factory=dict)
    judged: Counter[tuple[str, Suggestion, DecisionKind]] = field(default_factory=Counter)

    def add(self, replays: Iterable[Replay]) -> None:
        """Count some more posts."""
        for one in replays:
            self.posts += 1
            self.partly += one.partly
            move = (one.before, one.after)
            self.moves[move] += 1
            if one.flipped:
                self.flips[move] += 1
                self.clauses[one.clause_before, one.clause_after] += 1
                kept = self.examples.setdefault(move, [])
                if len(kept) < EXAMPLES:
                    kept.append(one)
            if one.human in (DecisionKind.PASS, DecisionKind.BLOCK):
                self.judged["before", one.before, one.human] += 1
                self.judged["after", one.after, one.human] += 1

    def told(self, texts: Mapping[str, str]) -> Backtest:
        """The same with texts put to its examples, by post id."""
        examples = {
            move: [replace(one, text=texts.get(one.post_id, "")) for one in kept]
            for move, kept in self.examples.items()
        }
        return replace(self, examples=examples)

    def precision(self, side: str) -> Share:
        """Of what ``side`` ("before" or "after") blocks and a person judged: the share they blocked too."""
        right = self.judged[side, Suggestion.BLOCK, DecisionKind.BLOCK]
        wrong = self.judged[side, Suggestion.BLOCK, DecisionKind.PASS]
        return Share(right, right + wrong)

    def recall(self, side: str) -> Share:
        """Of what people blocked: the share that ``side`` blocks."""
        found = self.judged[side, Suggestion.BLOCK, DecisionKind.BLOCK]
        total = sum(self.judged[side, suggestion, DecisionKind.BLOCK] for suggestion in Suggestion)
        return Share(found, total)

    @property
    def flipped(self) -> int:
        """How many posts would be judged otherwise."""
        return sum(self.flips.values())
