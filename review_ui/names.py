"""What things are called on a page, in its language."""

from __future__ import annotations

import re
from typing import Final

from flask_babel import gettext, lazy_gettext

from moderation.domain import convention
from moderation.domain.convention import CATEGORY_NAMES_ZH, LABEL_NAMES_ZH, Category, Clause, Label
from moderation.domain.review import QUEUE_NAMES_ZH, QueueName
from moderation.services.users import Role
from review_ui.language import is_chinese

_ = lazy_gettext

SUGGESTIONS: Final = {"pass": _("通过"), "review": _("待审"), "block": _("拦截"), "undo": _("撤销")}
RISKS: Final = {"none": _("无风险"), "low": _("低风险"), "medium": _("中风险"), "high": _("高风险")}
POLARITIES: Final = {
    "negative": _("负面"),
    "neutral": _("中性"),
    "positive": _("正面"),
    "mixed": _("褒贬不一"),
    "unrated": _("未判定"),
}
SCENES: Final = {
    "post": _("帖子"),
    "comment": _("评论"),
    "chat": _("聊天"),
    "nickname": _("昵称"),
    "profile": _("简介"),
    "title": _("标题"),
    "danmaku": _("弹幕"),
    "join_request": _("入群申请"),
}
KINDS: Final = {
    "model": _("模型"),
    "keyword": _("词库"),
    "rule": _("规则"),
    "contact": _("联系方式"),
    "similar": _("相似帖"),
    "behaviour": _("行为"),
    "lexicon": _("词库"),
    "report": _("举报"),
    "machine": _("机审"),
    "timeout": _("超时"),
    "sweep": _("回扫"),
    "wechat": _("微信"),
    "qq": "QQ",
    "phone": _("电话"),
    "url": _("链接"),
    "email": _("邮箱"),
    "qr": _("二维码"),
    "brand": _("品牌提及"),
}
SOURCES: Final = {"try": _("试一试")}
REASONS: Final = {
    "obfuscated": _("变体写法"),
    "code to a messenger": _("图中二维码指向聊天或收款"),
    "title without body": _("正文没有提到标题里的任何内容"),
    "disguised contact": _("变体写法"),
    "contact in an image": _("藏在图片里"),
    "an image could not be looked at": _("有图片没能查看"),
    "nothing but images, and not all of them were read": _("只有图片，机器没能读全图里的内容"),
    "contact": "",
}
LIBRARIES: Final = {
    "ads": _("广告"),
    "fraud": _("诈骗"),
    "vice": _("黄赌毒"),
    "insults": _("辱骂"),
    "threats": _("威胁"),
    "superstition": _("迷信"),
    "clickbait": _("标题党"),
    "fan_circle": _("饭圈"),
    "codes": _("二维码"),
    "headline": _("题文对照"),
    "allow": _("放行词"),
    "own": _("自己的词"),
}
"""The lists that come with the product, and the default one; a community's others go by the names it gave them."""
UNCHECKED: Final = {
    "no such upload": _("没有这张上传的图片"),
    "neither an address nor the id of an upload": _("既不是网址，也不是上传图片的编号"),
    "not an image of a known format (PNG, JPEG, GIF, WebP, BMP), or a damaged one": _(
        "不是能读的图片格式，或文件已损坏"
    ),
    "a damaged image: it cannot be decoded to its end; send the whole file": _(
        "图片文件已损坏，没法完整解码"
    ),
    "the text in it was not read": _("图里的文字和画面没看过，只查了二维码"),
    "not fetched: its host is not listed": _("未查看：这个地址不在允许抓取的主机之列"),
}
ROLES: Final = {
    Role.MODERATOR: _("审核员"),
    Role.SENIOR: _("资深审核员"),
    Role.ADMIN: _("管理员"),
    Role.BRAND: _("品牌方"),
    Role.AUDITOR: _("审计"),
}
ACTIONS: Final = {
    "show": _("展示"),
    "hold": _("暂不展示"),
    "fold": _("折叠"),
    "author_only": _("仅作者可见"),
    "limit": _("限流"),
    "remove": _("删除"),
    "nudge": _("提醒作者"),
}
STATES: Final = {"open": _("待处理"), "decided": _("已处理"), "closed": _("已关闭")}

_QUEUES: Final = {
    QueueName.ADS: "Ads",
    QueueName.ATTACK: "Attacks",
    QueueName.VICE: "Illegal & vulgar",
    QueueName.MISINFORMATION: "Misinformation",
    QueueName.QUALITY: "Quality",
    QueueName.FAILED: "Machine failed",
    QueueName.OTHER: "Other",
}
_LABELS: Final = {
    Label.ILLEGAL: "Illegal",
    Label.UNFRIENDLY: "Unfriendly",
    Label.SPAM_ADS: "Spam & ads",
    Label.PORN_VULGAR: "Porn & vulgar",
    Label.MISINFORMATION: "Misinformation",
    Label.SUPERSTITION: "Superstition",
    Label.CLICKBAIT: "Clickbait",
    Label.FAN_CIRCLE: "Fan circles",
    Label.OTHER_HARM: "Other harm",
    Label.QUALITY: "Quality",
    Label.NONE: "None",
}


def queue(name: QueueName | str) -> str:
    """A queue."""
    return QUEUE_NAMES_ZH[QueueName(name)] if is_chinese() else _QUEUES[QueueName(name)]


def label(name: Label | str) -> str:
    """A chapter of the convention."""
    return LABEL_NAMES_ZH[Label(name)] if is_chinese() else _LABELS[Label(name)]


def category(name: Category | str) -> str:
    """What a classifier head scores."""
    found = Category(name)
    return CATEGORY_NAMES_ZH[found] if is_chinese() else found.value.replace("_", " ").capitalize()


def clause(number: str) -> str:
    """A clause with its number, such as «3.8 特殊符号、图片等规避审核»."""
    if not convention.clause_exists(number):
        return number
    found = convention.clause(number)
    return f"{found.number} {found.zh if is_chinese() else found.en}"


def chapters() -> list[tuple[str, str, tuple[Clause, ...]]]:
    """(digit, name, clauses) of each chapter: what a clause is chosen from."""
    found = []
    for each in Label:
        clauses = convention.clauses_of(each)
        if clauses:
            found.append((clauses[0].number.partition(".")[0], label(each), clauses))
    return found


def images(count: int) -> str:
    """What stands for a post that is nothing but images."""
    return str(gettext("［%(n)s 张图片］", n=count))


def of(names: str, key: str | None) -> str:
    """A name out of one of the tables above; the key itself where it is not in there."""
    table: dict[str, object] = globals()[names.upper()]
    return str(table.get(key or "", key or ""))


def reason(text: str | None) -> str:
    """Why a hit counts, or why it was suppressed."""
    found = re.fullmatch(r"(与词语|属于放行词)「(.*)」(?:的边界不符)?", text or "", re.DOTALL)
    if found is None:
        return of("reasons", text)
    if found[1] == "与词语":
        return str(gettext("与词语「%(word)s」的边界不符", word=found[2]))
    return str(gettext("属于放行词「%(word)s」", word=found[2]))


def ago(seconds: int) -> str:
    """How long ago, in one short word."""
    if seconds < 60:  # noqa: PLR2004 - a minute
        return str(gettext("刚刚"))
    if seconds < 3_600:  # noqa: PLR2004 - an hour
        return str(gettext("%(n)s 分钟前", n=seconds // 60))
    if seconds < 86_400:  # noqa: PLR2004 - a day
        return str(gettext("%(n)s 小时前", n=seconds // 3_600))
    return str(gettext("%(n)s 天前", n=seconds // 86_400))
