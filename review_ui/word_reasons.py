"""Why a word cannot be used, and where it stands, in the page's language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from moderation.domain.evidence import Level
from moderation.text.entries import Kind
from review_ui import policy_names
from review_ui.language import is_chinese

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
    (r"the pattern matches the empty text", _("这个正则连空文字也会命中")),
    (r"emergency words have a place of their own", _("紧急词请在紧急词页添加")),
    (r"unknown column; the columns are (.*)", _("没有这一列；可用的列：%s")),
    (r"the column is missing", _("缺少这一列")),
    (r"the column is there twice", _("这一列有两个")),
    (r"more cells than columns", _("这一行的格子比列多")),
    (r"(.*) is none of (.*)", _("%s 不在可选值里：%s")),
    (r"(.*) is no ISO-8601 time", _("%s 不是 ISO-8601 时间")),
    (r"(.*) has no offset from UTC", _("%s 没有写时区，例如 +08:00")),
    (r"not valid CSV: (.*)", _("不是有效的 CSV：%s")),
)


_REFUSED: Final = "RE2 refuses the pattern: "
_PATTERNS: Final = (
    ("missing )", _("左括号 ( 没有配对的右括号 )")),
    ("unexpected )", _("右括号 ) 多了一个，或前面没有左括号")),
    ("missing ]", _("左方括号 [ 没有配对的 ]")),
    ("bad repetition operator", _("两个重复符号连在一起")),
    ("no argument for repetition operator", _("重复符号（* + ?）前面没有要重复的内容")),
    ("invalid repetition size", _("重复次数写得不对，或超过 1000")),
    ("invalid perl operator", _("不支持前后断言等 (?…) 写法")),
    ("invalid escape sequence", _("反斜杠后面的字符不支持（也不支持 \\1 这样的反向引用）")),
    ("trailing \\", _("不能以单个反斜杠结尾")),
    ("invalid character class range", _("方括号里的范围或字符类写得不对")),
    ("invalid named capture group", _("命名分组写得不对")),
    ("pattern too large", _("正则太长太复杂，请拆成几个")),
)
"""Reasons of RE2 by how they begin; its own words follow in brackets."""


def reason(error: EntryError) -> str:
    """Why a word cannot be used, in the page's language; as it is where we have no words for it."""
    if error.reason.startswith(_REFUSED):
        return _refused(error.reason.removeprefix(_REFUSED))
    for pattern, words in _REASONS:
        found = re.fullmatch(pattern, error.reason, re.DOTALL)
        if found:
            return str(words) % tuple(_named(one, error.field) for one in found.groups())
    return error.reason


def _refused(said: str) -> str:
    """A pattern that RE2 does not take."""
    words = next((words for begins, words in _PATTERNS if said.startswith(begins)), _("写法不对"))
    return str(gettext("正则不能用：%(why)s（RE2：%(said)s）", why=words, said=said))


def _named(said: str, field: str) -> str:
    """The columns or the values that a reason lists, as a Chinese page calls them; anything else as it is."""
    if not is_chinese() or ", " not in said:
        return said
    listed = said.split(", ")
    if all(one in policy_names.FIELDS for one in listed):
        return "、".join(policy_names.field(one) for one in listed)
    names = {"kind": policy_names.kind, "level": policy_names.level}.get(field)
    values = {"kind": list(Kind), "level": list(Level)}.get(field)
    return "、".join(map(names, listed)) if names and listed == values else said


def place(error: EntryError) -> tuple[str, str]:
    """Line and field of an error, as a page names them."""
    return str(error.line or "–"), policy_names.field(error.field)
