"""What a version is called, what it no longer covers, what is wrong with a draft: said before anybody relies on it."""

from __future__ import annotations

import html
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from moderation.domain.coverage import Gap, UncoveredError, uncovered
from moderation.domain.policy_versions import PolicyState, Switch, numbered, own_name, switch_of
from moderation.domain.review import Decision, DecisionKind
from moderation.policy_file.document import PolicyDocumentError, parse_policy
from moderation.policy_file.renaming import renamed
from moderation.services.policies import Policies
from moderation.services.users import Role
from moderation.services.wordlists import WordLists
from review_ui import policy_errors
from tests import desk
from tests.factories import NOW, a_community, an_entry
from tests.fakes import StoppedClock
from tests.http_api import POLICY, an_api, problem
from tests.policy_desk import SHIPPED, PolicyDesk, policy_parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from werkzeug.test import TestResponse

    from moderation.store.engine import Sessions
    from tests.http_api import Api

TWO = POLICY + '[[rules]]\nhead = "abuse"\nclause = "2.6"\n'
ONE = 'version = "only"\n[[rules]]\nhead = "ad"\nclause = "3.1"\n'


@pytest.fixture
def at(sqlite_template: Path, tmp_path: Path) -> PolicyDesk:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    clock = StoppedClock(NOW)
    made = PolicyDesk(policy_parts(f"sqlite:///{tmp_path / 'desk.db'}", clock), clock)
    made.log_in()
    return made


@pytest.fixture
def api(sessions: Sessions, community_id: int) -> Iterator[Api]:
    yield from an_api(sessions, community_id, "unix:///nowhere/redis.sock")


def text(answer: TestResponse) -> str:
    return html.unescape(answer.text)


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "number", "taken", "own"),
    [
        ("forum", 5, set(), "forum"),
        ("forum", 5, {"forum"}, "forum-v5"),
        ("forum-v4", 5, {"forum-v4"}, "forum-v5"),
        ("forum", 5, {"forum", "forum-v5"}, "forum-v5.2"),
        ("forum-v4-off-ad", 5, {"forum-v4-off-ad"}, "forum-v5"),
        ("长" * 60, 12, {"长" * 60}, "长" * 56 + "-v12"),
    ],
)
def test_a_version_has_a_name_of_its_own(name: str, number: int, taken: set[str], own: str) -> None:
    assert own_name(name, number, taken) == own


def test_a_kill_switch_says_so_in_the_name() -> None:
    switch = Switch(on=False, head="ad", clause="3.1")
    assert numbered("forum-v4", 5, switch) == "forum-v5-off-ad"
    assert numbered("forum-v5-off-ad", 6, Switch(on=True, head="ad", clause="3.1")) == "forum-v6-on-ad"
    assert switch_of(str(switch)) == switch
    assert switch_of("") is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('version = "a" # why\nrules = []\n', 'version = "b" # why\nrules = []\n'),
        (
            "# version = 'a'\nversion   =   'a'\nrules = []\n",
            "# version = 'a'\nversion   =   \"b\"\nrules = []\n",
        ),
        ('rules = []\r\n"version" = "a\\"x"\r\n', 'rules = []\r\n"version" = "b"\r\n'),
    ],
)
def test_a_document_is_renamed_and_otherwise_left(before: str, after: str) -> None:
    assert renamed(before, "b") == after


def test_a_name_that_only_a_person_can_change_is_refused() -> None:
    with pytest.raises(PolicyDocumentError, match="another version has this name"):
        renamed('version = """a"""\nrules = []\n', "b")


def test_no_two_versions_share_a_name(sessions: Sessions, community_id: int) -> None:
    policies = Policies(sessions, POLICY)
    names = [
        policies.draft(community_id, document=one, why="", author="王", now=NOW).name
        for one in (POLICY, POLICY, ONE, ONE)
    ]
    assert names == ["v1-v1", "v1-v2", "only", "only-v4"]
    documents = [row.document for row, _ in reversed(policies.versions(community_id))]
    assert [parse_policy(one).policy.version for one in documents] == names
    other = a_community(sessions, "other").id
    assert policies.draft(other, document=ONE, why="", author="王", now=NOW).name == "only"
    assert policies.names(community_id) == {name: place for place, name in enumerate(names, 1)}


