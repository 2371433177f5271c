"""Notes what a sweep found: counts, and the posts it would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moderation.domain import review
from moderation.domain.sweeps import Swept, worsened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moderation.domain.verdict import Verdict
    from moderation.store.standing import Standing
    from moderation.sweeps.judging import Judged


@dataclass(slots=True)
class Seen:
    """How many posts were read, are struck by the criteria, and are left because a person decided them."""

    posts: int = 0
    matched: int = 0
    decided: int = 0

    def count(self, batch: Sequence[Standing], found: Sequence[Judged]) -> list[tuple[Standing, Verdict]]:
        """Count a batch; answers the posts that would be judged otherwise, and how."""
        struck = [(one, judged) for one, judged in zip(batch, found, strict=True) if judged.matched]
        self.posts += len(batch)
        self.matched += len(struck)
        self.decided += sum(one.decided is not None for one, _ in struck)
        return [
            (one, each.verdict) for one, each in struck if each.verdict is not None and one.decided is None
        ]


def planned(sweep_id: int, worse: Iterable[tuple[Standing, Verdict]], *, whole: bool) -> list[dict[str, Any]]:
    """Columns of the posts to change, with the verdicts to be written."""
    return [
        {
            "sweep_id": sweep_id,
            "post_id": one.post.id,
            "data_id": one.post.data_id,
            "revision": one.post.revision,
            "state": Swept.PLANNED.value,
            "before": one.verdict.suggestion,
            "after": verdict.suggestion.value,
            "clause_before": one.verdict.clause,
            "clause": verdict.clause
            or one.verdict.clause,  # what passes is told under the clause it is freed of
            "verdict_before": one.verdict.number,
            "queue": review.queue_of(verdict).value,
            "priority": review.priority(verdict),
            "body": worsened(one.verdict.body, verdict, sweep_id, whole=whole),
        }
        for one, verdict in worse
    ]
