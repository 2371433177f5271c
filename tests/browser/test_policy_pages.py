"""The policy and word pages in a browser, by keyboard: from a draft to live and back, a word with its preview."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from werkzeug.serving import make_server

from moderation.domain.policy_versions import PolicyState
from moderation.domain.post import PublishingMode
from moderation.domain.review import Decision, DecisionKind
from moderation.domain.verdict import Suggestion
from moderation.services.users import Role
from tests import desk
from tests.desk import DAY, MINUTE, PASSWORD, Told
from tests.factories import NOW
from tests.fakes import StoppedClock
from tests.policy_desk import PolicyDesk, policy_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, ViewportSize

pytestmark = pytest.mark.browser

PERIOD = {
    "window-0-name": "高考期间",
    "window-0-start": "2025-11-20T00:00",
    "window-0-end": "2025-11-25T00:00",
    "window-0-review_factor": "0.8",
    "window-0-mode": "pre",
    "window-0-top_clauses": "1.7、5.1",
    "clause-0-number": "3.1",
    "clause-0-strikes": "1",
    "mode-0-minutes": "30",
    "mode-0-then": "show",
}
PHONE: ViewportSize = {"width": 360, "height": 780}
WIDE: ViewportSize = {"width": 1440, "height": 900}


class Site(PolicyDesk):
    """The desk behind a port."""

    url = ""


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    clock = StoppedClock(NOW)
    made = Site(policy_parts(f"sqlite:///{tmp_path / 'desk.db'}", clock), clock)
    for day in range(3):
        desk.fill(made.parts, made.community, times=1)
        clock.forward(DAY // 3 * (day < 2))
    adverts(made)
    decide_some(made)
    server = make_server("127.0.0.1", 0, made.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    yield made
    server.shutdown()
    thread.join()


def adverts(made: Site) -> None:
    """Posts that differ in nothing but their score."""
    for number in range(90):
        score = 0.1 + 0.88 * ((number * 37) % 90) / 90
        suggestion = (
            Suggestion.BLOCK if score >= 0.9 else Suggestion.REVIEW if score >= 0.5 else Suggestion.PASS
        )
        told = Told(
            f"第{number}家店开业,全场低价欢迎光临", suggestion, "3.1" if score >= 0.5 else "", ad=score
        )
        desk.tell(made.parts, made.community, told, ago=(number * 13 + 1) * MINUTE)


def decide_some(made: Site) -> None:
    """People have judged a few of the posts."""
    moderator = desk.person(made.parts, made.community, Role.MODERATOR)
    entries = made.parts.queues.queue(made.community, limit=200).entries
    entries = [one for one in entries if "家店" in one.post.text] or entries
    for place, entry in enumerate(entries[:30]):
        decision = Decision(DecisionKind.PASS) if place % 3 else Decision(DecisionKind.BLOCK, "3.1")
        made.parts.reviewing.decide(
            made.community,
            entry.item.id,
            decision,
            moderator_id=moderator.id,
            version=entry.item.version,
            now=made.clock(),
        )


def enter(site: Site, page: Page, role: Role = Role.SENIOR) -> None:
    user = desk.person(site.parts, site.community, role, name="李资深")
    page.goto(f"{site.url}/login")
    page.get_by_test_id("login-email").fill(user.email)
    page.get_by_test_id("login-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/queue**")


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


def fits(page: Page) -> bool:
    """Nothing sticks out sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def draft_it(page: Page) -> None:
    """A draft by keyboard, wrong at first."""
    tab_to(page, "policy-draft")
    enter_key(page, "draft-form")
    tab_to(page, "field-rule-0-review")
    page.keyboard.type("1.5")
    tab_to(page, "draft-why")
    page.keyboard.type("周末刷单帖变多")
    enter_key(page, "draft-problem")
    shoot(page, "draft-wrong-1440")
    assert page.get_by_test_id("field-rule-0-review").input_value() == "1.5"
    page.get_by_test_id("field-rule-0-review").fill("0.4")
    page.get_by_test_id("field-rule-0-block").fill("0.9")
    tab_to(page, "draft-save")
    enter_key(page, "policy-moves")


