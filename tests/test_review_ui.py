"""The review desk by its pages: log-in, roles, queue, decisions, evidence, brands.  The database is a real one."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

import review_ui
from moderation.domain.review import UNDO_WINDOW
from moderation.domain.verdict import Suggestion
from moderation.services.trials import KEPT_FOR
from moderation.services.users import Role
from moderation.store.tables import Base
from review_ui.accounts import POLLING_ELEMENTS, SILENT_ENDPOINTS
from review_ui.headers import CONTENT_SECURITY_POLICY
from tests import desk
from tests.desk import DAY, MINUTE, PASSWORD, Told
from tests.factories import NOW, a_trying
from tests.fakes import StoppedClock

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from moderation.store.tables import ReviewItemRow, UserRow
    from moderation.wiring.web import WebParts

XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>"


class Desk:
    """The app with one community and somebody's browser."""

    def __init__(self, parts: WebParts, clock: StoppedClock) -> None:
        self.parts = parts
        self.clock = clock
        self.app: Flask = review_ui.create_app(parts)
        self.community = desk.community(parts).id
        self.client: FlaskClient = self.app.test_client()

    def person(
        self, role: Role = Role.MODERATOR, *, community: int | None = None, name: str = "王审核"
    ) -> UserRow:
        return desk.person(self.parts, community or self.community, role, name=name)

    def log_in(self, role: Role = Role.MODERATOR, *, user: UserRow | None = None) -> UserRow:
        user = user or self.person(role)
        self.client = self.app.test_client()
        answer = self.post("/login", email=user.email, password=PASSWORD)
        assert answer.status_code == 302, answer.text
        return user

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(
            path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    def token(self) -> str:
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.get("/login").text or "")
        if found is None:
            found = re.search(
                r'name="csrf-token" content="([^"]+)"', self.client.get("/", follow_redirects=True).text
            )
        assert found
        return found[1]

    def post(
        self, path: str, *, htmx: bool = False, token: str | None = None, **form: str | int
    ) -> TestResponse:
        headers = {"HX-Request": "true"} if htmx else {}
        return self.client.post(path, data={"csrf_token": token or self.token(), **form}, headers=headers)

    def tell(self, told: Told, **more: object) -> ReviewItemRow:
        _, item = desk.tell(self.parts, self.community, told, **more)  # type: ignore[arg-type]
        assert item
        return item

    def decide(
        self, item: ReviewItemRow, kind: str, *, version: int = 1, htmx: bool = False, **form: str
    ) -> TestResponse:
        return self.post(f"/items/{item.id}/decision", htmx=htmx, kind=kind, version=version, **form)


@pytest.fixture
def at(sqlite_template: Path, tmp_path: Path) -> Desk:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    clock = StoppedClock(NOW)
    return Desk(desk.web_parts(f"sqlite:///{tmp_path / 'desk.db'}", clock), clock)


DOUBT = Told("今晚八点清仓优惠", Suggestion.REVIEW, "3.1", ad=0.7, words=(("清仓优惠", "清仓优惠", "促销"),))
WORSE = Told("代刷点赞,量大从优", Suggestion.REVIEW, "3.6", ad=0.9, words=(("代刷", "代刷", "刷量"),))


# ---------------------------------------------------------------- log-in


def test_pages_ask_for_a_login_and_lead_back(at: Desk) -> None:
    user = at.person()
    asked = at.get("/queue?queue=ads")
    assert asked.status_code == 302
    assert asked.location == "/login?next=/queue?queue%3Dads"
    page = at.get(asked.location)
    assert 'data-testid="login-form"' in page.text
    back = at.post("/login", email=user.email.upper(), password=PASSWORD, next="/queue?queue=ads")
    assert back.location == "/queue?queue=ads"