def test_the_switch_makes_a_version_that_says_so_everywhere(at: PolicyDesk) -> None:
    at.post("/policy/switch", rule="0", live="0", why="误伤")
    row = at.parts.policies.version(at.community, 1)
    head = parse_policy(SHIPPED).policy.rules[0].head
    assert row.name == f"convention-1-v1-off-{head}"
    for path in ("/policy", "/policy/1"):
        page = text(at.get(path))
        assert row.name in page
        assert 'data-testid="policy-switched"' in page
        assert "一键停用" in page
    at.post("/policy/switch", rule="0", live="1", why="改回")
    assert at.parts.policies.version(at.community, 2).name == f"convention-1-v2-on-{head}"
    (post,) = at.score("今天有优惠")
    assert "v2 convention-1-v2-on-" in text(at.get(f"/posts/{post}"))


# ---------------------------------------------------------------- what is no longer covered


def test_gaps() -> None:
    before, after = parse_policy(TWO).policy, parse_policy(ONE).policy
    assert uncovered(before, after) == (Gap("abuse", ("2.6",)),)
    assert uncovered(after, before) == ()
    off = parse_policy('switched_off = ["2.6"]\n' + TWO).policy
    assert uncovered(before, off) == (Gap("abuse", ("2.6",)),)
    stopped = parse_policy(TWO + "enabled = false\n").policy
    assert uncovered(before, stopped) == (Gap("abuse", ("2.6",)),)


def test_less_than_the_live_policy_goes_live_only_when_that_is_meant(
    sessions: Sessions, community_id: int
) -> None:
    policies = Policies(sessions, TWO)
    policies.draft(community_id, document=ONE, why="", author="王", now=NOW)
    with pytest.raises(UncoveredError, match="abuse"):
        policies.move(community_id, 1, PolicyState.LIVE, why="", author="王", now=NOW)
    assert policies.live_document(community_id) == TWO
    policies.move(community_id, 1, PolicyState.SHADOW, why="", author="王", now=NOW)
    policies.move(community_id, 1, PolicyState.LIVE, why="", author="王", now=NOW, accept_uncovered=True)
    assert policies.live_document(community_id) == ONE


def test_the_interface_lists_what_is_no_longer_covered(api: Api) -> None:
    api.ask("POST", "/v1/policies", {"document": TWO.replace("v1", "two")})
    assert api.ask("POST", "/v1/policies/1/state", {"state": "live"}).status_code == 200
    made = api.ask("POST", "/v1/policies", {"document": ONE}).json
    assert (made["name"], made["switch"]) == ("only", None)
    assert made["no_longer_covered"] == [{"head": "abuse", "clauses": ["2.6"]}]
    body = problem(api.ask("POST", "/v1/policies/2/state", {"state": "live"}), 409, "accept_uncovered")
    assert body["no_longer_covered"] == made["no_longer_covered"]
    accepted = {"state": "live", "accept_uncovered": True}
    assert api.ask("POST", "/v1/policies/2/state", accepted).json["state"] == "live"


def test_the_page_lists_it_and_asks_once_more(at: PolicyDesk) -> None:
    at.post("/policy/draft/text", document=ONE, why="")
    page = at.get("/policy/1").text
    heads = {rule.head for rule in parse_policy(SHIPPED).policy.rules} - {"ad"}
    assert set(re.findall(r'data-testid="policy-gap" data-head="(\w+)"', page)) == heads
    form = {"state": "live", "why": "x", "live": "0"}
    assert at.post("/policy/1/state", **form).status_code == 422
    assert at.parts.policies.version(at.community, 1).state == "draft"
    assert at.post("/policy/1/state", **form, accept_uncovered="yes").status_code == 303
    assert at.parts.policies.version(at.community, 1).state == "live"


# ---------------------------------------------------------------- what is wrong


def test_a_wrong_policy_over_http_names_line_and_field(api: Api) -> None:
    body = problem(api.ask("POST", "/v1/policies", {"document": ONE + "review = 3\n"}), 422, "line 5")
    assert (body["pointer"], body["line"], body["field"]) == ("/document", 5, "rules.0.review")
    assert problem(api.ask("POST", "/v1/policies", {"document": "version = \n"}), 422)["line"] == 1


