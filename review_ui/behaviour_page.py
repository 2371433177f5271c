"""What posts show together, for the page of one of them: a sentence, and the posts that belong together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask_babel import gettext, lazy_gettext

from moderation.domain.behaviour import BEHAVIOUR_NAMES_ZH, BehaviourKind
from moderation.services.found_together import open_in
from moderation.services.reading import behaviour_of
from review_ui import names
from review_ui.context import parts
from review_ui.language import is_chinese

if TYPE_CHECKING:
    from moderation.store.behaviour_findings import FoundTogether
    from moderation.store.tables import PostRow

_ = lazy_gettext

AT_ONCE: Final = 6
"""Posts that are shown before one asks for more."""

_NAMES_EN: Final = {
    BehaviourKind.REPEAT_ADS: "Repeat ads",
    BehaviourKind.COORDINATED_ADS: "Coordinated ads",
    BehaviourKind.FLOOD: "Flooding",
    BehaviourKind.FAKE_ENGAGEMENT: "Fake engagement",
    BehaviourKind.DECEPTIVE_LINK: "Deceptive link",
    BehaviourKind.PILE_ON: "Pile-on",
}
_BY_ONE: Final = {
    BehaviourKind.REPEAT_ADS: _("同一账号%(span)s %(posts)s 次发布近似广告"),
    BehaviourKind.FLOOD: _("同一账号%(span)s连发 %(posts)s 条重复或无意义的内容"),
    BehaviourKind.FAKE_ENGAGEMENT: _("同一账号发布 %(posts)s 条买卖或组织虚假互动的内容"),
    BehaviourKind.DECEPTIVE_LINK: _("同一账号发布 %(posts)s 条含欺骗性链接的内容"),
}
_BY_SEVERAL: Final = {
    BehaviourKind.COORDINATED_ADS: _("%(accounts)s 个账号%(span)s配合发布 %(posts)s 条近似广告"),
    BehaviourKind.FLOOD: _("%(accounts)s 个账号%(span)s在同一主题里灌水 %(posts)s 条"),
    BehaviourKind.FAKE_ENGAGEMENT: _("%(accounts)s 个账号%(span)s用几乎相同的文案集中好评"),
    BehaviourKind.PILE_ON: _("%(accounts)s 个账号%(span)s集中攻击同一人，共 %(posts)s 条"),
}
MEASURES: Final = {
    "折叠并暂停陌生人对当事人的评论与私信": _("折叠并暂停陌生人对当事人的评论与私信"),
    "通知当事人并提供一键防护和证据保全": _("通知当事人并提供一键防护和证据保全"),
    "当班审核员优先处理相关内容并提示参与者": _("当班审核员优先处理相关内容并提示参与者"),
}


@dataclass(frozen=True, slots=True)
class ShownPost:
    """One post of a finding as it now stands."""

    data_id: str
    author: str
    at: int
    text: str
    suggestion: str
    here: bool


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding that the post belongs to; ``waiting`` of all its posts have an open item."""

    number: int
    waiting: int
    name: str
    sentence: str
    reason: str
    target: str
    hours: int
    measures: list[str]
    posts: list[ShownPost]
    count: int

    @property
    def first(self) -> list[ShownPost]:
        """What is shown at once."""
        return self.posts[:AT_ONCE]

    @property
    def more(self) -> list[ShownPost]:
        """What is shown when asked for."""
        return self.posts[AT_ONCE:]

    @property
    def left_out(self) -> int:
        """Posts that are not listed."""
        return max(0, self.count - len(self.posts))


def findings_of(post: PostRow) -> list[ShownFinding]:
    """Findings that a post belongs to as it now reads."""
    found = behaviour_of(parts().sessions, post)
    waiting = open_in(parts().sessions, [one.row.id for one in found])
    return [_shown(one, post, waiting.get(one.row.id, 0)) for one in found]


def name_of(found: FoundTogether) -> str:
    """What a finding's kind is called."""
    kind = BehaviourKind(found.row.kind)
    return BEHAVIOUR_NAMES_ZH[kind] if is_chinese() else _NAMES_EN[kind]


def _shown(found: FoundTogether, here: PostRow, waiting: int) -> ShownFinding:
    listed = [
        ShownPost(
            data_id=post.data_id,
            author=member.author_id,
            at=member.at,
            text=post.title or post.text or names.images(len(post.images)),
            suggestion=verdict.suggestion if verdict else "",
            here=post.id == here.id,
        )
        for member, post, verdict in found.posts
    ]
    return ShownFinding(
        number=found.row.id,
        waiting=waiting,
        name=name_of(found),
        sentence=sentence_of(found),
        reason=found.row.reason,
        target=found.row.target,
        hours=found.row.shield.get("hours", 0),
        measures=[str(MEASURES.get(one, one)) for one in found.row.shield.get("measures", ())],
        posts=listed,
        count=found.count,
    )


def sentence_of(found: FoundTogether) -> str:
    """One sentence, such as «同一账号 3 小时内 4 次发布近似广告»."""
    kind = BehaviourKind(found.row.kind)
    table = _BY_ONE if found.accounts == 1 and kind in _BY_ONE else _BY_SEVERAL
    pattern = str(table.get(kind) or _BY_ONE[kind])
    return pattern % {
        "span": _span(found.until - found.since),
        "posts": found.count,
        "accounts": found.accounts,
    }


def _span(micros: int) -> str:
    """Within how long, rounded up to minutes, hours or days."""
    minutes = max(1, -(-micros // 60_000_000))
    if minutes < 60:  # noqa: PLR2004 - an hour
        return str(gettext(" %(n)s 分钟内", n=minutes))
    if minutes < 48 * 60:
        return str(gettext(" %(n)s 小时内", n=-(-minutes // 60)))
    return str(gettext(" %(n)s 天内", n=-(-minutes // 1_440)))
