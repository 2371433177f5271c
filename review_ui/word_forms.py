"""Forms of one word, with what is wrong with it in the page's language."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import AnyOf, DataRequired, Length, NoneOf, Regexp

from moderation.domain.convention import CLAUSES
from moderation.domain.emergency import LIBRARY as EMERGENCY
from moderation.domain.evidence import Level
from moderation.text.entries import Entry, EntryError, Kind, check_entry
from review_ui import names
from review_ui.context import ZONE
from review_ui.word_reasons import reason

MAX_WORD: Final = 400
OWN: Final = "own"
LIBRARY: Final = r"^[\w-]{1,60}$"
_MOMENT: Final = "%Y-%m-%dT%H:%M"


def list_name(given: str | None) -> str:
    """What a list is kept as: the default one may be called as the page calls it."""
    plain = (given or "").strip()
    return OWN if plain == names.of("libraries", OWN) else plain


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
        filters=[list_name],
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