BROKEN = (
    ("", "缺少这一项"),
    ("version = 3\nrules = []\n", "要写成文字"),
    ('version = ""\nrules = []\n', "不能是空的"),
    (ONE + 'colour = "red"\n', "没有这个字段"),
    (ONE + "review = 1.2\n", "不能大于 1"),
    (ONE + "review = -1\n", "不能小于 0"),
    (ONE + 'review = "much"\n', "要写一个数"),
    (ONE + "review = nan\n", "要写一个数|不能"),
    (ONE + 'enabled = "perhaps"\n', "true 或 false"),
    (ONE + 'block_action = "burn"\n', "只能是其中之一"),
    (ONE + "review = 0.9\nblock = 0.1\n", "不能低于待审阈值"),
    (ONE.replace("3.1", "9.9"), "公约里没有条款"),
    (ONE.replace('"ad"', '"adverts"'), "模型没有"),
    (ONE + "[timeout]\nminutes = 1.5\n", "整数"),
    ("exempt = 3\n" + ONE, "列表"),
    ("timeout = 3\n" + ONE, "一个表"),
    (ONE + '[[windows]]\nname = "x"\nfrom = 2026-06-06T00:00:00+08:00\n', "什么时候结束"),
    (ONE + '[[windows]]\nname = "x"\nfrom = 2026-06-06\nto = 2026-06-07\n', "带时区"),
    ("version\n", "名字后面缺少 ="),
    ("version = \n", "值写得不对"),
    ('version = "x\n', "引号"),
    ("rules = [\n", "值写得不对|没有写完"),
    ('version = "a"\nversion = "b"\n', "已经写过"),
    ('version = "a" b\n', "多了东西"),
)


@pytest.mark.parametrize(("document", "said"), BROKEN)
def test_what_is_wrong_is_said_in_chinese(at: PolicyDesk, document: str, said: str) -> None:
    page = text(at.post("/policy/draft/text", document=document, why=""))
    (shown,) = re.findall(r'data-testid="draft-mistake">.*?</a>：<bdi>(.*?)</bdi>', page)
    assert re.search(said, shown), shown
    assert not re.search(r"[A-Z][a-z]+ (should|must|[a-z]+ not)|Invalid|Expected", shown), shown


def test_reasons_without_words_of_ours_stay_as_they_are() -> None:
    assert policy_errors.reason_said("something that nobody foresaw") == "something that nobody foresaw"


def test_errors_of_the_form_lead_to_their_fields(at: PolicyDesk) -> None:
    form = at.form_of("/policy/draft")
    wrong = {
        "rule-0-review": "viel",
        "rule-1-review": "0.9",
        "rule-1-block": "0.2",
        "exempt": "99.9",
        "version": "",
    }
    answer = at.post("/policy/draft", **{**form, **wrong, "why": ""})
    assert answer.status_code == 422
    links = re.findall(r'<a href="#([\w-]+)"[^>]*data-testid="draft-mistake"', answer.text)
    assert links == ["version", "rule-0-review", "rule-1-block", "exempt"]
    for one in links:
        (tag,) = re.findall(rf'<(?:input|textarea|select)[^>]* id="{one}"[^>]*>', answer.text)
        assert 'aria-invalid="true"' in tag
        assert f'aria-describedby="{one}-error"' in tag
        assert f'id="{one}-error"' in answer.text
    assert re.search(r'tabindex="-1" data-errors', answer.text)


def test_history_and_changes_speak_the_language_of_the_page(at: PolicyDesk) -> None:
    for number in (1, 2):
        at.post("/policy/draft", **{**at.form_of("/policy/draft"), "why": "试试"})
        at.parts.policies.move(at.community, number, PolicyState.LIVE, why="好", author="王", now=NOW)
    page = text(at.get("/policy"))
    assert "由 v2 代替" in page
    assert "replaces it" not in page
    document = SHIPPED.replace('["ads", "clickbait", "fan_circle",', '["ads", "clickbait", "mine",')
    assert at.post("/policy/draft/text", document=document, why="").status_code == 303
    page = text(at.get("/policy/3"))
    assert "<ins>广告、标题党、诈骗" in page


# ---------------------------------------------------------------- NUL, suppressed hits, where a post belongs


@pytest.mark.parametrize(
    ("path", "form", "field"),
    [
        ("/lexicons/words", {"word": "糖\x00", "kind": "normal", "level": "review", "clause": "3.1"}, "word"),
        ("/policy/switch", {"rule": "0", "live": "0", "why": "误\x00伤"}, "why"),
        ("/policy/threads", {"thread": "t\x00", "mode": "pre", "why": "x"}, "thread"),
        ("/policy/draft/text", {"document": ONE + "\x00", "why": ""}, "document"),
    ],
)
def test_nul_is_refused_and_never_dropped(
    at: PolicyDesk, path: str, form: dict[str, str], field: str
) -> None:
    answer = at.post(path, **form)
    assert answer.status_code == 422
    assert f"字段 {field} 里有无法保存的字符" in answer.text
    assert at.parts.wordlists.entries(at.community) == []
    assert at.parts.policies.versions(at.community) == []
    assert at.parts.policies.threads(at.community) == []


