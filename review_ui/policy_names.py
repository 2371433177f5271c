"""What the parts of a policy and of a word list are called on a page, in its language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask_babel import gettext, lazy_gettext

from moderation.domain.blocking import LEAST_FOR, WANTED, Basis, Proof
from moderation.domain.clause_book import Retention
from moderation.domain.clause_ways import Way
from moderation.domain.evidence import Level
from moderation.domain.policy import NEGATIVITY
from moderation.domain.policy_versions import PolicyState
from moderation.domain.post import Overdue, PublishingMode, Scene
from moderation.domain.windows import Phase
from moderation.text.entries import Kind
from review_ui import names
from review_ui.context import local

if TYPE_CHECKING:
    from moderation.domain.clause_ways import Found
    from moderation.domain.post import PublishingRule, Timeout
    from moderation.domain.windows import Window

_ = lazy_gettext

STATES: Final = {
    PolicyState.DRAFT: _("草稿"),
    PolicyState.SHADOW: _("影子运行"),
    PolicyState.LIVE: _("生效"),
    PolicyState.ARCHIVED: _("已归档"),
}
MODES: Final = {
    PublishingMode.POST_MODERATION: _("先发后审"),
    PublishingMode.PRE_MODERATION: _("先审后发"),
    PublishingMode.CLOSED: _("关闭"),
}
OVERDUE: Final = {Overdue.HOLD: _("继续扣住，提到最前"), Overdue.SHOW: _("先展示，仍待审")}
PHASES: Final = {Phase.COMING: _("未开始"), Phase.OPEN: _("生效中"), Phase.OVER: _("已结束")}
RETENTIONS: Final = {
    Retention.ORDINARY: _("一般记录"),
    Retention.EVIDENCE: _("证据"),
    Retention.LEGAL: _("依法留存"),
}
PROOFS: Final = {Proof.CALIBRATION: _("模型校准或复核"), Proof.REVIEWED: _("只凭人工复核")}
BASES: Final = {
    Basis.CALIBRATED: _("模型校准时达标"),
    Basis.REVIEWED: _("人工复核证明达标"),
    Basis.OWN: _("策略自己写的，比校准值低"),
    Basis.STOPPED: _("复核显示不够准，已自动停止拦截"),
    Basis.UNPROVEN: _("未证明够准，只送审"),
    Basis.PEOPLE: _("只送审"),
}
FOUND_BY: Final = {
    Way.MODEL: _("模型"),
    Way.LEXICON: _("词库"),
    Way.NO_WORDS: _("词库（需自备，尚无词条）"),
    Way.RULE: _("规则"),
    Way.BEHAVIOUR: _("行为"),
    Way.REPORT: _("举报与人工"),
}
KINDS: Final = {
    Kind.NORMAL: _("普通词"),
    Kind.COMBINATION: _("组合词"),
    Kind.PINYIN: _("拼音"),
    Kind.ALLOW: _("允许词"),
    Kind.REGEX: _("正则"),
}
LEVELS: Final = {Level.REVIEW: _("送审"), Level.BLOCK: _("拦截")}
FIELDS: Final = {
    "word": _("词"),
    "kind": _("类型"),
    "level": _("级别"),
    "clause": _("条款"),
    "library": _("词库"),
    "effective_from": _("生效时间"),
    "effective_to": _("失效时间"),
}


def head(name: str) -> str:
    """A classifier head."""
    return str(gettext("攻击性")) if name == NEGATIVITY else names.category(name)


def scene(name: Scene | str | None) -> str:
    """A scene; without one, all of them."""
    return names.of("scenes", name) if name else str(gettext("所有场景"))


def state(name: str) -> str:
    """Where a version is in its life."""
    return str(STATES[PolicyState(name)])


def mode(name: str) -> str:
    """A publishing mode."""
    return str(MODES[PublishingMode(name)])


def basis(name: str) -> str:
    """Why a rule blocks, or why it does not."""
    return str(BASES[Basis(name)])


def needed() -> str:
    """What reviewed posts must show before a head may block."""
    least = f"{WANTED:.0%}"
    return str(gettext("有至少 %(n)s 条复核、精确率 95%% 区间的下限到 %(least)s", n=LEAST_FOR, least=least))


def phase(name: str) -> str:
    """Where a sensitive period lies."""
    return str(PHASES[Phase(name)])


def retention(name: str) -> str:
    """How long records are kept, by class."""
    return str(RETENTIONS[Retention(name)])


def timeout(one: Timeout) -> str:
    """What happens to a held post that nobody decides in time."""
    hours, minutes = divmod(one.minutes, 60)
    long = gettext("%(n)s 分钟", n=one.minutes) if minutes or not hours else gettext("%(n)s 小时", n=hours)
    return str(gettext("%(long)s没人处理：%(then)s", long=long, then=OVERDUE[one.then]))


def found_by(found: Found) -> str:
    """How a clause is found today, or why not."""
    if found.way is Way.NEARBY:
        return str(gettext("模型（归在 %(under)s 下）", under="、".join(found.under)))
    return str(FOUND_BY[found.way])


def kind(name: str) -> str:
    """How a word matches."""
    return str(KINDS[Kind(name)])


def level(name: str) -> str:
    """How far a word goes."""
    return str(LEVELS[Level(name)])


def field(name: str) -> str:
    """A column of a word list."""
    return str(FIELDS.get(name, name))


def publishing(rule: PublishingRule) -> str:
    """Where a publishing mode holds, such as «母婴 · 评论»."""
    group = rule.group or gettext("所有板块")
    thread = gettext("主题 %(thread)s", thread=rule.thread) if rule.thread else ""
    return " · ".join(str(one) for one in (group, scene(rule.scene), thread) if one)


def publishing_rule(rule: PublishingRule) -> str:
    """A publishing mode, with its time-out where it has one of its own."""
    return f"{mode(rule.mode)} · {timeout(rule.timeout)}" if rule.timeout else mode(rule.mode)


def window(one: Window) -> str:
    """What is stricter in a sensitive period, and when."""
    said = [f"{local(one.start):%Y-%m-%d %H:%M} → {local(one.end):%Y-%m-%d %H:%M}", *tightening(one)]
    return "；".join(said)


def tightening(one: Window) -> list[str]:
    """What is stricter in a sensitive period."""
    said = []
    if one.review_factor < 1:
        said.append(gettext("待审阈值 ×%(factor)s", factor=f"{one.review_factor:g}"))
    if one.look_first:
        said.append(gettext("可疑的先扣住，模型想拦的也先给人看"))
    if one.mode:
        said.append(mode(one.mode))
    if one.top_clauses:
        said.append(gettext("最优先：%(clauses)s", clauses="、".join(one.top_clauses)))
    places = [*one.groups, *(scene(each) for each in one.scenes)]
    said.append(gettext("范围：%(places)s", places="、".join(places) or gettext("全部")))
    return [str(each) for each in said]


def version(number: int) -> str:
    """A version by its number; 0 is the shipped policy."""
    return f"v{number}" if number else str(gettext("出厂策略"))
