"""Releases in a browser: what words that are gone had decided alone, from the import and from a removed word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from tests.browser.test_policy_pages import fits
from tests.browser.test_watching_pages import PHONE, WIDE, enter, shoot, site
from tests.factories import MINUTE
from tests.test_release_pages import undone_import

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ViewportSize

    from tests.browser.test_watching_pages import Site

__all__ = ["site"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [("1440", WIDE, "light"), ("360", PHONE, "light"), ("1440-dark", WIDE, "dark"), ("360-dark", PHONE, "dark")],
)  # fmt: skip
def test_what_an_import_had_decided_is_released(
    site: Site, browser: Browser, name: str, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport=size, color_scheme=scheme
    )
    page = context.new_page()
    site.log_in()
    made = undone_import(site)
    enter(site, page)
    page.goto(f"{site.url}/lexicons?imports=1")
    with page.expect_navigation():
        page.get_by_test_id("lexicon-import-resting").click()
    assert fits(page)
    shoot(page, f"release-posts-{name}")
    page.get_by_label("为什么").fill("误导入")
    page.get_by_test_id("release-import-preview").click()
    page.wait_for_url("**/sweeps/*")
    site.maintain()
    page.locator("[data-state=preview]").wait_for()
    assert fits(page)
    shoot(page, f"release-preview-{name}")
    page.get_by_test_id("sweep-apply").click()
    shoot(page, f"release-apply-{name}")
    with page.expect_navigation():
        page.get_by_test_id("sweep-apply-confirm").click()
    site.maintain()
    page.locator("[data-state=applied]").wait_for()
    assert [site.suggestion(one) for one in "abc"] == ["pass", "pass", "review"]
    page.get_by_test_id("sweep-undo").click()
    shoot(page, f"release-applied-{name}")
    with page.expect_navigation():
        page.get_by_test_id("sweep-undo-confirm").click()
    site.maintain()
    page.locator("[data-state=undone]").wait_for()
    assert site.suggestion("a") == "block"
    page.goto(f"{site.url}/posts/a")
    shoot(page, f"release-post-{name}")
    page.get_by_test_id("word-gone-release").click()
    page.get_by_test_id("release-preview").wait_for()
    assert fits(page)
    shoot(page, f"release-words-{name}")
    page.get_by_test_id("release-preview").click()
    page.wait_for_url("**/sweeps/*")
    page.goto(f"{site.url}/sweeps")
    assert fits(page)
    shoot(page, f"release-sweeps-{name}")
    assert page.get_by_test_id("sweep-row").count() == 2
    assert made == 1
    context.close()


def test_the_notice_of_a_removed_word_leads_to_its_posts(site: Site, browser: Browser) -> None:
    page = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=PHONE).new_page()
    site.log_in()
    form = {"word": "龙须酥", "kind": "normal", "level": "block", "clause": "3.6", "library": "own"}
    site.post("/lexicons/words", **form)
    site.send("a", "来一份龙须酥")
    site.clock.forward(MINUTE)
    enter(site, page)
    page.goto(f"{site.url}/lexicons")
    page.get_by_test_id("lexicon-remove").click()
    page.get_by_test_id("lexicon-release").wait_for()
    assert fits(page)
    shoot(page, "release-notice-360")
    page.get_by_test_id("lexicon-release").click()
    assert page.get_by_test_id("release-words").input_value() == "龙须酥"
