"""What the parts of a policy and of a word list are called on a page, in its language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask_babel import gettext, lazy_gettext

from moderation.domain.convention import FoundBy
from moderation.domain.evidence import Level
from moderation.domain.policy import NEGATIVITY
from moderation.domain.policy_versions import PolicyState
from moderation.domain.post import PublishingMode, Scene
from moderation.text.entries import Kind
from review_ui import names

if TYPE_CHECKING:
    from moderation.domain.post import PublishingRule

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
FOUND_BY: Final = {
    FoundBy.MODEL: _("模型"),
    FoundBy.LEXICON: _("词库"),
    FoundBy.BEHAVIOUR: _("行为"),
    FoundBy.REPORT: _("举报与人工"),
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


def found_by(way: FoundBy) -> str:
    """How a clause is found."""
    return str(FOUND_BY[way])


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
    return f"{group} · {scene(rule.scene)}"


def version(number: int) -> str:
    """A version by its number; 0 is the shipped policy."""
    return f"v{number}" if number else str(gettext("出厂策略"))
