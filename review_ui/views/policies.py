"""The policy that holds, its versions, and what is set beside it: the kill switch, threads, the team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext

from moderation.domain.budget import Team
from moderation.domain.policy_versions import PolicyState
from moderation.domain.post import PublishingMode
from moderation.measured_rules import measured_rules
from moderation.services.budgeting import keep_team
from review_ui import policy_names, version_names
from review_ui.context import community, now, parts, user
from review_ui.guard import EDITORS, READERS, seen_by
from review_ui.holding_page import window_holds
from review_ui.measured_page import blocks_alone
from review_ui.policy_form import sent_why
from review_ui.policy_page import live_reading, switched, versions
from review_ui.policy_reading import written
from review_ui.queries import choice
from review_ui.toasts import Toast, keep_toast

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("policies", __name__)
pages.app_context_processor(
    lambda: {
        "policy_names": policy_names,
        "version_names": version_names,
        "written": written,
        "measured_rules": measured_rules,
        "blocks_alone": blocks_alone,
        "window_holds": window_holds,
    }
)

MOST_PEOPLE: Final = 10_000


@pages.get("/policy")
@seen_by(READERS)
def index() -> str:
    """The policy that holds, and every version."""
    return _index()


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
        return redirect(url_for("versions.show", number=int(back), _anchor="budget"), 303)
    return redirect(url_for("policies.index"), 303)


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
    found = switched(live_reading(), place)
    if found is None:
        return _index(problem=str(gettext("没有这条规则。"))), 422
    noted: dict[str, Any] = {"why": sent_why(), "author": user().row.name[:100], "now": now()}
    row = parts().policies.draft(community(), document=found[0], switch=found[1], **noted)
    # What stops is what the switch was pressed for: nothing more to accept.
    parts().policies.move(community(), row.number, PolicyState.LIVE, accept_uncovered=True, **noted)
    keep_toast(
        Toast(
            gettext("已生效为 %(version)s。机审从下一批帖子起照此执行。", version=version_names.titled(row))
        )
    )
    return redirect(url_for("policies.index"), 303)


@pages.post("/policy/threads")
@seen_by(EDITORS)
def thread() -> str | Response | tuple[str, int]:
    """Give one thread a publishing mode of its own, or take it away."""
    name, mode = request.form.get("thread", "").strip(), choice("mode", PublishingMode)
    if not 0 < len(name) <= 200 or not sent_why():  # noqa: PLR2004 - as the message says
        said = gettext("请写一句为什么。") if sent_why() == "" else gettext("请写主题编号，最多 200 个字。")
        return _index(problem=str(said)), 422
    by = user().row.name[:100]
    parts().policies.set_thread(community(), name, mode, why=sent_why(), author=by, now=now())
    said = policy_names.mode(mode) if mode else gettext("按板块和场景")
    keep_toast(Toast(gettext("主题 %(name)s：%(said)s。从下一条帖子起生效。", name=name, said=said)))
    return redirect(url_for("policies.index", _anchor="publishing"), 303)


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
