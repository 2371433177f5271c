"""Gathers what the policy pages show: the policy that holds, its versions, the figures that came with the product."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from moderation.domain.policy_versions import PolicyState, Switch
from moderation.policy_file.writing import write_policy
from review_ui import policy_names, version_names
from review_ui.context import community, parts
from review_ui.policy_reading import read

if TYPE_CHECKING:
    from moderation.store.tables import PolicyMoveRow, PolicyRow
    from review_ui.policy_reading import Reading

SHIPPED: Final = 0
"""Stands for the shipped policy where a version number is expected."""


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

    def named(self, number: int) -> str:
        """A version by its number and name; 0 is the shipped policy."""
        found = self.find(number)
        return version_names.titled(found.row) if found else policy_names.version(number)

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


def switched(reading: Reading, place: str) -> tuple[str, Switch] | None:
    """The document with one rule (by its place) switched off, or on again, and what that did.

    None where there is no such rule.
    """
    policy = reading.policy
    if policy is None or not (place.isascii() and place.isdigit()) or len(place) > 4:  # noqa: PLR2004
        return None
    index = int(place)
    if index >= len(policy.rules):
        return None
    rules = list(policy.rules)
    rules[index] = replace(rules[index], enabled=not rules[index].enabled)
    rule = rules[index]
    changed = replace(policy, rules=tuple(rules))
    document = write_policy(changed, reading.publishing, reading.timeout, reading.change)
    return document, Switch(rule.enabled, rule.head, rule.clause)
