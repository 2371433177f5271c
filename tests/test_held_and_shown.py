"""What the desk says of a post that waits or was decided: shown or held, read or not, whose clause it is."""

from __future__ import annotations

import dataclasses
import html
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from moderation.domain.holding import Cause
from moderation.domain.post import Overdue, PublishingMode, PublishingRule, Timeout
from moderation.domain.verdict import Suggestion
from moderation.domain.windows import Window
from moderation.publishing import Publishing
from moderation.services.holding import Holding
from moderation.services.intake import Intake
from moderation.store import threads
from moderation.store.tables import PostRow, VerdictRow
from tests import desk
from tests import pictures as drawn
from tests.desk import DAY, MINUTE, Told
from tests.factories import NOW, a_scoring, a_submission
from tests.fakes import RecordingBell, StoppedClock
from tests.test_review_ui import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from moderation.store.tables import ReviewItemRow

ADVERT = Told("今晚八点清仓优惠", Suggestion.REVIEW, "3.1", ad=0.7)
RUMOUR = Told("听说桥要塌了", Suggestion.REVIEW, "5.1", ad=0.1, negativity=0.98)
PRE = PublishingMode.PRE_MODERATION
RULES = (
    PublishingRule(PRE, "母婴"),
    PublishingRule(PRE, "新手", timeout=Timeout(10, Overdue.SHOW)),
)


@pytest.fixture
def at(sqlite_template: Path, tmp_path: Path) -> Desk:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    clock = StoppedClock(NOW)
    parts = desk.web_parts(f"sqlite:///{tmp_path / 'desk.db'}", clock)
    publishing = Publishing(RULES, windows=(Window("秋季大会", NOW - DAY, NOW + DAY, look_first=True),))
    return Desk(dataclasses.replace(parts, intake=Intake(parts.sessions, parts.bell, publishing)), clock)


def told(at: Desk, what: Told, *, group: str = "", mode: str = "post", **verdict: Any) -> ReviewItemRow:
    """A post that waits, with its place and what its verdict says otherwise."""
    policy, behaviour = verdict.pop("policy", None), verdict.pop("behaviour", False)
    item = at.tell(what)
    with at.parts.sessions.write.begin() as session:
        post = session.scalars(select(PostRow).where(PostRow.id == item.post_id)).one()
        post.group_path, post.mode = group, mode
        row = session.scalars(select(VerdictRow).where(VerdictRow.post_id == item.post_id)).one()
        for name, value in verdict.items():
            setattr(row, name, value)
        body = dict(row.body)
        if policy:
            body["versions"] = {**body["versions"], "policy": policy}
        if behaviour:
            body["labels"] = [{**body["labels"][0], "source": "behaviour"}, *body["labels"]]
        row.body = body
    return item


def part(page: str, name: str) -> str:
    """The words of the first element of a name."""
    found = re.search(rf'<(\w+)[^>]*data-testid="{name}"[^>]*>(.*?)</\1>', page, re.DOTALL)
    assert found, name
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[2])).split())


SAID: tuple[tuple[dict[str, Any], str], ...] = (
    # place and verdict, what the list and the item say
    ({"group": "母婴", "mode": "pre"}, "已扣住（未展示） · 板块先审后发 · 1 小时 55 分钟后没人处理仍扣住，提到最前"),
    ({"group": "新手", "mode": "pre"}, "已扣住（未展示） · 板块先审后发 · 5 分钟后没人处理就先展示"),
    (
        {"policy": "default-1+秋季大会"},
        "已扣住（未展示） · 敏感时期「秋季大会」 · 1 小时 55 分钟后没人处理仍扣住，提到最前",
    ),
    ({"source": "behaviour"}, "已扣住（未展示） · 多帖行为 · 1 小时 55 分钟后没人处理仍扣住，提到最前"),
    ({}, "已扣住（未展示） · 策略规则 · 1 小时 55 分钟后没人处理仍扣住，提到最前"),
    ({"action": "show"}, "已展示"),
    ({"action": "fold"}, "已展示（折叠）"),
    ({"action": "show", "source": "timeout"}, "已展示 · 到时没人处理，先展示了"),
)  # fmt: skip


