"""Writes a policy document (TOML); :func:`moderation.policy_file.document.parse_policy` reads the same policy back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from moderation.domain.blocking import Proof
from moderation.domain.clause_book import NO_CHANGE, ClauseChange
from moderation.domain.publishing import DEFAULT_TIMEOUT
from moderation.domain.verdict import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from moderation.domain.clause_book import BookChange
    from moderation.domain.policy import Policy, Rule
    from moderation.domain.post import PublishingRule, Timeout
    from moderation.domain.windows import Window

BEIJING: Final = timezone(timedelta(hours=8))
"""Instants are written in Chinese time, as their readers think of them."""


def write_policy(
    policy: Policy,
    publishing: Sequence[PublishingRule],
    timeout: Timeout = DEFAULT_TIMEOUT,
    change: BookChange = NO_CHANGE,
) -> str:
    """The document of a policy and all that stands beside it; what has its default is left out."""
    lines = [
        f"version = {_text(policy.version)}",
        f"exempt = {_list(sorted(policy.exempt))}",
        f"trade_boards = {_list(policy.trade_boards)}",
        f"switched_off = {_list(sorted(policy.switched_off))}",
        f"corroborated = {_list(sorted(policy.corroborated))}",
        f"corroboration = {_number(policy.corroboration)}",
    ]
    if not policy.rules:
        lines.append("rules = []")
    for rule in policy.rules:
        lines += ["", "[[rules]]", *_rule(rule)]
    for scene, heads in policy.scenes.items():
        for head, threshold in heads.items():
            lines += ["", f"[scenes.{scene}.{head}]"]
            lines += [f"review = {_number(threshold.review)}", f"block = {_number(threshold.block)}"]
    for one in publishing:
        lines += ["", "[[publishing]]", *_publishing(one)]
    if timeout != DEFAULT_TIMEOUT:
        lines += ["", "[timeout]", f"minutes = {timeout.minutes}", f"then = {_text(timeout.then)}"]
    for window in policy.windows:
        lines += ["", "[[windows]]", *_window(window)]
    return "\n".join([*lines, *_book(change)]) + "\n"


def _rule(rule: Rule) -> Iterator[str]:
    yield f"head = {_text(rule.head)}"
    yield f"clause = {_text(rule.clause)}"
    if rule.review is not None:
        yield f"review = {_number(rule.review)}"
    if rule.block is not None:
        yield f"block = {_number(rule.block)}"
    if not rule.enabled:
        yield "enabled = false"
    if not rule.may_block:
        yield "may_block = false"
    if rule.proof is not Proof.CALIBRATION:
        yield f"proof = {_text(rule.proof)}"
    if rule.review_action is not Action.SHOW:
        yield f"review_action = {_text(rule.review_action)}"
    if rule.block_action is not Action.REMOVE:
        yield f"block_action = {_text(rule.block_action)}"


def _publishing(one: PublishingRule) -> Iterator[str]:
    if one.group:
        yield f"group = {_text(one.group)}"
    if one.scene:
        yield f"scene = {_text(one.scene)}"
    if one.thread:
        yield f"thread = {_text(one.thread)}"
    yield f"mode = {_text(one.mode)}"
    if one.timeout:
        yield f"timeout = {{ minutes = {one.timeout.minutes}, then = {_text(one.timeout.then)} }}"


def _window(window: Window) -> Iterator[str]:
    yield f"name = {_text(window.name)}"
    yield f"from = {_instant(window.start)}"
    yield f"to = {_instant(window.end)}"
    if window.review_factor != 1:
        yield f"review_factor = {_number(window.review_factor)}"
    if window.look_first:
        yield "look_first = true"
    if window.mode:
        yield f"mode = {_text(window.mode)}"
    for name in ("groups", "scenes", "top_clauses"):
        if getattr(window, name):
            yield f"{name} = {_list(getattr(window, name))}"
    if window.why:
        yield f"why = {_text(window.why)}"


def _book(change: BookChange) -> Iterator[str]:
    if change.days:
        yield from ("", "[retention]", *(f"{kind} = {days}" for kind, days in change.days.items()))
    appeal = {"zh": change.appeal_zh, "en": change.appeal_en}
    if any(one is not None for one in appeal.values()):
        yield from (
            "",
            "[appeal]",
            *(f"{name} = {_text(one)}" for name, one in appeal.items() if one is not None),
        )
    for number, clause in change.clauses.items():
        yield from ("", f"[clauses.{_text(number)}]")
        for name in ClauseChange.__slots__:
            value = getattr(clause, name)
            if value is not None:
                yield f"{name} = {value if isinstance(value, int) else _text(value)}"


def _instant(at: int) -> str:
    return (
        (datetime.fromtimestamp(at // 1_000_000, UTC) + timedelta(microseconds=at % 1_000_000))
        .astimezone(BEIJING)
        .isoformat()
    )


def _text(value: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for DEL."""
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _number(value: float) -> str:
    return repr(float(value))
