"""Words: the community's own, added after a look at what they would hit, and the shipped lists in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import RequestEntityTooLarge

from moderation.domain.emergency import LIBRARY as EMERGENCY
from moderation.services.wordlists import UnknownEntryError
from review_ui import failures
from review_ui.context import community, now, parts
from review_ui.guard import EDITORS, READERS, seen_by
from review_ui.lexicon_page import preview, sealed, unsealed
from review_ui.toasts import Toast, keep_toast
from review_ui.word_forms import WordForm
from review_ui.word_page import NAMES, author, too_large, word_page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirect

pages = Blueprint("lexicons", __name__)
pages.context_processor(lambda: NAMES)
pages.register_error_handler(UnknownEntryError, lambda _: failures.answer(404))
pages.register_error_handler(RequestEntityTooLarge, too_large)


@pages.get("/lexicons")
@seen_by(READERS)
def index() -> str:
    """The words."""
    return word_page(removed=request.args.get("removed", ""))


@pages.post("/lexicons/preview")
@seen_by(EDITORS)
def try_word() -> str | tuple[str, int]:
    """Show what a word would have hit, before it is added."""
    form = WordForm()
    entry = form.entry()
    if entry is None:
        return word_page(form=form), 422
    return word_page(form=form, shown=preview(entry))


@pages.post("/lexicons/words")
@seen_by(EDITORS)
def add() -> str | Redirect | tuple[str, int]:
    """Add a word."""
    form = WordForm()
    entry = form.entry()
    if entry is None:
        return word_page(form=form), 422
    parts().wordlists.add(community(), entry.library, [entry], author=author(), now=now())
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
        parts().wordlists.add(community(), entry.library, [entry], author=author(), now=now())
        keep_toast(Toast(gettext("已放回「%(word)s」。", word=_short(entry.word))))
    return redirect(url_for("lexicons.index"), 303)


def _short(word: str) -> str:
    return word if len(word) <= 20 else f"{word[:20]}…"  # noqa: PLR2004
