"""Words: the community's own, added after a look at what they would hit, and the shipped lists in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import RequestEntityTooLarge

from moderation.domain.emergency import LIBRARY as EMERGENCY
from moderation.services.word_imports import ImportUndoneError, UnknownImportError
from moderation.services.wordlists import UnknownEntryError
from moderation.text.entries import EntryError
from review_ui import failures
from review_ui.bodies import drain
from review_ui.context import community, now, parts, user
from review_ui.guard import EDITORS, READERS, may, seen_by
from review_ui.lexicon_page import (
    WINDOW_DAYS,
    imports,
    preview,
    sealed,
    shipped_lists,
    undone,
    unsealed,
    words,
)
from review_ui.toasts import Toast, keep_toast
from review_ui.word_forms import OWN, WordForm
from review_ui.word_reasons import place, reason
from review_ui.word_tables import Table, fits, read_table, sent_table

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirect

    from review_ui.lexicon_page import ShownPreview

pages = Blueprint("lexicons", __name__)
pages.context_processor(lambda: {"days": WINDOW_DAYS, "reason": reason, "place": place, "undone": undone})
pages.register_error_handler(UnknownEntryError, lambda _: failures.answer(404))
pages.register_error_handler(UnknownImportError, lambda _: failures.answer(404))

SHOWN_TABLE: Final = 200_000
"""Characters of a table that the page shows again; a longer one is chosen anew to be kept."""


@pages.get("/lexicons")
@seen_by(READERS)
def index() -> str:
    """The words."""
    return _page(removed=request.args.get("removed", ""))


@pages.post("/lexicons/preview")
@seen_by(EDITORS)
def try_word() -> str | tuple[str, int]:
    """Show what a word would have hit, before it is added."""
    form = WordForm()
    entry = form.entry()
    if entry is None:
        return _page(form=form), 422
    return _page(form=form, shown=preview(entry))


@pages.post("/lexicons/words")
@seen_by(EDITORS)
def add() -> str | Redirect | tuple[str, int]:
    """Add a word."""
    form = WordForm()
    entry = form.entry()
    if entry is None:
        return _page(form=form), 422
    parts().wordlists.add(community(), entry.library, [entry], author=_author(), now=now())
    keep_toast(Toast(gettext("已添加「%(word)s」，机审从下一批帖子起使用。", word=_short(entry.word))))
    return redirect(url_for("lexicons.index"), 303)


@pages.post("/lexicons/words/<int:entry_id>/remove")
@seen_by(EDITORS)
def remove(entry_id: int) -> Redirect:
    """Remove a word; the page that follows offers to put it back."""
    row = parts().wordlists.remove(community(), entry_id)
    return redirect(url_for("lexicons.index", removed=sealed(row)), 303)


@pages.post("/lexicons/undo")
@seen_by(EDITORS)
def undo() -> Redirect:
    """Put a removed word back."""
    entry = unsealed(request.form.get("removed", ""))
    if entry is not None and entry.library == EMERGENCY:
        keep_toast(Toast(gettext("紧急词请在紧急词页重新添加。"), "warn"))
    elif entry is None:
        keep_toast(Toast(gettext("已过 10 分钟，不能一键放回；可以重新添加。"), "warn"))
    else:
        parts().wordlists.add(community(), entry.library, [entry], author=_author(), now=now())
        keep_toast(Toast(gettext("已放回「%(word)s」。", word=_short(entry.word))))
    return redirect(url_for("lexicons.index"), 303)


@pages.post("/lexicons/import")
@seen_by(EDITORS)
def import_table() -> str | Redirect | tuple[str, int]:
    """Check a table, and keep its words where every line is right and the button says so."""
    library = request.form.get("library", "").strip() or OWN
    text = sent_table()
    if text is None:
        return _page(problem=str(gettext("这个文件不是 UTF-8 文字，或超过 5 MB。")), library=library), 422
    table = read_table(text)
    if not fits(library):
        problem = str(gettext("词库名：1 到 60 个字母、汉字、数字、- 或 _"))
        return _page(table=table, text=text, problem=problem, library=library), 422
    if table.errors:
        return _page(table=table, text=text, library=library), 422
    if request.form.get("step") != "keep":
        return _page(table=table, text=text, library=library)
    try:
        made = parts().word_imports.keep(community(), library, table.entries, author=_author(), now=now())
    except EntryError as error:
        return _page(table=Table(errors=(error,)), text=text, library=library), 422
    said = gettext("已导入 %(n)s 个词到「%(library)s」。", n=made.words, library=library)
    if made.replaced:
        said += gettext("其中 %(n)s 个替换了原有的词。", n=made.replaced)
    keep_toast(Toast(said + gettext("可在“导入记录”里整批撤销。")))
    return redirect(url_for("lexicons.index", library=library), 303)


@pages.post("/lexicons/imports/<int:import_id>/undo")
@seen_by(EDITORS)
def undo_import(import_id: int) -> Redirect:
    """Take an import back as a whole."""
    try:
        row = parts().word_imports.undo_import(community(), import_id, author=_author(), now=now())
    except ImportUndoneError:
        keep_toast(Toast(gettext("这一批已经撤销过了。"), "warn"))
    else:
        keep_toast(Toast(undone(row)))
    return redirect(url_for("lexicons.index", imports="1", _anchor="imports"), 303)


@pages.get("/lexicons/export.csv")
@seen_by(READERS)
def export() -> Response:
    """The words as a table that can be imported again; the mark at its beginning is for spreadsheets."""
    library = request.args.get("library", "")[:60] or None
    table = parts().wordlists.export_csv(community(), library)
    response = Response(f"\ufeff{table}", mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=words.csv"
    return response


@pages.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    """The table of words, or what else was sent here, is too large; the guard has not been asked yet."""
    drain()
    said = gettext("表格最大 5 MB、10 万行，一个词也没有导入。请分成几个文件。")
    return failures.answer(413, str(said) if may(EDITORS) else "")


def _author() -> str:
    return user().row.name[:100]


def _short(word: str) -> str:
    return word if len(word) <= 20 else f"{word[:20]}…"  # noqa: PLR2004


def _page(
    *,
    form: WordForm | None = None,
    shown: ShownPreview | None = None,
    table: Table | None = None,
    text: str = "",
    problem: str = "",
    library: str = OWN,
    removed: str = "",
) -> str:
    return render_template(
        "lexicons.html",
        words=words(),
        shipped=shipped_lists(),
        imports=imports(),
        form=form or WordForm(formdata=None, clause="3.1"),
        preview=shown,
        table=table,
        text=text if len(text) <= SHOWN_TABLE else "",
        too_long=len(text) > SHOWN_TABLE,
        problem=problem,
        library=library,
        removed=removed,
        gone=unsealed(removed) if removed else None,
    )