@pytest.mark.parametrize(
    "next_url", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_login_leads_nowhere_else(at: Desk, next_url: str) -> None:
    user = at.person()
    answer = at.post("/login", email=user.email, password=PASSWORD, next=next_url)
    assert answer.status_code == 302
    assert answer.location in {"/", "/%5Cevil.example"}  # the last one is a path of ours


@pytest.mark.parametrize("password", ["wrong horse battery", "", " " + PASSWORD])
def test_a_wrong_password_and_an_unknown_address_read_the_same(at: Desk, password: str) -> None:
    user = at.person()
    known = at.post("/login", email=user.email, password=password)
    unknown = at.post("/login", email="nobody@example.com", password=password)
    for answer in (known, unknown):
        assert answer.status_code == 200
        assert "邮箱和密码不匹配" in answer.text
    assert at.get("/queue").status_code == 302


def test_an_inactive_user_stays_out(at: Desk) -> None:
    user = at.person()
    with at.parts.sessions.write.begin() as session:
        session.merge(user).active = False
    assert "邮箱和密码不匹配" in at.post("/login", email=user.email, password=PASSWORD).text


def test_a_login_starts_a_new_session(at: Desk) -> None:
    user = at.person()
    before = at.token()
    with at.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    at.post("/login", email=user.email, password=PASSWORD, token=before)
    with at.client.session_transaction() as session:
        assert "planted" not in session
    assert at.token() != before
    assert at.parts.users.by_email(user.email).last_login_at == NOW  # type: ignore[union-attr]


def test_logging_out_ends_the_session_on_the_server(at: Desk) -> None:
    at.log_in()
    stolen = at.client.get_cookie("desk")
    assert stolen
    assert at.post("/logout").location == "/login"
    thief = at.app.test_client()
    thief.set_cookie("desk", stolen.value)
    assert thief.get("/queue").status_code == 302


@pytest.mark.parametrize(
    ("steps", "alive"),
    [
        ((59 * MINUTE,), True),
        ((61 * MINUTE,), False),
        ((50 * MINUTE, 50 * MINUTE), True),
        ((50 * MINUTE,) * 15, False),
    ],
)
def test_sessions_end_when_idle_and_in_any_case_after_twelve_hours(
    at: Desk, steps: tuple[int, ...], *, alive: bool
) -> None:
    at.log_in()
    status = 0
    for step in steps:
        at.clock.now += step
        status = at.get("/queue").status_code
    assert (status == 200) is alive


def test_polling_keeps_no_session_alive(at: Desk) -> None:
    at.log_in()
    for _ in range(2):
        at.clock.now += 25 * MINUTE
        assert at.get("/queue/counts").status_code == 200
    at.clock.now += 25 * MINUTE
    assert at.get("/queue/counts").status_code == 302


@pytest.mark.parametrize(
    ("element", "alive"), [*((one, False) for one in sorted(POLLING_ELEMENTS)), ("list", True)]
)
def test_a_fragment_that_asks_again_keeps_no_session_alive(at: Desk, element: str, *, alive: bool) -> None:
    """What somebody asks for by a click does, at the same address."""
    at.log_in()
    statuses = []
    for _ in range(3):
        at.clock.now += 25 * MINUTE
        asked = {"HX-Request": "true", "HX-Trigger": element}
        statuses.append(at.client.get("/queue", headers=asked).status_code)
    assert statuses[:2] == [200, 200]
    assert (statuses[2] == 200) is alive


def test_no_poll_of_a_page_is_forgotten() -> None:
    """Fragments fetched by time or on arrival are listed by id, addresses polled by the script by endpoint."""
    pages = [
        path.read_text("utf-8") for path in (Path(review_ui.__file__).parent / "templates").rglob("*.html")
    ]
    triggered = [
        one
        for page in pages
        for one in re.findall(r"<\w[^<]*?hx-trigger=[^<]*?>", page)
        if re.search(r"hx-trigger=\"[^\"]*\b(?:every|load|revealed|intersect)\b", one)
    ]
    assert len(triggered) >= 5
    assert {re.findall(r"\bid=\"([\w-]+)\"", one)[0] for one in triggered} == POLLING_ELEMENTS
    polled = {name for page in pages for name in re.findall(r"data-live=\"\{\{ url_for\('([\w.]+)'", page)}
    assert polled == SILENT_ENDPOINTS


def test_failed_logins_are_limited_and_good_ones_are_not(at: Desk) -> None:
    user = at.person()
    for _ in range(3):
        at.log_in(user=user)
    token = at.app.test_client()
    at.client = token
    csrf = at.token()
    statuses = [
        at.post("/login", token=csrf, email=user.email, password="wrong").status_code for _ in range(26)
    ]
    assert statuses[:25] == [200] * 25
    assert statuses[25] == 429
    assert "稍后再试" in at.post("/login", token=csrf, email="other@example.com", password="wrong").text


@pytest.mark.parametrize(
    "path", ["/login", "/logout", "/undo", "/preferences", "/try", "/brands/new", "/items/1/decision"]
)
def test_every_form_needs_its_token(at: Desk, path: str) -> None:
    at.log_in(Role.ADMIN)
    answer = at.client.post(
        path, data={"email": "a", "password": "b", "kind": "pass", "version": 1, "text": "x", "name": "n"}
    )
    assert answer.status_code == 400
    assert "页面已过期" in answer.text


def test_headers_forbid_inline_code_and_keeping_pages(at: Desk) -> None:
    at.log_in()
    answer = at.get("/queue")
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style|javascript:", answer.text)


# ---------------------------------------------------------------- roles and communities

SEEN = {
    "/queue": {Role.MODERATOR, Role.SENIOR, Role.ADMIN, Role.AUDITOR},
    "/blocked": {Role.MODERATOR, Role.SENIOR, Role.ADMIN, Role.AUDITOR},
    "/try": {Role.MODERATOR, Role.SENIOR, Role.ADMIN},
    "/brands": set(Role),
    "/brands/new": {Role.ADMIN},
}


@pytest.mark.parametrize("role", Role)
def test_roles_see_their_pages(at: Desk, role: Role) -> None:
    at.log_in(role)
    for path, roles in SEEN.items():
        assert at.get(path).status_code == (200 if role in roles else 403), path
    assert at.get("/").location == ("/brands" if role is Role.BRAND else "/queue")


def test_an_auditor_reads_and_does_not_decide(at: Desk) -> None:
    item = at.tell(DOUBT)
    at.log_in(Role.AUDITOR)
    page = at.get(f"/items/{item.id}")
    assert page.status_code == 200
    assert 'data-testid="decide-pass"' not in page.text
    assert at.decide(item, "pass").status_code == 403


def test_every_view_says_who_may_see_it(at: Desk) -> None:
    public = {"static", "security.login", "security.logout", "preferences.save"}
    silent = [
        rule.endpoint
        for rule in at.app.url_map.iter_rules()
        if rule.endpoint not in public and not hasattr(at.app.view_functions[rule.endpoint], "seen_by")
    ]
    # Flask-Security adds pages that we do not use: the guard keeps them shut.
    at.log_in(Role.ADMIN)
    for endpoint in silent:
        rule = next(each for each in at.app.url_map.iter_rules() if each.endpoint == endpoint)
        assert at.get(rule.rule.replace("<", "").replace(">", "")).status_code in {403, 404, 405}, endpoint


def test_another_community_is_another_world(at: Desk) -> None:
    item = at.tell(DOUBT, data_id="secret-1")
    brand = desk.a_brand(at.parts, at.community, "瑞幸咖啡")
    other = desk.community(at.parts, "other").id
    at.log_in(user=at.person(Role.ADMIN, community=other))
    assert "清仓优惠" not in at.get("/queue").text
    for path in (
        f"/items/{item.id}",
        "/posts/secret-1",
        f"/brands/{brand.id}",
        f"/brands/{brand.id}/series.json",
        f"/brands/{brand.id}/edit",
    ):
        assert at.get(path).status_code == 404, path
    assert at.decide(item, "pass").status_code == 404
    assert "瑞幸咖啡" not in at.get("/brands").text


# ---------------------------------------------------------------- the queue


def test_the_queue_shows_the_most_urgent_first_and_opens_it(at: Desk) -> None:
    at.tell(DOUBT)
    worse = at.tell(WORSE)
    at.log_in()
    page = at.get("/queue").text
    rows = re.findall(r'data-item="(\d+)" data-testid="queue-row"', page)
    assert rows == [str(worse.id), str(worse.id - 1)]
    assert f'data-testid="item" data-item="{worse.id}"' in page
    assert "3.6 买卖虚假互动" in page


def test_an_empty_queue_says_so_with_the_tally(at: Desk) -> None:
    item = at.tell(DOUBT)
    at.log_in()
    at.decide(item, "pass")
    page = at.get("/queue").text
    assert "队列已清空" in page
    assert "今天共处理 1 条" in page


def test_filters_and_nonsense_in_the_address(at: Desk) -> None:
    at.tell(DOUBT)
    at.log_in()
    assert 'data-testid="queue-row"' in at.get("/queue?queue=ads").text
    assert "「攻击」队列已清空" in at.get("/queue?queue=attack").text
    for query in ("queue=nope", "state=%00", "page=-1", "page=99999999999999999999", "page=٣"):
        assert at.get(f"/queue?{query}").status_code == 200, query


def test_counts_answer_304_until_something_changes(at: Desk) -> None:
    item = at.tell(DOUBT)
    at.log_in()
    first = at.get("/queue/counts")
    assert first.json
    assert first.json["backlog"] == 1
    assert at.get("/queue/counts", If_None_Match=first.headers["ETag"]).status_code == 304
    at.decide(item, "pass")
    changed = at.get("/queue/counts", If_None_Match=first.headers["ETag"])
    assert changed.status_code == 200
    assert changed.json
    assert (changed.json["backlog"], changed.json["today"]) == (0, 1)


# ---------------------------------------------------------------- deciding


def test_deciding_leads_to_the_next_item(at: Desk) -> None:
    later, first = at.tell(DOUBT), at.tell(WORSE)
    user = at.log_in()
    answer = at.decide(first, "block", clause="3.6", note="明码标价")
    assert answer.status_code == 303
    assert answer.location == f"/items/{later.id}"
    page = at.get(answer.location).text
    assert "已记录：拦截 · 3.6 买卖虚假互动" in page
    assert 'data-testid="undo"' in page
    done = at.parts.queues.item(at.community, first.id)
    (decision, person) = done.decisions[-1]
    assert (decision.kind, decision.clause, decision.note, person.id) == ("block", "3.6", "明码标价", user.id)


def test_deciding_with_htmx_brings_the_next_item_in_place(at: Desk) -> None:
    later, first = at.tell(DOUBT), at.tell(WORSE)
    at.log_in()
    answer = at.decide(first, "pass", htmx=True)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert f'data-testid="item" data-item="{later.id}"' in answer.text
    assert f'id="row-{first.id}"' in answer.text
    assert answer.headers["HX-Push-Url"] == f"/items/{later.id}"
    last = at.decide(later, "pass", htmx=True)
    assert 'data-testid="item-empty"' in last.text
    assert last.headers["HX-Push-Url"] == "/queue"


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "block"},
        {"kind": "block", "clause": "99.9"},
        {"kind": "undo"},
        {"kind": ""},
        {"kind": "pass", "version": "x"},
        {"kind": "pass", "note": "长" * 501},
    ],
)
def test_half_a_decision_changes_nothing(at: Desk, form: dict[str, str]) -> None:
    item = at.tell(DOUBT)
    at.log_in()
    filled = {"csrf_token": at.token(), "version": "1", **form}
    answer = at.client.post(f"/items/{item.id}/decision", data=filled)
    assert answer.status_code == 422
    assert 'data-testid="decide-pass"' in answer.text
    assert at.parts.queues.item(at.community, item.id).item.state == "open"


