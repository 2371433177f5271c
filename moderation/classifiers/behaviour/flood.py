"""Flooding (clause 0.1): one account's bursts and meaningless repeats, and chains of water by a few accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour.clusters import cluster
from moderation.classifiers.behaviour.facts import HOUR, Advert, finding
from moderation.classifiers.behaviour.windows import by, crowded, dense, minutes_over
from moderation.domain.behaviour import BehaviourKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moderation.classifiers.behaviour.facts import Observed
    from moderation.domain.behaviour import BehaviourFinding

BURST: Final = 10
"""Minutes of a burst: longer than anyone needs to mend a typo, shorter than a conversation's turns repeat."""

COPIES: Final = 5
"""Copies of one text by one account within a burst: three or four happen with double clicks and cross-posting."""

KIND_COPIES: Final = 10
"""The same for courtesies, notices and a desk's answers, which friendly people and officials do repeat."""

LONG: Final = 6 * HOUR
LONG_COPIES: Final = 10
"""Minutes and copies of one text (no courtesy) that are flooding though no burst: one every half an hour."""

EMPTY: Final = 8
"""Meaningless posts of one account within a burst; a courtesy counts half, for chats consist of them."""

FILLERS: Final = 3
"""Posts of one account within an hour that say themselves that they fill the thread."""

SPRINT: Final = 3
SPRINT_POSTS: Final = 20
"""Minutes and posts of any text: faster than anyone reads and answers."""

CHAIN: Final = 12
CHAIN_EACH: Final = 3
"""Meaningless posts within an hour in one thread by accounts with at least so many each: two or three people who
push a thread.  Many people with one short reaction each are none."""

FILLING: Final = 5
"""Accounts that fill one thread by their own words within an hour."""

ALIKE: Final = 0.8
"""Likeness of copies: higher than for adverts, for here nothing else speaks against the texts."""


def find(posts: Sequence[Observed]) -> list[BehaviourFinding]:
    """One finding an account and run, or a thread and run."""
    innocent = [each for each in posts if each.promotion < Advert.LIKELY and not each.engagement]
    found = []
    for author, own in by(innocent, lambda each: each.post.author).items():
        if author and len(own) >= FILLERS and not own[0].post.official:
            found += [_by_one(run) for run in _joined(own)]
    for thread, told in by(innocent, lambda each: each.post.thread).items():
        if thread:
            found += [_by_some(run) for run in _chains(told)]
    return found


def _joined(own: Sequence[Observed]) -> list[list[Observed]]:
    """Posts of one account that any rule holds for flooding, as runs."""
    kept: dict[int, Observed] = {}
    for run in _bursts(own):
        kept |= {id(each): each for each in run}
    return dense(kept.values(), LONG, FILLERS)


def _bursts(own: Sequence[Observed]) -> Iterable[list[Observed]]:
    yield from dense([each for each in own if each.filler], HOUR, FILLERS)
    empty = [each for each in own if _emptiness(each)]
    yield from dense(empty, BURST, EMPTY, _emptiness)
    yield from dense(own, SPRINT, SPRINT_POSTS)
    for group in cluster(own, alike=ALIKE, contacts=False):
        kind = any(each.courtesy or each.notice or each.service for each in group) or _answers(group)
        yield from dense(group, BURST, KIND_COPIES if kind else COPIES)
        if not kind:
            yield from dense(group, LONG, LONG_COPIES)


def _emptiness(each: Observed) -> float:
    if each.meaningless or each.filler:
        return 1.0
    return 0.5 if each.courtesy else 0.0


def _answers(group: Sequence[Observed]) -> bool:
    """Tell whether each copy answers someone else: greetings to newcomers, a helper's standard answer."""
    targets = [each.post.target_author for each in group]
    return all(targets) and len(set(targets)) == len(targets)


def _chains(told: Sequence[Observed]) -> Iterable[list[Observed]]:
    """Chains in one thread by several accounts."""
    low = [each for each in told if each.meaningless or each.filler]
    often = [
        each
        for own in by(low, lambda each: each.post.author).values()
        for run in dense(own, HOUR, CHAIN_EACH)
        for each in run
    ]
    for run in dense(often, HOUR, CHAIN):
        if len({each.post.author for each in run}) > 1:
            yield run
    yield from crowded([each for each in told if each.filler], HOUR, FILLING)


def _by_one(run: Sequence[Observed]) -> BehaviourFinding:
    minutes = minutes_over(run)
    reason = f"账号{run[0].post.author}在{minutes}分钟内连发{len(run)}条重复或无意义的内容。"
    return finding(BehaviourKind.FLOOD, run, ("0.1",), reason)


def _by_some(run: Sequence[Observed]) -> BehaviourFinding:
    accounts = len({each.post.author for each in run})
    minutes = minutes_over(run)
    reason = f"{accounts}个账号在主题{run[0].post.thread}里{minutes}分钟内接连灌水{len(run)}条。"
    return finding(BehaviourKind.FLOOD, run, ("0.1",), reason)
