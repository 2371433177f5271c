"""A flood is handled together in a browser: by keyboard, without JavaScript, at phone width."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from werkzeug.serving import make_server

from moderation.services.users import Role
from tests import desk
from tests.desk import PASSWORD
from tests.factories import NOW
from tests.fakes import StoppedClock
from tests.flooding import Flood
from tests.watching_desk import WatchDesk, watch_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, ViewportSize

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 360, "height": 780}
WIDE: ViewportSize = {"width": 1440, "height": 900}


class Site(WatchDesk):
    """The desk over a flood, behind a port."""

    url = ""
    flood: Flood

    def backlog(self) -> int:
        return self.parts.queues.queue(self.community).backlog

    def enter(self, page: Page) -> None:
        user = desk.person(self.parts, self.community, Role.MODERATOR)
        page.goto(f"{self.url}/login")
        page.get_by_test_id("login-email").fill(user.email)
        page.get_by_test_id("login-password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{self.url}/queue**")


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    clock = StoppedClock(NOW)
    made = Site(watch_parts(f"sqlite:///{tmp_path / 'desk.db'}", clock), clock)
    made.flood = Flood(made.parts.sessions, made.community)
    server = make_server("127.0.0.1", 0, made.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    yield made
    server.shutdown()
    thread.join()


def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def tab_to(page: Page, testid: str) -> None:
    """Reach an element by keyboard alone."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.testid") == testid:
            return
    pytest.fail(f"{testid} is not reached by keyboard")


def test_a_flood_is_handled_by_keyboard_and_taken_back(site: Site, page: Page) -> None:
    broken: list[str] = []
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.clock.install(time=NOW // 1_000_000)
    page.set_viewport_size(WIDE)
    site.enter(page)
    page.locator("body[data-ready]").wait_for()
    assert page.get_by_test_id("row-together").count() == 9
    shoot(page, "flood-item-1440")
    page.keyboard.press("?")
    assert "一并处理" in page.get_by_test_id("help").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.get_by_test_id("finding-form").wait_for()
    shoot(page, "flood-preview-1440")
    assert page.get_by_test_id("field-clause").input_value() == "0.1"
    tab_to(page, "finding-item-check")
    page.keyboard.press("Space")
    tab_to(page, "finding-note")
    page.keyboard.type("刷屏")
    page.keyboard.press("Enter")  # decides nothing: which of the two would it be?
    tab_to(page, "finding-block")
    assert site.backlog() == 9
    page.keyboard.press("Enter")
    page.get_by_test_id("group-decided").wait_for()
    page.wait_for_load_state()
    assert page.get_by_test_id("group-item").count() == 8
    assert site.backlog() == 1
    shoot(page, "flood-done-1440")
    tab_to(page, "group-undo")
    page.keyboard.press("Enter")
    page.get_by_test_id("toast").wait_for()
    assert site.backlog() == 9
    assert broken == []


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [("360", PHONE, "light"), ("1440-dark", WIDE, "dark"), ("360-dark", PHONE, "dark")],
)
def test_it_works_without_javascript_and_fits(
    site: Site, browser: Browser, name: str, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(
        locale="zh-CN", viewport=size, color_scheme=scheme, java_script_enabled=False
    )
    page = context.new_page()
    site.enter(page)
    site.flood.say_of("p1")
    site.flood.withdraw("p2")
    site.flood.edit("p4", "楼主你好呀")
    page.goto(f"{site.url}/items/{site.flood.item('p3').id}")
    shoot(page, f"flood-item-{name}")
    with page.expect_navigation():
        page.get_by_test_id("behaviour-together").click()
    page.locator("details summary").last.click()
    assert page.get_by_test_id("finding-skipped").count() == 3
    shoot(page, f"flood-preview-{name}")
    wide = page.locator("html").bounding_box()
    form = page.get_by_test_id("finding-form").bounding_box()
    assert wide
    assert form
    assert form["x"] + form["width"] <= wide["width"] <= size["width"]
    with page.expect_navigation():
        page.get_by_test_id("finding-pass").click()
    assert page.get_by_test_id("group-item").count() == 6
    shoot(page, f"flood-done-{name}")
    assert site.backlog() == 0
    page.get_by_test_id("group-undo").click()
    assert site.backlog() == 6
    context.close()
