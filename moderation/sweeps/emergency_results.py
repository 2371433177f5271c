"""What emergency words did, as last counted, and which posts they strike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from moderation.domain.emergency import LIBRARY, EmergencyState, state_of
from moderation.domain.intervals import Share
from moderation.store import decisions, emergency, lexicons, prolongations
from moderation.sweeps.striking import entry_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from moderation.domain.verdict import Action
    from moderation.store.tables import EmergencyProlongationRow, EmergencyWordRow, PostRow
    from moderation.text.entries import Entry

MOST_SHOWN: Final = 50


class UnknownEmergencyError(LookupError):
    """The community has no such emergency word."""


@dataclass(frozen=True, slots=True)
class StruckPost:
    """A post that a word strikes; ``before``: it came in before the word; ``action``: what a person decided."""

    post: PostRow
    before: bool
    action: Action | None


@dataclass(frozen=True, slots=True)
class EmergencyResult:
    """A word and what it did.

    ``hits`` are posts struck while it held, ``before_hits`` those of the seven days before (of ``before_posts``)
    that it would have struck; each ``precision`` counts those that people blocked among those that they decided.
    Instants are UTC microseconds; ``until`` of None: confirmed; ``counted_at`` of None: not counted yet.
    """

    number: int
    entry: Entry
    state: EmergencyState
    author: str
    since: int
    until: int | None
    hits: int
    precision: Share
    before_posts: int
    before_hits: int
    before_precision: Share
    counted_at: int | None
    confirmed_by: str = ""
    withdrawn_by: str = ""
    prolonged: tuple[EmergencyProlongationRow, ...] = ()
    """Oldest first."""


def results(session: Session, community_id: int, *, now: int) -> list[EmergencyResult]:
    """Each emergency word with what it struck as last counted, expired ones included, newest first."""
    listed, rows = _listed(session, community_id), emergency.of(session, community_id)
    prolonged = prolongations.of(session, [row.id for row in rows])
    return [_result(row, listed, now, prolonged.get(row.id, ())) for row in rows]


def struck(
    session: Session, community_id: int, number: int, *, now: int
) -> tuple[EmergencyResult, list[StruckPost]]:
    """One word with the latest posts that it strikes, newest first.

    Raises:
        UnknownEmergencyError: the community has no such word.
    """
    row = emergency.find(session, community_id, number)
    if row is None:
        raise UnknownEmergencyError(number)
    listed = _listed(session, community_id)
    found = emergency.struck(session, number, limit=MOST_SHOWN)
    actions = decisions.standing_actions(session, [post.id for _, post in found])
    posts = [StruckPost(post, hit.before, actions.get(post.id)) for hit, post in found]
    prolonged = prolongations.of(session, [number]).get(number, ())
    return _result(row, listed, now, prolonged), posts


def _listed(session: Session, community_id: int) -> set[tuple[str, str]]:
    """Words and kinds that the list of emergency words still has."""
    return {(row.word, row.kind) for row in lexicons.of(session, community_id, library=LIBRARY)}


def _result(
    row: EmergencyWordRow,
    listed: set[tuple[str, str]],
    now: int,
    prolonged: Sequence[EmergencyProlongationRow],
) -> EmergencyResult:
    return EmergencyResult(
        number=row.id,
        entry=replace(entry_of(row), library=LIBRARY),
        state=state_of(
            until=row.until,
            withdrawn_at=row.withdrawn_at,
            listed=(row.word, row.kind) in listed,
            now=now,
        ),
        author=row.author,
        since=row.since,
        until=row.until,
        hits=row.hits,
        precision=Share(row.blocked, row.decided),
        before_posts=row.before_posts,
        before_hits=row.before_hits,
        before_precision=Share(row.before_blocked, row.before_decided),
        counted_at=row.counted_at,
        confirmed_by=row.confirmed_by,
        withdrawn_by=row.withdrawn_by,
        prolonged=tuple(prolonged),
    )
