"""One version of the policy: what it changes, what it would have done, and the moves of its life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext

from moderation.domain.coverage import UncoveredError
from moderation.domain.policy_versions import PolicyMoveError, PolicyState
from moderation.domain.rehearsal import RehearsalRunningError, Stage
from moderation.services.policies import UnknownPolicyError
from review_ui import failures, policy_names
from review_ui.context import community, now, parts, user, wants_fragment
from review_ui.guard import EDITORS, READERS, seen_by
from review_ui.policy_form import sent_why
from review_ui.queries import choice
from review_ui.rehearsing import DAYS, time_left
from review_ui.toasts import Toast, keep_toast
from review_ui.version_page import VersionPage, version_page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("versions", __name__)
pages.register_error_handler(UnknownPolicyError, lambda _: failures.answer(404))


@pages.get("/policy/<int:number>")
@seen_by(READERS)
def show(number: int) -> Response:
    """One version: what it changes, what it would have done, and where it can go."""
    page = version_page(number, request.args.get("head", ""))
    answer = make_response(_version(page, "parts/rehearsal.html" if wants_fragment() else "version.html"))
    if wants_fragment() and not (page.run and page.run.stage is Stage.RUNNING):
        answer.headers["HX-Refresh"] = "true"  # it came to its end: the rest of the page knows more now
    return answer


@pages.post("/policy/<int:number>/backtest")
@seen_by(EDITORS)
def backtest(number: int) -> Response:
    """Replay the last days under this version; what came of it stands on its page."""
    page = version_page(number)
    given = request.form.get("days", "")
    days = int(given) if given in {str(each) for each in DAYS} else DAYS[1]
    try:
        if page.heads:
            parts().rehearsals.ask(community(), number, days=days, by=user().row.name, now=now())
    except RehearsalRunningError:
        keep_toast(Toast(gettext("这个版本的回测正在进行。"), "warn"))
    return redirect(url_for("versions.show", number=number, _anchor="backtest"), 303)


@pages.post("/policy/<int:number>/backtest/stop")
@seen_by(EDITORS)
def stop_backtest(number: int) -> Response:
    """Stop a backtest that is going on."""
    version_page(number)
    if parts().rehearsals.stop(community(), number):
        keep_toast(Toast(gettext("回测已停止。")))
    return redirect(url_for("versions.show", number=number, _anchor="backtest"), 303)


@pages.post("/policy/<int:number>/state")
@seen_by(EDITORS)
def move(number: int) -> str | Response | tuple[str, int]:
    """Take a version to shadow, live, back to draft, or into the archive."""
    page, state = version_page(number), choice("state", PolicyState)
    if state is None or not page.can_go(state):
        problem = gettext("这个版本现在不能这样做：有人刚刚动过它。")
        return _version(page, "version.html", problem=str(problem)), 409
    problem = _refusal(page, state)
    if problem:
        return _version(page, "version.html", problem=problem, tried=state), 422
    try:
        parts().policies.move(
            community(),
            number,
            state,
            why=sent_why(),
            author=user().row.name[:100],
            now=now(),
            accept_uncovered=bool(request.form.get("accept_uncovered")),
        )
    except UncoveredError:
        problem = gettext("这个版本不再管生效的策略所管的一些类别。要发布，请勾选“不再管”下面的“我知道”。")
        return _version(page, "version.html", problem=str(problem), tried=state), 422
    except PolicyMoveError:
        problem = gettext("这个版本现在不能这样做：有人刚刚动过它。")
        return _version(version_page(number), "version.html", problem=str(problem)), 409
    said = gettext(
        "%(version)s：%(state)s。", version=page.versions.named(number), state=policy_names.state(state)
    )
    if state == PolicyState.LIVE:
        said += gettext("机审从下一批帖子起照此执行。")
    keep_toast(Toast(said))
    return redirect(url_for("versions.show", number=number), 303)


def _refusal(page: VersionPage, state: PolicyState) -> str:
    """Why a move is not made yet; empty where nothing stands in its way."""
    if not sent_why():
        return str(gettext("请写一句为什么：它会留在版本记录里。"))
    if request.form.get("live") != str(page.versions.live):
        return str(gettext("您打开这一页之后，生效的策略变了。请再看一遍差异。"))
    if state is PolicyState.LIVE and page.overload and not request.form.get("accept"):
        return str(gettext("预计的待审量超过团队能处理的量。要发布，请勾选“我知道”。"))
    return ""


def _version(page: VersionPage, template: str, *, problem: str = "", tried: PolicyState | None = None) -> str:
    return render_template(
        template,
        page=page,
        days=DAYS,
        time_left=time_left,
        problem=problem,
        tried=tried,
        why=request.form.get("why", ""),
    )
