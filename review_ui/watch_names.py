"""What sweeps, emergency words, candidates and groups are called on a page, in its language."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext

from moderation.domain.emergency import EmergencyState
from moderation.domain.gangs import JoinKind
from moderation.domain.sweeps import Left, SweepKind, SweepState, Swept
from moderation.domain.together import Skip

_ = lazy_gettext

SWEEPS: Final = {
    SweepState.COUNTING: _("正在预览"),
    SweepState.PREVIEW: _("已预览，未执行"),
    SweepState.APPLYING: _("正在执行"),
    SweepState.APPLIED: _("已执行"),
    SweepState.UNDOING: _("正在撤销"),
    SweepState.UNDONE: _("已撤销"),
}
KINDS: Final = {
    SweepKind.WORDS: _("词"),
    SweepKind.CONTACT: _("联系方式"),
    SweepKind.POLICY: _("策略版本"),
    SweepKind.RELEASE: _("放行"),
}
SWEPT: Final = {
    Swept.PLANNED: _("将改判"),
    Swept.APPLIED: _("已改判"),
    Swept.LEFT: _("未改动"),
    Swept.UNDONE: _("已恢复"),
    Swept.KEPT: _("未能恢复"),
}
LEFT: Final = {
    Left.CHANGED: _("作者已修改或撤回"),
    Left.SUPERSEDED: _("其后另有机审结论"),
    Left.DECIDED: _("已有人工决定"),
}
EMERGENCIES: Final = {
    EmergencyState.HOLDS: _("生效中，待确认"),
    EmergencyState.CONFIRMED: _("已确认，长期有效"),
    EmergencyState.EXPIRED: _("已到期"),
    EmergencyState.WITHDRAWN: _("已撤回"),
}
JOINS: Final = {
    JoinKind.CONTACT: _("联系方式"),
    JoinKind.DEVICE: _("设备"),
    JoinKind.TEXT: _("几乎相同的文字"),
}
SKIPS: Final = {
    Skip.DECIDED: _("已有人工决定"),
    Skip.BLOCKED: _("机器已拦截，没有待审项"),
    Skip.PASSED: _("机审通过，没有待审项"),
    Skip.PENDING: _("还在机审"),
    Skip.EDITED: _("作者之后改过，要单独看"),
    Skip.WITHDRAWN: _("作者已撤回"),
    Skip.CHANGED: _("其间有人处理，或帖子变了"),
}


def of(names: str, key: str) -> str:
    """A name out of one of the tables above; the key itself where it is not in there."""
    table: dict[str, object] = globals()[names.upper()]
    return str(table.get(key, key))
