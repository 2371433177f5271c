"""紧急词: words in force at once, for a look only; confirmed or gone after a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext

from moderation.domain.emergency import EmergencyState
from moderation.domain.evidence import Level
from moderation.services.emergency import EmergencyError
from moderation.sweeps.emergency_results import UnknownEmergencyError
from moderation.sweeps.prolonging import HoldsAlreadyError
from moderation.text.entries import Entry, EntryError, Kind
from review_ui import failures
from review_ui.context import community, now, parts, user
from review_ui.guard import EDITORS, READERS, seen_by
from review_ui.radar_page import sample, struck
from review_ui.toasts import Toast, keep_toast
from review_ui.word_forms import EmergencyForm

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from werkzeug.wrappers import Response

    from moderation.sweeps.prolonging import Holding

pages = Blueprint("emergencies", __name__)
pages.register_error_handler(UnknownEmergencyError, lambda _: failures.answer(404))


@pages.get("/lexicons/emergency")
@seen_by(READERS)
def index() -> str:
    """The words, those in force first."""
    return _page(EmergencyForm(formdata=None, clause="3.1"))


@pages.get("/lexicons/emergency/<int:number>")
@seen_by(READERS)
def show(number: int) -> str:
    """One word with the posts that it strikes."""
    one, posts = parts().emergency.struck(community(), number, now=now())
    hits = struck([one.entry], {each.post.data_id: each.post for each in posts})
    shown = [(each, sample(each.post, hits[each.post.data_id])) for each in posts]
    return render_template("emergency_word.html", one=one, posts=shown)


@pages.post("/lexicons/emergency")
@seen_by(EDITORS)
def add() -> str | Response | tuple[str, int]:
    """Put a word in force."""
    form = EmergencyForm()
    if not form.validate():
        return _page(form), 422
    word = (form.word.data or "").strip()
    entry = Entry(word, Kind(form.kind.data or ""), form.clause.data or "", Level.REVIEW)
    try:
        parts().emergency.emergency(community(), [entry], author=_author(), now=now())
    except EntryError as error:
        form.note(error)
        return _page(form), 422
    except HoldsAlreadyError as error:
        return _page(form, error.words), 409
    said = gettext("「%(word)s」从下一批帖子起送审，24 小时后失效，除非有人确认。", word=_short(word))
    keep_toast(Toast(said))
    return redirect(url_for("emergencies.index"), 303)


@pages.post("/lexicons/emergency/prolong")
@seen_by(EDITORS)
def prolong() -> Response:
    """Let a word hold for a day from now."""
    return _settled(parts().emergency.prolong, gettext("已延长到 24 小时之后，命中数接着数。"))


@pages.post("/lexicons/emergency/confirm")
@seen_by(EDITORS)
def confirm() -> Response:
    """Let a word stay."""
    return _settled(parts().emergency.confirm, gettext("已确认，长期有效。"))


@pages.post("/lexicons/emergency/withdraw")
@seen_by(EDITORS)
def withdraw() -> Response:
    """Take a word back."""
    return _settled(
        parts().emergency.withdraw, gettext("已撤回，从下一批帖子起不再命中；已送审的帖子仍待审。")
    )


def _settled(verb: Callable[..., list[Entry]], said: str) -> Response:
    word = request.form.get("word", "")
    try:
        done = verb(community(), [word], author=_author(), now=now())
    except EmergencyError:
        keep_toast(Toast(gettext("这个词已到期或已撤回；需要的话请重新添加。"), "warn"))
    else:
        keep_toast(Toast(said if done else gettext("没有变化：它本来就至少生效到那时。")))
    return redirect(url_for("emergencies.index"), 303)


def _page(form: EmergencyForm, already: Sequence[Holding] = ()) -> str:
    found = parts().emergency.results(community(), now=now())
    in_force = {EmergencyState.HOLDS, EmergencyState.CONFIRMED}
    return render_template(
        "emergency.html",
        form=form,
        already=already,
        holding=[one for one in found if one.state in in_force],
        over=[one for one in found if one.state not in in_force],
    )


def _author() -> str:
    return user().row.name[:100]


def _short(word: str) -> str:
    return word if len(word) <= 20 else f"{word[:20]}…"  # noqa: PLR2004
