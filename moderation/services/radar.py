"""黑话雷达: what rises in blocked posts and stands in no word list yet, with a guess at what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.radar import rank
from moderation.domain.verdict import Suggestion
from moderation.rulebooks import as_entry
from moderation.store import lexicons, looks, standing
from moderation.sweeps.carriers import Carriers
from moderation.sweeps.hearing import (
    Seen,
    everyday,
    filler,
    hear,
    outcome,
    rising,
    take_blocked,
    take_passed,
)
from moderation.sweeps.looks import Looks
from moderation.text.entries import Entry, plain_word
from moderation.text.known import KnownWords

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moderation.outbound.bell import Bell
    from moderation.store.engine import Sessions
    from moderation.store.tables import LookRow, PostRow, RadarDismissalRow
    from moderation.sweeps.hearing import Rising

BATCH: Final = 1_000
KEPT: Final = 100
"""Candidates that a look keeps: enough for a week of dismissing."""


@dataclass(frozen=True, slots=True)
class RadarPage:
    """What the radar saw in a window: how many posts were blocked and passed, and what rises in the blocked ones."""

    blocked: int
    passed: int
    rising: tuple[Rising, ...]


@dataclass(frozen=True, slots=True)
class RadarBoard:
    """The latest look: candidates that nobody dismissed and no list has meanwhile, as the look kept them.

    ``posts`` are the samples by the platform's number, as they are today.
    """

    look: LookRow | None
    candidates: list[dict[str, Any]]
    dismissed: list[RadarDismissalRow]
    posts: dict[str, PostRow]


@dataclass(frozen=True, slots=True)
class Radar:
    """The parts that the radar needs; ``shipped`` are the words that every community has."""

    sessions: Sessions
    shipped: tuple[Entry, ...] = ()
    bell: Bell | None = None

    def look(
        self,
        community_id: int,
        *,
        since: int,
        until: int,
        limit: int = 50,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> RadarPage:
        """Rank what rises in the blocked posts received in ``[since, until)`` (UTC microseconds).

        A person's decision counts before the machine's verdict; posts still under review count for neither side.
        The window is read twice: passed posts are asked only for what stands in blocked ones.

        Args:
            community_id: the tenant.
            since: UTC microseconds.
            until: UTC microseconds.
            limit: most candidates to answer.
            progress: told after each batch how many posts are read, of how many.
        """
        known = self._known(community_id)
        with self.sessions.read() as session:
            total = 2 * standing.count(session, community_id, since=since, until=until)
        seen, read = Seen(), 0
        for wanted, take in ((Suggestion.BLOCK, take_blocked), (Suggestion.PASS, take_passed)):
            for batch in standing.batches(self.sessions, community_id, since=since, until=until, size=BATCH):
                chosen = [one for one in batch if outcome(one) == wanted.value]
                take(seen, chosen, hear(known, chosen))
                read += len(batch)
                progress(read, total)
        carriers = Carriers(seen.blocked)
        found = rank(
            seen.counts,
            seen.passed_counts,
            all_blocked=len(seen.blocked),
            all_passed=seen.passed,
            limit=limit,
            everyday=everyday,
            filler=filler,
            carried=carriers.enough,
        )
        told = rising(carriers, found, known, since, until)
        return RadarPage(len(seen.blocked), seen.passed, tuple(told))

    def window(self, community_id: int, *, since: int, until: int) -> tuple[int, int]:
        """From when on the latest posts of a window are few enough to be read at once, and how many it has in all."""
        return self._looks.window(community_id, since=since, until=until)

    def ask(self, community_id: int, *, days: int, author: str, now: int) -> None:
        """Have a worker look at the last days, soon."""
        self._looks.ask(community_id, days=days, author=author, now=now)

    def work(self, *, now: int) -> bool:
        """Do one look that waits; answers whether there was one."""
        return self._looks.work(self._body, now=now)

    def _body(self, community_id: int, since: int, until: int) -> dict[str, Any]:
        page = self.look(community_id, since=since, until=until, limit=KEPT)
        return {
            "blocked": page.blocked,
            "passed": page.passed,
            "candidates": [_kept(one) for one in page.rising],
        }

    def board(self, community_id: int) -> RadarBoard:
        """What the latest look found, with what people made of it since."""
        with self.sessions.read() as session:
            look = looks.find(session, community_id, "radar")
            gone = looks.dismissed(session, community_id)
            out = {row.text for row in gone}
            heard = [
                one for one in (look.body.get("candidates", ()) if look else ()) if one["text"] not in out
            ]
            # Only what was added since the look is new here, and under the candidate's own name: a community has up
            # to 200,000 words, and this is asked for at every view.
            added = lexicons.named(session, community_id, {_word_of(one["text"]) for one in heard})
            taken = {plain_word(word) for word in added}
            found = [one for one in heard if plain_word(_word_of(one["text"])) not in taken]
            ids = {data_id for one in found for data_id in one["samples"]}
            return RadarBoard(look, found, gone, looks.posts_of(session, community_id, ids))

    def dismiss(self, community_id: int, texts: Sequence[str], *, author: str, now: int) -> None:
        """Keep candidates out of sight from now on."""
        with self.sessions.write.begin() as session:
            for text in texts:
                looks.dismiss(session, community_id, text, author=author, now=now)

    def restore(self, community_id: int, text: str) -> None:
        """Show a dismissed candidate again."""
        with self.sessions.write.begin() as session:
            looks.restore(session, community_id, text)

    @property
    def _looks(self) -> Looks:
        return Looks(self.sessions, self.bell, "radar")

    def _known(self, community_id: int) -> KnownWords:
        with self.sessions.read() as session:
            own = [as_entry(row) for row in lexicons.of(session, community_id)]
        return KnownWords((*self.shipped, *own))


def _word_of(text: str) -> str:
    """A candidate without the kind of contact that stands before it."""
    return text.partition(":")[2] or text


def _kept(one: Rising) -> dict[str, Any]:
    """A candidate as a look keeps it: figures and posts' numbers, no texts of posts."""
    return {
        "text": one.candidate.text,
        "kind": one.candidate.kind.value,
        "blocked": one.candidate.blocked,
        "passed": one.candidate.passed,
        "z": round(one.candidate.z, 2),
        "everyday": one.candidate.everyday,
        "authors": one.authors,
        "clause": one.clause,
        "share": [one.share.count, one.share.total],
        "days": list(one.days),
        "near": one.near,
        "near_clause": one.near_clause,
        "part_of": one.part_of,
        "samples": [each.data_id for each in one.samples],
        "group": one.group,
    }
