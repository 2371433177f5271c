"""The desk in a real browser: by keyboard, under the content security policy, at phone width."""

from __future__ import annotations

import shutil
import threading
import time
from typing import TYPE_CHECKING, Literal

import pytest
from werkzeug.serving import make_server

import review_ui
from moderation.domain.review import Decision, DecisionKind
from moderation.services.users import Role
from tests import desk
from tests.desk import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

    from moderation.store.tables import ReviewItemRow
    from moderation.wiring.web import WebParts

pytestmark = pytest.mark.browser

WIDTHS = (1440, 1280, 768, 360)
PAGES = (
    "/queue",
    "/items/1",
    "/blocked",
    "/posts/ad-1",
    "/try",
    "/brands",
    "/brands/1?days=14",
    "/brands/new",
)


class Site:
    """A served desk with a few dozen posts, and what the browser complained about."""

    def __init__(self, parts: WebParts) -> None:
        self.parts = parts
        self.community = desk.community(parts).id
        self.admin = desk.person(parts, self.community, Role.ADMIN)
        self.items: list[ReviewItemRow] = desk.fill(parts, self.community, times=1)
        desk.tell(parts, self.community, desk.POSTS[11], data_id="ad-1")
        self.server = make_server("127.0.0.1", 0, review_ui.create_app(parts), threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.complaints: list[str] = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def log_in(self, page: Page, *, scripted: bool = True) -> None:
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self._hear("error", str(error)))
        page.goto(self.url)
        page.get_by_test_id("login-email").fill(self.admin.email)
        page.get_by_test_id("login-password").fill(PASSWORD)
        page.get_by_test_id("login-submit").click()
        page.get_by_test_id("queue-row").first.wait_for()
        if scripted:
            page.locator("body[data-ready]").wait_for()

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def states(self) -> list[str]:
        queues = self.parts.queues
        return [queues.item(self.community, item.id).item.state for item in self.items]


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    made = Site(desk.web_parts(f"sqlite:///{tmp_path / 'desk.db'}", lambda: time.time_ns() // 1000))
    yield made
    made.server.shutdown()
    made.server.server_close()
    made.parts.sessions.close()
    assert made.complaints == []


def open_item(page: Page) -> str:
    return page.get_by_test_id("item").get_attribute("data-item") or ""


def next_item(page: Page, before: str) -> None:
    page.wait_for_function(
        "before => document.getElementById('desk-item').dataset.item !== before", arg=before
    )


def test_five_items_are_worked_by_keyboard_alone(page: Page, site: Site) -> None:
    site.log_in(page)
    seen = []
    for keys in (["p"], ["b", "Enter"], ["b", "2", "f"], ["p"], ["p"]):
        before = open_item(page)
        seen.append(before)
        for key in keys:
            page.keyboard.press(key)
        next_item(page, before)
    assert len(set(seen)) == 5
    page.wait_for_function("() => document.querySelectorAll('.row-item.is-done').length === 5")
    assert site.states().count("decided") == 5
    clauses = {site.parts.queues.item(site.community, int(one)).decisions[-1][0].clause for one in seen}
    assert "2.6" in clauses
    page.keyboard.press("u")
    page.wait_for_url(f"**/items/{seen[-1]}")
    assert site.states().count("decided") == 4


def test_moving_and_help_by_keyboard(page: Page, site: Site) -> None:
    site.log_in(page)
    first = open_item(page)
    page.keyboard.press("j")
    next_item(page, first)
    page.wait_for_url("**/items/*")
    page.keyboard.press("k")
    page.wait_for_function("first => document.getElementById('desk-item').dataset.item === first", arg=first)
    page.keyboard.press("?")
    page.get_by_test_id("help").get_by_text("撤销刚才的决定").wait_for()
    page.keyboard.press("p")
    assert site.states().count("decided") == 0  # behind the open table nothing is decided
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("pbj")
    assert page.get_by_test_id("note").input_value() == "pbj"
    assert site.states().count("decided") == 0


def test_a_mark_explains_itself(page: Page, site: Site) -> None:
    site.log_in(page)
    page.goto(f"{site.url}/posts/ad-1")
    page.get_by_test_id("evidence-hit").first.hover()
    said = page.locator("#explain").inner_text()
    assert "加微信" in said
    assert "导流" in said
    assert "3.8" in said


def test_who_is_too_late_is_told_in_place(page: Page, site: Site) -> None:
    site.log_in(page)
    item = int(open_item(page))
    colleague = desk.person(site.parts, site.community, name="李早到")
    site.parts.reviewing.decide(
        site.community,
        item,
        Decision(DecisionKind.PASS),
        moderator_id=colleague.id,
        version=1,
        now=site.parts.clock(),
    )
    page.keyboard.press("p")
    page.get_by_test_id("toast").get_by_text("李早到 已经处理了这一条").wait_for()
    site.complaints = [
        one for one in site.complaints if "409" not in one
    ]  # the browser logs the status itself


def test_the_trend_is_drawn(page: Page, site: Site) -> None:
    site.log_in(page)
    page.goto(f"{site.url}/brands/1?days=14")
    page.wait_for_selector("#trend[data-drawn] canvas")
    # The chart is painted in the next frame and then moves into place.
    page.evaluate(
        "() => new Promise(d => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(d, 400))))"
    )
    painted = page.evaluate(
        """() => { const canvas = document.querySelector("#trend canvas");
        const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        const colours = new Set();
        for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 3])
            colours.add(`${pixels[i]},${pixels[i+1]},${pixels[i+2]}`);
        return colours.size; }"""
    )
    assert painted > 10
    box = page.locator("#trend").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 40, box["y"] + box["height"] - 40)
    page.wait_for_timeout(200)
    page.mouse.click(box["x"] + box["width"] - 40, box["y"] + box["height"] - 40)
    page.wait_for_url("**at=*")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_scrolls_sideways_or_breaks_the_policy(
    browser: Browser, site: Site, scheme: Literal["light", "dark"]
) -> None:
    for width in WIDTHS:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, locale="zh-CN"
        )
        page = context.new_page()
        site.log_in(page)
        for path in PAGES:
            page.goto(f"{site.url}{path}")
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, f"{path} at {width}"
        context.close()


