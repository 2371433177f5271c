"""口径 in a browser: beside the item by one key, in the picker, written, added to from an item, ticked."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from werkzeug.serving import make_server

import review_ui
from moderation.domain.guidance import Case, Reading, Side
from moderation.services.users import Role
from tests import desk
from tests.desk import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, ViewportSize

    from moderation.store.tables import UserRow
    from moderation.wiring.web import WebParts

pytestmark = pytest.mark.browser

READING = Reading(
    "算：群发优惠。\n不算：被问了才说。\n边界：测评末尾“私我”。",
    "Counts: sending offers around.",
    (Case(Side.BREAKS, "新店开业，进群领券", "群发"), Case(Side.FITS, "楼上问的那家在地铁口")),
)


class Site:
    """A served desk with a few posts and two people."""

    def __init__(self, parts: WebParts) -> None:
        self.parts = parts
        self.community = desk.community(parts).id
        self.senior = desk.person(parts, self.community, Role.SENIOR, name="李资深")
        self.moderator = desk.person(parts, self.community, Role.MODERATOR, name="王审核")
        desk.fill(parts, self.community, times=1)
        self.server = make_server("127.0.0.1", 0, review_ui.create_app(parts), threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.complaints: list[str] = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def log_in(self, page: Page, user: UserRow) -> None:
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("pageerror", lambda error: self._hear("error", str(error)))
        page.context.clear_cookies()
        page.goto(f"{self.url}/login")
        page.get_by_test_id("login-email").fill(user.email)
        page.get_by_test_id("login-password").fill(PASSWORD)
        page.get_by_test_id("login-submit").click()
        page.get_by_test_id("queue-row").first.wait_for()
        page.locator("body[data-ready]").wait_for()

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    made = Site(desk.web_parts(f"sqlite:///{tmp_path / 'desk.db'}", lambda: time.time_ns() // 1000))
    yield made
    made.server.shutdown()
    made.server.server_close()
    made.parts.sessions.close()
    assert made.complaints == []


def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_a_reading_is_one_key_away_and_follows_the_clause(page: Page, site: Site) -> None:
    site.log_in(page, site.moderator)
    guide = page.get_by_test_id("guide")
    machine = page.get_by_test_id("clause-select").input_value()
    assert not guide.evaluate("one => one.open")
    page.keyboard.press("g")
    assert page.get_by_test_id("guide-text").is_visible()
    assert page.get_by_test_id("guide-text").get_attribute("data-guide") == machine
    shoot(page, "guide-item-1440")
    page.get_by_test_id("clause-select").select_option("2.6")
    page.locator('[data-testid="guide"] [data-guide="2.6"]').wait_for()
    assert "谩骂" in guide.locator("[data-guide-name]").inner_text()
    page.get_by_test_id("clause-select").press("Escape")
    page.keyboard.press("g")
    assert not page.get_by_test_id("guide-text").is_visible()
    page.keyboard.press("b")
    page.keyboard.press("3")
    page.locator('#picker [data-clause="3.8"]').hover()
    page.locator('.picker-guide [data-guide="3.8"]').wait_for()
    shoot(page, "guide-picker-1440")
    page.keyboard.press("Tab")
    page.locator('.picker-guide [data-guide="3.1"]').wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.get_by_test_id("help").locator("kbd", has_text="G").count() == 1


def test_a_reading_is_written_gains_a_post_and_is_ticked(page: Page, site: Site) -> None:
    site.log_in(page, site.senior)
    page.get_by_test_id("nav-guidance").click()
    page.locator('[data-clause="3.1"] a').click()
    page.get_by_test_id("guidance-edit").click()
    page.get_by_test_id("field-zh").fill(READING.zh)
    page.get_by_test_id("field-case-0-text").fill("新店开业，进群领券")
    page.get_by_test_id("guidance-add-case").click()
    page.get_by_test_id("field-case-1-text").fill("楼上问的那家在地铁口")
    page.get_by_test_id("field-case-1-side").select_option("fits")
    page.get_by_test_id("guidance-why").fill("周会定的")
    shoot(page, "guide-form-1440")
    page.get_by_test_id("guidance-save").click()
    page.get_by_test_id("guidance-receipts").wait_for()
    assert page.get_by_test_id("guidance-case").count() == 2
    page.get_by_test_id("nav-queue").click()
    page.locator("body[data-ready]").wait_for()
    page.keyboard.press("g")
    page.get_by_test_id("case-open").click()
    page.get_by_test_id("case-clause").select_option("3.1")
    page.get_by_test_id("case-note").fill("很典型")
    shoot(page, "guide-add-1440")
    page.get_by_test_id("case-add").click()
    page.get_by_test_id("toast").wait_for()
    assert len(site.parts.guidance.current(site.community, "3.1").versions[0].reading.cases) == 3
    page.goto(f"{site.url}/guidance/3.1")
    shoot(page, "guide-reading-1440")
    site.log_in(page, site.moderator)
    assert page.get_by_test_id("new-readings").inner_text() == "1 条新"
    page.get_by_test_id("nav-guidance").click()
    shoot(page, "guide-unread-1440")
    page.get_by_test_id("guidance-tick").click()
    page.get_by_test_id("guidance-empty").wait_for()
    assert page.get_by_test_id("new-readings").count() == 0


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [("360", {"width": 360, "height": 780}, "light"), ("1440-dark", {"width": 1440, "height": 900}, "dark"),
     ("360-dark", {"width": 360, "height": 780}, "dark")],
)  # fmt: skip
def test_the_pages_fit(
    site: Site, browser: Browser, name: str, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    for number, why in enumerate(("周会定的", "补了边界")):
        site.parts.guidance.write(
            site.community, "3.1", READING, base=number, why=why, by=site.senior, now=site.parts.clock()
        )
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport=size, color_scheme=scheme
    )
    page = context.new_page()
    site.log_in(page, site.senior)
    for path, shot in (
        ("/guidance", "guide-list"),
        ("/guidance/3.1", "guide-reading"),
        ("/guidance/3.1?v=1", "guide-old"),
        ("/guidance/3.1/edit", "guide-form"),
        ("/guidance?show=unread", "guide-empty"),
        ("/items/1", "guide-item"),
    ):
        answer = page.goto(f"{site.url}{path}")
        assert answer
        assert answer.ok, path
        if shot == "guide-item":
            page.locator("#guide > summary").click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        shoot(page, f"{shot}-{name}")
    context.close()
