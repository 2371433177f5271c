"""What is shown of a sweep: counts, samples, the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moderation.domain.sweep_receipts import Change, Tally, already, receipt_json
from moderation.domain.sweeps import SAMPLES, SweepKind, SweepState, Swept, digest
from moderation.store import sweeps, verdicts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from moderation.store.tables import PostRow, SweepPostRow, SweepRow


class UnknownSweepError(LookupError):
    """The community has no such sweep."""


@dataclass(frozen=True, slots=True)
class SweepPage:
    """A sweep, what became of its posts, and at most 20 of them; ``bodies`` are the verdicts of these, by post."""

    sweep: SweepRow
    tally: Tally
    samples: list[tuple[SweepPostRow, PostRow]]
    bodies: dict[str, dict[str, Any]]

    @property
    def already(self) -> int:
        """Struck posts whose verdict is the same or stricter already: with the other groups they make up the hits."""
        return already(self.sweep.matched, self.sweep.decided, self.tally)

    @property
    def progress(self) -> tuple[int, int]:
        """Posts done, of how many, in what the sweep's state is about."""
        count, state = self.tally.count, SweepState(self.sweep.state)
        if state is SweepState.COUNTING:
            return self.sweep.posts, max(self.sweep.total, self.sweep.posts)
        if state in (SweepState.UNDOING, SweepState.UNDONE):
            return count(Swept.UNDONE), count(Swept.APPLIED, Swept.UNDONE, Swept.KEPT)
        return count(Swept.APPLIED, Swept.LEFT), count(*Swept)


def known(session: Session, community_id: int, sweep_id: int, *, lock: bool = False) -> SweepRow:
    """A community's sweep; ``lock`` keeps a second run of it waiting until the transaction ends.

    Raises:
        UnknownSweepError: the community has no such sweep.
    """
    found = sweeps.find(session, community_id, sweep_id, lock=lock)
    if found is None:
        raise UnknownSweepError(f"no sweep {sweep_id}")
    return found


def page(session: Session, community_id: int, sweep_id: int) -> SweepPage:
    """One sweep with its counts and samples.

    Raises:
        UnknownSweepError: the community has no such sweep.
    """
    sweep = known(session, community_id, sweep_id)
    found = sweeps.samples(session, sweep_id, limit=SAMPLES)
    release = sweep.kind == SweepKind.RELEASE.value
    telling = [(row.post_id, row.verdict_before if release else row.verdict_after) for row, _ in found]
    written = verdicts.numbered(session, [(post_id, number) for post_id, number in telling if number])
    bodies = {post_id: verdict.body for post_id, verdict in written.items()}
    if not release:  # what is released is told by what had struck it
        bodies |= {row.post_id: row.body for row, _ in found if row.body}
    return SweepPage(sweep, _tally(session, sweep_id), found, bodies)


def frozen(session: Session, sweep: SweepRow) -> dict[str, Any]:
    """The receipt as it stands now, without the list of posts."""
    session.flush()
    facts = {column.key: getattr(sweep, column.key) for column in sweep.__table__.columns}
    facts["community"] = sweeps.community_name(session, sweep.community_id)
    numbers = [row.data_id for row in sweeps.listed(session, sweep.id)]
    return receipt_json(facts, _tally(session, sweep.id), digest(numbers))


def receipt(session: Session, community_id: int, sweep_id: int) -> dict[str, Any]:
    """The receipt with every post that was changed; before the sweep is applied there is none of them.

    Raises:
        UnknownSweepError: the community has no such sweep.
    """
    sweep = known(session, community_id, sweep_id)
    posts = [
        {
            "data_id": row.data_id,
            "revision": row.revision,
            "before": row.before,
            "after": row.after,
            "clause": row.clause,
            "restored": row.verdict_undone is not None,
        }
        for row in sweeps.listed(session, sweep_id)
    ]
    return {**(sweep.receipt or frozen(session, sweep)), "posts": posts}


def _tally(session: Session, sweep_id: int) -> Tally:
    return Tally(
        tuple(
            Change(Swept(state), reason, before, after, clause, posts)
            for state, reason, before, after, clause, posts in sweeps.changes(session, sweep_id)
        )
    )
