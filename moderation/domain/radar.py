"""黑话雷达: character n-grams and contacts that rise in blocked against passed posts.  Pure.

The measure is the log-odds ratio with an informative Dirichlet prior of Monroe, Colaresi and Quinn (2008,
"Fightin' Words"), over posts that hold a candidate rather than its occurrences: one post repeating a word says no
more than one that has it once.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Final

from moderation.domain.radar_terms import FIRST_CHINESE, LONGEST, SHORTEST, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

PRIOR: Final = 0.5
"""Weight of the prior, as a share of all posts: what both sides together say of a candidate counts this much."""

LEAST_SUPPORT: Final = 3
"""Blocked posts that a candidate must stand in."""

LEAST_AUTHORS: Final = 3
"""Accounts that must have written a word: what one account repeats is for the behaviour pass.  Contacts need none."""

SPARE: Final = 5
"""Times as many are looked at as are told: some are left out for having too few accounts."""

LEAST_Z: Final = 1.96
"""Standard deviations from which a rise is taken for one (two-sided 95 %)."""

LEAST_RISE: Final = 3.0
"""Times by which a term must be commoner in blocked posts: words of everyday talk rise a little with any subject."""

DAY: Final = 86_400 * 1_000_000


class CandidateKind(StrEnum):
    """What rises."""

    WORD = "word"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word, or a contact as ``kind:value``, with the posts it stands in.

    ``z`` is in standard deviations above what both sides would share; ``everyday``: the dictionary knows it.
    """

    text: str
    blocked: int
    passed: int
    z: float
    everyday: bool = False

    @property
    def kind(self) -> CandidateKind:
        """A colon stands in no word."""
        return CandidateKind.CONTACT if ":" in self.text else CandidateKind.WORD

    @property
    def chinese(self) -> bool:
        """Whether it is an n-gram, of which others may be parts: Latin words are counted whole."""
        return self.kind is CandidateKind.WORD and self.text[0] >= FIRST_CHINESE

    def stands_in(self, light: str, contacts: Collection[str]) -> bool:
        """Tell whether a post has it: in its light form, or among its contacts."""
        if self.kind is CandidateKind.CONTACT:
            return self.text in contacts
        return self.text in light and (self.chinese or self.text in runs(light))


def z_score(blocked: int, passed: int, all_blocked: int, all_passed: int) -> float:
    """Log-odds ratio of a term between both sides over its standard deviation; 0 where a side has no posts.

    Args:
        blocked: blocked posts that hold the term.
        passed: passed posts that hold it.
        all_blocked: blocked posts.
        all_passed: passed posts.
    """
    if not all_blocked or not all_passed or blocked + passed in (0, all_blocked + all_passed):
        return 0.0  # in no post or in every one
    whole = PRIOR * (all_blocked + all_passed)
    own = PRIOR * (blocked + passed)
    risen, base = blocked + own, passed + own
    odds = math.log(risen / (all_blocked + whole - risen)) - math.log(base / (all_passed + whole - base))
    return odds / math.sqrt(1 / risen + 1 / base)


def rank(
    blocked: Mapping[str, int],
    passed: Mapping[str, int],
    *,
    all_blocked: int,
    all_passed: int,
    limit: int = 50,
    everyday: Callable[[str], bool] = lambda _term: False,
    filler: Callable[[str], bool] = lambda _term: False,
    carried: Callable[[Candidate], bool] = lambda _one: True,
) -> list[Candidate]:
    """The terms that rise most, highest z first, with what a longer or a stronger one says left out.

    What ``everyday`` knows comes after all that it does not: talk about babies rises with adverts for milk powder,
    and is no slang for it.  What is nothing but ``filler`` is left out, and what is not ``carried`` by enough accounts.
    """
    found = []
    for term, count in blocked.items():
        other = passed.get(term, 0)
        z = z_score(count, other, all_blocked, all_passed)
        if count >= LEAST_SUPPORT and z >= LEAST_Z and count * all_passed >= LEAST_RISE * other * all_blocked:
            found.append(Candidate(term, count, other, z))
    told = [
        replace(one, everyday=one.chinese and everyday(one.text))
        for one in stitch(fold(found))
        if one.kind is CandidateKind.CONTACT or not filler(one.text)
    ]
    return _unsaid(sorted(told, key=_order), limit, carried)


def _unsaid(ranked: Iterable[Candidate], limit: int, carried: Callable[[Candidate], bool]) -> list[Candidate]:
    """The first that are carried, without parts of a stronger one; what is not carried hides no part that may be."""
    found: list[Candidate] = []
    said: set[str] = set()
    for one in islice((each for each in ranked if each.text not in said), SPARE * limit):
        if len(found) == limit:
            break
        if carried(one):
            found.append(one)
            said.update(_inner(one.text) if one.chinese else ())
    return found


def _order(one: Candidate) -> tuple[bool, float, str, str]:
    return one.everyday, -one.z, one.kind, one.text


def by_day(instants: Iterable[int], since: int, until: int) -> tuple[int, ...]:
    """How many instants fall into each day of a window, counted from its beginning; all in UTC microseconds."""
    days = [0] * max(1, -(-(until - since) // DAY))
    for at in instants:
        if since <= at < until:
            days[(at - since) // DAY] += 1
    return tuple(days)


def fold(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Without words inside a longer candidate of the same blocked posts, in order of place.

    Equal support is enough to know that they are the same posts: whoever holds the longer word holds the shorter.
    """
    given = list(candidates)
    longer: defaultdict[int, set[str]] = defaultdict(set)
    for one in given:
        if one.chinese:
            longer[one.blocked].update(_inner(one.text))
    return [one for one in given if not one.chinese or one.text not in longer[one.blocked]]


def _inner(word: str) -> set[str]:
    """Every shorter n-gram within a word."""
    return {
        word[start:end]
        for start in range(len(word))
        for end in range(start + SHORTEST, len(word) + 1)
        if end - start < len(word)
    }


def stitch(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Join n-grams of the greatest length that overlap in all but one character and have the same support.

    A slogan of ten characters is one candidate then, not five; it stands at the place of its strongest part.
    """
    parts = {
        (one.blocked, one.passed, one.text[:-1]): one
        for one in candidates
        if one.chinese and len(one.text) == LONGEST
    }
    after = {id(one): parts.get((one.blocked, one.passed, one.text[1:])) for one in parts.values()}
    followed = {id(one) for one in after.values() if one is not None}
    whole: dict[int, Candidate] = {}
    used: set[int] = set()
    for first in (one for one in parts.values() if id(one) not in followed):
        text, part = first.text, first
        used.add(id(first))
        while (following := after[id(part)]) is not None and id(following) not in used:
            text, part = text + following.text[-1], following
            used.add(id(following))
        whole[id(first)] = Candidate(text, first.blocked, first.passed, first.z)
    return [whole.get(id(one), one) for one in candidates if id(one) not in used or id(one) in whole]
