"""团伙: accounts that a contact, a device or nearly the same text joins.  Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable

K = TypeVar("K", bound="Hashable")

MOST_ACCOUNTS: Final = 20
"""Accounts that one contact, device or text may join.  A notice that everybody passes on joins nobody; neither does
the device of an internet café - unless most of what was posted with it was blocked."""

MOSTLY: Final = 0.5


class JoinKind(StrEnum):
    """What accounts have in common."""

    CONTACT = "contact"
    DEVICE = "device"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Sighting:
    """An account's post with something that others may share.

    ``suspicious`` posts were blocked or sent to review; ``official`` ones come from accounts that the platform
    vouches for.
    """

    author: str
    post: str
    kind: JoinKind
    key: str
    blocked: bool = False
    suspicious: bool = False
    official: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """What joins some accounts of a group."""

    kind: JoinKind
    key: str
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gang:
    """Accounts that belong together; ``posts`` of theirs in the window, of which ``blocked`` were blocked."""

    authors: tuple[str, ...]
    joins: tuple[Join, ...]
    posts: int
    blocked: int


class UnionFind(Generic[K]):
    """Disjoint sets with path halving and union by size."""

    def __init__(self) -> None:
        self._above: dict[K, K] = {}
        self._size: dict[K, int] = {}

    def root(self, one: K) -> K:
        """The representative of one's set; an unknown one is a set of its own from now on."""
        above = self._above
        if one not in above:
            above[one], self._size[one] = one, 1
        while above[one] != one:
            above[one] = above[above[one]]
            one = above[one]
        return one

    def join(self, one: K, other: K) -> None:
        """Make one set of two."""
        first, second = self.root(one), self.root(other)
        if first == second:
            return
        if self._size[first] < self._size[second]:
            first, second = second, first
        self._above[second] = first
        self._size[first] += self._size[second]

    def sets(self) -> list[set[K]]:
        """All sets, in the order in which their first members came."""
        found: defaultdict[K, set[K]] = defaultdict(set)
        for one in list(self._above):
            found[self.root(one)].add(one)
        return list(found.values())


def joins(sightings: Iterable[Sighting], *, most: int = MOST_ACCOUNTS) -> list[Join]:
    """What joins two accounts or more, benign joins left out.

    Benign is what an official account used too; a contact or text none of whose posts was even doubtful; and what
    more than ``most`` accounts share, unless at least half of its posts were blocked.
    """
    grouped: defaultdict[tuple[JoinKind, str], list[Sighting]] = defaultdict(list)
    for one in sightings:
        grouped[one.kind, one.key].append(one)
    found = []
    for (kind, key), shared in grouped.items():
        authors = tuple(sorted({one.author for one in shared}))
        if len(authors) > 1 and not _benign(kind, shared, len(authors) > most):
            found.append(Join(kind, key, authors))
    return found


def _benign(kind: JoinKind, shared: Collection[Sighting], many: bool) -> bool:  # noqa: FBT001 - one question of three
    if any(one.official for one in shared):
        return True
    if kind is not JoinKind.DEVICE and not any(one.suspicious for one in shared):
        return True
    return many and sum(one.blocked for one in shared) < MOSTLY * len(shared)


def gangs(found: Iterable[Join], posts: dict[str, tuple[int, int]], *, least_blocked: int = 1) -> list[Gang]:
    """Groups of accounts, those with most blocked posts first.

    Args:
        found: what joins them.
        posts: for each account its posts in the window, and how many were blocked.
        least_blocked: groups with fewer blocked posts are left out.
    """
    together: UnionFind[str] = UnionFind()
    by_author: defaultdict[str, list[Join]] = defaultdict(list)
    for join in found:
        by_author[join.authors[0]].append(join)
        for author in join.authors:
            together.join(join.authors[0], author)
    groups = [_gang(members, by_author, posts) for members in together.sets()]
    kept = [one for one in groups if one.blocked >= least_blocked]
    return sorted(kept, key=lambda one: (-one.blocked, -len(one.authors), one.authors))


def _gang(members: set[str], by_author: dict[str, list[Join]], posts: dict[str, tuple[int, int]]) -> Gang:
    counts = [posts.get(author, (0, 0)) for author in members]
    shared = [join for author in members for join in by_author.get(author, ())]
    return Gang(
        authors=tuple(sorted(members)),
        joins=tuple(sorted(shared, key=lambda one: (-len(one.authors), one.kind, one.key))),
        posts=sum(each for each, _ in counts),
        blocked=sum(each for _, each in counts),
    )
