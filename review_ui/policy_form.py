"""The form of a draft: rows of text as they were typed, each with what is wrong with it, and the policy they make."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flask import request
from flask_babel import gettext

from moderation.domain.convention import clause_exists
from moderation.domain.policy import Policy, Rule, Threshold
from moderation.domain.post import PublishingMode, PublishingRule, Scene
from moderation.domain.verdict import Action
from moderation.policy_document import HEADS
from moderation.policy_writing import write_policy
from review_ui.forms import lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from review_ui.policy_page import Reading

RULE: Final = ("head", "clause", "review", "block", "enabled", "may_block", "review_action", "block_action")
SCENE: Final = ("scene", "head", "review", "block")
MODE: Final = ("group", "scene", "mode")
LISTS: Final = ("exempt", "switched_off", "trade_boards")
MOST_ROWS: Final = 200
MAX_VERSION: Final = 60
_TURN: Final = re.compile(r"-v\d+$")


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

    def choice(self, name: str, allowed: Iterable[str]) -> bool:
        """Whether the field has one of a few values; notes an error where not."""
        if self.values[name] in set(allowed):
            return True
        self.errors[name] = str(gettext("请选择一项"))
        return False

    def blank(self, names: Iterable[str]) -> bool:
        """Whether nothing was typed or chosen in these fields."""
        return not any(self.values[name].strip() for name in names)


@dataclass(slots=True)
class PolicyForm:
    """All of a policy's fields as texts."""

    version: str
    rules: list[Row]
    scenes: list[Row]
    modes: list[Row]
    lists: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def wrong(self) -> int:
        """How many fields are wrong."""
        return len(self.errors) + sum(len(row.errors) for row in (*self.rules, *self.scenes, *self.modes))

    def document(self) -> str | None:
        """The policy document that the form makes; None where a field is wrong, which then says so."""
        self.version = self.version.strip()
        if not 0 < len(self.version) <= MAX_VERSION:
            self.errors["version"] = str(gettext("版本名要 1 到 60 个字"))
        rules = tuple(_rule(row) for row in self.rules)
        scenes = _scenes(self.scenes)
        modes = _modes(self.modes)
        lists = {name: lines(self.lists[name]) for name in LISTS}
        for name in ("exempt", "switched_off"):
            unknown = [one for one in lists[name] if not clause_exists(one)]
            if unknown:
                self.errors[name] = str(gettext("公约里没有条款 %(what)s", what="、".join(unknown)[:100]))
        if self.wrong:
            return None
        policy = Policy(
            version=self.version,
            rules=tuple(rule for rule in rules if rule is not None),
            scenes=scenes,
            exempt=frozenset(lists["exempt"]),
            switched_off=frozenset(lists["switched_off"]),
            trade_boards=tuple(lists["trade_boards"]),
        )
        return write_policy(policy, modes)


def form_of(reading: Reading, number: int) -> PolicyForm:
    """The form of a readable document, its version named after the draft's number."""
    policy = reading.policy
    if policy is None:
        return PolicyForm("", [], [], [], dict.fromkeys(LISTS, ""))
    return PolicyForm(
        version=f"{_TURN.sub('', policy.version)[:50]}-v{number}",
        rules=[Row({name: _typed(getattr(rule, name)) for name in RULE}) for rule in policy.rules],
        scenes=[
            Row(dict(zip(SCENE, map(_typed, (scene, head, one.review, one.block)), strict=True)))
            for scene, heads in policy.scenes.items()
            for head, one in heads.items()
        ],
        modes=[Row({name: _typed(getattr(one, name)) for name in MODE}) for one in reading.publishing],
        lists={name: "\n".join(sorted(getattr(policy, name))) for name in LISTS},
    )


def sent_form() -> PolicyForm:
    """The form as it was sent."""
    return PolicyForm(
        version=request.form.get("version", "")[: MAX_VERSION + 1],
        rules=_sent("rule", RULE),
        scenes=_sent("scene", SCENE),
        modes=_sent("mode", MODE),
        lists={name: request.form.get(name, "") for name in LISTS},
    )


def add_row(form: PolicyForm, kind: str) -> None:
    """One more empty row of a kind, for those who ask without script."""
    rows, names = {"scene": (form.scenes, SCENE), "mode": (form.modes, MODE)}.get(kind, (None, ()))
    if rows is not None and len(rows) < MOST_ROWS:
        rows.append(Row(dict.fromkeys(names, "")))


def _sent(prefix: str, names: tuple[str, ...]) -> list[Row]:
    places = {
        int(found[1]) for key in request.form if (found := re.fullmatch(rf"{prefix}-(\d{{1,4}})-\w+", key))
    }
    return [
        Row({name: request.form.get(f"{prefix}-{place}-{name}", "")[:500] for name in names})
        for place in sorted(places)[:MOST_ROWS]
    ]  # fmt: skip


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _rule(row: Row) -> Rule | None:
    review, block = row.number("review"), row.number("block")
    known = row.choice("head", HEADS)
    actions = row.choice("review_action", Action) and row.choice("block_action", Action)
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
    )


def _scenes(rows: list[Row]) -> dict[Scene, dict[str, Threshold]]:
    found: dict[Scene, dict[str, Threshold]] = {}
    for row in rows:
        if row.blank(("scene", "review", "block")):
            continue
        fits = row.choice("scene", Scene) and row.choice("head", HEADS)
        review, block = row.number("review"), row.number("block")
        for name, value in (("review", review), ("block", block)):
            if value is None:
                row.errors.setdefault(name, str(gettext("两个阈值都要填")))
        if not fits or review is None or block is None:
            continue
        heads = found.setdefault(Scene(row.values["scene"]), {})
        if row.values["head"] in heads:
            row.errors["head"] = str(gettext("与上面一行重复"))
        heads[row.values["head"]] = Threshold(review, block)
    return found


def _modes(rows: list[Row]) -> list[PublishingRule]:
    found: dict[tuple[str, str], PublishingRule] = {}
    for row in rows:
        if row.blank(MODE) or not row.values["mode"]:
            continue  # a row without a mode is a row taken away
        if not (row.choice("mode", PublishingMode) and row.choice("scene", ("", *Scene))):
            continue
        group, scene = row.values["group"].strip().strip("/"), row.values["scene"]
        if (group, scene) in found:
            row.errors["group"] = str(gettext("与上面一行重复"))
        found[group, scene] = PublishingRule(
            PublishingMode(row.values["mode"]), group, Scene(scene) if scene else None
        )
    return list(found.values())
