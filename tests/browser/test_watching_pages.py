"""Sweeps, emergency words, radar and groups in a browser: the main way through each, beside a worker that runs."""

from __future__ import annotations

import os
import re
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from werkzeug.serving import make_server

from moderation.services.users import Role
from tests import desk
from tests.desk import PASSWORD
from tests.factories import MINUTE, NOW
from tests.fakes import StoppedClock
from tests.watching_desk import WatchDesk, watch_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, ViewportSize

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 360, "height": 780}
WIDE: ViewportSize = {"width": 1440, "height": 900}


class Site(WatchDesk):
    """The desk behind a port."""

    url = ""


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    clock = StoppedClock(NOW)
    made = Site(watch_parts(f"sqlite:///{tmp_path / 'desk.db'}", clock), clock)
    made.fill()
    clock.forward(MINUTE)
    server = make_server("127.0.0.1", 0, made.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    yield made
    server.shutdown()
    thread.join()


def enter(site: Site, page: Page, role: Role = Role.SENIOR) -> None:
    user = desk.person(site.parts, site.community, role, name="李资深")
    page.goto(f"{site.url}/login")
    page.get_by_test_id("login-email").fill(user.email)
    page.get_by_test_id("login-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/queue**")


@pytest.fixture
def tab(site: Site, browser: Browser) -> Iterator[Page]:
    """A tab of a senior's; any complaint of the browser's, such as one of the content policy's, fails the test."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=WIDE)
    opened = context.new_page()
    opened.clock.install(
        time=NOW // 1_000_000
    )  # the desk's present: countdowns run against the browser's clock
    broken: list[str] = []
    opened.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: broken.append(str(error)))
    enter(site, opened)
    yield opened
    assert broken == []
    context.close()


def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def tab_to(page: Page, testid: str) -> None:
    """Reach an element by keyboard alone."""
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.testid") == testid:
            return
    pytest.fail(f"{testid} is not reached by keyboard")


def enter_key(page: Page, leads_to: str) -> None:
    """Press Enter, and wait until the page that follows shows an element."""
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_test_id(leads_to).first.wait_for()


def test_a_sweep_from_preview_to_undo_by_keyboard(site: Site, tab: Page) -> None:
    tab.goto(f"{site.url}/lexicons")
    tab_to(tab, "to-sweeps")
    enter_key(tab, "sweep-form")
    tab_to(tab, "field-words")
    tab.keyboard.type("爬山")
    tab_to(tab, "field-why")
    tab.keyboard.type("专项整治")
    tab_to(tab, "sweep-preview")
    enter_key(tab, "sweep-progress")
    site.maintain()
    tab.locator("[data-state=preview]").wait_for()  # the page asks by itself
    assert tab.get_by_test_id("sweep-matched").inner_text() == "20"
    assert tab.get_by_test_id("sweep-mark").first.inner_text() == "爬山"
    shoot(tab, "sweep-preview-1440")
    tab_to(tab, "sweep-apply")
    tab.keyboard.press("Enter")
    tab_to(tab, "sweep-apply-confirm")
    enter_key(tab, "sweep-state")
    site.maintain()
    tab.locator("[data-state=applied]").wait_for()
    assert site.suggestion("talk1") == "review"
    with tab.expect_download() as got:
        tab.get_by_test_id("sweep-receipt-txt").click()
    assert "专项整治" in Path(got.value.path()).read_text(encoding="utf-8")
    tab_to(tab, "sweep-undo")
    tab.keyboard.press("Enter")
    tab_to(tab, "sweep-undo-confirm")
    enter_key(tab, "sweep-state")
    site.maintain()
    tab.locator("[data-state=undone]").wait_for()
    assert site.suggestion("talk1") == "pass"
    shoot(tab, "sweep-undone-1440")


def test_an_emergency_word_counts_down_is_confirmed_and_withdrawn(site: Site, tab: Page) -> None:
    tab.goto(f"{site.url}/lexicons/emergency")
    tab_to(tab, "field-word")
    tab.keyboard.type("爬山")
    enter_key(tab, "emergency-row")
    site.maintain()
    tab.reload()
    assert "20 / 30" in tab.get_by_test_id("emergency-before").inner_text()
    shoot(tab, "emergency-1440")
    tab_to(tab, "emergency-confirm")
    enter_key(tab, "emergency-row")
    assert tab.get_by_test_id("emergency-confirm").count() == 0
    tab_to(tab, "emergency-withdraw")
    enter_key(tab, "emergency-empty")


def test_the_countdown_shows_hours(site: Site, tab: Page) -> None:
    tab.goto(f"{site.url}/lexicons/emergency")
    tab.get_by_test_id("field-word").fill("爬山")
    tab.get_by_test_id("emergency-add").click()
    shown = tab.get_by_test_id("emergency-countdown")
    shown.filter(has_text=re.compile(r"^2[34]:\d\d:\d\d$")).wait_for()


def test_a_candidate_is_tried_put_in_force_and_dismissed(site: Site, tab: Page) -> None:
    tab.goto(f"{site.url}/radar")
    tab_to(tab, "radar-look-7")
    enter_key(tab, "radar")
    site.maintain()
    tab.get_by_test_id("radar-candidate").first.wait_for()
    shoot(tab, "radar-1440")
    words = tab.get_by_test_id("radar-word").all_inner_texts()
    assert any("sugar888" in word for word in words)
    contact = tab.get_by_test_id("radar-candidate").filter(has_text="sugar888").first
    contact.get_by_test_id("radar-try").click()
    assert int(tab.get_by_test_id("lexicon-preview-count").inner_text()) == 10
    tab.go_back()
    others = tab.get_by_test_id("radar-other").count()
    tab.get_by_test_id("radar-same").last.locator("summary").click()
    tab.get_by_test_id("radar-dismiss-other").last.click()
    tab.get_by_test_id("radar-dismissed").first.wait_for(state="attached")
    assert tab.get_by_test_id("radar-other").count() == others - 1
    assert tab.get_by_test_id("radar-word").all_inner_texts() == words
    contact = tab.get_by_test_id("radar-candidate").filter(has_text="sugar888").first
    contact.get_by_test_id("radar-emergency").click()
    assert "sugar888" in tab.get_by_test_id("emergency-row").inner_text()


def test_a_group_is_handled_together_and_taken_back(site: Site, tab: Page) -> None:
    tab.goto(f"{site.url}/gangs")
    tab_to(tab, "gangs-look-7")
    enter_key(tab, "gangs")
    site.maintain()
    tab.get_by_test_id("gang").first.wait_for()
    assert tab.get_by_test_id("gang-picture").is_visible()
    shoot(tab, "gangs-1440")
    tab_to(tab, "gang-open")
    enter_key(tab, "gang-form")
    shoot(tab, "gang-1440")
    tab.get_by_test_id("gang-item-check").first.uncheck()
    tab_to(tab, "gang-decide")
    enter_key(tab, "group-decided")
    assert tab.get_by_test_id("group-item").count() == 3
    shoot(tab, "group-1440")
    assert site.parts.queues.queue(site.community).backlog == 1
    tab_to(tab, "group-undo")
    enter_key(tab, "toast")
    assert site.parts.queues.queue(site.community).backlog == 4


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [("360", PHONE, "light"), ("1440-dark", WIDE, "dark"), ("360-dark", PHONE, "dark")],
)
def test_the_pages_fit(
    site: Site, browser: Browser, name: str, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport=size, color_scheme=scheme
    )
    page = context.new_page()
    enter(site, page)
    site.log_in()
    site.post("/radar", days="7")
    site.post("/gangs", days="7")
    site.post("/lexicons/emergency", word="爬山", kind="normal", clause="3.6")
    site.post(
        "/sweeps",
        kind="words",
        words="周末",
        clause="3.6",
        level="block",
        days="7",
        why="整治",
        may_block="yes",
    )
    site.maintain()
    page.goto(f"{site.url}/gangs")
    group = page.get_by_test_id("gang-open").first.get_attribute("href")
    for path, shot in (
        ("/sweeps", "sweeps"),
        ("/sweeps/1", "sweep"),
        ("/lexicons/emergency", "emergency"),
        ("/radar", "radar"),
        ("/gangs", "gangs"),
        (group, "gang"),
    ):
        answer = page.goto(f"{site.url}{path}")
        assert answer
        assert answer.ok, path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.locator(".top-nav").evaluate("menu => menu.scrollWidth <= menu.clientWidth"), path
        for bar in page.locator(".gang-posts").all():
            box = bar.bounding_box()
            assert box
            assert box["x"] + box["width"] <= size["width"], path
        shoot(page, f"{shot}-{name}")
    context.close()
