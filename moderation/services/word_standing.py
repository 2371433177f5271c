"""Whether the words that a verdict cites are still in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moderation.domain.evidence import HitType
from moderation.rulebooks import as_entry
from moderation.store import lexicons
from moderation.text.citing import OWN, Cited

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from moderation.store.engine import Sessions

MOST_WORDS: Final = 5_000
"""Words of the lists that are read through; of longer ones nothing is said."""


def gone(
    sessions: Sessions,
    community_id: int,
    hits: Sequence[Mapping[str, Any]],
    *,
    shipped: Collection[str],
    now: int,
) -> set[tuple[str, str]]:
    """(list, reading) of the hits that count and that no word of their list would make any more.

    Where the lists are too long to be read nothing is said.  Hits of lists called as a shipped one are the shipped
    ones'.

    Args:
        sessions: the database.
        community_id: the tenant.
        hits: as a verdict's body keeps them.
        shipped: names of the lists that come with the product, and of what else makes hits.
        now: UTC microseconds.
    """
    asked = [one for one in hits if _own(one, shipped)]
    names = {one["library"].removeprefix(OWN) for one in asked}
    if not names:
        return set()
    with sessions.read() as session:
        rows = lexicons.in_lists(session, community_id, names, limit=MOST_WORDS + 1)
    if len(rows) > MOST_WORDS:
        return set()
    entries = [one for one in map(as_entry, rows) if one.in_force(now)]
    lists = [Cited.of(name, [one for one in entries if one.library == name]) for name in names]
    return {(one["library"], one["normalised"]) for one in asked if not any(each.made(one) for each in lists)}


def _own(hit: Mapping[str, Any], shipped: Collection[str]) -> bool:
    words = hit["type"] in (HitType.KEYWORD.value, HitType.RULE.value)
    return bool(words and not hit["suppressed"] and hit["library"] and hit["library"] not in shipped)
