"""The policy and word pages by their requests: roles, drafts, the way of a version, backtests, words."""

from __future__ import annotations

import html
import io
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from moderation import word_writing
from moderation.domain.policy_versions import PolicyState
from moderation.domain.review import Decision, DecisionKind
from moderation.domain.verdict import Suggestion
from moderation.policy_file.document import parse_policy
from moderation.policy_file.writing import write_policy
from moderation.services.users import Role
from moderation.services.word_preview import preview_word
from review_ui import names
from review_ui.word_tables import Sent, read_table
from tests import desk
from tests.desk import DAY, Told
from tests.factories import NOW, a_community, an_entry
from tests.fakes import StoppedClock
from tests.policy_desk import SHIPPED, PolicyDesk, policy_parts

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import TestResponse

WORD = {"word": "龙须糖", "kind": "normal", "level": "review", "clause": "3.1", "library": "own"}


@pytest.fixture
def at(sqlite_template: Path, tmp_path: Path) -> PolicyDesk:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    clock = StoppedClock(NOW)
    made = PolicyDesk(policy_parts(f"sqlite:///{tmp_path / 'desk.db'}", clock), clock)
    made.log_in()
    return made


def save(at: PolicyDesk, path: str = "/policy/draft", **changes: str) -> TestResponse:
    return at.post("/policy/draft", **{**at.form_of(path), "why": "试试", **changes})


def move(
    at: PolicyDesk, number: int, state: str, *, live: int = 0, why: str = "因为", **more: str
) -> TestResponse:
    return at.post(f"/policy/{number}/state", state=state, why=why, live=str(live), **more)


def live(at: PolicyDesk) -> str:
    return at.parts.policies.live_document(at.community)


def states(at: PolicyDesk) -> dict[int, str]:
    return {row.number: row.state for row, _ in at.parts.policies.versions(at.community)}


# ---------------------------------------------------------------- who may what

READ = ("/policy", "/policy/1", "/lexicons", "/lexicons/export.csv")
WRITE: tuple[tuple[str, dict[str, str]], ...] = (
    ("/policy/draft", {}), ("/policy/draft/text", {"document": SHIPPED}), ("/policy/1/backtest", {"days": "1"}),
    ("/policy/1/backtest/stop", {}),
    ("/policy/1/state", {"state": "live", "why": "x", "live": "0"}), ("/policy/team", {"people": "1", "per_hour": "1"}),
    ("/policy/switch", {"rule": "0", "live": "0", "why": "x"}), ("/lexicons/preview", WORD), ("/lexicons/words", WORD),
    ("/lexicons/words/1/remove", {}), ("/lexicons/undo", {}), ("/lexicons/import", {"table": "word,clause\na,3.1\n"}),
)  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_reviewers_and_auditors_read_seniors_and_admins_change(at: PolicyDesk, role: Role) -> None:
    save(at)
    at.log_in(role)
    reads = role is not Role.BRAND
    assert {at.get(path).status_code for path in READ} == {200 if reads else 403}
    changes = role in {Role.SENIOR, Role.ADMIN}
    assert at.get("/policy/draft").status_code == (200 if changes else 403)
    if reads:
        assert ('data-testid="policy-draft"' in at.get("/policy").text) is changes
        assert ('data-testid="policy-moves"' in at.get("/policy/1").text) is changes
        assert ('data-testid="lexicon-form"' in at.get("/lexicons").text) is changes
    if reads and not changes:
        for path, form in WRITE:
            assert at.post(path, **form).status_code == 403, path
        assert states(at) == {1: "draft"}


@pytest.mark.parametrize(("path", "form"), WRITE)
def test_a_forged_request_changes_nothing(at: PolicyDesk, path: str, form: dict[str, str]) -> None:
    save(at)
    assert at.client.post(path, data=form).status_code == 400
    assert states(at) == {1: "draft"}
    assert at.parts.wordlists.entries(at.community) == []


def test_another_community_sees_and_moves_nothing(at: PolicyDesk) -> None:
    save(at)
    at.post("/lexicons/words", **WORD)
    (row,) = at.parts.wordlists.entries(at.community)
    other = a_community(at.parts.sessions, "other").id
    at.log_in(Role.ADMIN, community=other)
    assert at.get("/policy/1").status_code == 404
    assert at.get("/policy/draft?from=1").status_code == 404
    assert move(at, 1, "live").status_code == 404
    assert at.post("/policy/1/backtest", days="1").status_code == 404
    assert at.post(f"/lexicons/words/{row.id}/remove").status_code == 404
    assert "龙须糖" not in at.get("/lexicons").text
    assert "龙须糖" not in at.get("/lexicons/export.csv").text
    assert states(at) == {1: "draft"}