@pytest.mark.parametrize("htmx", [False, True])
def test_who_is_too_late_learns_what_was_decided(at: Desk, htmx: bool) -> None:  # noqa: FBT001
    later, first = at.tell(DOUBT), at.tell(WORSE)
    at.log_in(user=at.person(name="李早到"))
    at.decide(first, "block", clause="3.6")
    at.log_in()
    answer = at.decide(first, "pass", htmx=htmx)
    assert answer.status_code == 409
    assert "李早到 已经处理了这一条：拦截 · 3.6 买卖虚假互动" in answer.text
    assert f'href="/items/{later.id}"' in answer.text
    assert len(at.parts.queues.item(at.community, first.id).decisions) == 1


def test_undo_brings_the_item_back_for_ten_minutes(at: Desk) -> None:
    item = at.tell(DOUBT)
    at.log_in()
    at.decide(item, "pass")
    answer = at.post("/undo")
    assert answer.location == f"/items/{item.id}"
    assert "已撤销" in at.get(answer.location).text
    assert at.parts.queues.item(at.community, item.id).item.state == "open"
    assert "没有可撤销的决定" in at.client.get(at.post("/undo").location).text
    at.decide(item, "pass", version=3)
    at.clock.now += UNDO_WINDOW + 1
    assert 'data-testid="undo"' not in at.get("/queue").text
    assert "没有可撤销的决定" in at.client.get(at.post("/undo").location).text


