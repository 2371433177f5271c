"""Rows of the policy form: text as it was typed, what is wrong with it, and what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flask_babel import gettext

from moderation.domain.blocking import Proof
from moderation.domain.convention import clause_exists
from moderation.domain.policy import Rule, Threshold
from moderation.domain.post import Overdue, PublishingMode, PublishingRule, Scene, Timeout
from moderation.domain.verdict import Action
from moderation.policy_file.document import HEADS
from moderation.policy_file.fields import MOST_MINUTES

if TYPE_CHECKING:
    from collections.abc import Iterable

RULE: Final = (
    "head",
    "clause",
    "review",
    "block",
    "enabled",
    "may_block",
    "proof",
    "review_action",
    "block_action",
)
SCENE: Final = ("scene", "head", "review", "block")
MODE: Final = ("group", "thread", "scene", "mode", "minutes", "then")
TIMEOUT: Final = ("minutes", "then")


@dataclass(slots=True)
class Row:
    """One row of the form."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def number(self, name: str) -> float | None:
        """A threshold; nothing where the field is empty or wrong."""
        text = self.values[name].strip()
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if 0 <= value <= 1:
            return value
        self.errors[name] = str(gettext("要 0 到 1 之间的数，例如 0.65"))
        return None

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number; nothing where the field is empty or wrong."""
        text = self.values[name].strip()
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) <= 6 and least <= int(text) <= most:  # noqa: PLR2004
            return int(text)
        self.errors[name] = str(gettext("要 %(least)s 到 %(most)s 的整数", least=least, most=most))
        return None

    def choice(self, name: str, allowed: Iterable[str]) -> bool:
        """Whether the field has one of a few values; notes an error where not."""
        if self.values[name] in set(allowed):
            return True
        self.errors[name] = str(gettext("请选择一项"))
        return False

    def blank(self, names: Iterable[str]) -> bool:
        """Whether nothing was typed or chosen in these fields."""
        return not any(self.values[name].strip() for name in names)


def in_order(row: Row, review: float | None, block: float | None) -> None:
    """Note an error where a block threshold lies below that of review: nothing would ever be looked at."""
    if review is not None and block is not None and block < review:
        row.errors["block"] = str(
            gettext("拦截阈值（%(b)s）不能低于待审阈值（%(r)s）", b=f"{block:g}", r=f"{review:g}")
        )


def rule_of(row: Row) -> Rule | None:
    """The rule of a row; None where a field is wrong."""
    review, block = row.number("review"), row.number("block")
    in_order(row, review, block)
    known = row.choice("head", HEADS)
    actions = row.choice("review_action", Action) and row.choice("block_action", Action)
    actions = row.choice("proof", Proof) and actions
    if not clause_exists(row.values["clause"]):
        row.errors["clause"] = str(gettext("公约里没有这一条"))
    if row.errors or not known or not actions:
        return None
    return Rule(
        row.values["head"],
        row.values["clause"],
        review,
        block,
        enabled=bool(row.values["enabled"]),
        may_block=bool(row.values["may_block"]),
        review_action=Action(row.values["review_action"]),
        block_action=Action(row.values["block_action"]),
        proof=Proof(row.values["proof"]),
    )


def scenes_of(rows: list[Row]) -> dict[Scene, dict[str, Threshold]]:
    """Thresholds by scene and head; empty rows count for nothing."""
    found: dict[Scene, dict[str, Threshold]] = {}
    for row in rows:
        if row.blank(("scene", "review", "block")):
            continue
        fits = row.choice("scene", Scene) and row.choice("head", HEADS)
        review, block = row.number("review"), row.number("block")
        for name, value in (("review", review), ("block", block)):
            if value is None:
                row.errors.setdefault(name, str(gettext("两个阈值都要填")))
        in_order(row, review, block)
        if not fits or review is None or block is None:
            continue
        heads = found.setdefault(Scene(row.values["scene"]), {})
        if row.values["head"] in heads:
            row.errors["head"] = str(gettext("与上面一行重复"))
        heads[row.values["head"]] = Threshold(review, block)
    return found


def publishing_of(rows: list[Row]) -> list[PublishingRule]:
    """Publishing modes; a row without a mode is a row taken away."""
    found: dict[tuple[str, str, str], PublishingRule] = {}
    for row in rows:
        if row.blank(MODE) or not row.values["mode"]:
            continue
        timeout = timeout_of(row)
        if not (row.choice("mode", PublishingMode) and row.choice("scene", ("", *Scene))):
            continue
        group, scene = row.values["group"].strip().strip("/"), row.values["scene"]
        thread = row.values["thread"].strip()[:200]
        if (group, scene, thread) in found:
            row.errors["group"] = str(gettext("与上面一行重复"))
        found[group, scene, thread] = PublishingRule(
            PublishingMode(row.values["mode"]), group, Scene(scene) if scene else None, thread, timeout
        )
    return list(found.values())


def timeout_of(row: Row) -> Timeout | None:
    """The time-out of a row; None where it has none of its own."""
    minutes = row.whole("minutes", 1, MOST_MINUTES)
    if minutes is None or not row.choice("then", Overdue):
        return None
    return Timeout(minutes, Overdue(row.values["then"]))