# ---------------------------------------------------------------- the policy that holds


def test_the_policy_reads_as_a_table(at: PolicyDesk) -> None:
    page = at.get("/policy").text
    assert page.count('data-testid="policy-rule-row"') == 16
    for said in (
        "广告",
        "3.1 多次发布推广",
        "出厂策略",
        "先审后发",
        "只有人能发现",
        "4.3 挑逗性图片",
        "只送审",
    ):
        assert said in page
    assert 'class="bound bound-calibrated" title="模型校准值">0.50' in page


def test_an_unreadable_live_policy_is_shown_as_such(at: PolicyDesk) -> None:
    save(at)
    move(at, 1, "live")
    with at.parts.sessions.write.begin() as session:
        row = at.parts.policies.version(at.community, 1)
        row.document = "version = "
        session.merge(row)
    page = at.get("/policy")
    assert page.status_code == 200
    assert "读不懂" in page.text


def test_the_kill_switch_makes_a_version_and_can_be_undone(at: PolicyDesk) -> None:
    assert at.post("/policy/switch", rule="0", live="0", why="").status_code == 422
    assert at.post("/policy/switch", rule="99", live="0", why="x").status_code == 422
    assert at.post("/policy/switch", rule="0", live="7", why="x").status_code == 409
    assert states(at) == {}
    assert at.post("/policy/switch", rule="0", live="0", why="误判太多").status_code == 303
    (post,) = at.score("今天有优惠")
    assert at.suggestion(post) == "pass"
    assert at.post("/policy/switch", rule="0", live="1", why="好了").status_code == 303
    (post,) = at.score("明天有优惠")
    assert at.suggestion(post) == "review"
    assert states(at) == {1: "archived", 2: "live"}


# ---------------------------------------------------------------- drafts


def test_an_unchanged_form_makes_the_same_policy(at: PolicyDesk) -> None:
    assert save(at).location == "/policy/1"
    kept, shipped = parse_policy(at.parts.policies.version(at.community, 1).document), parse_policy(SHIPPED)
    assert (kept.policy.rules, kept.policy.exempt, kept.publishing) == (
        shipped.policy.rules,
        shipped.policy.exempt,
        shipped.publishing,
    )
    assert live(at) == SHIPPED
    assert "版本名" in at.get("/policy/1").text