def test_undo_with_htmx_answers_in_place_one_after_the_other(at: Desk) -> None:
    items = [at.tell(DOUBT), at.tell(WORSE)]
    at.log_in()
    for item in items:
        at.decide(item, "pass")
    for item, told in ((items[1], WORSE), (items[0], DOUBT)):
        answer = at.post("/undo", htmx=True)
        assert (answer.status_code, answer.headers["HX-Push-Url"]) == (200, f"/items/{item.id}")
        assert f"已撤销对「{told.text[:10]}" in answer.text
        assert f'id="row-{item.id}"' in answer.text
        assert "is-done" not in answer.text
        assert "<html" not in answer.text
    nothing = at.post("/undo", htmx=True)
    assert nothing.status_code == 409
    assert "没有可撤销的决定" in nothing.text


def test_an_htmx_request_after_the_session_ended_leads_to_the_login(at: Desk) -> None:
    item = at.tell(DOUBT)
    answer = at.get(f"/items/{item.id}", HX_Request="true")
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login")


# ---------------------------------------------------------------- posts and evidence


def test_a_blocked_advert_is_found_with_its_evidence_marked(at: Desk) -> None:
    told = Told(
        "加薇信领取兼职日结300", Suggestion.BLOCK, "3.8", ad=0.99, words=(("加薇信", "加微信", "导流"),)
    )
    desk.tell(at.parts, at.community, told, data_id="ad-1")
    at.log_in()
    listed = at.get("/blocked").text
    assert 'href="/posts/ad-1"' in listed
    assert re.search(r"<mark [^>]*>加薇信</mark>", listed)
    page = at.get("/posts/ad-1").text
    assert re.search(r'<mark class="mark mark-block"[^>]*data-testid="evidence-hit"[^>]*>加薇信</mark>', page)
    assert "读作" in page
    assert "加微信" in page
    assert 'data-testid="decide-pass"' not in page


