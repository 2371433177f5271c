"""What posts show together: the detectors' findings, told apart by what they are about."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moderation.classifiers.behaviour.among import clauses_of, find_among, third_copies
from moderation.domain.behaviour import BehaviourKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moderation.conduct.observing import Seen
    from moderation.domain.behaviour import BehaviourFinding


@dataclass(frozen=True, slots=True)
class Member:
    """A post of a pattern.  ``clauses`` are those that it breaks itself; ``at`` in UTC microseconds."""

    post_id: str
    revision: int
    author: str
    at: int
    clauses: tuple[str, ...]
    third_copy: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """A finding over kept posts, those in order of time."""

    kind: BehaviourKind
    subject: str
    clauses: tuple[str, ...]
    reason: str
    members: tuple[Member, ...]
    target: str = ""
    shield: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What it is known by for good: its kind, what it is about, and the post it began with."""
        given = f"{self.kind.value}\0{self.subject}\0{self.members[0].post_id}"
        return hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()


def patterns(seen: Sequence[Seen]) -> list[Pattern]:
    """What posts, numbered by their places, show together."""
    heads = {place for place, one in enumerate(seen) if one.head}
    return [_pattern(found, seen) for found in find_among([one.observed for one in seen], heads)]


def _pattern(found: BehaviourFinding, seen: Sequence[Seen]) -> Pattern:
    run = [seen[item.post_index] for item in found.evidence]
    repeated = found.kind is BehaviourKind.REPEAT_ADS
    thirds = third_copies([one.observed for one in run]) if repeated else frozenset()
    members = tuple(
        Member(
            post_id=one.post_id,
            revision=one.revision,
            author=one.observed.post.author,
            at=one.at,
            clauses=clauses_of(found, one.observed),
            third_copy=one.observed.post.index in thirds,
        )
        for one in run
    )
    shield = found.shield
    return Pattern(
        kind=found.kind,
        subject=_subject(found, run),
        clauses=found.clauses,
        reason=found.reason,
        members=members,
        target=found.target,
        shield={"hours": shield.hours, "measures": list(shield.measures)} if shield else {},
    )


def _subject(found: BehaviourFinding, run: Sequence[Seen]) -> str:
    """The account that acts, the person attacked or the thread filled; nothing where only the posts tell."""
    thread = f"thread:{run[0].observed.post.thread}"
    if found.kind is BehaviourKind.PILE_ON:
        return f"author:{found.target}" if found.target else thread
    if len(found.authors) == 1:
        return f"author:{found.authors[0]}"
    return thread if found.kind is BehaviourKind.FLOOD else ""
