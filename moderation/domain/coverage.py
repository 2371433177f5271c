"""What a policy no longer looks for that another one does: warned of before it holds.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.rules import Policy


@dataclass(frozen=True, slots=True)
class Gap:
    """A head of the classifier that no rule reads any more, and the clauses that it stood for."""

    head: str
    clauses: tuple[str, ...]


class UncoveredError(Exception):
    """A version would stop looking for things, and nobody has said that this is meant."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        """Name what is no longer covered."""
        self.gaps = tuple(gaps)
        super().__init__(f"no longer covered: {said(gaps)}")


def uncovered(before: Policy, after: Policy) -> tuple[Gap, ...]:
    """Heads that ``before`` has a rule for that counts, and ``after`` has none, in the order of the rules.

    A rule counts that is enabled and whose clause is not switched off.
    """
    old, new = _covered(before), _covered(after)
    return tuple(Gap(head, tuple(clauses)) for head, clauses in old.items() if head not in new)


def said(gaps: Sequence[Gap]) -> str:
    """Gaps in one line: ``abuse (2.6), fraud (5.2)``."""
    return ", ".join(f"{one.head} ({', '.join(one.clauses)})" for one in gaps)


def _covered(policy: Policy) -> dict[str, dict[str, None]]:
    found: dict[str, dict[str, None]] = {}
    for rule in policy.rules:
        if rule.enabled and rule.clause not in policy.switched_off:
            found.setdefault(rule.head, {})[rule.clause] = None
    return found