def test_a_phone_shows_list_then_item_with_the_bar_in_reach(browser: Browser, site: Site) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN", has_touch=True)
    page = context.new_page()
    site.log_in(page)
    page.get_by_test_id("queue-row").first.click()
    button = page.get_by_test_id("decide-pass")
    button.wait_for()
    box = button.bounding_box()
    assert box
    assert box["y"] + box["height"] <= 740
    assert box["height"] >= 44
    before = open_item(page)
    button.click()
    next_item(page, before)
    context.close()


def test_everything_works_without_javascript(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    site.log_in(page, scripted=False)
    page.get_by_test_id("queue-row").first.locator("a").click()
    page.get_by_test_id("decide-block").click()
    page.get_by_test_id("toast").get_by_text("已记录：拦截").wait_for()
    page.locator(".bar").get_by_test_id("undo").click()
    page.get_by_test_id("toast").get_by_text("已撤销").wait_for()
    assert site.states().count("decided") == 0
    context.close()


def test_a_decision_that_was_not_kept_brings_its_item_back(page: Page, site: Site) -> None:
    site.log_in(page)
    item = open_item(page)
    page.wait_for_load_state("networkidle")  # the next item has been fetched ahead
    page.route("**/decision*", lambda route: route.abort())
    with page.expect_event("requestfailed", lambda request: "/decision" in request.url):
        page.keyboard.press("p")
    page.wait_for_function("item => document.getElementById('desk-item')?.dataset.item === item", arg=item)
    page.get_by_test_id("decide-pass").wait_for()
    assert site.states().count("decided") == 0
    site.complaints.clear()  # the browser logs the failed request


def _slowly(route: Route) -> None:
    time.sleep(0.4)
    route.continue_()


def test_keys_pressed_faster_than_answers_lose_nothing(page: Page, site: Site) -> None:
    site.log_in(page)
    page.route("**/decision*", _slowly)
    seen = []
    for _ in range(4):
        before = open_item(page)
        seen.append(before)
        page.keyboard.press("p")
        next_item(page, before)
    page.wait_for_function("() => document.querySelectorAll('.row-item.is-done').length === 4")
    assert len(set(seen)) == 4
    assert site.states().count("decided") == 4


def test_undo_goes_back_step_by_step_and_the_list_stays(page: Page, site: Site) -> None:
    site.log_in(page)
    rows = "() => [...document.querySelectorAll('#rows [data-item]')].map((row) => row.dataset.item)"
    before, seen = page.evaluate(rows), []
    for _ in range(2):
        at = open_item(page)
        seen.append(at)
        page.keyboard.press("p")
        next_item(page, at)
    page.keyboard.press("u")
    page.keyboard.press("u")  # before the first is answered
    page.wait_for_function("() => document.querySelectorAll('.row-item.is-done').length === 0")
    page.wait_for_function(
        "first => document.getElementById('desk-item').dataset.item === first", arg=seen[0]
    )
    assert page.evaluate(rows) == before
    assert site.states().count("decided") == 0
    page.get_by_test_id("toast").get_by_text("已撤销对").wait_for()
    page.keyboard.press("p")  # decided again, after being taken back
    next_item(page, seen[0])
    page.wait_for_function("() => document.querySelectorAll('.row-item.is-done').length === 1")


def test_a_note_waits_for_its_item(page: Page, site: Site) -> None:
    site.log_in(page)
    first = open_item(page)
    page.keyboard.press("n")
    page.keyboard.type("看上文")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    next_item(page, first)
    assert page.get_by_test_id("note").input_value() == ""
    page.keyboard.press("k")
    page.wait_for_function("first => document.getElementById('desk-item').dataset.item === first", arg=first)
    assert page.get_by_test_id("note").input_value() == "看上文"
    page.keyboard.press("p")
    next_item(page, first)
    page.wait_for_function("() => document.querySelectorAll('.row-item.is-done').length === 1")
    assert site.parts.queues.item(site.community, int(first)).decisions[-1][0].note == "看上文"


def test_what_is_pasted_is_counted_and_not_cut(page: Page, site: Site) -> None:
    site.log_in(page)
    page.goto(f"{site.url}/try")
    page.get_by_test_id("field-text").fill("长" * 10_001)
    page.get_by_test_id("try-count").get_by_text("10,001").wait_for()
    page.get_by_test_id("try-submit").click()
    page.get_by_text("写了 10,001 个字，最多 10,000 个").wait_for()
    assert len(page.get_by_test_id("field-text").input_value()) == 10_001
    site.complaints = [one for one in site.complaints if "422" not in one]
