"""The form of a sweep: what to look for, how far back, and why; what is wrong is said beside its field."""

from __future__ import annotations

from typing import Final

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length

from moderation.domain.convention import CLAUSES
from moderation.domain.evidence import Level
from moderation.domain.sweeps import SweepKind
from moderation.sweeps.criteria import Criteria, a_contact
from moderation.text.entries import Entry, EntryError, Kind, check_entry
from review_ui.word_reasons import reason

MOST_WORDS: Final = 200
MOST_DAYS: Final = 90


class SweepForm(FlaskForm):  # type: ignore[misc]
    """What to look for, how far back, and why."""

    kind = StringField(default=SweepKind.WORDS.value, validators=[AnyOf(list(SweepKind), _("请选择一项"))])
    words = TextAreaField(_("词"), validators=[Length(max=20_000)])
    contact = StringField(_("联系方式"), validators=[Length(max=400)])
    policy = StringField(_("策略版本"), validators=[Length(max=9)])
    clause = StringField(
        _("条款"), default="3.1", validators=[AnyOf([one.number for one in CLAUSES], _("请选择一项"))]
    )
    level = StringField(
        _("级别"), default=Level.REVIEW.value, validators=[AnyOf(list(Level), _("请选择一项"))]
    )
    days = StringField(_("最近几天"), default="7")
    why = StringField(
        _("为什么"), validators=[DataRequired(_("请写一句为什么：它会写进回扫记录。")), Length(max=500)]
    )
    may_block = BooleanField(_("允许直接拦截"))

    def validate_days(self, field: StringField) -> None:
        """Refuse what is no number of days."""
        given = (field.data or "").strip()
        if not (given.isascii() and given.isdigit() and 1 <= int(given[:3]) <= MOST_DAYS and len(given) < 3):  # noqa: PLR2004
            field.errors = [*field.errors, gettext("天数是 1 到 90 的整数。")]

    def criteria(self) -> Criteria | None:
        """What is looked for; None where a field is wrong, which then says so."""
        if not self.validate() or self.days.errors:
            return None
        kind = SweepKind(self.kind.data or "")
        found = {
            SweepKind.WORDS: self._words,
            SweepKind.CONTACT: self._contact,
            SweepKind.POLICY: self._policy,
        }[kind]()
        return None if any(field.errors for field in self) else found

    def note(self, error: EntryError) -> None:
        """Put an error beside the words."""
        where = self.contact if self.kind.data == SweepKind.CONTACT.value else self.words
        line = gettext("第 %(n)s 行：", n=error.line) if error.line else ""
        where.errors = [*where.errors, f"{line}{reason(error)}"]

    def _words(self) -> Criteria | None:
        lines = [line.strip() for line in (self.words.data or "").splitlines() if line.strip()]
        if not lines:
            self.words.errors = [*self.words.errors, gettext("请先写一个词，一行一个。")]
            return None
        if len(lines) > MOST_WORDS:
            self.words.errors = [*self.words.errors, gettext("一次最多 200 个词；更多请用接口或命令行。")]
            return None
        clause, level = self.clause.data or "", Level(self.level.data or "")
        entries = [Entry(line, Kind.NORMAL, clause, level) for line in lines]
        for number, entry in enumerate(entries, 1):
            self._check(entry, number)
        return Criteria(words=tuple(entries))

    def _contact(self) -> Criteria | None:
        value = (self.contact.data or "").strip()
        if not value:
            self.contact.errors = [*self.contact.errors, gettext("请写微信号、QQ、电话或网址。")]
            return None
        entry = a_contact(value, clause=self.clause.data or "", level=Level(self.level.data or ""))
        self._check(entry, 0)
        return Criteria(contact=entry)

    def _policy(self) -> Criteria | None:
        given = (self.policy.data or "").strip()
        if not (given.isascii() and given.isdigit() and int(given)):
            self.policy.errors = [*self.policy.errors, gettext("请选择一个策略版本。")]
            return None
        return Criteria(policy=int(given))

    def _check(self, entry: Entry, line: int) -> None:
        try:
            check_entry(entry, line)
        except EntryError as error:
            self.note(error)


def prefilled() -> SweepForm:
    """A form that the address fills in: other pages lead here with a word, a contact or a version."""
    given = {
        name: request.args.get(name, "").replace("\x00", "")[:400]
        for name in ("kind", "words", "contact", "policy", "clause", "why")
    }
    return SweepForm(formdata=None, **{name: value for name, value in given.items() if value})
