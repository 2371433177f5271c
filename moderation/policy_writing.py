"""Writes a policy document (TOML); :func:`moderation.policy_document.parse_policy` reads the same policy back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from moderation.domain.verdict import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moderation.domain.policy import Policy, Rule
    from moderation.domain.post import PublishingRule


def write_policy(policy: Policy, publishing: Sequence[PublishingRule]) -> str:
    """The document of a policy and its publishing modes; what has its default is left out."""
    lines = [
        f"version = {_text(policy.version)}",
        f"exempt = {_list(sorted(policy.exempt))}",
        f"trade_boards = {_list(policy.trade_boards)}",
        f"switched_off = {_list(sorted(policy.switched_off))}",
    ]
    for rule in policy.rules:
        lines += ["", "[[rules]]", *_rule(rule)]
    for scene, heads in policy.scenes.items():
        for head, threshold in heads.items():
            lines += ["", f"[scenes.{scene}.{head}]"]
            lines += [f"review = {_number(threshold.review)}", f"block = {_number(threshold.block)}"]
    for one in publishing:
        lines += ["", "[[publishing]]", *([f"group = {_text(one.group)}"] if one.group else [])]
        lines += [*([f"scene = {_text(one.scene)}"] if one.scene else []), f"mode = {_text(one.mode)}"]
    return "\n".join(lines) + "\n"


def _rule(rule: Rule) -> Iterable[str]:
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
    if rule.review_action is not Action.SHOW:
        yield f"review_action = {_text(rule.review_action)}"
    if rule.block_action is not Action.REMOVE:
        yield f"block_action = {_text(rule.block_action)}"


def _text(value: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for DEL."""
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _number(value: float) -> str:
    return repr(float(value))