def test_a_form_sets_rules_scenes_modes_and_lists(at: PolicyDesk) -> None:
    form = at.form_of("/policy/draft")
    del form["rule-1-enabled"], form["rule-3-may_block"]
    form |= {
        "rule-0-review": " 0.3 ",
        "rule-0-block": "0.7",
        "rule-15-review_action": "show",
        "switched_off": "8.3\n\n",
    }
    form |= {
        "scene-0-scene": "nickname",
        "scene-0-head": "ad",
        "scene-0-review": "0.2",
        "scene-0-block": "0.6",
    }
    form |= {"scene-1-scene": "", "scene-1-head": "ad", "scene-1-review": "", "scene-1-block": ""}
    form |= {"mode-1-mode": "", "mode-2-group": "母婴/问答/", "mode-2-scene": "", "mode-2-mode": "closed"}
    form |= {"trade_boards": '二手"闲置\\'}
    assert at.post("/policy/draft", **form).status_code == 303
    document = at.parts.policies.version(at.community, 1).document
    found = parse_policy(document)
    assert write_policy(found.policy, found.publishing) == document
    first, second, _, fourth = found.policy.rules[:4]
    assert (first.review, first.block, second.enabled, fourth.may_block) == (0.3, 0.7, False, False)
    assert found.policy.scenes["nickname"]["ad"].review == 0.2  # type: ignore[index]
    assert [(one.group, one.mode.value) for one in found.publishing] == [("", "pre"), ("母婴/问答", "closed")]
    assert found.policy.trade_boards == ('二手"闲置\\',)
    assert found.policy.switched_off == {"8.3"}
    page = html.unescape(at.get("/policy/1").text)
    for said in ("更严", "更松", "待审 0.20、拦截 0.60", "母婴/问答 · 所有场景", "8.3 炫富攀比"):
        assert said in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rule-0-review": "1.5"}, "要 0 到 1 之间的数"),
        ({"rule-0-block": "很高"}, "要 0 到 1 之间的数"),
        ({"rule-0-review": "nan"}, "要 0 到 1 之间的数"),
        ({"rule-0-block_action": "explode"}, "请选择一项"),
        ({"rule-0-head": "beauty"}, "请选择一项"),
        ({"rule-0-clause": "3.99"}, "公约里没有这一条"),
        ({"version": " "}, "版本名要 1 到 60 个字"),
        ({"exempt": "3.1\n3.99"}, "公约里没有条款 3.99"),
        (
            {"scene-0-scene": "chat", "scene-0-head": "ad", "scene-0-review": "0.2", "scene-0-block": ""},
            "两个阈值都要填",
        ),
        ({"mode-2-group": "", "mode-2-scene": "nickname", "mode-2-mode": "closed"}, "与上面一行重复"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_what_was_typed_stays(
    at: PolicyDesk, changes: dict[str, str], said: str
) -> None:
    answer = save(at, **changes)
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert said in page
    assert all(
        value in page for name, value in changes.items() if not name.endswith(("action", "scene", "mode"))
    )
    assert 'value="试试"' in page
    assert states(at) == {}
    assert live(at) == SHIPPED


def test_a_row_is_added_without_script_and_nothing_is_kept(at: PolicyDesk) -> None:
    answer = save(at, add="scene", **{"rule-0-review": "0.33"})
    assert answer.status_code == 200
    assert 'name="scene-0-scene"' in answer.text
    assert 'value="0.33"' in answer.text
    assert states(at) == {}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ('version = "x"\n[[rules]\n', "第 2 行"),
        ('version = "x"\n[[rules]]\nhead = "ad"\nclause = "3.99"\n', "字段 rules.0.clause"),
        ('version = "x"\n[[rules]]\nhead = "ad"\nclause = "3.1"\nblock = 1.5\n', "字段 rules.0.block"),
        ("", "字段 version"),
    ],
)
def test_a_wrong_document_names_line_or_field(at: PolicyDesk, document: str, said: str) -> None:
    answer = at.post("/policy/draft/text", document=document, why="试试")
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    assert html.escape(document, quote=False).replace('"', "&#34;") in answer.text
    assert states(at) == {}


def test_a_document_is_kept_as_it_was_written(at: PolicyDesk) -> None:
    document = "# 一句注释\n" + SHIPPED
    assert at.post("/policy/draft/text", document=document.replace("\n", "\r\n"), why="").status_code == 303
    kept = at.parts.policies.version(at.community, 1)
    # The shipped policy has the name already: the version gets one of its own, and nothing else changes.
    assert kept.document == document.replace('version = "convention-1"', 'version = "convention-1-v1"')
    assert kept.name == "convention-1-v1"


def test_an_edited_draft_replaces_the_one_it_came_from(at: PolicyDesk) -> None:
    save(at)
    save(at, "/policy/draft?from=1", **{"rule-0-review": "0.3"})
    assert states(at) == {1: "archived", 2: "draft"}
    assert "由 v2 代替" in at.get("/policy/1").text


# ---------------------------------------------------------------- the way of a version


def test_from_draft_through_backtest_and_shadow_to_live_and_back(at: PolicyDesk) -> None:
    at.score("今天有优惠", "明天有优惠", "你好")
    at.clock.forward(1_000_000)
    save(at, **{"rule-0-review": "0.3", "rule-0-block": "0.55"})
    assert at.post("/policy/1/backtest", days="7", head="ad").status_code == 303
    page = at.get("/policy/1").text
    assert 'data-testid="policy-flip-review-block">2<' in page
    assert page.count('data-testid="policy-example"') == 2
    assert move(at, 1, "shadow").status_code == 303
    (watched,) = at.score("又有优惠")
    assert at.suggestion(watched) == "review"
    assert 'data-testid="policy-shadow-post"' in at.get("/policy/1").text
    assert move(at, 1, "live", why="影子也对").status_code == 303
    (strict,) = at.score("还有优惠")
    assert at.suggestion(strict) == "block"
    save(at)
    assert move(at, 2, "live", live=1).status_code == 303
    assert move(at, 1, "live", live=2, why="一键恢复").status_code == 303
    assert states(at) == {1: "live", 2: "archived"}
    page = at.get("/policy").text
    assert "一键恢复" in page
    assert "王审核" in page
    assert move(at, 1, "archived", live=1).status_code == 303
    assert live(at) == SHIPPED


