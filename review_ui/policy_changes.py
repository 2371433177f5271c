"""What changes from one policy to another, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask_babel import gettext

from review_ui import names, policy_names
from review_ui.policy_reading import bound, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from moderation.domain.policy import Policy, Rule, Threshold
    from review_ui.policy_reading import Bound, Reading

STRICTER: Final = "stricter"
LOOSER: Final = "looser"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.  ``what`` names the place; ``tone`` says which way it goes, where that can be said."""

    what: str
    before: str
    after: str
    tone: str = ""


def changes(before: Reading, after: Reading) -> list[Change]:
    """Every difference between two readable documents; nothing where one of them cannot be read."""
    if before.policy is None or after.policy is None:
        return []
    return [
        *_rules(before.policy, after.policy),
        *_scenes(before.policy, after.policy),
        *_lists(before.policy, after.policy),
        *_publishing(before, after),
        *_windows(before.policy, after.policy),
        *_clauses(before, after),
        *_plain(str(gettext("版本名")), before.policy.version, after.policy.version),
    ]


def changed_heads(old: Policy | None, new: Policy | None) -> set[str]:
    """Heads whose rules or scene thresholds differ."""
    if old is None or new is None:
        return set()
    rules = set(_keyed(old).items()) ^ set(_keyed(new).items())
    scenes = set(_flat(old).items()) ^ set(_flat(new).items())
    return {key[0] for key, _ in rules} | {key[1] for key, _ in scenes}


def _rules(old: Policy, new: Policy) -> Iterator[Change]:
    before, after = _keyed(old), _keyed(new)
    for key in dict.fromkeys((*before, *after)):
        was, will = before.get(key), after.get(key)
        name = f"{policy_names.head(key[0])} · {names.clause(key[1])}"
        if will is None:
            yield Change(name, str(gettext("有规则")), str(gettext("没有规则")), LOOSER)
        elif was is None:
            yield Change(name, str(gettext("没有规则")), str(gettext("新规则")), STRICTER)
        else:
            yield from _rule(name, (old, was), (new, will))


def _rule(name: str, old: tuple[Policy, Rule], new: tuple[Policy, Rule]) -> Iterator[Change]:
    was, will = old[1], new[1]
    if was.enabled != will.enabled:
        on, off = str(gettext("启用")), str(gettext("停用"))
        yield Change(name, *((off, on, STRICTER) if will.enabled else (on, off, LOOSER)))
    for field, label in (("review", gettext("待审阈值")), ("block", gettext("拦截阈值"))):
        yield from _bound(f"{name} · {label}", bound(*old, field), bound(*new, field))
    yield from _plain(
        _at(name, gettext("凭什么拦截")),
        str(policy_names.PROOFS[was.proof]),
        str(policy_names.PROOFS[will.proof]),
    )
    for field, label in (("review_action", gettext("待审时")), ("block_action", gettext("拦截时"))):
        before, after = names.of("actions", getattr(was, field)), names.of("actions", getattr(will, field))
        yield from _plain(f"{name} · {label}", before, after)


def _bound(what: str, before: Bound, after: Bound) -> Iterator[Change]:
    if before == after:
        return
    old, new = (9.0 if one.value is None else one.value for one in (before, after))
    tone = STRICTER if new < old else LOOSER if new > old else ""
    yield Change(what, _said(before), _said(after), tone)


def _said(one: Bound) -> str:
    if one.value is None:
        return str(gettext("从不"))
    return one.text if one.own else str(gettext("%(value)s（模型校准值）", value=one.text))


def _scenes(old: Policy, new: Policy) -> Iterator[Change]:
    before, after = _flat(old), _flat(new)
    for key in dict.fromkeys((*before, *after)):
        what = f"{policy_names.head(key[1])} · {policy_names.scene(key[0])}"
        yield from _plain(what, _pair(before.get(key)), _pair(after.get(key)))


def _pair(threshold: Threshold | None) -> str:
    if threshold is None:
        return str(gettext("同其他场景"))
    review, block = written(threshold.review), written(threshold.block)
    return str(gettext("待审 %(review)s、拦截 %(block)s", review=review, block=block))


