"""Pile-on (网暴): many accounts attack one person within a short time (clauses 1.11, 1.10, 2.x)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour.facts import HOUR, Attack, finding
from moderation.classifiers.behaviour.windows import by, crowded, minutes_over
from moderation.domain.behaviour import BehaviourKind, Shield

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from moderation.classifiers.behaviour.facts import Observed
    from moderation.domain.behaviour import BehaviourFinding

WINDOW: Final = 3 * HOUR
"""Minutes in which attacks are one pile-on: waves break within an evening; the same number over weeks is quarrel."""

ACCOUNTS: Final = 4.0
"""Weight of attacking accounts from which it is one.  A quarrel has two sides and rarely three attackers of one
person; the victims' reports that platforms publish begin at a handful."""

RUSH: Final = HOUR
RUSHING: Final = 3.0
"""Minutes and accounts of hard attacks by people whom the target did not attack: in a class or a small board three
at once are a pile-on already."""

MILD: Final = 0.8
"""Weight of an account that only belittles or mocks: five of them make a pile-on."""

LEANING: Final = 0.4
CLEAR: Final = 2
"""Weight of an account whose words the model merely holds for likelier offensive than not; such words alone, with
fewer than so many clear attacks among them, make none: many people may disagree loudly."""

MINOR_POSTS: Final = 2
"""Attacks that speak of school or class from which the target is taken for a minor."""

ADDRESSED: Final = 2
"""Attacks in a thread that speak to somebody, or of somebody, from which the others are taken to mean the same."""

_FIRM: Final = re.compile(
    "官方|客服|旗舰|公司|集团|银行|酒店|餐厅|品牌|店铺|商城|专卖|平台|运营|app$", re.IGNORECASE
)

SHIELD_HOURS: Final = 72
MEASURES: Final = (
    "折叠并暂停陌生人对当事人的评论与私信",
    "通知当事人并提供一键防护和证据保全",
    "当班审核员优先处理相关内容并提示参与者",
)
"""What the rules on online violence (网络暴力信息治理规定, 2024) ask of platforms: protection, notice, evidence."""


def find(posts: Sequence[Observed]) -> list[BehaviourFinding]:
    """One finding a person and wave, with shield and evidence pack."""
    attacks = [each for each in posts if each.attack]
    meant = _meant(posts, attacks)
    aimed = {id(each): _target(each, meant) for each in attacks}
    kept = [each for each in attacks if _is_person(aimed[id(each)]) and aimed[id(each)] != each.post.author]
    found = []
    for target, at in by(kept, lambda each: aimed[id(each)]).items():
        own = "" if target.startswith(_THREAD) else target
        answered = {aimed[id(each)] for each in kept if own and each.post.author == own}
        found += [_finding(own, run) for run in _waves(at, answered)]
    return found


def _waves(at: Sequence[Observed], answered: AbstractSet[str]) -> list[list[Observed]]:
    """Attacks on one target that are a pile-on; ``answered`` are those whom the target attacks in turn."""
    waves = [run for run in crowded(at, WINDOW, ACCOUNTS, _weight) if _is_clear(run)]
    taken = {id(each) for run in waves for each in run}
    hard = [each for each in at if each.attack is Attack.HARD and each.post.author not in answered]
    return waves + [run for run in crowded(hard, RUSH, RUSHING) if taken.isdisjoint(map(id, run))]


def _is_clear(run: Sequence[Observed]) -> bool:
    return len({each.post.author for each in run if each.attack >= Attack.MILD}) >= CLEAR


_THREAD: Final = "\0"
"""Marks a thread's attacks whose target no post names."""


def _weight(each: Observed) -> float:
    return {Attack.HARD: 1.0, Attack.MILD: MILD}.get(each.attack, LEANING)


def _meant(posts: Sequence[Observed], attacks: Sequence[Observed]) -> Mapping[str, str]:
    """Who is meant by a thread's attacks that name nobody: its starter if spoken to, else whoever is spoken of."""
    starters = _starters(posts)
    meant = {}
    for thread, told in by(
        [each for each in attacks if not named(each)], lambda each: each.post.thread
    ).items():
        spoken_to = sum(each.cues.has("second") for each in told)
        starter = starters.get(thread)
        if thread and starter is not None and starter.attack < Attack.MILD and spoken_to >= ADDRESSED:
            meant[thread] = starter.post.author
        elif thread and sum(each.cues.has("person") for each in told) >= ADDRESSED:
            meant[thread] = f"{_THREAD}{thread}"
    return meant


def _starters(posts: Sequence[Observed]) -> Mapping[str, Observed]:
    """The first post of each thread, if no other account posted in the same minute."""
    starters = {}
    for thread, told in by(posts, lambda each: each.post.thread).items():
        rivals = (each for each in told if each.post.minute == told[0].post.minute)
        if len({each.post.author for each in rivals}) == 1:
            starters[thread] = told[0]
    return starters


def named(each: Observed) -> str:
    """The person addressed or mentioned."""
    return each.post.target_author or (each.mentions[0] if len(each.mentions) == 1 else "")


def _target(each: Observed, meant: Mapping[str, str]) -> str:
    return named(each) or meant.get(each.post.thread, "")


def _is_person(target: str) -> bool:
    """Tell whether a name is a person's: firms and officials are criticised, not bullied."""
    return bool(target) and _FIRM.search(target) is None


def _finding(target: str, run: Sequence[Observed]) -> BehaviourFinding:
    accounts = len({each.post.author for each in run})
    minutes = minutes_over(run)
    minor = _is_minor(run)
    who = f"{'未成年人' if minor else ''}{target}" or "同一人"
    reason = f"{accounts}个账号在{minutes}分钟内集中攻击{who}共{len(run)}条,建议立即为其开启防护。"
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
    counted = Counter(clause for each in run for clause in each.clauses if clause.startswith("2."))
    return list(dict.fromkeys([*clauses, *(clause for clause, _ in sorted(counted.items()))]))