def test_a_move_needs_a_reason_and_the_live_policy_that_was_seen(at: PolicyDesk) -> None:
    save(at)
    save(at)
    assert move(at, 1, "live", why=" ").status_code == 422
    assert move(at, 1, "live", live=2).status_code == 422
    assert move(at, 2, "live").status_code == 303
    late = move(at, 1, "live", live=0)
    assert late.status_code == 422
    assert "生效的策略变了" in late.text
    assert move(at, 2, "shadow", live=2).status_code == 409
    assert move(at, 2, "nonsense", live=2).status_code == 409
    assert states(at) == {1: "draft", 2: "live"}


def test_publishing_more_than_the_team_works_off_asks_once_more(at: PolicyDesk) -> None:
    for number in range(30):
        desk.tell(
            at.parts,
            at.community,
            Told(f"第{number}家开业", Suggestion.PASS, ad=0.45),
            ago=(number + 1) * 60_000_000,
        )
    save(at, **{"rule-0-review": "0.4"})
    at.post("/policy/team", people="2", per_hour="5", number="1")
    at.post("/policy/1/backtest", days="1", head="ad")
    page = at.get("/policy/1").text
    assert "处理不完" in page
    assert 'data-testid="policy-overload"' in page
    refused = move(at, 1, "live")
    assert refused.status_code == 422
    assert states(at) == {1: "draft"}
    assert move(at, 1, "live", accept="yes").status_code == 303


@pytest.mark.parametrize(
    ("people", "per_hour"), [("0", "5"), ("2", ""), ("-1", "3"), ("1.5", "3"), ("99999", "1"), ("²", "1")]
)
def test_a_team_is_counted_in_whole_people(at: PolicyDesk, people: str, per_hour: str) -> None:
    assert at.post("/policy/team", people=people, per_hour=per_hour).status_code == 303
    assert "要填 1 到 10000 的整数" in at.get("/policy").text


def test_a_backtest_is_judged_by_people(at: PolicyDesk) -> None:
    moderator = desk.person(at.parts, at.community)
    for place, kind in enumerate((Decision(DecisionKind.BLOCK, "3.1"), Decision(DecisionKind.PASS))):
        _, item = desk.tell(at.parts, at.community, Told(f"甲{place}", Suggestion.REVIEW, "3.1", ad=0.7))
        assert item
        at.parts.reviewing.decide(
            at.community, item.id, kind, moderator_id=moderator.id, version=1, now=at.clock()
        )
    save(at, **{"rule-0-block": "0.6"})
    at.post("/policy/1/backtest", days="30", head="ad")
    page = at.get("/policy/1").text
    assert "<b>50%</b>" in page
    assert "[9–91] · 1/2" in page


def test_a_backtest_without_posts_says_so(at: PolicyDesk) -> None:
    save(at)
    at.post("/policy/1/backtest", days="7")
    assert "说明不了什么" in at.get("/policy/1").text


def test_withdrawn_posts_are_no_examples(at: PolicyDesk) -> None:
    (post,) = at.score("今天有优惠")
    at.clock.forward(1_000_000)
    save(at, **{"rule-0-block": "0.55"})
    at.post("/policy/1/backtest", days="1")
    assert "今天有优惠" in at.get("/policy/1").text
    at.parts.intake.withdraw(at.community, post)
    assert "今天有优惠" not in at.get("/policy/1").text


