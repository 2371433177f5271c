"""In which blocked posts the radar's candidates stand, and whether enough accounts wrote them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moderation.domain.radar import LEAST_AUTHORS, CandidateKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.radar import Candidate
    from moderation.sweeps.hearing import Blocked


@dataclass(slots=True)
class Carriers:
    """Blocked posts, asked for candidates; each is sought once."""

    blocked: Sequence[Blocked]
    _places: dict[str, list[int]] = field(default_factory=dict, init=False)

    def places(self, one: Candidate) -> list[int]:
        """The places of the posts that a candidate stands in."""
        known = self._places.get(one.text)
        if known is None:
            known = self._places[one.text] = [
                at
                for at, post in enumerate(self.blocked)
                if one.stands_in(post.heard.light, post.heard.contacts)
            ]
        return known

    def enough(self, one: Candidate) -> bool:
        """Whether enough accounts wrote a candidate.

        A post without an author counts as one of its own: of its account nothing is known.
        """
        if one.kind is CandidateKind.CONTACT:
            return True
        authors = [self.blocked[at].author for at in self.places(one)]
        return len({name for name in authors if name}) + authors.count("") >= LEAST_AUTHORS
