"""The form of a reading: everything as it was typed, with what is wrong beside its field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from moderation.domain.guidance import MAX_CASE, MAX_TEXT, MOST_CASES, Case, Reading, Side

if TYPE_CHECKING:
    from moderation.domain.guidance import GuidanceError

SIDES: Final = {Side.BREAKS: _("违规"), Side.FITS: _("不违规"), Side.BORDER: _("边界")}
SPARE: Final = 1
"""Empty rows that a form offers for more cases."""


@dataclass(slots=True)
class CaseRow:
    """One case as it was typed."""

    side: str = Side.BREAKS.value
    text: str = ""
    note: str = ""
    post_id: str = ""
    revision: int = 0
    error: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.text.strip() or self.post_id)


@dataclass(slots=True)
class ReadingForm:
    """A reading as it was typed; ``base`` is the version that it changes."""

    base: int
    zh: str = ""
    en: str = ""
    why: str = ""
    en_holds: bool = False
    """Whether the English text, left as it was, fits the new Chinese one."""
    cases: list[CaseRow] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    def reading(self) -> Reading:
        """The reading that it makes; empty rows and those to take out are left out."""
        return Reading(self.zh.strip(), self.en.strip(), tuple(_case(row) for row in self.kept))

    @property
    def kept(self) -> list[CaseRow]:
        """Rows that make a case."""
        return [row for row in self.cases if not row.empty]

    def note(self, error: GuidanceError) -> None:
        """Put an error beside its field."""
        place = re.fullmatch(r"cases\.(\d+)\..*", error.field)
        if place:
            self.kept[int(place[1])].error = reason(error)
        else:
            self.errors[error.field] = reason(error)


def form_of(reading: Reading, base: int) -> ReadingForm:
    """The form filled with a reading."""
    rows = [CaseRow(one.side.value, one.text, one.note, one.post_id, one.revision) for one in reading.cases]
    return ReadingForm(base, reading.zh, reading.en, cases=[*rows, *(CaseRow() for _ in range(SPARE))])


def sent_form() -> ReadingForm:
    """The form as it was sent."""
    sent = request.form
    rows = [_row(place) for place in range(MOST_CASES + SPARE) if f"case-{place}-side" in sent]
    if sent.get("add") and len(rows) < MOST_CASES:
        rows.append(CaseRow())
    holds = sent.get("en_holds") == "yes"
    return ReadingForm(_whole(sent.get("base", "")), _text("zh"), _text("en"), _text("why"), holds, rows)


def _row(place: int) -> CaseRow:
    def cell(name: str) -> str:
        return _text(f"case-{place}-{name}")

    if cell("out"):
        return CaseRow()
    return CaseRow(cell("side"), cell("text"), cell("note"), cell("post")[:32], _whole(cell("revision")))


def _case(row: CaseRow) -> Case:
    side = Side(row.side) if row.side in {one.value for one in Side} else Side.BORDER
    text = "" if row.post_id else row.text.strip()
    return Case(side, text, row.note.strip(), row.post_id, row.revision if row.post_id else 0)


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n")


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004


def reason(error: GuidanceError) -> str:
    """What is wrong, in the page's language."""
    texts = {
        "zh": gettext("请写怎么理解这一条，最多 %(n)s 个字。", n=MAX_TEXT),
        "en": gettext("最多 %(n)s 个字。", n=MAX_TEXT),
        "why": gettext("请写一句为什么：它会留在版本记录里。"),
        "cases": gettext("案例最多 %(n)s 个，请去掉最不典型的一个。", n=MOST_CASES),
    }
    return str(texts.get(error.field, gettext("案例和说明最多各 %(n)s 个字。", n=MAX_CASE)))