@pytest.mark.parametrize(("where", "said"), SAID)
def test_list_and_item_say_whether_readers_see_it_and_why(at: Desk, where: dict[str, Any], said: str) -> None:
    item = told(at, ADVERT, **where)
    at.log_in()
    assert part(at.get("/queue").text, "row-held") == said
    assert part(at.get(f"/items/{item.id}").text, "post-held") == said


def test_a_time_that_is_out_says_so(at: Desk) -> None:
    told(at, ADVERT, group="母婴", mode="pre")
    at.clock.forward(3 * 60 * MINUTE)
    at.log_in()
    assert part(at.get("/queue").text, "row-held").endswith("时限已到")


def test_a_decided_post_does_not_say_that_it_waits(at: Desk) -> None:
    item = told(at, ADVERT)
    at.log_in()
    at.decide(item, "pass")
    assert 'data-testid="row-held"' not in at.get("/queue?state=decided").text
    assert 'data-testid="post-held"' not in at.get(f"/items/{item.id}?state=decided").text


def test_the_queue_can_be_cut_to_what_a_sensitive_period_holds(at: Desk) -> None:
    mine = told(at, ADVERT, policy="default-1+秋季大会")
    next_one = told(at, ADVERT, policy="default-1+别的+秋季大会")
    for other in (
        {"policy": "default-1+秋季大会2"},
        {"policy": "default-1+秋季大会", "action": "show"},
        {},
    ):
        told(at, ADVERT, **other)
    at.log_in()
    page = at.get("/queue?window=秋季大会").text
    assert re.findall(r'data-item="(\d+)" data-testid="queue-row"', page) == [str(mine.id), str(next_one.id)]
    assert "只看敏感时期「秋季大会」扣住的" in page
    assert f"/items/{next_one.id}?window=" in page, "what follows is of the same list"


def test_what_a_period_holds_is_counted_on_both_databases(database_url: str) -> None:
    parts = desk.web_parts(database_url, StoppedClock(NOW))
    there = Desk(parts, StoppedClock(NOW))
    for one in (
        {"policy": "default-1+夏%_会"},
        {"policy": "default-1+夏%_会+别的"},
        {"policy": "default-1+夏季会"},
        {"policy": "default-1+夏%_会", "suggestion": "block"},
    ):
        told(there, ADVERT, **one)
    holding = Holding(parts.sessions, Publishing())
    found = holding.by_window(there.community, ["夏%_会", "没有的"], now=NOW)
    assert found == {"夏%_会": 2, "没有的": 0}
    held = holding.held_by(there.community, "夏%_会", now=NOW)
    entries = parts.queues.queue(there.community, window=held).entries
    assert len(entries) == 2
    follows = parts.queues.item(there.community, entries[0].item.id, window=held).next_item_id
    assert follows == entries[1].item.id
    parts.sessions.close()


PLACES: tuple[tuple[str, str, str, bool], ...] = (
    # board, thread, mode when it came in, whether the period is what holds it
    ("", "", "post", True),
    ("婚恋", "", "pre", True),  # the period had made it so
    ("母婴", "", "pre", False),
    ("母婴/奶粉", "", "pre", False),
    ("母婴", "", "post", True),  # the board has become stricter since
    ("母婴", "open", "pre", True),  # a thread set apart: shown at once but for the period
    ("婚恋", "shut", "pre", False),
    ("婚恋", "named", "pre", False),
)


