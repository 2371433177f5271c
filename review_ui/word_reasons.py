"""Why a word cannot be used, and where it stands, in the page's language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask_babel import lazy_gettext as _

from review_ui import policy_names

if TYPE_CHECKING:
    from moderation.text.entries import EntryError

_REASONS: Final = (
    (r"longer than (\d+) characters", _("比 %s 个字长")),
    (r"more than (\d+) words in one table", _("一张表最多 %s 个词，请分成几张")),
    (r"a community has (\d+) words at most", _("加上已有的，一个社区最多 %s 个词")),
    (r"the same word is review in line (\d+)", _("同一个词在第 %s 行是送审级，一个词只能有一个级别")),
    (r"the same word is block in line (\d+)", _("同一个词在第 %s 行是拦截级，一个词只能有一个级别")),
    (r"the same word has another one in line (\d+)", _("同一个词在第 %s 行写的不一样")),
    (r"the table has no words", _("表里没有词")),
    (r"the convention has no clause '?(.*?)'?", _("公约里没有条款 %s")),
    (r"not after effective_from", _("失效时间要晚于生效时间")),
    (r"a combination needs two parts joined by &", _("组合词要有两部分，用 & 连接，例如：加 & 微信")),
    (r"empty pattern", _("正则是空的")),
    (r"empty.*", _("词是空的，或规整之后什么都不剩")),
    (r"not made of Chinese.*", _("拼音词只能由汉字或拼音组成")),
    (r"RE2 refuses the pattern: (.*)", _("正则不能用：%s")),
    (r"the pattern matches the empty text", _("这个正则连空文字也会命中")),
    (r"emergency words have a place of their own", _("紧急词请在紧急词页添加")),
    (r"unknown column; the columns are (.*)", _("没有这一列；可用的列：%s")),
    (r"the column is missing", _("缺少这一列")),
    (r"more cells than columns", _("这一行的格子比列多")),
    (r"(.*) is none of (.*)", _("%s 不在可选值里：%s")),
    (r"(.*) is no ISO-8601 time", _("%s 不是 ISO-8601 时间")),
    (r"(.*) has no offset from UTC", _("%s 没有写时区，例如 +08:00")),
    (r"not valid CSV: (.*)", _("不是有效的 CSV：%s")),
)


def reason(error: EntryError) -> str:
    """Why a word cannot be used, in the page's language; as it is where we have no words for it."""
    for pattern, words in _REASONS:
        found = re.fullmatch(pattern, error.reason, re.DOTALL)
        if found:
            return str(words) % found.groups()
    return error.reason


def place(error: EntryError) -> tuple[str, str]:
    """Line and field of an error, as a page names them."""
    return str(error.line or "–"), policy_names.field(error.field)
