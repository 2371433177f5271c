"""Gathers what the page of a behaviour finding shows: its posts, and where they differ from each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request

from moderation.domain.convention import clause_exists
from moderation.domain.differing import Part, Piece, commonest, differing, shortened
from moderation.services.found_together import FindingPreview, preview_finding
from review_ui.behaviour_page import name_of, sentence_of
from review_ui.context import community, parts

if TYPE_CHECKING:
    from moderation.store.tables import PostRow, ReviewItemRow


@dataclass(frozen=True, slots=True)
class Copy:
    """A post of the finding that waits, with its text beside the commonest."""

    item: ReviewItemRow
    post: PostRow
    pieces: list[Piece]

    @property
    def alike(self) -> bool:
        """Whether it is a copy of the commonest text, or nearly."""
        return self.pieces[0].part is not Part.OTHER

    @property
    def same(self) -> bool:
        """Whether it is that text."""
        return all(one.part is Part.SAME for one in self.pieces)


@dataclass(frozen=True, slots=True)
class FindingPage:
    """The finding as its page shows it."""

    preview: FindingPreview
    name: str
    sentence: str
    copies: list[Copy]
    reference: str
    clause: str
    ticked: frozenset[int] | None
    here: int
    """Item that one came from; 0 where none."""

    @property
    def number(self) -> int:
        """The finding's."""
        return self.preview.found.row.id

    def is_ticked(self, item_id: int) -> bool:
        """Whether an item's box is ticked: all are at first, later those that were sent."""
        return self.ticked is None or item_id in self.ticked


def finding_page(number: int, *, ticked: frozenset[int] | None = None) -> FindingPage:
    """A finding of the community.

    Raises:
        UnknownFindingError: there is none.
    """
    preview = preview_finding(parts().sessions, community(), number)
    found = preview.found
    reference = commonest(text_of(post) for _, post in preview.group.open)
    copies = [Copy(item, post, differing(text_of(post), reference)) for item, post in preview.group.open]
    return FindingPage(
        preview,
        name_of(found),
        sentence_of(found),
        [Copy(one.item, one.post, shortened(one.pieces)) for one in copies],
        reference if sum(one.alike for one in copies) > 1 else "",
        request.form.get("clause", _clause(found.row.clauses)),
        ticked,
        _here(),
    )


def text_of(post: PostRow) -> str:
    """Title and text of a post in one line of a list."""
    return f"{post.title} {post.text}".strip()


def _clause(clauses: list[str]) -> str:
    """The clause that a finding names first."""
    return next((one for one in clauses if clause_exists(one)), "")


def _here() -> int:
    given = request.values.get("from", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0  # noqa: PLR2004
