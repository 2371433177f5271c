"""Near-identical adverts, or adverts with one contact, by several accounts within hours (clause 3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour.clusters import cluster
from moderation.classifiers.behaviour.facts import HOUR, Advert, finding
from moderation.classifiers.behaviour.windows import crowded, minutes_over
from moderation.domain.behaviour import BehaviourKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.classifiers.behaviour.facts import Observed
    from moderation.domain.behaviour import BehaviourFinding

WINDOW: Final = 12 * HOUR
"""Minutes within which copies belong together: a campaign is worked off in a shift, a nice text passed on over
days is not one."""

ACCOUNTS: Final = 3
"""Accounts from which near-identical adverts are coordinated: of two, one may have copied the other."""

SHARED: Final = 2
"""Accounts from which sure adverts with one contact are coordinated: nobody advertises a stranger's account."""

DOUBTFUL: Final = 4
HINTED: Final = 6
"""Accounts where no copy is surely an advert, and where each only hints at one."""

ALIKE: Final = 0.5
"""Likeness of two adverts; campaigns reorder and pad their texts."""


def find(posts: Sequence[Observed]) -> list[BehaviourFinding]:
    """One finding a campaign."""
    adverts = [each for each in posts if each.advert and each.post.author and not each.declared]
    return [
        _finding(run)
        for group in cluster(adverts, alike=ALIKE)
        for run in crowded(group, WINDOW, SHARED)
        if _coordinated(run)
    ]


def _coordinated(run: Sequence[Observed]) -> bool:
    sure = [each for each in run if each.advert is Advert.SURE and not each.unaided]
    if any(crowded(same, WINDOW, SHARED) for same in _by_contact(sure)):
        return True
    signed = [each for each in run if not each.unaided]
    best = max((each.advert for each in signed), default=Advert.HINT)
    needed = {Advert.SURE: ACCOUNTS, Advert.LIKELY: DOUBTFUL, Advert.HINT: HINTED}[best]
    if best is Advert.LIKELY and any(crowded(same, WINDOW, ACCOUNTS) for same in _by_contact(run)):
        return True
    return bool(crowded(run, WINDOW, needed))


def _by_contact(posts: Sequence[Observed]) -> list[list[Observed]]:
    groups: dict[str, list[Observed]] = {}
    for each in posts:
        for contact in each.contacts:
            groups.setdefault(contact, []).append(each)
    return list(groups.values())


def _finding(run: Sequence[Observed]) -> BehaviourFinding:
    accounts = len({each.post.author for each in run})
    minutes = minutes_over(run)
    shared = [same for same in _by_contact(run) if len({each.post.author for each in same}) > 1]
    how = "留下同一联系方式的" if shared else "文字高度相似的"
    reason = f"{accounts}个账号在{minutes}分钟内发布{len(run)}条{how}广告。"
    return finding(BehaviourKind.COORDINATED_ADS, run, ("3.3",), reason)