def test_a_period_does_not_count_what_its_board_holds_anyway(database_url: str) -> None:
    parts = desk.web_parts(database_url, StoppedClock(NOW))
    there = Desk(parts, StoppedClock(NOW))
    rules = (*RULES, PublishingRule(PRE, thread="named"))
    with parts.sessions.write.begin() as session:
        for apart, how in (("open", PublishingMode.POST_MODERATION), ("shut", PRE)):
            threads.set_mode(session, there.community, apart, how, why="", author="王", now=NOW)
    expected = []
    for group, thread, mode, counts in PLACES:
        item = told(there, ADVERT, policy="default-1+秋季大会", group=group, mode=mode)
        with parts.sessions.write.begin() as session:
            post = session.scalars(select(PostRow).where(PostRow.id == item.post_id)).one()
            post.context = {"thread_id": thread} if thread else {}
        expected += [item.id] if counts else []
    holding = Holding(parts.sessions, Publishing(rules))
    assert holding.by_window(there.community, ["秋季大会"], now=NOW) == {"秋季大会": len(expected)}
    held = holding.held_by(there.community, "秋季大会", now=NOW)
    entries = parts.queues.queue(there.community, window=held).entries
    assert [one.item.id for one in entries] == expected
    waiting = [(one.item, one.post, one.verdict) for one in parts.queues.queue(there.community).entries]
    causes = holding.of(there.community, [one for one in waiting if one[2]], now=NOW)  # type: ignore[misc]
    assert sorted(number for number, one in causes.items() if one.cause is Cause.WINDOW) == expected
    parts.sessions.close()


def test_the_decision_heads_what_was_decided_and_the_machine_only_suggested(at: Desk) -> None:
    item = told(at, RUMOUR)
    at.log_in()
    at.decide(item, "pass")
    page = at.get(f"/items/{item.id}?state=decided").text
    assert part(page, "post-head") == "通过"
    assert part(page, "post-machine") == "机审建议： 待审 5.1 谣言 98"
    row = at.get("/queue?state=decided").text
    assert part(row, "row-machine") == "机审建议：待审 98 5.1 谣言"
    assert 'class="row-clause"' not in row


def test_the_clause_of_a_block_is_the_moderators(at: Desk) -> None:
    item = told(at, RUMOUR)
    at.log_in()
    at.decide(item, "block", clause="2.6")
    row = at.get("/queue?state=decided").text
    assert re.search(r'class="row-clause">2\.6 谩骂<', row)
    assert part(at.get(f"/items/{item.id}?state=decided").text, "post-head") == "拦截 2.6 谩骂"


@pytest.mark.parametrize(
    ("behaviour", "name"), [(False, "3.1 广告/推广（未见重复）"), (True, "3.1 多次发布推广")]
)
def test_a_single_advert_is_not_called_repeated(at: Desk, *, behaviour: bool, name: str) -> None:
    item = told(at, ADVERT, behaviour=behaviour)
    at.log_in()
    assert name in part(at.get("/queue").text, "queue-row")
    assert name in part(at.get(f"/items/{item.id}").text, "post-head")


def test_nothing_but_an_unread_image_was_not_looked_at(at: Desk) -> None:
    image = at.parts.pictures.keep(at.community, drawn.plain()).id
    sent = a_submission("p", "", images=(image, "https://img.example.com/2.png"))
    Intake(at.parts.sessions, RecordingBell()).submit(at.community, [sent], now=NOW)
    a_scoring(at.parts.sessions).score_pending()
    at.log_in()
    row = part(at.get("/queue").text, "queue-row")
    assert "没看过内容" in row
    page = at.get("/queue").text
    assert 'class="row-risk"' not in page
    assert part(page, "post-unseen") == "没看过内容"
    assert part(page, "nothing-seen").startswith("没看过内容")
    assert "没有发现问题。" not in page
    assert "图里的文字和画面没看过，只查了二维码" in page
    with at.parts.sessions.read() as session:
        body = session.scalars(select(VerdictRow)).one().body
    assert body["unchecked"] == [
        "image 1: the text in it was not read",
        "image 2: not fetched: its host is not listed",
    ]