def test_texts_are_escaped_everywhere(at: Desk) -> None:
    told = Told(
        f"{XSS} 优惠",
        Suggestion.REVIEW,
        "3.1",
        ad=0.7,
        title=XSS,
        author=XSS,
        source=XSS,
        reply_to=XSS,
        related=(XSS,),
        words=(("优惠", XSS, XSS),),
    )
    item = at.tell(told, data_id="x-1")
    at.log_in()
    at.decide(item, "pass", note=XSS)
    for path in ("/queue?state=decided", f"/items/{item.id}", "/posts/x-1"):
        page = at.get(path).text
        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_hidden_characters_are_shown_as_chips_and_joined_emoji_are_left_alone(at: Desk) -> None:
    item = at.tell(Told("私\u200b我\u202e 👨\u200d👩\u200d👧 ❤\ufe0f", Suggestion.REVIEW, "3.8", ad=0.7))
    at.log_in()
    page = at.get(f"/items/{item.id}").text
    assert page.count('<span class="chip" title="不可见字符 U+200B">ZWSP</span>') >= 1
    assert ">RLO</span>" in page
    assert "\u202e" not in page
    assert "👨\u200d👩\u200d👧 ❤\ufe0f" in page


def test_suppressed_hits_stay_visible_with_their_reason(at: Desk) -> None:
    item = at.tell(desk.ADVERT)
    at.log_in()
    page = at.get(f"/items/{item.id}").text
    assert 'data-testid="suppressed"' in page
    assert "词语边界不符" in page


