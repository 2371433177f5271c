"""Forms: what may be sent, and how long it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, ValidationError

from moderation.domain.post import MAX_TEXT
from moderation.domain.review import DecisionKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from wtforms import Field

MAX_NOTE = 500
MAX_NAME = 100
MAX_LIST = 8_000


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """Pass or block, on the version that was seen."""

    kind = HiddenField(validators=[AnyOf([DecisionKind.PASS.value, DecisionKind.BLOCK.value])])
    version = IntegerField(validators=[InputRequired()])
    clause = StringField(validators=[Length(max=64)])
    note = StringField(validators=[Length(max=MAX_NOTE)])


MAX_TITLE = 200


def _lines(text: str | None) -> str | None:
    """A text with the line ends that were typed: browsers send two characters for each."""
    return text.replace("\r\n", "\n") if text else text


def _at_most(most: int) -> Callable[[FlaskForm, Field], None]:
    """A limit that the browser is not told, or it would cut off silently what is pasted."""

    def check(_form: FlaskForm, field: Field) -> None:
        count = len(field.data or "")
        if count > most:
            raise ValidationError(
                gettext("写了 %(n)s 个字，最多 %(most)s 个：请删短后再试。", n=f"{count:,}", most=f"{most:,}")
            )

    return check


class TryForm(FlaskForm):  # type: ignore[misc]
    """A text to try."""

    title = StringField(_("标题"), validators=[_at_most(MAX_TITLE)])
    text = TextAreaField(
        _("文字"),
        filters=[_lines],
        validators=[DataRequired(_("请先写一段文字。")), _at_most(MAX_TEXT)],
    )

    def validate_text(self, field: TextAreaField) -> None:
        """Refuse what no database keeps."""
        if any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in field.data or ""):
            raise ValidationError(_("文字里有无法保存的字符。"))


class DossierForm(FlaskForm):  # type: ignore[misc]
    """A brand's dossier; the lists have one entry a line."""

    name = StringField(_("品牌名"), validators=[DataRequired(_("品牌需要一个名字。")), Length(max=MAX_NAME)])
    aliases = TextAreaField(_("别名"), validators=[Length(max=MAX_LIST)])
    exclusions = TextAreaField(_("排除"), validators=[Length(max=MAX_LIST)])
    context = TextAreaField(_("语境词"), validators=[Length(max=MAX_LIST)])
    competitors = TextAreaField(_("竞品"), validators=[Length(max=MAX_LIST)])


LISTS = ("aliases", "exclusions", "context", "competitors")


def lines(text: str | None) -> list[str]:
    """Entries of a list field, without blanks and repeats."""
    return list(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))
