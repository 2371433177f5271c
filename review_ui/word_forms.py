"""Forms of the word pages: one word, or a table of them, and what is wrong with either in the page's language."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import AnyOf, DataRequired, Length, NoneOf, Regexp

from moderation.domain.convention import CLAUSES
from moderation.domain.emergency import LIBRARY as EMERGENCY
from moderation.domain.evidence import Level
from moderation.text.entries import Entry, EntryError, Kind, check_entry
from moderation.text.listing import load_csv
from review_ui import policy_names
from review_ui.context import ZONE

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_WORD: Final = 400
MOST_ERRORS: Final = 20
MOST_ROWS: Final = 100_000
SEARCHED: Final = 5_000
"""Lines of a table up to which every wrong one is named; in a longer one, the first."""
OWN: Final = "own"
LIBRARY: Final = r"^[\w-]{1,60}$"
_MOMENT: Final = "%Y-%m-%dT%H:%M"


class WordForm(FlaskForm):  # type: ignore[misc]
    """One word; times are local, to the minute."""

    word = StringField(_("词"), validators=[DataRequired(_("请先写一个词。")), Length(max=MAX_WORD)])
    kind = StringField(_("类型"), default=Kind.NORMAL.value, validators=[AnyOf(list(Kind), _("请选择一项"))])
    level = StringField(
        _("级别"), default=Level.REVIEW.value, validators=[AnyOf(list(Level), _("请选择一项"))]
    )
    clause = StringField(_("条款"), validators=[AnyOf([one.number for one in CLAUSES], _("请选择一项"))])
    library = StringField(
        _("词库"), default=OWN, validators=[Regexp(LIBRARY, message=_("1 到 60 个字母、汉字、数字、- 或 _")),
                                    NoneOf([EMERGENCY], _("紧急词请在紧急词页添加"))],
    )  # fmt: skip
    effective_from = StringField(_("生效时间"), validators=[Length(max=20)])
    effective_to = StringField(_("失效时间"), validators=[Length(max=20)])

    def entry(self) -> Entry | None:
        """The word; None where a field is wrong, which then says so."""
        if not self.validate():
            return None
        begins, ends = self._moment("effective_from"), self._moment("effective_to")
        if self.effective_from.errors or self.effective_to.errors:
            return None
        found = Entry(
            word=(self.word.data or "").strip(),
            kind=Kind(self.kind.data or ""),
            level=Level(self.level.data or ""),
            clause=self.clause.data or "",
            library=self.library.data or OWN,
            effective_from=begins,
            effective_to=ends,
        )
        try:
            check_entry(found)
        except EntryError as error:
            self.note(error)
            return None
        return found

    def note(self, error: EntryError) -> None:
        """Put an error beside its field."""
        field = self._fields.get(error.field, self.word)
        field.errors = [*field.errors, reason(error)]

    def _moment(self, name: str) -> int | None:
        text = (self[name].data or "").strip()
        if not text:
            return None
        try:
            return int(datetime.strptime(text, _MOMENT).replace(tzinfo=ZONE).timestamp()) * 1_000_000
        except (ValueError, OverflowError):
            self[name].errors = [*self[name].errors, gettext("时间写作 2026-01-31T08:00")]
            return None


class EmergencyForm(FlaskForm):  # type: ignore[misc]
    """A word for an emergency: its level and its end are fixed."""

    word = StringField(_("词"), validators=[DataRequired(_("请先写一个词。")), Length(max=MAX_WORD)])
    kind = StringField(
        _("类型"), default=Kind.NORMAL.value,
        validators=[AnyOf([one for one in Kind if one is not Kind.ALLOW], _("请选择一项"))],
    )  # fmt: skip
    clause = StringField(_("条款"), validators=[AnyOf([one.number for one in CLAUSES], _("请选择一项"))])

    def note(self, error: EntryError) -> None:
        """Put an error beside its field."""
        field = self._fields.get(error.field, self.word)
        field.errors = [*field.errors, reason(error)]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words: its entries, or what is wrong with it, the first ``MOST_ERRORS`` lines of that."""

    entries: tuple[Entry, ...] = ()
    errors: tuple[EntryError, ...] = ()


def read_table(text: str) -> Table:
    """Read a CSV table; where one line is wrong, say so of every line."""
    if "\x00" in text:
        return Table(
            errors=(EntryError(text[: text.index("\x00")].count("\n") + 1, "word", "not valid CSV: NUL"),)
        )
    try:
        entries = load_csv(text)
    except EntryError as first:
        short = text.count("\n") <= SEARCHED
        return Table(errors=(tuple(_errors(text)) if short else ()) or (first,))
    if not entries:
        return Table(errors=(EntryError(2, "word", "empty"),))
    if len(entries) > MOST_ROWS:
        return Table(errors=(EntryError(MOST_ROWS + 2, "word", f"more than {MOST_ROWS} words in one table"),))
    long = [n for n, one in enumerate(entries, 2) if len(one.word) > MAX_WORD]
    return Table(
        tuple(entries), tuple(EntryError(n, "word", f"longer than {MAX_WORD} characters") for n in long)
    )


def _errors(text: str) -> Iterator[EntryError]:
    """What is wrong, line by line: each is read as a table of its own under the same header."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    found = 0
    try:
        header = _line(next(reader, []))
        load_csv(header)
        for row in reader:
            try:
                load_csv(header + _line(row))
            except EntryError as error:
                found += 1
                yield EntryError(reader.line_num, error.field, error.reason)
            if found >= MOST_ERRORS:
                return
    except EntryError as error:
        yield error
    except csv.Error as error:
        yield EntryError(reader.line_num, "word", f"not valid CSV: {error}")


def _line(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()


_REASONS: Final = (
    (r"longer than (\d+) characters", _("比 %s 个字长")),
    (r"more than (\d+) words in one table", _("一张表最多 %s 个词，请分成几张")),
    (r"a community has (\d+) words at most", _("加上已有的，一个社区最多 %s 个词")),
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
