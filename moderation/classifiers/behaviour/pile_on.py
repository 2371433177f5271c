"""Pile-on (网暴): many accounts attack one person within a short time (clauses 1.11, 1.10, 2.x)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour.facts import HOUR, Attack, finding
from moderation.classifiers.behaviour.windows import by, crowded
from moderation.domain.behaviour import BehaviourKind, Shield

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moderation.classifiers.behaviour.facts import Observed
    from moderation.domain.behaviour import BehaviourFinding

WINDOW: Final = 3 * HOUR
"""Minutes in which attacks are one pile-on: waves break within an evening; the same number over weeks is quarrel."""

ACCOUNTS: Final = 4.0
"""Weight of attacking accounts from which it is one.  A quarrel has two sides and rarely three attackers of one
person; the victims' reports that platforms publish begin at a handful."""

MILD: Final = 0.8
"""Weight of an account that only belittles or mocks: five of them make a pile-on."""

MINOR_POSTS: Final = 2
"""Attacks that speak of school or class from which the target is taken for a minor."""

SHIELD_HOURS: Final = 72
MEASURES: Final = (
    "折叠并暂停陌生人对当事人的评论与私信",
    "通知当事人并提供一键防护和证据保全",
    "当班审核员优先处理相关内容并提示参与者",
)
"""What the rules on online violence (网络暴力信息治理规定, 2024) ask of platforms: protection, notice, evidence."""


def find(posts: Sequence[Observed]) -> list[BehaviourFinding]:
    """One finding a person and wave, with shield and evidence pack."""
    starters = _starters(posts)
    aimed = [(_target(each, starters), each) for each in posts if each.attack]
    targets = {id(each): target for target, each in aimed}
    attacks = [each for target, each in aimed if target and target != each.post.author]
    found = []
    for target, at in by(attacks, lambda each: targets[id(each)]).items():
        found += [
            _finding(target.removeprefix(_THREAD), run) for run in crowded(at, WINDOW, ACCOUNTS, _weight)
        ]
    return found


_THREAD: Final = "\0"
"""Marks a thread's attacks whose target no post names."""


def _weight(each: Observed) -> float:
    return 1.0 if each.attack is Attack.HARD else MILD


def _starters(posts: Sequence[Observed]) -> Mapping[str, Observed]:
    """The first post of each thread, if no other of that minute is by someone else."""
    return {
        thread: told[0]
        for thread, told in by(posts, lambda each: each.post.thread).items()
        if thread
        and not any(
            each.post.minute == told[0].post.minute and each.post.author != told[0].post.author
            for each in told
        )
    }


def _target(each: Observed, starters: Mapping[str, Observed]) -> str:
    """Who is attacked: the person addressed, mentioned, or the thread's starter; else whoever the thread is about."""
    if each.post.target_author:
        return each.post.target_author
    if len(each.mentions) == 1:
        return each.mentions[0]
    thread = each.post.thread
    if not thread:
        return ""
    starter = starters.get(thread)
    if starter is not None and not starter.attack:
        return starter.post.author
    return f"{_THREAD}{thread}"


def _finding(target: str, run: Sequence[Observed]) -> BehaviourFinding:
    accounts = len({each.post.author for each in run})
    minutes = run[-1].post.minute - run[0].post.minute
    minor = _is_minor(run)
    who = f"未成年人{target}" if minor else target
    reason = f"{accounts}个账号在{minutes:g}分钟内集中攻击{who}共{len(run)}条,建议立即为其开启防护。"
    made = finding(BehaviourKind.PILE_ON, run, _clauses(run, minor=minor), reason)
    return replace(made, target=target, shield=Shield(target, SHIELD_HOURS, MEASURES))


def _is_minor(run: Sequence[Observed]) -> bool:
    return any(each.post.minor for each in run) or sum(each.cues.has("minor") for each in run) >= MINOR_POSTS


def _clauses(run: Sequence[Observed], *, minor: bool) -> list[str]:
    """Clauses the weightiest first: bullying of a minor, privacy, threats, then what the insults are."""
    clauses = ["1.11"] if minor else []
    if any(each.cues.has("privacy") for each in run):
        clauses.append("1.10")
    if any(each.cues.has("threat") or "2.8" in each.clauses for each in run):
        clauses.append("2.8")
    hard = sum(each.attack is Attack.HARD for each in run)
    clauses.append("2.6" if 2 * hard >= len(run) else "2.3")
    named = Counter(clause for each in run for clause in each.clauses if clause.startswith("2."))
    return list(dict.fromkeys([*clauses, *(clause for clause, _ in sorted(named.items()))]))
