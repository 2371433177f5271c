"""The policy: what holds, its versions, what a version would change, and the moves of its life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext

from moderation.domain.budget import Team
from moderation.domain.policy_versions import PolicyMoveError, PolicyState
from moderation.domain.post import PublishingMode
from moderation.domain.rehearsal import RehearsalRunningError, Stage
from moderation.measured_rules import measured_rules
from moderation.services.budgeting import keep_team
from moderation.services.policies import UnknownPolicyError
from review_ui import failures, policy_names
from review_ui.context import community, now, parts, user, wants_fragment
from review_ui.guard import EDITORS, READERS, seen_by
from review_ui.policy_form import sent_why
from review_ui.policy_page import live_reading, switched, versions
from review_ui.policy_reading import written
from review_ui.queries import choice
from review_ui.rehearsing import DAYS, time_left
from review_ui.toasts import Toast, keep_toast
from review_ui.version_page import VersionPage, version_page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("policies", __name__)
pages.register_error_handler(UnknownPolicyError, lambda _: failures.answer(404))
pages.app_context_processor(
    lambda: {"policy_names": policy_names, "written": written, "measured_rules": measured_rules}
)

MOST_PEOPLE: Final = 10_000


@pages.get("/policy")
@seen_by(READERS)
def index() -> str:
    """The policy that holds, and every version."""
    return _index()


@pages.get("/policy/<int:number>")
@seen_by(READERS)
def show(number: int) -> Response:
    """One version: what it changes, what it would have done, and where it can go."""
    page = version_page(number)
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
    wish = request.form.get("head", "")
    head = wish if wish in page.heads else page.head
    try:
        if page.heads:
            parts().rehearsals.ask(community(), number, days=days, head=head, by=user().row.name, now=now())
    except RehearsalRunningError:
        keep_toast(Toast(gettext("这个版本的回测正在进行。"), "warn"))
    return redirect(url_for("policies.show", number=number, _anchor="backtest"), 303)


@pages.post("/policy/<int:number>/backtest/stop")
@seen_by(EDITORS)
def stop_backtest(number: int) -> Response:
    """Stop a backtest that is going on."""
    version_page(number)
    if parts().rehearsals.stop(community(), number):
        keep_toast(Toast(gettext("回测已停止。")))
    return redirect(url_for("policies.show", number=number, _anchor="backtest"), 303)


@pages.post("/policy/team")
@seen_by(EDITORS)
def team() -> Response:
    """Keep what the team can work off."""
    people, per_hour = (_count(request.form.get(name, "")) for name in ("people", "per_hour"))
    if people is None or per_hour is None:
        keep_toast(Toast(gettext("人数和每小时条数要填 1 到 10000 的整数。"), "warn"))
    else:
        keep_team(parts().sessions, community(), Team(people, per_hour))
        keep_toast(Toast(gettext("已保存：团队每小时可处理 %(n)s 条。", n=people * per_hour)))
    back = request.form.get("number", "")
    if back.isascii() and back.isdigit() and len(back) < 10:  # noqa: PLR2004
        return redirect(url_for("policies.show", number=int(back), _anchor="budget"), 303)
    return redirect(url_for("policies.index"), 303)


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
            community(), number, state, why=sent_why(), author=user().row.name[:100], now=now()
        )
    except PolicyMoveError:
        problem = gettext("这个版本现在不能这样做：有人刚刚动过它。")
        return _version(version_page(number), "version.html", problem=str(problem)), 409
    said = gettext("v%(n)s：%(state)s。", n=number, state=policy_names.state(state))
    if state == PolicyState.LIVE:
        said += gettext("机审从下一批帖子起照此执行。")
    keep_toast(Toast(said))
    return redirect(url_for("policies.show", number=number), 303)


@pages.post("/policy/switch")
@seen_by(EDITORS)
def switch() -> str | Response | tuple[str, int]:
    """The kill switch: stop or start one rule at once, as a version of its own."""
    shown = versions()
    place = request.form.get("rule", "")
    if request.form.get("live") != str(shown.live):
        return _index(problem=str(gettext("生效的策略刚刚变了，请再看一遍。"))), 409
    if not sent_why():
        return _index(problem=str(gettext("请写一句为什么。")), tried=place), 422
    document = switched(live_reading(), place)
    if document is None:
        return _index(problem=str(gettext("没有这条规则。"))), 422
    author, why = user().row.name[:100], sent_why()
    row = parts().policies.draft(community(), document=document, why=why, author=author, now=now())
    parts().policies.move(community(), row.number, PolicyState.LIVE, why=why, author=author, now=now())
    keep_toast(Toast(gettext("已生效为 v%(n)s。机审从下一批帖子起照此执行。", n=row.number)))
    return redirect(url_for("policies.index"), 303)


@pages.post("/policy/threads")
@seen_by(EDITORS)
def thread() -> str | Response | tuple[str, int]:
    """Give one thread a publishing mode of its own, or take it away."""
    name, mode = request.form.get("thread", "").replace("\x00", "").strip(), choice("mode", PublishingMode)
    if not 0 < len(name) <= 200 or not sent_why():  # noqa: PLR2004 - as the message says
        said = gettext("请写一句为什么。") if sent_why() == "" else gettext("请写主题编号，最多 200 个字。")
        return _index(problem=str(said)), 422
    by = user().row.name[:100]
    parts().policies.set_thread(community(), name, mode, why=sent_why(), author=by, now=now())
    said = policy_names.mode(mode) if mode else gettext("按板块和场景")
    keep_toast(Toast(gettext("主题 %(name)s：%(said)s。从下一条帖子起生效。", name=name, said=said)))
    return redirect(url_for("policies.index", _anchor="publishing"), 303)


def _refusal(page: VersionPage, state: PolicyState) -> str:
    """Why a move is not made yet; empty where nothing stands in its way."""
    if not sent_why():
        return str(gettext("请写一句为什么：它会留在版本记录里。"))
    if request.form.get("live") != str(page.versions.live):
        return str(gettext("您打开这一页之后，生效的策略变了。请再看一遍差异。"))
    if state is PolicyState.LIVE and page.overload and not request.form.get("accept"):
        return str(gettext("预计的待审量超过团队能处理的量。要发布，请勾选“我知道”。"))
    return ""


def _count(text: str) -> int | None:
    text = text.strip()
    fits = text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MOST_PEOPLE  # noqa: PLR2004
    return int(text) if fits else None


def _index(problem: str = "", tried: str = "") -> str:
    return render_template(
        "policy.html",
        reading=live_reading(),
        versions=versions(),
        threads=parts().policies.threads(community()),
        measured=measured_rules(),
        problem=problem,
        tried=tried,
        why=request.form.get("why", ""),
    )


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