def test_a_run_shows_progress_and_time_left_and_can_be_stopped(at: PolicyDesk) -> None:
    at.score(*(f"第{number}天有优惠" for number in range(4)))
    at.clock.forward(1_000_000)
    save(at, **{"rule-0-block": "0.55"})
    bell: Any = at.parts.rehearsals.bell
    bell.away = True
    at.post("/policy/1/backtest", days="7", head="ad")
    page = at.get("/policy/1").text
    assert "等待工作进程" in page
    assert 'hx-trigger="load delay:2s"' in page
    slow = replace(at.parts.rehearsals, batch=1)
    began = at.clock()
    slow.work(seconds=-1, clock=iter((began, began + 2_000_000)).__next__)
    page = at.get("/policy/1").text
    assert "已完成 25%" in page
    assert "大约还要 6 秒" in page
    at.post("/policy/1/backtest", days="7")
    assert "正在进行" in at.get("/policy/1").text
    fragment = at.client.get("/policy/1", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in fragment.headers
    assert at.post("/policy/1/backtest/stop").status_code == 303
    assert "被停止了" in at.get("/policy/1").text
    at.clock.forward(1)
    bell.away = False
    assert at.post("/policy/1/backtest", days="7", head="ad").status_code == 303
    assert 'data-testid="policy-flip-review-block">4<' in at.get("/policy/1").text
    fragment = at.client.get("/policy/1", headers={"HX-Request": "true"})
    assert fragment.headers["HX-Refresh"] == "true"


# ---------------------------------------------------------------- words


def test_a_word_is_tried_before_it_is_added(at: PolicyDesk) -> None:
    posts = at.score("来一份龙 须 糖", "再来一份龙须糖吧", "你好")
    at.clock.forward(1_000_000)
    page = at.post("/lexicons/preview", **WORD).text
    assert 'data-testid="lexicon-preview-count">2<' in page
    assert all(f"/posts/{post}" in page for post in posts[:2])
    assert 'value="龙须糖"' in page
    assert at.parts.wordlists.entries(at.community) == []
    assert at.post("/lexicons/words", **WORD).status_code == 303
    (row,) = at.parts.wordlists.entries(at.community)
    assert (row.word, row.level, row.clause, row.library, row.author) == (
        "龙须糖",
        "review",
        "3.1",
        "own",
        "王审核",
    )
    assert "已有同一个词" in at.post("/lexicons/preview", **WORD).text


def test_a_preview_reads_the_last_days_and_not_withdrawn_posts(at: PolicyDesk) -> None:
    old, gone, kept = (f"{one}的龙须糖" for one in ("上月", "撤回", "留下"))
    at.score(old)
    at.clock.forward(8 * DAY)
    withdrawn, _ = at.score(gone, kept)
    at.parts.intake.withdraw(at.community, withdrawn)
    found = preview_word(at.parts.sessions, at.community, an_entry("龙须糖"), since=at.clock() - 7 * DAY)
    assert (found.posts, found.total, found.struck, found.complete) == (1, 1, 1, True)
    assert [one.post.text for one in found.samples] == [kept]


def test_a_preview_that_takes_too_long_says_how_far_it_came(at: PolicyDesk) -> None:
    at.score("龙须糖")
    ticks = iter([0.0, 99.0])
    found = preview_word(
        at.parts.sessions, at.community, an_entry("龙须糖"), since=0, timer=lambda: next(ticks)
    )
    assert (found.posts, found.seconds) == (1, 99.0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"word": " "}, "请先写一个词"),
        ({"word": "\u200b"}, "词是空的"),
        ({"word": "(?=a)", "kind": "regex"}, "正则不能用"),
        ({"word": "a*", "kind": "regex"}, "连空文字也会命中"),
        ({"word": "加", "kind": "combination"}, "组合词要有两部分"),
        ({"clause": "3.99"}, "请选择一项"),
        ({"level": "explode"}, "请选择一项"),
        ({"library": "a b"}, "1 到 60 个字母"),
        ({"effective_from": "明天"}, "时间写作"),
        (
            {"effective_from": "2026-01-02T08:00", "effective_to": "2026-01-01T08:00"},
            "失效时间要晚于生效时间",
        ),
    ],
)
def test_a_wrong_word_is_named_and_stays_typed(at: PolicyDesk, changes: dict[str, str], said: str) -> None:
    for path in ("/lexicons/preview", "/lexicons/words"):
        answer = at.post(path, **{**WORD, **changes})
        assert answer.status_code == 422
        assert said in html.unescape(answer.text)
    assert at.parts.wordlists.entries(at.community) == []


def test_a_word_has_a_window_in_local_time(at: PolicyDesk) -> None:
    at.post("/lexicons/words", **WORD, effective_to="2026-01-01T08:00")
    (row,) = at.parts.wordlists.entries(at.community)
    assert row.effective_to == 1_767_225_600 * 1_000_000


def test_a_removed_word_can_be_put_back_for_ten_minutes(at: PolicyDesk) -> None:
    at.post("/lexicons/words", **WORD)
    (row,) = at.parts.wordlists.entries(at.community)
    gone = at.post(f"/lexicons/words/{row.id}/remove")
    sealed = gone.location.partition("removed=")[2]
    assert "已删除「龙须糖」" in at.get(gone.location).text
    assert at.parts.wordlists.entries(at.community) == []
    assert at.post("/lexicons/undo", removed=sealed + "x").status_code == 303
    assert at.parts.wordlists.entries(at.community) == []
    at.post("/lexicons/undo", removed=sealed)
    assert [one.word for one in at.parts.wordlists.entries(at.community)] == ["龙须糖"]
    at.clock.forward(11 * 60 * 1_000_000)
    assert "已删除" not in at.get(gone.location).text


