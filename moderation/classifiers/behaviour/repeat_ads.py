"""Adverts that one account repeats (clauses 3.1 and 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour.clusters import cluster
from moderation.classifiers.behaviour.facts import DAY, Advert, finding
from moderation.classifiers.behaviour.windows import by, dense
from moderation.domain.behaviour import BehaviourKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.classifiers.behaviour.facts import Observed
    from moderation.domain.behaviour import BehaviourFinding

WINDOW: Final = 3 * DAY
"""Minutes within which the same advert counts as repeated: campaigns come back within days; someone who offers the
same room again next week is reminded by the first decision, not by this."""

SECOND: Final = 2
"""Copies from which clause 3.1 (repeated promotion) applies, if both are surely adverts."""

MANY: Final = 3
"""Copies from which clause 3.2 (one account, many ads) applies, also where each alone is in doubt; and how many
different sure adverts of one account within a day are many."""

LESS: Final = 0.75
"""Weight of an advert that is only likely, unless they lie in many threads: four different ones a day are many."""

CORRECTION: Final = 10
"""Minutes within which a second copy in the same place is taken for a correction or a second click."""

ALIKE: Final = 0.5
"""Likeness of two adverts of one account: lower than between strangers, for both are adverts already."""


def find(posts: Sequence[Observed]) -> list[BehaviourFinding]:
    """One finding an account and run of adverts."""
    adverts = [each for each in posts if each.advert and not each.declared]
    found = []
    for author, own in by(adverts, lambda each: each.post.author).items():
        if author and len(own) >= SECOND:
            found += [_finding(run) for run in _runs(own)]
    return found


def _runs(own: Sequence[Observed]) -> list[list[Observed]]:
    """Runs of alike adverts, else of many sure adverts of any kind; one post is in one run only."""
    kept: dict[int, Observed] = {}
    for group in cluster(own, alike=ALIKE):
        for run in dense(group, WINDOW, SECOND):
            if _repeated(run):
                kept |= {id(each): each for each in run}
    clear = [each for each in own if each.promotion >= Advert.LIKELY]
    spread = len({each.post.thread for each in clear if each.post.thread}) >= MANY
    less = 1.0 if spread else LESS
    for run in dense(clear, DAY, MANY, lambda each: 1.0 if each.advert is Advert.SURE else less):
        kept |= {id(each): each for each in run}
    return dense(kept.values(), WINDOW, SECOND)


def _repeated(run: Sequence[Observed]) -> bool:
    if all(each.promotion is Advert.HINT for each in run):
        return _insistent(run)
    if len(run) >= MANY:
        return True
    first, second = run
    in_place = first.post.thread == second.post.thread
    if in_place and second.post.minute - first.post.minute <= CORRECTION:
        return False
    least = Advert.LIKELY if first.contacts & second.contacts else Advert.SURE
    return all(each.promotion >= least for each in run)


def _insistent(run: Sequence[Observed]) -> bool:
    """Tell whether hints alone add up: one channel each time, or the same in thread after thread."""
    if len(run) >= MANY and frozenset.intersection(*(each.contacts for each in run)):
        return True
    return len(run) > MANY and len({each.post.thread for each in run if each.post.thread}) >= MANY


def _finding(run: Sequence[Observed]) -> BehaviourFinding:
    threads = len({each.post.thread for each in run if each.post.thread})
    clauses = ("3.2", "3.1") if len(run) >= MANY else ("3.1",)
    where = f"在{threads}个主题里" if threads > 1 else ""
    shared = frozenset.intersection(*(each.contacts for each in run))
    same = f",留下同一联系方式{min(shared)}" if shared else ""
    reason = f"账号{run[0].post.author}{where}发布{len(run)}条相同或相似的广告{same}。"
    return finding(BehaviourKind.REPEAT_ADS, run, clauses, reason)