def _lists(old: Policy, new: Policy) -> Iterator[Change]:
    for number in sorted(old.switched_off ^ new.switched_off):
        on, off = str(gettext("执行")), str(gettext("不执行"))
        stops = number in new.switched_off
        yield Change(names.clause(number), *((on, off, LOOSER) if stops else (off, on, STRICTER)))
    whom = gettext("官方账号与交易板块")
    for number in sorted(old.exempt ^ new.exempt):
        what = f"{names.clause(number)} · {whom}"
        held, free = str(gettext("不豁免")), str(gettext("豁免"))
        yield Change(what, *((held, free, LOOSER) if number in new.exempt else (free, held, STRICTER)))
    boards = (str(gettext("、")).join(one.trade_boards) or str(gettext("无")) for one in (old, new))
    yield from _plain(str(gettext("交易板块")), *boards)
    lists = (
        str(gettext("、")).join(names.of("libraries", each) for each in sorted(one.corroborated))
        or str(gettext("无"))
        for one in (old, new)
    )
    yield from _plain(str(gettext("不单独拦截的词库")), *lists)


def _publishing(old: Reading, new: Reading) -> Iterator[Change]:
    before, after = (
        {policy_names.publishing(one): policy_names.publishing_rule(one) for one in each.publishing}
        for each in (old, new)
    )
    timeouts = (policy_names.timeout(one.timeout) for one in (old, new))
    yield from _plain(str(gettext("扣住的帖子")), *timeouts)
    usual = str(gettext("按默认"))
    for place in dict.fromkeys((*before, *after)):
        yield from _plain(place, before.get(place, usual), after.get(place, usual))


def _windows(old: Policy, new: Policy) -> Iterator[Change]:
    before, after = ({one.name: one for one in each.windows} for each in (old, new))
    for name in dict.fromkeys((*before, *after)):
        was, will = before.get(name), after.get(name)
        old_said, new_said = (
            policy_names.window(one) if one else str(gettext("没有")) for one in (was, will)
        )
        if was != will:
            tone = STRICTER if was is None else LOOSER if will is None else ""
            yield Change(str(gettext("敏感时期 %(name)s", name=name)), old_said, new_said, tone)


def _clauses(old: Reading, new: Reading) -> Iterator[Change]:
    before, after = old.book, new.book
    for number in dict.fromkeys((*old.change.clauses, *new.change.clauses)):
        was, will = before.rules[number], after.rules[number]
        name = names.clause(number)
        tone = STRICTER if will.strikes > was.strikes else LOOSER
        if was.strikes != will.strikes:
            yield Change(_at(name, gettext("计分")), str(was.strikes), str(will.strikes), tone)
        kept = (policy_names.retention(one.retention) for one in (was, will))
        yield from _plain(_at(name, gettext("留存")), *kept)
        yield from _plain(_at(name, gettext("通知")), was.notice_zh, will.notice_zh)
        yield from _plain(_at(name, gettext("英文通知")), was.notice_en, will.notice_en)
    for kind in before.days:
        days = (gettext("%(n)s 天", n=one.days[kind]) for one in (before, after))
        yield from _plain(_at(gettext("留存"), policy_names.retention(kind)), *map(str, days))
    yield from _plain(str(gettext("申诉方法")), before.appeal_zh, after.appeal_zh)
    yield from _plain(str(gettext("申诉方法（英文）")), before.appeal_en, after.appeal_en)


def _at(*places: object) -> str:
    return " · ".join(map(str, places))


def _plain(what: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(what, before, after)


def _keyed(policy: Policy) -> dict[tuple[str, str, int], Rule]:
    """Rules by head, clause and their turn among equals."""
    found: dict[tuple[str, str, int], Rule] = {}
    for rule in policy.rules:
        turn = sum(key[:2] == (rule.head, rule.clause) for key in found)
        found[rule.head, rule.clause, turn] = rule
    return found


def _flat(policy: Policy) -> Mapping[tuple[str, str], Threshold]:
    return {(scene, head): bound for scene, of in policy.scenes.items() for head, bound in of.items()}
