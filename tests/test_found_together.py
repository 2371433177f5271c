"""The posts of a behaviour finding: sorted, decided together, taken back, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from moderation.domain.convention import UnknownClauseError
from moderation.domain.review import Decision, DecisionKind
from moderation.domain.together import Skip
from moderation.groups import UnknownFindingError
from moderation.services.found_together import open_beside, open_in, preview_finding
from moderation.services.together import BATCH
from tests.factories import MINUTE, NOW, a_community
from tests.flooding import BLOCK, PASS, Flood

if TYPE_CHECKING:
    from moderation.store.engine import Sessions


@pytest.fixture
def flood(sessions: Sessions, community_id: int) -> Flood:
    return Flood(sessions, community_id)


def seen(flood: Flood) -> list[tuple[int, int]]:
    preview = preview_finding(flood.sessions, flood.id, flood.finding)
    return [(item.id, item.version) for item, _ in preview.group.open]


def left_out(flood: Flood) -> dict[str, Skip]:
    preview = preview_finding(flood.sessions, flood.id, flood.finding)
    return {post.data_id: why for post, why in preview.group.skipped}


def test_every_copy_is_listed_newest_first(flood: Flood) -> None:
    preview = preview_finding(flood.sessions, flood.id, flood.finding)
    assert [post.data_id for _, post in preview.group.open] == [f"p{place}" for place in range(8, -1, -1)]
    assert (preview.waiting, preview.found.count, preview.left_out) == (9, 9, 0)
    assert preview.found.row.clauses[0] == "0.1"


def test_what_is_left_out_says_why(flood: Flood) -> None:
    flood.say_of("p1")
    flood.edit("p2")
    flood.edit("p3", "楼主快来看一看")
    flood.withdraw("p4")
    assert left_out(flood) == {
        "p1": Skip.DECIDED,
        "p2": Skip.EDITED,
        "p3": Skip.EDITED,
        "p4": Skip.WITHDRAWN,
    }
    flood.board.score()
    assert left_out(flood)["p3"] is Skip.EDITED
    assert len(seen(flood)) == 5
    assert open_in(flood.sessions, [flood.finding, 999]) == {flood.finding: 5}


@pytest.mark.parametrize(("decision", "action"), [(BLOCK, "remove"), (PASS, "show")])
def test_each_gets_a_decision_of_its_own_and_all_are_taken_back(
    flood: Flood, decision: Decision, action: str
) -> None:
    number = flood.decide(seen(flood), decision)
    outcome = flood.together.outcome(flood.id, number)
    assert len(outcome.decided) == outcome.standing == 9
    said = {(one.kind, one.clause, one.note, one.action) for _, one in outcome.decided}
    assert said == {(decision.kind.value, decision.clause, decision.note, action)}
    assert (outcome.kind, outcome.row.accounts, outcome.skipped) == (decision.kind, ["u1"], {})
    assert (seen(flood), set(left_out(flood).values())) == ([], {Skip.DECIDED})
    assert flood.together.undo(flood.id, number, moderator_id=flood.moderator.id, now=NOW + MINUTE) == (9, 0)
    assert len(seen(flood)) == 9


def test_what_changed_since_it_was_seen_is_skipped_with_the_reason(flood: Flood) -> None:
    before, names = seen(flood), {flood.item(f"p{place}").id: f"p{place}" for place in range(9)}
    flood.say_of("p1", BLOCK)
    flood.edit("p2")
    flood.withdraw("p4")
    outcome = flood.together.outcome(flood.id, flood.decide(before))
    assert {names[item]: why for item, why in outcome.skipped.items()} == {
        "p1": Skip.DECIDED,
        "p2": Skip.EDITED,
        "p4": Skip.WITHDRAWN,
    }
    assert len(outcome.decided) == 6


def test_reasons_of_several_batches_are_kept(sessions: Sessions, community_id: int) -> None:
    flood = Flood(sessions, community_id, copies=BATCH + 5)
    before = seen(flood)
    flood.say_of("p0")  # the oldest: of the last batch
    flood.say_of(f"p{BATCH + 4}")
    outcome = flood.together.outcome(flood.id, flood.decide(before))
    assert (len(outcome.decided), len(outcome.skipped)) == (BATCH + 3, 2)


def test_an_item_of_no_post_of_the_finding_is_left_alone(flood: Flood) -> None:
    flood.board.say(("u5", 3, "小众手工皮鞋清仓,工厂直供特价包邮,下单戳 https://xie-7788.xyz/b"))
    alien = flood.item("p11")
    outcome = flood.together.outcome(flood.id, flood.decide([(alien.id, alien.version)]))
    assert (outcome.decided, outcome.skipped, flood.item("p11").state) == ([], {}, "open")


def test_a_finding_stays_in_its_community(flood: Flood) -> None:
    other = a_community(flood.sessions, "other").id
    with pytest.raises(UnknownFindingError):
        preview_finding(flood.sessions, other, flood.finding)
    with pytest.raises(UnknownFindingError):
        flood.together.decide_finding(
            other, flood.finding, seen(flood), decision=BLOCK, moderator_id=flood.moderator.id, now=NOW
        )
    assert len(seen(flood)) == 9


def test_a_clause_that_is_none_decides_nothing(flood: Flood) -> None:
    with pytest.raises(UnknownClauseError):
        flood.decide(seen(flood), Decision(DecisionKind.BLOCK, "99"))
    assert len(seen(flood)) == 9


def test_groups_of_accounts_and_of_findings_are_listed_apart(flood: Flood) -> None:
    number = flood.decide(seen(flood)[:2])
    preview = preview_finding(flood.sessions, flood.id, flood.finding)
    assert [row.id for row in preview.before] == [number]
    assert flood.together.all_of(flood.id) == []
    gang = flood.together.decide(
        flood.id, [], decision=BLOCK, accounts=["u1"], moderator_id=flood.moderator.id, now=NOW
    )
    assert [row.id for row in flood.together.all_of(flood.id)] == [gang.id]


def test_a_page_of_the_queue_is_counted_by_one_query(flood: Flood) -> None:
    flood.board.say(("u5", 3, "小众手工皮鞋清仓,工厂直供特价包邮,下单戳 https://xie-7788.xyz/b"))
    flood.say_of("p1")
    flood.edit("p2")
    flood.board.score()
    items = {name: flood.item(name).id for name in ("p0", "p1", "p3", "p11")}
    asked: list[str] = []
    with flood.sessions.read() as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    counted = open_beside(flood.sessions, list(items.values()))
    assert counted == {items["p0"]: 7, items["p1"]: 7, items["p3"]: 7}
    assert len([one for one in asked if "behaviour_finding_posts" in one]) == 1
    assert len([one for one in asked if "SELECT" in one]) == 1
    assert open_beside(flood.sessions, []) == {}
