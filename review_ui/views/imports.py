"""Tables of words: checked and tried before they are kept, taken back as a whole, written out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import RequestEntityTooLarge

from moderation.services.word_imports import ImportUndoneError, UnknownImportError
from moderation.store import outcomes
from moderation.text.entries import EntryError
from review_ui import failures, names
from review_ui.context import community, now, parts
from review_ui.evidence import case
from review_ui.guard import EDITORS, READERS, seen_by
from review_ui.queries import PAGE_SIZE, page
from review_ui.table_trial import try_table, unmeant
from review_ui.toasts import Toast, keep_toast
from review_ui.undone_imports import undone
from review_ui.word_forms import OWN, list_name
from review_ui.word_page import NAMES, author, too_large, word_page
from review_ui.word_tables import Sent, Table, fits, read_table, sent_table

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirect

    from moderation.store.tables import LexiconImportRow

pages = Blueprint("imports", __name__)
pages.context_processor(lambda: NAMES)
pages.register_error_handler(UnknownImportError, lambda _: failures.answer(404))
pages.register_error_handler(RequestEntityTooLarge, too_large)


@pages.post("/lexicons/import")
@seen_by(EDITORS)
def import_table() -> str | Redirect | tuple[str, int]:
    """Check a table, and keep its words where every line is right and the button says so."""
    library = list_name(request.form.get("library")) or OWN
    sent = sent_table()
    if sent is None:
        said = gettext("这个文件既不是 UTF-8 也不是 GB18030（GBK）文字，或超过 5 MB。")
        return word_page(problem=str(said), library=library), 422
    table = read_table(sent)
    if not fits(library):
        problem = str(gettext("词库名：1 到 60 个字母、汉字、数字、- 或 _"))
        return word_page(table=table, text=sent.text, problem=problem, library=library), 422
    if table.errors:
        return word_page(table=table, text=sent.text, library=library), 422
    if request.form.get("step") != "keep":
        return word_page(table=table, trial=try_table(table.entries), text=sent.text, library=library)
    return _kept(table, sent, library)


def _kept(table: Table, sent: Sent, library: str) -> str | Redirect | tuple[str, int]:
    """Keep the words of a table that can be used, unless they block much and nobody has said that it is meant."""
    trial = unmeant(table.entries)
    if trial is not None:
        return word_page(table=table, trial=trial, text=sent.text, library=library), 422
    try:
        made = parts().word_imports.keep(community(), library, table.entries, author=author(), now=now())
    except EntryError as error:
        return word_page(table=Table(errors=(error,)), text=sent.text, library=library), 422
    keep_toast(Toast(_said(made)))
    return redirect(url_for("lexicons.index", library=library), 303)


def _said(made: LexiconImportRow) -> str:
    library = names.of("libraries", made.library)
    said = gettext("已导入 %(n)s 个词到「%(library)s」。", n=made.words, library=library)
    if made.replaced:
        said += gettext("其中 %(n)s 个替换了原有的词。", n=made.replaced)
    return str(said + gettext("可在“导入记录”里整批撤销。"))


@pages.post("/lexicons/imports/<int:import_id>/undo")
@seen_by(EDITORS)
def undo_import(import_id: int) -> Redirect:
    """Take an import back as a whole."""
    try:
        row = parts().word_imports.undo_import(community(), import_id, author=author(), now=now())
    except ImportUndoneError:
        keep_toast(Toast(gettext("这一批已经撤销过了。"), "warn"))
    else:
        keep_toast(Toast(undone(row)))
    return redirect(url_for("lexicons.index", imports="1", _anchor="imports"), 303)


@pages.get("/lexicons/imports/<int:import_id>/posts")
@seen_by(READERS)
def posts(import_id: int) -> str:
    """Posts that still rest on a word of an import that was taken back, for people to see and release."""
    number = page()
    row, found = parts().word_imports.resting_posts(
        community(), import_id, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    with parts().sessions.read() as session:
        standing = outcomes.standing(session, [post.id for post, _ in found])
    return render_template(
        "import_posts.html",
        row=row,
        cases=[case(post, verdict) for post, verdict in found],
        standing=standing,
        page=number,
        has_more=len(found) == PAGE_SIZE,
    )


@pages.get("/lexicons/export.csv")
@seen_by(READERS)
def export() -> Response:
    """The words as a table that can be imported again; the mark at its beginning is for spreadsheets."""
    library = request.args.get("library", "")[:60] or None
    table = parts().wordlists.export_csv(community(), library)
    response = Response(f"\ufeff{table}", mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=words.csv"
    return response