def test_words_are_found_and_exported(at: PolicyDesk) -> None:
    for word in ("龙须糖", "麦芽糖", "100%纯糖"):
        at.post("/lexicons/words", **{**WORD, "word": word})
    assert at.get("/lexicons?q=糖").text.count('data-testid="lexicon-row"') == 3
    assert at.get("/lexicons?q=%25").text.count('data-testid="lexicon-row"') == 1
    assert at.get("/lexicons?library=nothing").text.count('data-testid="lexicon-row"') == 0
    table = at.get("/lexicons/export.csv")
    assert table.mimetype == "text/csv"
    assert len(read_table(Sent(table.text)).entries) == 3


def test_a_table_is_checked_line_by_line_and_kept_all_or_none(at: PolicyDesk) -> None:
    wrong = "word,level,clause\n好词,review,3.1\n坏词,review,3.99\n,block,2.6\n又坏,explode,2.6\n"
    answer = at.post("/lexicons/import", table=wrong, library="own", step="keep")
    assert answer.status_code == 422
    assert answer.text.count('data-testid="lexicon-import-error"') == 3
    for said in ("<td>3</td><td>条款</td>", "<td>4</td><td>词</td>", "<td>5</td><td>级别</td>"):
        assert said in answer.text
    assert "又坏,explode" in answer.text
    assert at.parts.wordlists.entries(at.community) == []
    right = "word,level,clause\n好词,review,3.1\n好词二,block,2.6\n"
    checked = at.post("/lexicons/import", table=right, library="活动", step="check")
    assert "2 个词都能用" in checked.text
    assert at.parts.wordlists.entries(at.community) == []
    file = (io.BytesIO(("\ufeff" + right).encode()), "words.csv")
    kept = at.post("/lexicons/import", file=file, library="活动", step="keep")
    assert kept.status_code == 303
    assert {row.library for row in at.parts.wordlists.entries(at.community)} == {"活动"}


@pytest.mark.parametrize(
    ("table", "line", "field"),
    [
        ("", 1, "word"),
        ("word\n糖\n", 1, "clause"),
        ("word,clause,colour\n糖,3.1,red\n", 1, "colour"),
        ("word,clause\n", 2, "word"),
        ("word,clause\n糖,3.1,x\n", 2, "effective_to"),
        ('word,clause\n"糖,3.1\n', 2, "word"),
        ("word,clause\n糖\x00,3.1\n", 2, "word"),
        (f"word,clause\n{'糖' * 450},3.1\n", 2, "word"),
    ],
)
def test_what_is_wrong_with_a_table(table: str, line: int, field: str) -> None:
    errors = read_table(Sent(table)).errors
    assert errors
    assert (errors[0].line, errors[0].field) == (line, field)


def large(rows: int, last: str = "") -> bytes:
    lines = "".join(f"词{number}号,review,3.1\n" for number in range(rows))
    return f"word,level,clause\n{lines}{last}".encode()


def send_table(at: PolicyDesk, table: bytes, step: str = "keep") -> TestResponse:
    """The file as a browser sends it; werkzeug's own builder leaves a temporary file open."""
    fields = {"csrf_token": at.token(), "library": "own", "step": step}
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = '--b\r\nContent-Disposition: form-data; name="file"; filename="words.csv"\r\nContent-Type: text/csv\r\n\r\n'
    body = "".join([*parts, head]).encode() + table + b"\r\n--b--\r\n"
    return at.client.post("/lexicons/import", data=body, content_type="multipart/form-data; boundary=b")


def test_a_large_table_is_kept_all_or_none(at: PolicyDesk) -> None:
    wrong = send_table(at, large(20_000, "坏词,review,3.99\n"))
    assert wrong.status_code == 422
    assert "<td>20002</td><td>条款</td>" in wrong.text
    assert wrong.text.count('data-testid="lexicon-import-error"') == 1
    assert at.parts.wordlists.entries(at.community, limit=1) == []
    checked = send_table(at, large(20_000), "check")
    assert checked.status_code == 200
    assert "20000 个词都能用" in checked.text
    assert "词19999号" not in checked.text, "a page of megabytes would be sent back and forth"
    assert "请再选一次文件" in checked.text
    assert send_table(at, large(20_000)).status_code == 303
    assert len(at.parts.wordlists.entries(at.community)) == 20_000


