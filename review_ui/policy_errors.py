"""What is wrong in a policy document, in the page's language: line, field, reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _

if TYPE_CHECKING:
    from moderation.policy_file.document import PolicyDocumentError

_REASONS: Final = (
    (r"is missing: say when the window ends.*", _("缺少：要写清什么时候结束，到时自动结束")),
    (r"is missing", _("缺少这一项")),
    (r"Extra inputs are not permitted", _("没有这个字段，请检查拼写")),
    (r"Input should be a valid (?:number|decimal).*", _("要写一个数，例如 0.65")),
    (r"Input should be a finite number", _("要写一个数，例如 0.65")),
    (r"Input should be a valid integer.*", _("要写一个整数")),
    (r"Input should be a valid string", _("要写成文字，放在引号里")),
    (r"Input should be a valid boolean.*", _("要写 true 或 false")),
    (r"Input should be a valid (?:tuple|list|array)", _('要写成列表，例如 ["3.1", "7.1"]')),
    (r"Input should be a valid dictionary.*|Input should be an object", _("要写成一个表，例如 [timeout]")),
    (r"Input should be greater than or equal to (\S+)", _("不能小于 %s")),
    (r"Input should be less than or equal to (\S+)", _("不能大于 %s")),
    (r"Input should be greater than (\S+)", _("要大于 %s")),
    (r"Input should be less than (\S+)", _("要小于 %s")),
    (r"Input should be ('.*)", _("只能是其中之一：%s")),
    (r"String should have at least 1 character", _("不能是空的")),
    (r"String should have at least (\d+) characters", _("至少 %s 个字")),
    (r"String should have at most (\d+) characters", _("最多 %s 个字")),
    (r"Tuple should have at most (\d+) items.*", _("最多 %s 个")),
    (r"the convention has no clause (.*)", _("公约里没有条款 %s")),
    (r"no classifier head is called (.*?); heads: (.*)", _("模型没有 %s 这一类；可用的有：%s")),
    (r"block \((\S+)\) must not be lower than review \((\S+)\)", _("拦截阈值（%s）不能低于待审阈值（%s）")),
    (r"write a date with time and offset, such as (.*)", _("要写带时区的时间，例如 %s")),
    (r"a window only makes stricter.*", _("敏感时期只能更严：mode 写 pre 或 closed")),
    (r"«to» must be later than «from»", _("结束要晚于开始")),
    (r"a window lasts (\d+) days at most.*", _("敏感时期最长 %s 天；要更久，请直接改策略")),
    (r"(\w+) is kept for (\d+) to (\d+) days", _("%s 要留 %s 到 %s 天")),
    (r"a brace stands alone.*", _("花括号没有成对；要写花括号本身，请写 {{ 或 }}")),
    (r"a placeholder is a name in braces.*", _("占位符只能是花括号里的名字，例如 {clause}")),
    (r"no placeholder is called (.*); there are (.*)", _("没有占位符 %s；可用的有 %s")),
    (r"the placeholder (.*) is missing; a notice names (.*)", _("缺少占位符 %s；通知里要有 %s")),
    (r"is longer than (\d+) characters", _("最多 %s 个字")),
    (r"another version has this name: write (.*)", _("已有版本叫这个名字，请改写成 %s")),
    (r"Invalid statement", _("这一行不是完整的写法，应为 名字 = 值")),
    (r"Expected '=' after a key in a key/value pair", _("名字后面缺少 =")),
    (r"Invalid value", _("等号后面的值写得不对；文字要放在引号里")),
    (r"Cannot overwrite a value", _("这个名字前面已经写过")),
    (r"Cannot declare (.*) twice", _("%s 写了两次")),
    (r"Unclosed array", _("列表没有写完，缺少 ]")),
    (r"Unclosed inline table|Expected '}'.*", _("表没有写完，缺少 }")),
    (r"Unterminated string|Illegal character '\\n'", _("文字没有写完，缺少结尾的引号")),
    (r"Expected newline or end of document after a statement", _("值的后面多了东西；一行只写一项")),
    (r"Expected '\]\]?'.*", _("方括号没有成对")),
    (r"Unescaped '.*' in a string|Invalid hex value", _("文字里的反斜杠要写成 \\\\")),
    (r"Invalid date or datetime", _("时间写得不对，例如 2026-06-07T00:00:00+08:00")),
    (r"Invalid initial character for a key part|Found invalid character (.*)", _("名字里有不能用的字符")),
    (r"Duplicate inline table key (.*)", _("%s 写了两次")),
)
_TOML: Final = re.compile(r"is not TOML: (.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)


def reason_said(reason: str) -> str:
    """A reason in the page's language; as it is where we have no words for it."""
    for pattern, words in _REASONS:
        found = re.fullmatch(pattern, reason, re.DOTALL)
        if found:
            text = str(words)
            return text % found.groups() if found.groups() and "%s" in text else text
    return reason


def error_said(error: PolicyDocumentError) -> str:
    """What is wrong with a document: its line, its field, and why."""
    toml = _TOML.fullmatch(error.reason)
    if toml:
        why, line, column = reason_said(toml[1]), toml[2], toml[3]
        if line is None:
            return str(gettext("文件末尾不是 TOML：%(error)s", error=why))
        return str(
            gettext("第 %(line)s 行第 %(column)s 列不是 TOML：%(error)s", line=line, column=column, error=why)
        )
    why = reason_said(error.reason)
    if error.line and error.field:
        return str(
            gettext(
                "第 %(line)s 行，字段 %(field)s：%(error)s", line=error.line, field=error.field, error=why
            )
        )
    return str(gettext("字段 %(field)s：%(error)s", field=error.field, error=why)) if error.field else why
