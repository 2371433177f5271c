"""Gathers what the policy pages show: the policy that holds, its rules, how clauses are found, the versions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from moderation.domain.convention import CLAUSES, Clause, FoundBy, Label
from moderation.domain.policy import NEVER
from moderation.domain.policy_versions import PolicyState
from moderation.policy_document import PolicyDocumentError, parse_policy
from moderation.policy_writing import write_policy
from review_ui import names
from review_ui.context import community, parts

if TYPE_CHECKING:
    from moderation.domain.policy import Policy, Rule, Threshold
    from moderation.domain.post import PublishingRule, Scene
    from moderation.store.tables import PolicyMoveRow, PolicyRow

SHIPPED: Final = 0
"""Stands for the shipped policy where a version number is expected."""


def written(threshold: float) -> str:
    """A threshold with two decimals, or three where two would not tell it."""
    return f"{threshold:.3f}".removesuffix("0")


@dataclass(frozen=True, slots=True)
class Bound:
    """A threshold as shown.  ``value`` of None is never reached; ``own`` tells the policy's from the bundle's."""

    value: float | None
    own: bool

    @property
    def text(self) -> str:
        """Two or three decimals, or a dash."""
        return "–" if self.value is None else written(self.value)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule with the thresholds that hold, and where a scene has its own."""

    index: int
    rule: Rule
    review: Bound
    block: Bound
    scenes: tuple[tuple[Scene, Threshold], ...]
    switched_off: bool


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """A clause of the convention, and what finds it under a policy."""

    clause: Clause
    heads: tuple[str, ...]
    switched_off: bool
    exempt: bool

    @property
    def people_only(self) -> bool:
        """Whether only people find it: reports and a moderator's own eyes."""
        return set(self.clause.found_by) <= {FoundBy.REPORT}


@dataclass(frozen=True, slots=True)
class Reading:
    """A policy document, understood; ``error`` where this version of the product cannot read it."""

    text: str
    policy: Policy | None = None
    publishing: tuple[PublishingRule, ...] = ()
    error: str = ""

    @property
    def rules(self) -> list[RuleLine]:
        """Its rules, in their order."""
        policy = self.policy
        return [] if policy is None else [_line(policy, place, one) for place, one in enumerate(policy.rules)]

    @property
    def stray(self) -> list[tuple[Scene, str, Threshold]]:
        """Scene thresholds of heads that no rule names: they have no effect."""
        if self.policy is None:
            return []
        heads = {rule.head for rule in self.policy.rules}
        found = self.policy.scenes.items()
        return [
            (scene, head, bound) for scene, of in found for head, bound in of.items() if head not in heads
        ]

    @property
    def chapters(self) -> list[tuple[str, list[ClauseLine]]]:
        """Every clause of the convention by chapter."""
        return [(names.label(label), [self._clause(one) for one in CLAUSES if one.label is label])
                for label in Label if label is not Label.NONE]  # fmt: skip

    def _clause(self, clause: Clause) -> ClauseLine:
        policy = self.policy
        if policy is None:
            return ClauseLine(clause, (), switched_off=False, exempt=False)
        heads = tuple(dict.fromkeys(r.head for r in policy.rules if r.clause == clause.number and r.enabled))
        return ClauseLine(
            clause,
            heads,
            switched_off=clause.number in policy.switched_off,
            exempt=clause.number in policy.exempt,
        )


@dataclass(frozen=True, slots=True)
class Version:
    """A kept version with its history, oldest move first."""

    row: PolicyRow
    moves: tuple[PolicyMoveRow, ...]


@dataclass(frozen=True, slots=True)
class Versions:
    """A community's versions, newest first, and the number of the one that holds (0: shipped)."""

    all: tuple[Version, ...]
    live: int

    def find(self, number: int) -> Version | None:
        """A version by its number."""
        return next((one for one in self.all if one.row.number == number), None)

    @property
    def timeline(self) -> list[tuple[PolicyMoveRow, PolicyRow]]:
        """Every move of every version, newest first."""
        found = [(move, one.row) for one in self.all for move in one.moves]
        return sorted(found, key=lambda each: each[0].id, reverse=True)


def versions() -> Versions:
    """The community's versions."""
    found = tuple(Version(row, tuple(moves)) for row, moves in parts().policies.versions(community()))
    live = next((one.row.number for one in found if one.row.state == PolicyState.LIVE.value), SHIPPED)
    return Versions(found, live)


def live_reading() -> Reading:
    """The policy that holds now."""
    return read(parts().policies.live_document(community()))


def read(document: str) -> Reading:
    """Understand a document as far as it goes, with the bundle's thresholds."""
    try:
        found = parse_policy(document)
    except PolicyDocumentError as error:
        return Reading(document, error=str(error))
    return Reading(document, found.policy.with_calibration(parts().backtesting.calibrated), found.publishing)


def bound(policy: Policy, rule: Rule, name: str) -> Bound:
    """A rule's threshold by name ("review" or "block") outside scenes that have their own."""
    own: float | None = getattr(rule, name)
    if name == "block" and not rule.may_block:
        return Bound(None, own=True)
    base = policy.calibrated.get(rule.head)
    value = own if own is not None else getattr(base, name, NEVER)
    return Bound(value if value < NEVER else None, own=own is not None)


def switched(reading: Reading, place: str) -> str | None:
    """The document with one rule (by its place) switched off, or on again; None where there is no such rule."""
    policy = reading.policy
    if policy is None or not (place.isascii() and place.isdigit()) or len(place) > 4:  # noqa: PLR2004
        return None
    index = int(place)
    if index >= len(policy.rules):
        return None
    rules = list(policy.rules)
    rules[index] = replace(rules[index], enabled=not rules[index].enabled)
    return write_policy(replace(policy, rules=tuple(rules)), reading.publishing)


def _line(policy: Policy, place: int, rule: Rule) -> RuleLine:
    scenes = [(scene, of[rule.head]) for scene, of in policy.scenes.items() if rule.head in of]
    return RuleLine(
        place,
        rule,
        bound(policy, rule, "review"),
        bound(policy, rule, "block"),
        tuple(scenes),
        switched_off=rule.clause in policy.switched_off,
    )
