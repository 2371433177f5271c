"""Drafting: a form with a row per rule, or the document itself.  What is wrong is said beside what was typed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from moderation.domain.convention import CLAUSES
from moderation.domain.policy_versions import REPLACED, PolicyMoveError, PolicyState
from moderation.domain.post import PublishingMode, Scene
from moderation.domain.verdict import Action
from moderation.policy_file.document import HEADS, PolicyDocumentError, parse_policy
from moderation.services.policies import UnknownPolicyError
from review_ui import failures, names, policy_names, version_names
from review_ui.context import community, now, parts, user
from review_ui.guard import EDITORS, seen_by
from review_ui.mistakes import Mistake, mistakes_of
from review_ui.policy_errors import error_said
from review_ui.policy_form import PolicyForm, add_row, form_of, sent_form, sent_why
from review_ui.policy_more_rows import STRICTER
from review_ui.policy_page import Versions, live_reading, versions
from review_ui.policy_reading import Reading, read
from review_ui.toasts import Toast, keep_toast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from review_ui.policy_page import Version

pages = Blueprint("drafts", __name__)
pages.register_error_handler(UnknownPolicyError, lambda _: failures.answer(404))

MAX_DOCUMENT = 200_000


@pages.get("/policy/draft")
@seen_by(EDITORS)
def new() -> str:
    """The form, filled with the policy that holds or with another version."""
    shown = versions()
    origin = _origin(shown)
    reading = read(origin.row.document) if origin else live_reading()
    return _page(shown, origin, reading, form_of(reading, _next(shown)))


@pages.post("/policy/draft")
@seen_by(EDITORS)
def save() -> str | Response | tuple[str, int]:
    """Keep a draft, or show what is wrong with it."""
    shown = versions()
    origin = _origin(shown)
    form = sent_form()
    if request.form.get("add"):
        add_row(form, request.form["add"])
        return _page(shown, origin, Reading(""), form)
    document = form.document(read(origin.row.document) if origin else live_reading())
    if document is None:
        return _page(shown, origin, Reading(""), form, mistakes=mistakes_of(form)), 422
    kept = _keep(origin, document)
    if isinstance(kept, Response):
        return kept
    return _page(shown, origin, Reading(document), form, mistakes=[kept]), 422


@pages.post("/policy/draft/text")
@seen_by(EDITORS)
def save_text() -> str | Response | tuple[str, int]:
    """Keep a draft written as a document."""
    shown = versions()
    origin = _origin(shown)
    document = request.form.get("document", "").replace("\r\n", "\n")
    mistake = _problem(document)
    kept = None if mistake else _keep(origin, document)
    if isinstance(kept, Response):
        return kept
    found = mistake or kept
    form = form_of(live_reading(), _next(shown))
    mistakes = [found] if found else []
    return _page(shown, origin, Reading(document), form, mistakes=mistakes, tab="text"), 422


def _keep(origin: Version | None, document: str) -> Response | Mistake:
    """Keep the draft and go to its page, or say what is wrong; a draft that it was made from goes into the archive."""
    author, why = user().row.name[:100], sent_why()
    try:
        row = parts().policies.draft(community(), document=document, why=why, author=author, now=now())
    except PolicyDocumentError as error:
        return Mistake("version", str(gettext("策略文件")), error_said(error), error.line)
    if origin is not None and origin.row.state == PolicyState.DRAFT.value:
        reason = REPLACED.format(number=row.number)
        with suppress(PolicyMoveError):  # somebody moved it meanwhile: it stays as they left it
            parts().policies.move(
                community(), origin.row.number, PolicyState.ARCHIVED, why=reason, author=author, now=now()
            )
    said = gettext("草稿 %(version)s 已保存。生效的策略没有变。", version=version_names.titled(row))
    if row.document != document:
        said += gettext("原来写的版本名已有别的版本在用，所以改了名。")
    keep_toast(Toast(said))
    return redirect(url_for("versions.show", number=row.number), 303)


def _problem(document: str) -> Mistake | None:
    """What is wrong with a document, and in which line; None where nothing is."""
    if len(document) > MAX_DOCUMENT:
        said = gettext("文件太长：最多 %(n)s 个字符。", n=MAX_DOCUMENT)
        return Mistake("document", str(gettext("策略文件")), str(said))
    try:
        parse_policy(document)
    except PolicyDocumentError as error:
        return Mistake("document", str(gettext("策略文件")), error_said(error), error.line)
    return None


def _origin(shown: Versions) -> Version | None:
    """The version that the draft is made from; None for the policy that holds."""
    given = request.values.get("from", "")
    if not given:
        return None
    found = shown.find(int(given)) if given.isascii() and given.isdigit() and len(given) < 10 else None  # noqa: PLR2004
    if found is None:
        raise UnknownPolicyError(given)
    return found


def _next(shown: Versions) -> int:
    return max((one.row.number for one in shown.all), default=0) + 1


def _choices() -> dict[str, object]:
    """What the fields of the form offer, with names."""
    return {
        "heads": HEADS,
        "head_names": [(one, policy_names.head(one)) for one in sorted(HEADS)],
        "scene_names": [(one.value, policy_names.scene(one)) for one in Scene],
        "mode_names": [(one.value, policy_names.mode(one)) for one in PublishingMode],
        "stricter_names": [(one.value, policy_names.mode(one)) for one in STRICTER],
        "overdue_names": [(one.value, str(said)) for one, said in policy_names.OVERDUE.items()],
        "retention_names": [(one.value, str(said)) for one, said in policy_names.RETENTIONS.items()],
        "proof_names": [(one.value, str(said)) for one, said in policy_names.PROOFS.items()],
        "clause_names": [(one.number, names.clause(one.number)) for one in CLAUSES],
        "action_names": [(one.value, names.of("actions", one.value)) for one in Action],
    }


def _page(
    shown: Versions,
    origin: Version | None,
    reading: Reading,
    form: PolicyForm,
    *,
    mistakes: Sequence[Mistake] = (),
    tab: str = "",
) -> str:
    return render_template(
        "draft.html",
        versions=shown,
        origin=origin,
        reading=reading,
        form=form,
        mistakes=mistakes,
        wrong_line=next((one.line for one in mistakes if one.line), None),
        tab=tab or ("text" if request.args.get("tab") == "text" or reading.error else "form"),
        why=request.form.get("why", ""),
        **_choices(),
        calibrated=parts().backtesting.calibrated,
        number=_next(shown),
    )
