"""Posts that belong together, sorted: those that can be decided together, and the others with the reason.

What a gang of accounts and a behaviour finding have in common; nothing is written here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.domain.review import DecisionKind
from moderation.domain.together import Skip, skip_of
from moderation.store import looks, verdicts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy.orm import Session

    from moderation.store.tables import DecisionRow, GroupDecisionRow, PostRow, ReviewItemRow

MOST_POSTS: Final = 500
"""Posts of one group that are looked at, and decided, together at most."""


class UnknownFindingError(LookupError):
    """The community has no such behaviour finding."""


@dataclass(frozen=True, slots=True)
class GroupPreview:
    """Posts of a group: those that would be decided with their open items, and the others with the reason."""

    open: list[tuple[ReviewItemRow, PostRow]]
    skipped: list[tuple[PostRow, Skip]]


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """What became of a group: items decided (and whether that was taken back since), and those skipped."""

    row: GroupDecisionRow
    decided: list[tuple[int, DecisionRow]]
    skipped: dict[int, Skip]
    posts: dict[int, PostRow]

    @property
    def kind(self) -> DecisionKind:
        """What was said of each."""
        return DecisionKind(self.row.body.get("kind", DecisionKind.BLOCK.value))

    @property
    def standing(self) -> int:
        """Decisions that were not taken back."""
        return sum(one.kind != DecisionKind.UNDO.value for _, one in self.decided)


def sorted_out(session: Session, found: Sequence[tuple[PostRow, ReviewItemRow | None, bool]]) -> GroupPreview:
    """Sort posts of a group, in their order.

    Args:
        session: read.
        found: (post, review item of its present revision, whether it was edited since it joined the group).
    """
    said = looks.latest_decisions(session, [item.id for _, item, _ in found if item])
    machine = verdicts.latest_of(session, [post.id for post, _, _ in found])
    preview = GroupPreview([], [])
    for post, item, edited in found:
        verdict, decision = machine.get(post.id), said.get(item.id) if item else None
        why = skip_of(
            post.state, item.state if item else "", decision.kind if decision else "",
            verdict.suggestion if verdict else "", edited=edited,
        )  # fmt: skip
        if item is not None and why is None:
            preview.open.append((item, post))
        else:
            preview.skipped.append((post, why or Skip.CHANGED))
    return preview


def reasons(session: Session, community_id: int, item_ids: Collection[int]) -> dict[int, Skip]:
    """Why each of some items could not be decided as it was seen; ``CHANGED`` where nothing better is known."""
    found = looks.items_with_posts(session, community_id, item_ids)
    edited = {item.id: post.revision != item.revision for item, post in found}
    sorted_ones = sorted_out(session, [(post, item, edited[item.id]) for item, post in found])
    of_post = {post.id: why for post, why in sorted_ones.skipped}
    known = {item.id: of_post.get(post.id, Skip.CHANGED) for item, post in found}
    return {item_id: known.get(item_id, Skip.CHANGED) for item_id in item_ids}


def outcome_of(session: Session, row: GroupDecisionRow) -> GroupOutcome:
    """What became of the items of a group."""
    items = row.body["items"]
    last = looks.latest_decisions(session, items)
    kind = row.body.get("kind", DecisionKind.BLOCK.value)
    made = looks.made_at(session, items, row.moderator_id, row.created_at, kind)
    skipped = {int(item): Skip(why) for item, why in row.body["skipped"].items()}
    found = looks.items_with_posts(session, row.community_id, items)
    return GroupOutcome(
        row, [(item, last[item]) for item in made], skipped, {item.id: post for item, post in found}
    )


def accounts_of(authors: Iterable[str]) -> list[str]:
    """Accounts as a group's row keeps them: each once, unnamed ones left out."""
    return sorted({one for one in authors if one})
