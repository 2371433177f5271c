"""Releases: what words that are gone had decided alone is looked for; the page of sweeps shows and applies it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext

from moderation.sweeps.criteria import Criteria, Released
from moderation.sweeps.judges import ReleaseError
from moderation.text.entries import EntryError
from review_ui.context import community, now, parts
from review_ui.guard import EDITORS, seen_by
from review_ui.release_form import ReleaseForm
from review_ui.toasts import Toast, keep_toast
from review_ui.word_page import NAMES, author, word_page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirect

pages = Blueprint("releases", __name__)
pages.context_processor(lambda: NAMES)

_DAY: Final = 86_400 * 1_000_000


@pages.post("/lexicons/imports/<int:import_id>/release")
@seen_by(EDITORS)
def of_import(import_id: int) -> Redirect:
    """Have the posts counted that an import that was taken back had decided alone."""
    why = request.form.get("why", "").replace("\x00", "").strip()[:500]
    try:
        return _asked(Criteria(released=Released(import_id=import_id)), days=1, why=why)
    except ReleaseError:
        keep_toast(Toast(gettext("这一批还没有撤销，或没有留下词：先撤销，或按词放行。"), "warn"))
        return redirect(url_for("lexicons.index", imports="1", _anchor="imports"), 303)


@pages.post("/lexicons/release")
@seen_by(EDITORS)
def of_words() -> str | Redirect | tuple[str, int]:
    """Have the posts counted that some words that are gone had decided alone."""
    form = ReleaseForm()
    criteria = form.criteria()
    if criteria is None:
        return word_page(release=form), 422
    try:
        return _asked(criteria, days=int(form.days.data or 1), why=(form.why.data or "").strip())
    except EntryError as error:
        form.note(error)
    except ReleaseError:
        form.say(gettext("有的词还在用：先把它从词库里删掉。"))
    return word_page(release=form), 422


def _asked(criteria: Criteria, *, days: int, why: str) -> Redirect:
    page = parts().sweeps.ask(
        community(), criteria, since=now() - days * _DAY, until=now(), author=author(), now=now(), why=why
    )
    return redirect(url_for("sweeps.show", sweep_id=page.sweep.id), 303)