def test_a_post_that_the_machine_failed_on_says_why(at: Desk) -> None:
    item = at.tell(Told("读不出", Suggestion.REVIEW, "", reason="三次机审失败: 编码错误"))
    at.log_in()
    page = at.get(f"/items/{item.id}").text
    assert "三次机审失败: 编码错误" in page
    assert "选择条款" in page


@pytest.mark.parametrize("path", ["/items/999", "/posts/none", "/brands/999", "/nope"])
def test_what_is_not_there_says_so(at: Desk, path: str) -> None:
    at.log_in(Role.ADMIN)
    answer = at.get(path)
    assert answer.status_code == 404
    assert "这里没有内容" in answer.text


# ---------------------------------------------------------------- trying a text


def traces(at: Desk) -> dict[str, int]:
    """Rows of every table but that of trials."""
    with at.parts.sessions.read() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
            if name != "trials"
        }


def test_a_tried_text_is_scored_and_leaves_no_trace(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review_ui.views.tries.PATIENCE_SECONDS", 0.01)
    desk.a_brand(at.parts, at.community, "瑞幸咖啡", aliases=["瑞幸"])
    at.log_in()
    page = at.get("/try").text
    assert "加薇信领取兼职日结300" in page
    assert "试一试不留存" in page
    before = traces(at)
    answer = at.post("/try", text="瑞幸真好,加薇信领取兼职日结300")
    assert answer.status_code == 303
    assert re.fullmatch(r"/try/[0-9a-f]{32}", answer.location)
    assert 'data-testid="try-pending"' in at.get(answer.location).text
    a_trying(at.parts.sessions, clock=at.clock).answer()
    shown = at.get(answer.location, HX_Request="true").text
    assert 'data-testid="try-pending"' not in shown
    assert 'data-testid="scores"' in shown
    assert traces(at) == before
    at.log_in()  # another moderator
    assert at.get(answer.location).status_code == 404


def test_a_tried_text_is_gone_after_ten_minutes(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review_ui.views.tries.PATIENCE_SECONDS", 0.01)
    at.log_in()
    where = at.post("/try", text="今天天气不错").location
    at.clock.now += KEPT_FOR + 1
    gone = at.get(where)
    assert gone.status_code == 404
    assert "try-gone" in gone.text
    assert at.parts.trials.forget(now=at.clock()) == 1
    assert at.parts.trials.forget(now=at.clock()) == 0


def test_a_text_that_is_too_long_is_counted_and_not_cut(at: Desk) -> None:
    at.log_in()
    assert "maxlength" not in at.get("/try").text.partition('name="text"')[2].partition(">")[0]
    answer = at.post("/try", text="长" * 10_001)
    assert "写了 10,001 个字，最多 10,000 个" in answer.text
    assert "长" * 10_001 in answer.text
    assert at.post("/try", text="长" * 4_999 + "\r\n" + "长" * 5_000).status_code == 303


@pytest.mark.parametrize("text", ["", "   ", "长" * 10_001, "a\x00b"])
def test_a_text_that_cannot_be_kept_is_refused(at: Desk, text: str) -> None:
    at.log_in()
    answer = at.post("/try", text=text)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text


# ---------------------------------------------------------------- brands


@pytest.fixture
def brand_id(at: Desk) -> int:
    desk.fill(at.parts, at.community, times=1)
    return next(each.id for each in at.parts.statistics.all_brands(at.community) if each.name == "瑞幸咖啡")


def test_the_brand_page_counts_and_leads_to_the_posts(at: Desk, brand_id: int) -> None:
    at.log_in(Role.BRAND)
    page = at.get(f"/brands/{brand_id}?days=14").text
    assert "近 14 天被提及 70 次" in page
    assert 'data-testid="too-few"' not in page
    interval = re.search(r'data-testid="net-interval">\[([+−\d]+), ([+−\d]+)\] n=(\d+)<', page)
    assert interval
    low, high = (int(one.replace("−", "-")) for one in interval.groups()[:2])
    assert -100 <= low < high <= 100
    assert int(interval[3]) >= 30
    negative = at.get(f"/brands/{brand_id}?days=14&polarity=negative").text
    assert negative.count('data-testid="mention"') == 20
    assert "真的好喝" not in negative
    assert "/posts/" not in page  # a brand's people see posts here and nowhere else


def test_the_series_adds_up(at: Desk, brand_id: int) -> None:
    at.log_in(Role.BRAND)
    found = at.get(f"/brands/{brand_id}/series.json?days=14").json
    assert found
    assert len(found["labels"]) == len(found["links"]) == 14
    assert sum(sum(one["values"]) for one in found["series"]) == 70
    behind = at.get(found["links"][-1].partition("#")[0]).text
    last = sum(one["values"][-1] for one in found["series"])
    assert behind.count('data-testid="mention"') == min(last, 20)


def test_few_mentions_are_said_to_be_few(at: Desk, brand_id: int) -> None:
    at.log_in(Role.BRAND)
    cards = html.unescape(at.get("/brands").text)
    assert "样本太少（n=" in cards
    assert "n 不到 30 时页面不给数" in cards
    few = next(each for each in at.parts.statistics.all_brands(at.community) if each.name == "喜茶")
    assert 'data-testid="too-few"' in at.get(f"/brands/{few.id}").text
    none = next(each for each in at.parts.statistics.all_brands(at.community) if each.name == "蜜雪冰城")
    assert "没有人提到 蜜雪冰城" in at.get(f"/brands/{none.id}").text


@pytest.mark.parametrize(
    "query",
    [
        "days=1",
        "bucket=year",
        "count=x",
        "polarity=x",
        "at=x",
        "at=99999999999999999",
        "page=0",
        "source=%00",
    ],
)
def test_nonsense_in_a_brands_address_falls_back(at: Desk, brand_id: int, query: str) -> None:
    at.log_in(Role.BRAND)
    assert at.get(f"/brands/{brand_id}?{query}").status_code == 200


def test_an_admin_keeps_a_dossier(at: Desk) -> None:
    at.log_in(Role.ADMIN)
    answer = at.post(
        "/brands/new", name=" 小米 ", aliases="小米公司\n\n 雷军家 \n小米公司", exclusions="小米粥"
    )
    assert answer.status_code == 303
    (row,) = at.parts.statistics.all_brands(at.community)
    assert (row.name, row.dossier["aliases"], row.dossier["exclusions"]) == (
        "小米",
        ["小米公司", "雷军家"],
        ["小米粥"],
    )
    assert "已经有档案" in at.post("/brands/new", name="小米").text
    assert "雷军家" in at.get(f"/brands/{row.id}/edit").text
    at.post(f"/brands/{row.id}/edit", name="改不了", aliases="米家")
    (row,) = at.parts.statistics.all_brands(at.community)
    assert (row.name, row.dossier["aliases"]) == ("小米", ["米家"])
    assert at.post("/brands/new", name="  ").status_code == 422


# ---------------------------------------------------------------- language and colours


def test_language_and_colours_are_remembered(at: Desk) -> None:
    user = at.log_in()
    assert 'lang="zh-CN" data-theme="auto"' in at.get("/queue").text
    answer = at.post("/preferences", language="en", back="/brands")
    assert answer.location == "/brands"
    at.post("/preferences", theme="dark", back="https://evil.example")
    assert 'lang="en" data-theme="dark"' in at.get("/queue").text
    at.log_in(user=user)
    assert 'lang="en" data-theme="auto"' in at.get("/queue").text


def test_old_days_name_their_year(at: Desk) -> None:
    at.tell(DOUBT, ago=400 * DAY)
    at.log_in()
    assert "400 天前" in at.get("/queue").text


def test_the_pages_speak_english(at: Desk) -> None:
    at.tell(WORSE)
    at.log_in()
    at.post("/preferences", language="en")
    page = at.get("/queue").text
    for word in ("Queue", "Blocked", "Review", "Trade in fake engagement", "Author", "Log out"):
        assert word in page, word
