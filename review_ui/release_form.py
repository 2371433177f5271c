"""The form of a release: words that are gone, of which list, how far back, and why."""

from __future__ import annotations

from typing import Final

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length, Regexp

from moderation.sweeps.criteria import Criteria, Released
from moderation.text.citing import OWN as OTHERS
from moderation.text.entries import EntryError, Kind
from review_ui.word_forms import LIBRARY, OWN, list_name
from review_ui.word_reasons import reason

MOST_WORDS: Final = 200
DAYS: Final = "30"
LONGEST: Final = 90


class ReleaseForm(FlaskForm):  # type: ignore[misc]
    """Words that are in force no more."""

    words = TextAreaField(
        _("词"), validators=[DataRequired(_("请先写一个词，一行一个。")), Length(max=20_000)]
    )
    kind = StringField(
        _("类型"), default=Kind.NORMAL.value,
        validators=[AnyOf([one.value for one in Kind if one is not Kind.ALLOW], _("请选择一项"))],
    )  # fmt: skip
    library = StringField(
        _("词库"), default=OWN, filters=[list_name],
        validators=[Regexp(LIBRARY, message=_("1 到 60 个字母、汉字、数字、- 或 _"))],
    )  # fmt: skip
    days = StringField(
        _("最近几天"),
        default=DAYS,
        validators=[Regexp(r"^([1-9]|[1-8]\d|90)$", message=_("天数是 1 到 90 的整数。"))],
    )
    why = StringField(_("为什么"), validators=[Length(max=500)])

    def criteria(self) -> Criteria | None:
        """What is looked for; None where a field is wrong, which then says so."""
        if not self.validate():
            return None
        lines = list(
            dict.fromkeys(one.strip() for one in (self.words.data or "").splitlines() if one.strip())
        )
        if len(lines) > MOST_WORDS:
            self.say(gettext("一次最多 200 个词；更多请用接口或命令行。"))
            return None
        kind = Kind(self.kind.data or "")
        return Criteria(released=Released(self.library.data or OWN, tuple((kind, one) for one in lines)))

    def note(self, error: EntryError) -> None:
        """Put an error beside the words."""
        self.say(gettext("第 %(n)s 行：", n=error.line) + reason(error))

    def say(self, wrong: str) -> None:
        """Put a sentence beside the words."""
        self.words.errors = [*self.words.errors, wrong]


def prefilled() -> ReleaseForm:
    """A form that the address fills in: a removed word, and posts that cite one, lead here."""
    given = {
        "words": request.args.get("release", "")[:500].replace("\x00", ""),
        "library": request.args.get("list", "")[:64].replace("\x00", "").removeprefix(OTHERS),
        "kind": request.args.get("kind", "")[:20],
    }
    return ReleaseForm(formdata=None, **{name: value for name, value in given.items() if value})
