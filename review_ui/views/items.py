"""One review item: look, decide, take it back."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from moderation.domain.convention import UnknownClauseError
from moderation.domain.review import (
    ClauseNeededError,
    Decision,
    DecisionKind,
    StaleItemError,
    UndoExpiredError,
)
from review_ui import names
from review_ui.context import community, now, parts, user, wants_fragment
from review_ui.desk_page import (
    item_url,
    listing,
    next_of,
    open_item,
    reopened_row,
    row_of,
    undo_until,
)
from review_ui.forms import DecisionForm
from review_ui.guard import READERS, REVIEWERS, seen_by
from review_ui.queries import QueueQuery, queue_query
from review_ui.rendering import said
from review_ui.toasts import Toast, keep_toast

pages = Blueprint("items", __name__)

MOST_SAID: Final = 24
"""Characters of a post that a notice names it by."""

Answer = str | Response | tuple[str, int]


@pages.get("/items/<int:item_id>")
@seen_by(READERS)
def show(item_id: int) -> str:
    """An item within its list, or alone where htmx asks for it."""
    query = queue_query()
    subject = open_item(item_id, query)
    if wants_fragment():
        return render_template("parts/item.html", subject=subject, query=query, undo_until=undo_until())
    return render_template(
        "desk.html", listing=listing(query), subject=subject, view="item", undo_until=undo_until()
    )


@pages.post("/items/<int:item_id>/decision")
@seen_by(REVIEWERS)
def decide(item_id: int) -> Answer:
    """Record a decision and go on to the next item."""
    query, form = queue_query(), DecisionForm()
    if not form.validate():
        return _again(item_id, query, Toast(gettext("这个决定不完整，请重试。"), "warn"), 422)
    try:
        decision = Decision(DecisionKind(form.kind.data or ""), _clause(form), (form.note.data or "").strip())
        parts().reviewing.decide(
            community(), item_id, decision, moderator_id=user().id, version=form.version.data or 0, now=now()
        )
    except (ClauseNeededError, UnknownClauseError):
        return _again(item_id, query, Toast(gettext("拦截需要选择一个条款。"), "warn"), 422)
    except StaleItemError:
        return _again(item_id, query, _stale(item_id, query), 409)
    kind = names.of("suggestions", decision.kind.value)
    where = f"{kind} · {names.clause(decision.clause)}" if decision.clause else kind
    return _onwards(item_id, query, Toast(gettext("已记录：%(what)s", what=where), "done", undo=True))


@pages.post("/undo")
@seen_by(REVIEWERS)
def undo() -> Answer:
    """Take back one's last decision that stands, and show its item again; once more: the one before."""
    query = queue_query()
    try:
        item = parts().reviewing.undo(community(), moderator_id=user().id, now=now())
    except UndoExpiredError:
        return _undone_nothing(query)
    subject = open_item(item.id, query)
    what = " ".join(said(subject.case.post).split())
    what = what if len(what) <= MOST_SAID else f"{what[:MOST_SAID]}…"
    toast = Toast(gettext("已撤销对「%(what)s」的决定，这一条回到待处理。", what=what), "done")
    if not wants_fragment():
        keep_toast(toast)
        return redirect(item_url(item.id, query), 303)
    page = render_template(  # in place: the list keeps every row where it is
        "parts/undone.html",
        listing=listing(query),
        query=query,
        subject=subject,
        row=reopened_row(subject, subject.item or item, query),  # as it is now that it is open again
        toast=toast,
        undo_until=undo_until(),
    )
    return Response(page, headers={"HX-Push-Url": item_url(item.id, query)})


def _undone_nothing(query: QueueQuery) -> Answer:
    toast = Toast(gettext("没有可撤销的决定：已过 10 分钟，或帖子之后又有变化。"), "warn")
    if wants_fragment():
        page = render_template(
            "parts/again.html", ahead=True, query=query, toast=toast, undo_until=undo_until()
        )
        return page, 409
    keep_toast(toast)
    return redirect(url_for("desk.queue", **query.address()), 303)  # type: ignore[arg-type]


def _clause(form: DecisionForm) -> str:
    return (form.clause.data or "") if form.kind.data == DecisionKind.BLOCK.value else ""


def _onwards(item_id: int, query: QueueQuery, toast: Toast) -> Answer:
    """The item that follows, in place for htmx, else as a redirect."""
    done = open_item(item_id, query)
    if not wants_fragment():
        keep_toast(toast)
        return redirect(done.next_url or url_for("desk.queue", **query.address()), 303)  # type: ignore[arg-type]
    ahead = (
        "ahead" in request.form
    )  # our script shows the next item already: it wants the rest of the page only
    following = None if ahead else next_of(item_id, query)
    subject = open_item(following, query) if following else None
    response = make_response(
        render_template(
            "parts/decided.html",
            listing=listing(query),
            query=query,
            subject=subject,
            row=row_of(done, done.item, query) if done.item else None,
            toast=toast,
            undo_until=undo_until(),
            ahead=ahead,
        )
    )
    if ahead:
        return response
    response.headers["HX-Push-Url"] = done.next_url or url_for("desk.queue", **query.address())  # type: ignore[arg-type]
    return response


def _again(item_id: int, query: QueueQuery, toast: Toast, status: int) -> Answer:
    """The same item once more, with what went wrong."""
    subject = open_item(item_id, query)
    if wants_fragment():
        page = render_template(
            "parts/again.html",
            subject=subject,
            query=query,
            toast=toast,
            undo_until=undo_until(),
            ahead="ahead" in request.form,
        )
        return page, status
    page = render_template(
        "desk.html",
        listing=listing(query),
        subject=subject,
        view="item",
        toast=toast,
        undo_until=undo_until(),
    )
    return page, status


def _stale(item_id: int, query: QueueQuery) -> Toast:
    """Who was faster, and what they said."""
    subject = open_item(item_id, query)
    if subject.closed_by:
        text = gettext("机器刚刚拦截了这一条，不用再处理。")
    elif subject.last_decision is None:
        text = gettext("这一条刚刚变了：帖子被编辑或撤回，或决定被撤销。")
    else:
        decision, person = subject.last_decision
        what = names.of("suggestions", decision.kind)
        what = f"{what} · {names.clause(decision.clause)}" if decision.clause else what
        text = gettext("%(who)s 已经处理了这一条：%(what)s。", who=person.name, what=what)
    return Toast(text, "warn", next_url=subject.next_url)
