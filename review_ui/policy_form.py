"""The form of a draft: everything as it was typed, with what is wrong, and the document that it makes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from flask import request
from flask_babel import gettext

from moderation.domain.convention import clause_exists
from moderation.domain.policy import Policy
from moderation.domain.policy_versions import numbered
from moderation.domain.publishing import DEFAULT_TIMEOUT
from moderation.policy_file.writing import write_policy
from review_ui.forms import lines
from review_ui.policy_more_rows import (
    CLAUSE,
    WINDOW,
    clause_values,
    clauses_of,
    window_values,
    windows_of,
)
from review_ui.policy_rows import (
    MODE,
    RULE,
    SCENE,
    TIMEOUT,
    Row,
    publishing_of,
    rule_of,
    scenes_of,
    timeout_of,
)

if TYPE_CHECKING:
    from moderation.domain.post import PublishingRule
    from review_ui.policy_reading import Reading

LISTS: Final = ("exempt", "switched_off", "trade_boards")
MOST_ROWS: Final = 200
MAX_VERSION: Final = 60
MAX_WHY: Final = 500


@dataclass(slots=True)
class PolicyForm:
    """All of a policy's fields as texts."""

    version: str
    rules: list[Row]
    scenes: list[Row]
    modes: list[Row]
    windows: list[Row]
    clauses: list[Row]
    timeout: Row
    lists: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every row."""
        return (*self.rules, *self.scenes, *self.modes, *self.windows, *self.clauses, self.timeout)

    @property
    def wrong(self) -> int:
        """How many fields are wrong."""
        return len(self.errors) + sum(len(row.errors) for row in self.rows)

    def document(self, base: Reading) -> str | None:
        """The policy document that the form makes; None where a field is wrong, which then says so.

        What the form does not show - corroborated lists, terms in days, the way to appeal - is taken from ``base``.
        """
        self.version = self.version.strip()
        if not 0 < len(self.version) <= MAX_VERSION:
            self.errors["version"] = str(gettext("版本名要 1 到 60 个字"))
        rules = tuple(rule_of(row) for row in self.rules)
        scenes = scenes_of(self.scenes)
        modes = publishing_of(self.modes)
        windows, clauses = windows_of(self.windows), clauses_of(self.clauses)
        timeout = DEFAULT_TIMEOUT if self.timeout.blank(("minutes",)) else timeout_of(self.timeout)
        lists = {name: lines(self.lists[name]) for name in LISTS}
        for name in ("exempt", "switched_off"):
            unknown = [one for one in lists[name] if not clause_exists(one)]
            if unknown:
                self.errors[name] = str(gettext("公约里没有条款 %(what)s", what="、".join(unknown)[:100]))
        if self.wrong:
            return None
        policy = replace(
            base.policy or Policy(self.version, ()),
            version=self.version,
            windows=tuple(windows),
            rules=tuple(rule for rule in rules if rule is not None),
            scenes=scenes,
            exempt=frozenset(lists["exempt"]),
            switched_off=frozenset(lists["switched_off"]),
            trade_boards=tuple(lists["trade_boards"]),
        )
        change = replace(base.change, clauses=clauses)
        return write_policy(policy, modes, timeout or DEFAULT_TIMEOUT, change)


def form_of(reading: Reading, number: int) -> PolicyForm:
    """The form of a readable document, its version named after the draft's number."""
    policy = reading.policy
    if policy is None:
        return PolicyForm("", [], [], [], [], [], _row(TIMEOUT), dict.fromkeys(LISTS, ""))
    return PolicyForm(
        version=numbered(policy.version, number),
        rules=[Row({name: _typed(getattr(rule, name)) for name in RULE}) for rule in policy.rules],
        scenes=[
            Row(dict(zip(SCENE, map(_typed, (scene, head, one.review, one.block)), strict=True)))
            for scene, heads in policy.scenes.items()
            for head, one in heads.items()
        ],
        modes=[_mode(one) for one in reading.publishing],
        windows=[Row(window_values(one)) for one in policy.windows],
        clauses=[Row(clause_values(*one)) for one in reading.change.clauses.items()],
        timeout=Row({name: _typed(getattr(reading.timeout, name)) for name in TIMEOUT}),
        lists={name: "\n".join(sorted(getattr(policy, name))) for name in LISTS},
    )


def sent_form() -> PolicyForm:
    """The form as it was sent."""
    return PolicyForm(
        version=request.form.get("version", "")[: MAX_VERSION + 1],
        rules=_sent("rule", RULE),
        scenes=_sent("scene", SCENE),
        modes=_sent("mode", MODE),
        windows=_sent("window", WINDOW),
        clauses=_sent("clause", CLAUSE),
        timeout=Row({name: request.form.get(f"timeout-{name}", "")[:20] for name in TIMEOUT}),
        lists={name: request.form.get(name, "") for name in LISTS},
    )


def sent_why() -> str:
    """Why somebody does what they do, in their words."""
    return request.form.get("why", "").strip()[:MAX_WHY]


def add_row(form: PolicyForm, kind: str) -> None:
    """One more empty row of a kind, for those who ask without script."""
    kinds = {
        "scene": (form.scenes, SCENE),
        "mode": (form.modes, MODE),
        "window": (form.windows, WINDOW),
        "clause": (form.clauses, CLAUSE),
    }
    rows, names = kinds.get(kind, (None, ()))
    if rows is not None and len(rows) < MOST_ROWS:
        rows.append(_row(names))


def _row(names: tuple[str, ...]) -> Row:
    return Row(dict.fromkeys(names, ""))


def _mode(rule: PublishingRule) -> Row:
    own = rule.timeout
    values = {name: _typed(getattr(rule, name)) for name in ("group", "thread", "scene", "mode")}
    return Row(values | {name: _typed(getattr(own, name)) if own else "" for name in TIMEOUT})


def _sent(prefix: str, names: tuple[str, ...]) -> list[Row]:
    places = {
        int(found[1]) for key in request.form if (found := re.fullmatch(rf"{prefix}-(\d{{1,4}})-\w+", key))
    }
    return [
        Row({name: request.form.get(f"{prefix}-{place}-{name}", "")[:600] for name in names})
        for place in sorted(places)[:MOST_ROWS]
    ]  # fmt: skip


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
