"""Trade in fake engagement (clause 3.6), orders to manipulate votes and comments, and praise by script (8.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour.clusters import cluster
from moderation.classifiers.behaviour.facts import HOUR, Advert, finding
from moderation.classifiers.behaviour.windows import by, crowded
from moderation.domain.behaviour import BehaviourKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moderation.classifiers.behaviour.facts import Observed
    from moderation.domain.behaviour import BehaviourFinding

WINDOW: Final = 12 * HOUR
"""Minutes within which the same praise from several accounts is a script."""

ACCOUNTS: Final = 3
"""Accounts from which the same full praise is a script: two people may quote each other."""

FANS: Final = 5
"""The same where the praise is short or holds one word of praise only: such sentences meet by chance."""

LEAST: Final = 10
"""Characters below which praise is a habit of speech."""

FULL: Final = 16
"""Characters of a praise (without figures and signs) that nobody finds twice by chance."""

ALIKE: Final = 0.6


def find(posts: Sequence[Observed]) -> list[BehaviourFinding]:
    """One finding an account that trades or orders, and one a script."""
    return [*_trade(posts), *_scripts(posts)]


def _trade(posts: Sequence[Observed]) -> Iterable[BehaviourFinding]:
    for author, own in by([each for each in posts if each.engagement], lambda each: each.post.author).items():
        clauses = sorted({clause for each in own for clause in each.engagement})
        named = {"3.6": "买卖虚假互动", "8.4": "组织刷票、控评或刷数据"}
        what = "、".join(named[clause] for clause in clauses)
        yield finding(
            BehaviourKind.FAKE_ENGAGEMENT, own, clauses, f"账号{author}发布{len(own)}条内容{what}。"
        )


def _scripts(posts: Sequence[Observed]) -> Iterable[BehaviourFinding]:
    asked = _asked_for(posts)
    praise = [each for each in posts if _praises(each) and each.core not in asked]
    for group in cluster(praise, alike=ALIKE, contacts=False):
        full = all(len(each.core) >= FULL and each.cues.count("praise") > 1 for each in group)
        for run in crowded(group, WINDOW, ACCOUNTS if full else FANS):
            accounts = len({each.post.author for each in run})
            reason = f"{accounts}个账号用几乎相同的文案集中好评,疑似水军控评。"
            yield finding(BehaviourKind.FAKE_ENGAGEMENT, run, ("8.4", "3.6"), reason)


def _praises(each: Observed) -> bool:
    """Praise of its own words: no advert, notice, quotation, wish or raffle."""
    if (
        each.advert > Advert.HINT
        or each.notice
        or each.courtesy
        or each.service
        or each.attack
        or each.post.official
    ):
        return False
    if len(each.core) < LEAST:
        return False
    return each.cues.has("praise") and not each.cues.has("raffle", "quote", "wish", "question", "discuss")


def _asked_for(posts: Sequence[Observed]) -> frozenset[str]:
    """Sentences that a raffle or a game asks everyone to write: those in its thread, and those its call contains."""
    calls = [each for each in posts if each.cues.has("raffle")]
    threads = {each.post.thread for each in calls if each.post.thread}
    wanted = "\n".join(each.core for each in calls)
    return frozenset(
        each.core
        for each in posts
        if each.cues.has("praise") and (each.post.thread in threads or (each.core and each.core in wanted))
    )