def test_nul_in_an_address_leads_nowhere(at: PolicyDesk) -> None:
    assert at.get("/lexicons?q=%00").status_code == 200
    assert at.get("/posts/a%00b").status_code == 404


def test_why_a_hit_is_suppressed_is_said_in_english_too(at: PolicyDesk) -> None:
    words = WordLists(at.parts.sessions)
    words.add(at.community, "own", [an_entry("儿装")], author="王", now=NOW)
    (post,) = at.score("新到一批女儿装")
    assert "「女儿装」" in text(at.get(f"/posts/{post}")) or "边界不符" in text(at.get(f"/posts/{post}"))
    at.post("/preferences", language="en")
    page = text(at.get(f"/posts/{post}"))
    assert "边界不符" not in page
    assert "放行词" not in page


def test_the_bar_shows_where_a_post_stands(at: PolicyDesk) -> None:
    waiting, fine, blocked = at.score("今天有优惠", "你好", "加微信领券")
    assert at.suggestion(blocked) == "block"
    lit = {one: lit_of(text(at.get(f"/posts/{one}"))) for one in (waiting, fine, blocked)}
    assert lit == {waiting: ["nav-queue"], fine: [], blocked: ["nav-blocked"]}
    assert lit_of(text(at.get("/blocked"))) == ["nav-blocked"]


def test_the_list_of_blocked_posts_says_what_holds_now(at: PolicyDesk) -> None:
    first, second = at.score("加微信领券", "加微信领红包")
    assert "blocked-waits" not in at.get("/blocked").text
    assert at.post(f"/posts/{first}/ask").status_code == 303
    page = at.get("/blocked").text
    assert page.count('data-testid="blocked-waits"') == 1
    (entry,) = at.parts.queues.queue(at.community).entries
    assert entry.post.data_id == first
    person = desk.person(at.parts, at.community, Role.MODERATOR)
    at.parts.reviewing.decide(
        at.community, entry.item.id, Decision(DecisionKind.PASS), moderator_id=person.id,
        version=entry.item.version, now=at.clock(),
    )  # fmt: skip
    page = at.get("/blocked").text
    assert page.count('data-testid="blocked-decided"') == 1
    assert 'data-testid="blocked-waits"' not in page
    assert lit_of(text(at.get(f"/posts/{first}"))) == []
    assert 'data-testid="post-decided"' in at.get(f"/posts/{first}").text
    assert lit_of(text(at.get(f"/posts/{second}"))) == ["nav-blocked"]


def lit_of(page: str) -> list[str]:
    bar = page[page.index('class="top-nav"') : page.index("</nav>")]
    return re.findall(r'data-testid="([\w-]+)"\s+aria-current="page"', bar)


# ---------------------------------------------------------------- imports at the desk, a shadow's empty state


def test_an_import_at_the_desk_is_listed_and_taken_back(at: PolicyDesk) -> None:
    table = "word,clause\n龙须糖,3.1\n花生酥,3.1\n"
    assert at.post("/lexicons/import", table=table, library="own", step="keep").status_code == 303
    (made,) = at.parts.word_imports.imports(at.community)
    page = at.get("/lexicons").text
    assert 'data-testid="lexicon-import-undo"' in page
    answer = at.post(f"/lexicons/imports/{made.row.id}/undo")
    assert answer.status_code == 303
    assert "已整批撤销：删除 2 个词" in text(at.client.get(answer.location))
    assert at.parts.wordlists.entries(at.community) == []
    at.post(f"/lexicons/imports/{made.row.id}/undo")
    assert "已经撤销过" in text(at.get("/lexicons"))
    assert at.post("/lexicons/imports/99/undo").status_code == 404


def test_a_word_at_two_levels_names_both_lines_at_the_desk(at: PolicyDesk) -> None:
    table = "word,level,clause\n龙须糖,review,3.1\n龙须糖,block,3.1\n"
    answer = at.post("/lexicons/import", table=table, library="own", step="keep")
    assert answer.status_code == 422
    assert "<td>3</td><td>级别</td><td><bdi>同一个词在第 2 行是送审级，一个词只能有一个级别" in answer.text


def test_a_shadow_says_what_it_was_compared_on(at: PolicyDesk) -> None:
    at.post("/policy/draft", **{**at.form_of("/policy/draft"), "rule-0-review": "0.3", "why": "试试"})
    at.post("/policy/1/state", state="shadow", why="x", live="0")
    page = at.get("/policy/1").text
    assert "还没有新帖可比" in page
    at.score("今天有优惠", "你好")
    page = at.get("/policy/1").text
    assert "起比较了 2 条帖子，其中" in page