def test_a_table_beyond_the_limits_says_so(at: PolicyDesk) -> None:
    rows = send_table(at, large(100_001))
    assert rows.status_code == 422
    assert "一张表最多 100000 个词" in rows.text
    assert "<td>100002</td>" in rows.text
    size = send_table(at, b"word,clause\n" + b"x" * (6 * 1024 * 1024))
    assert size.status_code == 413
    assert "表格最大 5 MB" in size.text
    assert at.post("/lexicons/words", **{**WORD, "word": "x" * 300_000}).status_code == 413
    at.client.delete_cookie("desk")
    assert "表格最大" not in at.client.post("/lexicons/import", data={"x": "x" * 300_000}).text
    at.log_in(Role.MODERATOR)
    assert send_table(at, large(20_000)).status_code == 413, "only those who may import may send that much"
    assert at.parts.wordlists.entries(at.community, limit=1) == []


def test_a_community_has_no_more_words_than_workers_read(
    at: PolicyDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_writing, "MOST_WORDS", 3)
    assert send_table(at, large(3)).status_code == 303
    refused = send_table(at, large(4))
    assert refused.status_code == 422
    assert "一个社区最多 3 个词" in refused.text
    assert len(at.parts.wordlists.entries(at.community)) == 3


def test_a_hit_that_an_allow_word_suppresses_is_shown_with_its_reason(at: PolicyDesk) -> None:
    at.score("老牌龙须糖很软", "买两盒龙须糖")
    at.clock.forward(1_000_000)
    assert 'data-testid="lexicon-preview-count">2<' in at.post("/lexicons/preview", **WORD).text
    at.post("/lexicons/words", **{**WORD, "word": "老牌龙须糖", "kind": "allow"})
    page = at.post("/lexicons/preview", **WORD).text
    assert 'data-testid="lexicon-preview-count">1<' in page
    assert "属于放行词「老牌龙须糖」" in page
    assert page.count('data-testid="lexicon-suppressed-sample"') == 1
    ended = {**WORD, "word": "老牌龙须糖", "kind": "allow", "effective_to": "2020-01-01T08:00"}
    at.post("/lexicons/words", **ended)
    assert 'data-testid="lexicon-preview-count">2<' in at.post("/lexicons/preview", **WORD).text
    allow = {**WORD, "word": "老牌龙须糖", "kind": "allow"}
    assert 'data-testid="lexicon-preview-count">1<' in at.post("/lexicons/preview", **allow).text


def test_a_file_that_is_no_text_is_refused(at: PolicyDesk) -> None:
    answer = at.post(
        "/lexicons/import", file=(io.BytesIO(b"\xff\xfe\x00\x01"), "words.csv"), library="own", step="check"
    )
    assert answer.status_code == 422
    assert "不是 UTF-8" in answer.text


def test_shipped_lists_are_counted(at: PolicyDesk) -> None:
    page = at.get("/lexicons").text
    assert 'data-testid="lexicon-shipped"' in page
    for path in at.parts.settings.lexicons.glob("*.csv"):
        assert f"<bdi>{names.LIBRARIES[path.stem]}</bdi>" in page


def test_a_hostile_word_is_text(at: PolicyDesk) -> None:
    word = "<script>alert(1)</script>"
    at.post("/lexicons/words", **{**WORD, "word": word})
    page = at.get("/lexicons").text
    assert word not in page
    assert html.escape(word) in page


def test_the_pages_speak_english(at: PolicyDesk) -> None:
    save(at)
    at.client.set_cookie("language", "en")
    for path in ("/policy", "/policy/1", "/policy/draft", "/lexicons"):
        page = at.get(path)
        assert page.status_code == 200
        assert 'lang="en"' in page.text
    assert "Backtest" in at.get("/policy/1").text


def test_a_version_in_the_archive_can_be_the_start_of_a_draft(at: PolicyDesk) -> None:
    save(at, **{"rule-0-review": "0.31"})
    move(at, 1, PolicyState.ARCHIVED.value)
    assert at.form_of("/policy/draft?from=1")["rule-0-review"] == "0.31"