def rehearse_it(page: Page) -> None:
    """A backtest, and a team that is too small."""
    tab_to(page, "policy-backtest-1")
    enter_key(page, "policy-matrix")
    page.get_by_test_id("policy-team-people").fill("1")
    page.get_by_test_id("policy-team-per-hour").fill("1")
    enter_key(page, "toast")
    shoot(page, "version-1440")


def publish_it(page: Page) -> None:
    """Publish, refused once because the team is too small."""
    tab_to(page, "policy-publish")
    page.keyboard.press("Enter")
    tab_to(page, "policy-publish-why")
    page.keyboard.type("回测看过了")
    enter_key(page, "policy-problem")
    shoot(page, "publish-1440")
    assert page.get_by_test_id("policy-publish-why").input_value() == "回测看过了"
    tab_to(page, "policy-accept")
    page.keyboard.press("Space")
    tab_to(page, "policy-publish-confirm")
    enter_key(page, "toast")


def switch_it(page: Page) -> None:
    """Stop one rule."""
    tab_to(page, "policy-switch")
    page.keyboard.press("Enter")
    tab_to(page, "policy-switch-why")
    page.keyboard.type("误判太多")
    shoot(page, "switch-1440")
    enter_key(page, "toast")
    assert "v2" in page.get_by_test_id("policy-live").inner_text()


def restore_it(page: Page) -> None:
    """Bring the version back."""
    tab_to(page, "policy-restore")
    page.keyboard.press("Enter")
    tab_to(page, "policy-restore-why")
    page.keyboard.type("恢复")
    tab_to(page, "policy-accept")
    page.keyboard.press("Space")
    tab_to(page, "policy-restore-confirm")
    enter_key(page, "toast")


def test_a_policy_from_draft_to_live_and_back_by_keyboard(site: Site, browser: Browser) -> None:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=WIDE)
    page = context.new_page()
    broken: list[str] = []
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: broken.append(str(error)))
    enter(site, page)
    page.goto(f"{site.url}/policy")
    assert page.get_by_test_id("policy-rule-row").count() == 16
    shoot(page, "policy-1440")
    draft_it(page)
    rehearse_it(page)
    page.goto(f"{site.url}/policy/1")
    publish_it(page)
    page.goto(f"{site.url}/policy")
    assert "v1" in page.get_by_test_id("policy-live").inner_text()
    shoot(page, "policy-live-1440")
    switch_it(page)
    page.goto(f"{site.url}/policy/1")
    restore_it(page)
    page.goto(f"{site.url}/policy")
    assert "v1" in page.get_by_test_id("policy-live").inner_text()
    shoot(page, "policy-back-1440")
    assert [one for one in broken if "422" not in one] == []
    context.close()


def test_a_word_is_tried_added_removed_and_put_back_by_keyboard(site: Site, browser: Browser) -> None:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=WIDE)
    page = context.new_page()
    enter(site, page)
    page.goto(f"{site.url}/lexicons")
    tab_to(page, "field-word")
    page.keyboard.type("兼职日结")
    enter_key(page, "lexicon-preview-result")
    assert int(page.get_by_test_id("lexicon-preview-count").inner_text()) >= 1
    shoot(page, "lexicon-preview-1440")
    tab_to(page, "lexicon-add")
    enter_key(page, "lexicon-row")
    tab_to(page, "lexicon-remove")
    enter_key(page, "lexicon-undo")
    shoot(page, "lexicon-removed-1440")
    tab_to(page, "lexicon-undo")
    enter_key(page, "lexicon-row")
    page.locator("#import > summary").press("Enter")
    page.get_by_test_id("lexicon-import-table").fill(
        "word,level,clause\n好词,review,3.1\n坏词,review,3.99\n,block,2.6\n"
    )
    tab_to(page, "lexicon-import-check")
    enter_key(page, "lexicon-import-errors")
    assert page.get_by_test_id("lexicon-import-error").count() == 2
    shoot(page, "lexicon-import-1440")
    context.close()


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
    site.log_in()
    site.post(
        "/policy/draft",
        **{
            **site.form_of("/policy/draft"),
            "rule-0-review": "0.4",
            "rule-0-block": "0.9",
            "why": "周末刷单帖变多",
            **PERIOD,
        },
    )
    site.parts.policies.set_thread(
        site.community,
        "t-20251121",
        PublishingMode.PRE_MODERATION,
        why="吵起来了",
        author="李资深",
        now=site.clock(),
    )
    site.post("/policy/1/backtest", days="1", head="ad")
    site.post("/policy/team", people="2", per_hour="3", number="1")
    site.parts.policies.move(
        site.community, 1, PolicyState.SHADOW, why="先看一天", author="李资深", now=site.clock()
    )
    site.score("今晚八点清仓优惠", "加微信 abc123 领红包")
    site.post("/lexicons/words", word="兼职日结", kind="normal", level="review", clause="3.1", library="own")
    enter(site, page)
    for path, shot in (
        ("/policy", "policy"),
        ("/policy/1", "version"),
        ("/policy/draft?from=1", "draft"),
        ("/policy/draft?tab=text", "draft-text"),
        ("/lexicons", "lexicons"),
    ):
        answer = page.goto(f"{site.url}{path}")
        assert answer
        assert answer.ok, path
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert fits(page), path
        shoot(page, f"{shot}-{name}")
    context.close()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.dataset.testid"))


