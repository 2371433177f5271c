"""What a moderator looks at: queues, items with everything about them, and what the machine blocked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.domain.review import QueueName, ReviewState
from moderation.domain.sweeps import SOURCE as SWEEP
from moderation.store import decisions, posts, queues, reviews, sweeps, verdicts
from moderation.store.reviews import known_item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.holding import HeldBy
    from moderation.domain.review import DecisionKind
    from moderation.store.engine import Sessions
    from moderation.store.queues import QueueEntry
    from moderation.store.sweeps import Marked
    from moderation.store.tables import DecisionRow, PostRow, ReviewItemRow, UserRow, VerdictRow


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a queue with the figures of its header."""

    entries: list[QueueEntry]
    counts: dict[QueueName, int]
    oldest: int | None

    @property
    def backlog(self) -> int:
        """Open items over all queues."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class AuthorPost:
    """Another post of an author, with the machine's latest verdict and the decision that stands on it."""

    post: PostRow
    verdict: VerdictRow | None
    decision: DecisionRow | None


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Everything about one item."""

    item: ReviewItemRow
    post: PostRow
    verdicts: list[VerdictRow]
    decisions: list[tuple[DecisionRow, UserRow]]
    author_posts: list[PostRow]
    next_item_id: int | None
    sweeps: dict[int, Marked]
    """For the number of each verdict that a sweep wrote: which, and whether by being undone."""

    @property
    def verdict(self) -> VerdictRow | None:
        """The latest verdict."""
        return self.verdicts[-1] if self.verdicts else None


@dataclass(frozen=True, slots=True)
class Queues:
    """The parts that looking needs."""

    sessions: Sessions

    def queue(
        self,
        community_id: int,
        *,
        state: ReviewState = ReviewState.OPEN,
        name: QueueName | None = None,
        window: HeldBy | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> QueuePage:
        """One page of the queue; with ``window`` only what that sensitive period holds."""
        with self.sessions.read() as session:
            return QueuePage(
                entries=queues.entries(
                    session,
                    community_id,
                    state=state,
                    name=name,
                    window=window,
                    limit=limit,
                    offset=offset,
                ),
                counts=queues.open_counts(session, community_id),
                oldest=queues.oldest_open(session, community_id),
            )

    def item(
        self, community_id: int, item_id: int, *, name: QueueName | None = None, window: HeldBy | None = None
    ) -> ItemPage:
        """One item with its post, evidence, history and the item to take next.

        Raises:
            UnknownItemError: the community has no such item.
        """
        with self.sessions.read() as session:
            item = known_item(reviews.item(session, community_id, item_id), item_id)
            post = posts.by_id(session, community_id, item.post_id)
            assert post is not None  # noqa: S101 - review items are made with their posts
            said = verdicts.history(session, post.id)
            return ItemPage(
                item=item,
                post=post,
                verdicts=said,
                decisions=decisions.of_post(session, post.id),
                author_posts=posts.by_author(session, community_id, post.author_id, besides=post.id),
                next_item_id=queues.next_open(session, item, name=name, window=window),
                sweeps=sweeps.of_verdicts(session, community_id, post.id) if _swept(said) else {},
            )

    def tally(
        self, community_id: int, *, since: int, moderator_id: int | None = None
    ) -> dict[DecisionKind, int]:
        """Decisions since an instant that still stand, of everybody or of one moderator."""
        with self.sessions.read() as session:
            return decisions.tally(session, community_id, since, moderator_id=moderator_id)

    def blocked(
        self, community_id: int, *, limit: int = 50, offset: int = 0
    ) -> list[tuple[PostRow, VerdictRow]]:
        """Posts that the machine blocked by itself, the latest first."""
        with self.sessions.read() as session:
            return verdicts.blocked(session, community_id, limit=limit, offset=offset)

    def author_posts(self, post: PostRow) -> list[AuthorPost]:
        """The latest other posts of a post's author, with what machine and people say of them."""
        with self.sessions.read() as session:
            found = posts.by_author(session, post.community_id, post.author_id, besides=post.id)
            ids = [each.id for each in found]
            latest = verdicts.latest_of(session, ids) if ids else {}
            decided = decisions.standing_of_posts(session, ids) if ids else {}
        return [AuthorPost(each, latest.get(each.id), decided.get(each.id)) for each in found]

    def standing(self, item_ids: Sequence[int]) -> dict[int, DecisionRow]:
        """The latest decision on each of several items of a queue page."""
        with self.sessions.read() as session:
            return decisions.standing(session, item_ids)

    def item_of_post(self, post: PostRow) -> ReviewItemRow | None:
        """The latest review item of a post."""
        with self.sessions.read() as session:
            return reviews.item_of_post(session, post.community_id, post.id)


def _swept(said: Sequence[VerdictRow]) -> bool:
    return any(one.source == SWEEP for one in said)
