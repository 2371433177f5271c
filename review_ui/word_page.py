"""The word page, whichever of its forms was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import render_template
from flask_babel import gettext

from review_ui import failures
from review_ui.bodies import drain
from review_ui.context import user
from review_ui.guard import EDITORS, may
from review_ui.lexicon_page import WINDOW_DAYS, imports, shipped_lists, unsealed, words
from review_ui.release_form import ReleaseForm, prefilled
from review_ui.undone_imports import undone
from review_ui.word_forms import OWN, WordForm
from review_ui.word_reasons import place, reason

if TYPE_CHECKING:
    from werkzeug.exceptions import RequestEntityTooLarge

    from review_ui.failures import Answer
    from review_ui.lexicon_page import ShownPreview
    from review_ui.table_trial import Trial
    from review_ui.word_tables import Table

SHOWN_TABLE: Final = 200_000
"""Characters of a table that the page shows again; a longer one is chosen anew to be kept."""

NAMES: Final = {"days": WINDOW_DAYS, "reason": reason, "place": place, "undone": undone}
"""What the templates of words ask for."""


def word_page(
    *,
    form: WordForm | None = None,
    shown: ShownPreview | None = None,
    table: Table | None = None,
    trial: Trial | None = None,
    text: str = "",
    problem: str = "",
    library: str = OWN,
    removed: str = "",
    release: ReleaseForm | None = None,
) -> str:
    """Render the page with what one of its forms led to; ``text`` is a sent table, ``removed`` a sealed word."""
    sent: dict[str, Any] = {"table": table, "trial": trial, "problem": problem, "library": library}
    return render_template(
        "lexicons.html",
        words=words(),
        shipped=shipped_lists(),
        imports=imports(),
        form=form or WordForm(formdata=None, clause="3.1"),
        release=release or prefilled(),
        preview=shown,
        text=text if len(text) <= SHOWN_TABLE else "",
        too_long=len(text) > SHOWN_TABLE,
        removed=removed,
        gone=unsealed(removed) if removed else None,
        **sent,
    )


def too_large(_error: RequestEntityTooLarge) -> Answer:
    """The table of words, or what else was sent here, is too large; the guard has not been asked yet."""
    drain()
    said = gettext("表格最大 5 MB、10 万行，一个词也没有导入。请分成几个文件。")
    return failures.answer(413, str(said) if may(EDITORS) else "")


def author() -> str:
    """Who words are kept by."""
    return user().row.name[:100]
