"""Tables of words in a browser: what they would hit, the tick that is asked for, what stays once they are gone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import pytest

from tests.browser.test_policy_pages import PHONE, WIDE, enter, fits, shoot, site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ViewportSize

    from tests.browser.test_policy_pages import Site

__all__ = ["site"]
pytestmark = pytest.mark.browser

TABLE = "词,级别,条款\n的,拦截,3.1\n开业,拦截,3.1\n低价,送审,3.6\n"


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [("1440", WIDE, "light"), ("360", PHONE, "light"), ("1440-dark", WIDE, "dark"), ("360-dark", PHONE, "dark")],
)  # fmt: skip
def test_a_table_is_looked_at_kept_and_taken_back(
    site: Site, browser: Browser, name: str, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport=size, color_scheme=scheme
    )
    page = context.new_page()
    site.log_in()
    enter(site, page)
    page.goto(f"{site.url}/lexicons")
    page.locator("#import > summary").click()
    page.get_by_test_id("lexicon-import-file").set_input_files(
        {"name": "words.csv", "mimeType": "text/csv", "buffer": TABLE.encode("gbk")}
    )
    page.get_by_test_id("lexicon-import-check").click()
    page.get_by_test_id("lexicon-import-hot").wait_for()
    assert page.get_by_test_id("lexicon-import-hit").count() == 3
    assert fits(page)
    shoot(page, f"trial-{name}")
    page.get_by_test_id("lexicon-import-keep").click()
    page.get_by_text("还没有导入。").first.wait_for()
    page.get_by_test_id("lexicon-import-accept").check()
    page.get_by_test_id("lexicon-import-keep").click()
    page.wait_for_url("**/lexicons?library=own")
    (post, *_) = site.score("本店的新品", "开业大酬宾", "全场低价")
    made = site.parts.word_imports.imports(site.community)[0].row.id
    site.post(f"/lexicons/imports/{made}/undo")
    for path, shot in (
        ("/lexicons?imports=1", "undone"),
        (f"/lexicons/imports/{made}/posts", "resting"),
        (f"/posts/{post}", "gone"),
    ):
        page.goto(f"{site.url}{path}")
        assert fits(page), path
        shoot(page, f"{shot}-{name}")
    assert re.search("不在用", page.get_by_test_id("word-gone").first.inner_text())
    context.close()