def test_mistakes_of_a_draft_are_reached_by_keyboard(site: Site, browser: Browser) -> None:
    """The summary has the focus, its links lead to the fields; in the document to the line."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=WIDE)
    page = context.new_page()
    enter(site, page)
    page.goto(f"{site.url}/policy/draft")
    page.get_by_test_id("field-rule-2-review").fill("viel")
    page.get_by_test_id("field-exempt").fill("99.9")
    tab_to(page, "draft-save")
    enter_key(page, "draft-problem")
    assert focused(page) == "draft-problem"
    for wanted in ("rule-2-review", "exempt"):
        page.get_by_test_id("draft-problem").focus()
        while page.evaluate("document.activeElement.getAttribute('href')") != f"#{wanted}":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert focused(page) == wanted
        assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    shoot(page, "mistakes-1440")
    page.goto(f"{site.url}/policy/draft?tab=text")
    page.get_by_test_id("field-document").fill('version = "x"\n\n[[rules]]\nhead = "ad"\nclause = "9.9"\n')
    tab_to(page, "draft-save")
    enter_key(page, "draft-problem")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "document"
    chosen = "const one = document.activeElement; one.value.slice(one.selectionStart, one.selectionEnd)"
    assert page.evaluate(f"(() => {{ {chosen.replace('; ', '; return ')} }})()") == 'clause = "9.9"'
    shoot(page, "mistakes-document-1440")
    context.close()


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [("360", PHONE, "light"), ("1440", WIDE, "light"), ("360-dark", PHONE, "dark")],
)
def test_what_is_no_longer_covered_and_imports_fit(
    site: Site, browser: Browser, name: str, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport=size, color_scheme=scheme
    )
    page = context.new_page()
    site.log_in()
    one_rule = 'version = "只有一条"\n[[rules]]\nhead = "ad"\nclause = "3.1"\n'
    site.post("/policy/draft/text", document=one_rule, why="试试")
    site.parts.policies.move(
        site.community, 1, PolicyState.SHADOW, why="先看一天", author="李资深", now=site.clock()
    )
    site.post("/policy/switch", rule="0", live="0", why="误伤太多")
    for number, level in enumerate(("review", "block")):
        table = f"word,level,clause\n龙须糖,{level},3.1\n花生酥,{level},3.1\n"
        site.post("/lexicons/import", table=table, library="own", step="keep")
        if number:
            made = site.parts.word_imports.imports(site.community)[0].row.id
            site.post(f"/lexicons/imports/{made}/undo")
    enter(site, page)
    for path, shot in (("/policy/1", "gaps"), ("/lexicons?imports=1", "imports"), ("/policy", "switched")):
        answer = page.goto(f"{site.url}{path}")
        assert answer
        assert answer.ok, path
        page.evaluate(
            "document.querySelectorAll('.acts details, #imports details').forEach(one => one.open = true)"
        )
        assert fits(page), path
        shoot(page, f"{shot}-{name}")
    assert page.get_by_test_id("policy-switched").count() > 0
    context.close()
