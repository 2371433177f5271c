"""The summary of a form that is wrong: each mistake with the field that it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from moderation.policy_file.fields import HEADS
from review_ui import policy_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from review_ui.policy_form import PolicyForm
    from review_ui.policy_rows import Row

_FIELDS: Final = {
    "head": _("类别"),
    "clause": _("条款"),
    "review": _("待审 ≥"),
    "block": _("拦截 ≥"),
    "proof": _("凭什么拦截"),
    "review_action": _("待审时"),
    "block_action": _("拦截时"),
    "scene": _("场景"),
    "group": _("板块"),
    "thread": _("主题编号"),
    "mode": _("发布方式"),
    "minutes": _("几分钟没人处理"),
    "then": _("到时"),
    "name": _("名字"),
    "start": _("开始"),
    "end": _("结束"),
    "review_factor": _("待审阈值乘以"),
    "groups": _("只限板块"),
    "scenes": _("只限场景"),
    "top_clauses": _("最优先的条款"),
    "number": _("条款"),
    "strikes": _("计几次违规"),
    "retention": _("记录留多久"),
    "notice_zh": _("中文通知"),
    "notice_en": _("英文通知"),
    "version": _("版本名"),
    "exempt": _("官方账号与交易板块不受限的条款"),
    "switched_off": _("不执行的条款"),
}
_HIDDEN: Final = frozenset({"rule-head", "rule-clause"})
"""Fields that a page does not show: the link leads to the error beside them."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: the id of its field, what the field is called, what is wrong, and the line of a document."""

    field: str
    what: str
    why: str
    line: int | None = None


def mistakes_of(form: PolicyForm) -> list[Mistake]:
    """Every mistake of a form, in the order of the page."""
    found = (
        [Mistake("version", _called("version"), form.errors["version"])] if "version" in form.errors else []
    )
    kinds = (
        ("rule", gettext("规则"), form.rules),
        ("scene", gettext("场景另定"), form.scenes),
        ("mode", gettext("发布方式"), form.modes),
    )
    for prefix, called, rows in kinds:
        found += _of_rows(prefix, str(called), rows)
    found += [
        Mistake(f"timeout-{name}", f"{gettext('扣住的帖子')} · {_called(name)}", why)
        for name, why in form.timeout.errors.items()
    ]
    found += _of_rows("window", str(gettext("敏感时期")), form.windows)
    found += _of_rows("clause", str(gettext("条款的后果")), form.clauses)
    return found + [
        Mistake(name, _called(name), why) for name, why in form.errors.items() if name != "version"
    ]


def _of_rows(prefix: str, called: str, rows: list[Row]) -> Iterator[Mistake]:
    for place, row in enumerate(rows):
        head = row.values.get("head", "") if prefix == "rule" else ""
        where = policy_names.head(head) if head in HEADS else str(gettext("第 %(n)s 行", n=place + 1))
        for name, why in row.errors.items():
            hidden = "-error" if f"{prefix}-{name}" in _HIDDEN else ""
            yield Mistake(f"{prefix}-{place}-{name}{hidden}", f"{called} · {where} · {_called(name)}", why)


def _called(name: str) -> str:
    return str(_FIELDS.get(name, name))
