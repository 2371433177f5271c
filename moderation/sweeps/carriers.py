"""Which candidates of the radar enough accounts wrote, and in which posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.domain.radar import LEAST_AUTHORS, CandidateKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.radar import Candidate
    from moderation.sweeps.hearing import Blocked


def carried(
    blocked: Sequence[Blocked], found: Sequence[Candidate], limit: int
) -> tuple[list[Candidate], list[list[int]]]:
    """The first candidates that enough accounts wrote, each with the places of its posts.

    A post without an author counts as one of its own: of its account nothing is known.
    """
    kept: list[Candidate] = []
    places: list[list[int]] = []
    for one in found:
        if len(kept) == limit:
            break
        where = [
            at for at, post in enumerate(blocked) if one.stands_in(post.heard.light, post.heard.contacts)
        ]
        if one.kind is CandidateKind.CONTACT or _accounts(blocked, where) >= LEAST_AUTHORS:
            kept.append(one)
            places.append(where)
    return kept, places


def _accounts(blocked: Sequence[Blocked], where: Sequence[int]) -> int:
    authors = [blocked[at].author for at in where]
    return len({one for one in authors if one}) + authors.count("")
