"""Policy versions, shadows, own words and backtests over a real database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moderation.domain.backtest import Backtest, Replay
from moderation.domain.evidence import Level
from moderation.domain.intervals import Share
from moderation.domain.policy_versions import PolicyMoveError, PolicyState, check_move
from moderation.domain.post import PublishingMode, PublishingRule
from moderation.domain.review import Decision, DecisionKind
from moderation.domain.verdict import Action, Suggestion
from moderation.policy_file.document import PolicyDocumentError
from moderation.publishing import Publishing
from moderation.services.backtesting import Backtesting, UnknownVersionError
from moderation.services.intake import Intake
from moderation.services.policies import Policies, UnknownPolicyError
from moderation.services.queues import Queues
from moderation.services.reading import post_record
from moderation.services.reviewing import Reviewing
from moderation.services.word_imports import WordImports, read_words
from moderation.services.wordlists import UnknownEntryError, WordLists
from moderation.text.entries import EntryError
from tests.factories import (
    CALIBRATED,
    DAY,
    NOW,
    a_community,
    a_scoring,
    a_submission,
    a_user,
    an_entry,
    keep,
)
from tests.fakes import RecordingBell

if TYPE_CHECKING:
    from moderation.store.engine import Sessions

LIVE = """
version = "base"
[[rules]]
head = "ad"
clause = "3.1"
[[rules]]
head = "negativity"
clause = "2.6"
"""
STRICT = LIVE.replace('version = "base"', 'version = "strict"').replace(
    'clause = "3.1"', 'clause = "3.1"\nreview = 0.3\nblock = 0.5'
)


@pytest.fixture
def policies(sessions: Sessions) -> Policies:
    return Policies(sessions, LIVE)


def suggestion_of(sessions: Sessions, community_id: int, data_id: str) -> str:
    record = post_record(sessions, community_id, data_id)
    assert record is not None
    assert record.verdict is not None
    return record.verdict.suggestion


# ---------------------------------------------------------------- pure


@pytest.mark.parametrize(
    ("old", "new"),
    [("draft", "shadow"), ("draft", "live"), ("shadow", "live"), ("shadow", "draft"), ("archived", "live")],
)
def test_moves_of_a_version(old: str, new: str) -> None:
    check_move(PolicyState(old), PolicyState(new))


@pytest.mark.parametrize(
    ("old", "new"), [("live", "draft"), ("live", "shadow"), ("archived", "draft"), ("live", "live")]
)
def test_moves_that_do_not_exist(old: str, new: str) -> None:
    with pytest.raises(PolicyMoveError):
        check_move(PolicyState(old), PolicyState(new))


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(0, 0, 0.0, 1.0), (10, 10, 0.722, 1.0), (50, 100, 0.404, 0.596), (0, 20, 0.0, 0.161)],
)
def test_wilson_interval(count: int, total: int, low: float, high: float) -> None:
    share = Share(count, total)
    assert share.lower == pytest.approx(low, abs=5e-4)
    assert share.upper == pytest.approx(high, abs=5e-4)


def test_a_backtest_counts_flips_and_judges_by_people() -> None:
    found = Backtest()
    found.add(
        [
            Replay("1", "a", "广告", Suggestion.REVIEW, Suggestion.BLOCK, "3.1", "3.1", DecisionKind.BLOCK),
            Replay("2", "b", "闲聊", Suggestion.PASS, Suggestion.BLOCK, "", "3.1", DecisionKind.PASS),
            Replay("3", "c", "你好", Suggestion.PASS, Suggestion.PASS),
            Replay("4", "d", "骂人", Suggestion.BLOCK, Suggestion.BLOCK, "2.6", "2.7"),
        ]
    )
    assert (found.posts, found.flipped) == (4, 3)
    assert found.flips[Suggestion.REVIEW, Suggestion.BLOCK] == 1
    assert found.precision("after") == Share(1, 2)
    assert found.precision("before") == Share(0, 0)
    assert found.recall("after") == Share(1, 1)
    assert found.recall("before") == Share(0, 1)
    assert [one.data_id for one in found.examples[Suggestion.PASS, Suggestion.BLOCK]] == ["b"]


# ---------------------------------------------------------------- versions


def test_a_draft_becomes_live_and_goes_back(
    sessions: Sessions, community_id: int, policies: Policies
) -> None:
    scoring = a_scoring(sessions)
    first = policies.draft(community_id, document=LIVE, why="start", author="王", now=NOW)
    second = policies.draft(community_id, document=STRICT, why="stricter", author="李", now=NOW)
    assert (first.number, second.number) == (1, 2)
    policies.move(community_id, 1, PolicyState.LIVE, why="go", author="王", now=NOW)
    keep(sessions, community_id, a_submission("before", "今天有优惠"))
    scoring.score_pending()
    policies.move(community_id, 2, PolicyState.LIVE, why="too many ads", author="李", now=NOW)
    keep(sessions, community_id, a_submission("strict", "明天有优惠"))
    scoring.score_pending()
    policies.move(community_id, 1, PolicyState.LIVE, why="too strict", author="王", now=NOW)
    keep(sessions, community_id, a_submission("back", "后天有优惠"))
    scoring.score_pending()
    assert [suggestion_of(sessions, community_id, one) for one in ("before", "strict", "back")] == [
        "review",
        "block",
        "review",
    ]
    record = post_record(sessions, community_id, "strict")
    assert record is not None
    assert record.verdicts[0].body["versions"]["policy"] == "strict"
    states = {
        row.number: (row.state, [move.author for move in moves])
        for row, moves in policies.versions(community_id)
    }
    assert states == {1: ("live", ["王", "王", "李", "王"]), 2: ("archived", ["李", "李", "王"])}


def test_a_wrong_document_is_refused_and_nothing_changes(community_id: int, policies: Policies) -> None:
    for document, names in (
        ('version = "x"\n[[rules]]\nhead = "ad"\nclause = "3.99"\n', "rules.0.clause"),
        ('version = "x"\n[[rules]]\nhead = "ad"\nclause = "3.1"\nblock = 1.5\n', "rules.0.block"),
        ('version = "x"\n[[rules]\n', "line 2"),
    ):
        with pytest.raises(PolicyDocumentError, match=names):
            policies.draft(community_id, document=document, why="", author="王", now=NOW)
    assert policies.versions(community_id) == []
    assert policies.live_document(community_id) == LIVE


def test_versions_of_another_community_are_unknown(
    sessions: Sessions, community_id: int, policies: Policies
) -> None:
    other = a_community(sessions, "other").id
    policies.draft(other, document=LIVE, why="", author="王", now=NOW)
    with pytest.raises(UnknownPolicyError):
        policies.move(community_id, 1, PolicyState.LIVE, why="", author="王", now=NOW)
    with pytest.raises(UnknownPolicyError):
        policies.shadow(community_id, 1)


def test_a_shadow_is_watched_and_decides_nothing(
    sessions: Sessions, community_id: int, policies: Policies
) -> None:
    policies.draft(community_id, document=STRICT, why="", author="王", now=NOW)
    policies.move(community_id, 1, PolicyState.SHADOW, why="", author="王", now=NOW)
    keep(sessions, community_id, a_submission("a", "今天有优惠"), a_submission("b", "你好"))
    a_scoring(sessions).score_pending()
    assert suggestion_of(sessions, community_id, "a") == "review"
    found = policies.shadow(community_id, 1)
    assert found.counts == {("review", "block"): 1}
    assert [post.data_id for _, post in found.latest] == ["a"]
    assert (found.running, found.since, found.compared, found.total, found.last_at) == (True, NOW, 2, 1, NOW)


def test_what_a_shadow_was_compared_on_adds_up_and_stays(
    sessions: Sessions, community_id: int, policies: Policies
) -> None:
    policies.draft(community_id, document=STRICT, why="", author="王", now=NOW)
    nothing = policies.shadow(community_id, 1)
    assert (nothing.running, nothing.since, nothing.compared, nothing.last_at) == (False, None, 0, None)
    policies.move(community_id, 1, PolicyState.SHADOW, why="", author="王", now=NOW + 1)
    assert (policies.shadow(community_id, 1).since, policies.shadow(community_id, 1).compared) == (NOW + 1, 0)
    for number in range(3):
        keep(sessions, community_id, a_submission(f"p{number}", "你好"), now=NOW + number)
        a_scoring(sessions, clock=lambda at=NOW + number: at).score_pending()  # type: ignore[misc]
    policies.move(community_id, 1, PolicyState.LIVE, why="", author="王", now=NOW + 9)
    keep(sessions, community_id, a_submission("after", "你好"))
    a_scoring(sessions).score_pending()
    found = policies.shadow(community_id, 1)
    assert (found.running, found.compared, found.total, found.last_at) == (False, 3, 0, NOW + 2)


# ---------------------------------------------------------------- words


def test_own_words_apply_to_the_next_batch_of_their_community_alone(
    sessions: Sessions, community_id: int
) -> None:
    other = a_community(sessions, "other").id
    scoring, words = a_scoring(sessions), WordLists(sessions)
    keep(sessions, community_id, a_submission("before", "来一份龙须糖"))
    scoring.score_pending()
    words.add(community_id, "糖", [an_entry("龙须糖", "3.1", Level.BLOCK)], author="王", now=NOW)
    keep(sessions, community_id, a_submission("after", "再来一份龙须糖"))
    keep(sessions, other, a_submission("elsewhere", "再来一份龙须糖"))
    scoring.score_pending()
    assert suggestion_of(sessions, community_id, "before") == "pass"
    assert suggestion_of(sessions, community_id, "after") == "block"
    assert suggestion_of(sessions, other, "elsewhere") == "pass"
    (row,) = words.entries(community_id)
    words.remove(community_id, row.id)
    keep(sessions, community_id, a_submission("removed", "还要一份龙须糖"))
    scoring.score_pending()
    assert suggestion_of(sessions, community_id, "removed") == "pass"


def test_words_are_kept_all_or_none(sessions: Sessions, community_id: int) -> None:
    words = WordLists(sessions)
    with pytest.raises(EntryError, match="line 2, field clause"):
        words.add(community_id, "own", [an_entry("好词"), an_entry("坏词", "3.99")], author="王", now=NOW)
    assert words.entries(community_id) == []


def test_a_list_survives_export_and_import(sessions: Sessions, community_id: int) -> None:
    words, other = WordLists(sessions), a_community(sessions, "other").id
    given = [an_entry("龙须糖"), an_entry("麦芽糖", level=Level.BLOCK, effective_to=NOW + DAY)]
    words.add(community_id, "糖", given, author="王", now=NOW)
    table = words.export_csv(community_id, "糖")
    assert WordImports(sessions).keep(other, "糖", read_words(table), author="李", now=NOW).words == 2
    assert words.export_csv(other, "糖") == table


def test_a_word_given_again_is_replaced(sessions: Sessions, community_id: int) -> None:
    words = WordLists(sessions)
    words.add(community_id, "糖", [an_entry("龙须糖")], author="王", now=NOW)
    words.add(community_id, "糖", [an_entry("龙须糖", level=Level.BLOCK)], author="李", now=NOW + 1)
    (row,) = words.entries(community_id)
    assert (row.level, row.author, row.created_at) == ("block", "李", NOW)


def test_a_word_of_another_community_cannot_be_removed(sessions: Sessions, community_id: int) -> None:
    words, other = WordLists(sessions), a_community(sessions, "other").id
    words.add(other, "糖", [an_entry("龙须糖")], author="王", now=NOW)
    (row,) = words.entries(other)
    with pytest.raises(UnknownEntryError):
        words.remove(community_id, row.id)
    assert len(words.entries(other)) == 1


# ---------------------------------------------------------------- backtest


def test_a_backtest_of_kept_posts_needs_no_model(
    sessions: Sessions, community_id: int, policies: Policies
) -> None:
    keep(
        sessions,
        community_id,
        a_submission("a", "今天有优惠"),
        a_submission("b", "明天有优惠"),
        a_submission("c", "你好"),
    )
    a_scoring(sessions).score_pending()
    moderator = a_user(sessions, community_id)
    desk = Reviewing(sessions, RecordingBell())
    entries = {one.post.data_id: one.item for one in Queues(sessions).queue(community_id).entries}
    for data_id, decision in (("a", Decision(DecisionKind.BLOCK, "3.1")), ("b", Decision(DecisionKind.PASS))):
        item = entries[data_id]
        desk.decide(community_id, item.id, decision, moderator_id=moderator.id, version=item.version, now=NOW)
    policies.draft(community_id, document=STRICT, why="", author="王", now=NOW)
    told: list[tuple[int, int]] = []
    found = Backtesting(sessions, LIVE, CALIBRATED).run_version(
        community_id,
        1,
        since=NOW - DAY,
        until=NOW + 1,
        progress=lambda done, total: told.append((done, total)),
    )
    assert (found.posts, found.flipped) == (3, 2)
    assert found.precision("after") == Share(1, 2)
    assert found.recall("before") == Share(0, 1)
    assert told == [(3, 3)]


def test_a_backtest_of_an_unknown_version(sessions: Sessions, community_id: int) -> None:
    with pytest.raises(UnknownVersionError):
        Backtesting(sessions, LIVE, CALIBRATED).run_version(community_id, 9, since=0, until=NOW)


def test_a_live_policy_brings_its_publishing_modes(
    sessions: Sessions, community_id: int, policies: Policies
) -> None:
    intake = Intake(sessions, RecordingBell(), Publishing((PublishingRule(PublishingMode.POST_MODERATION),)))
    (before,) = intake.submit(community_id, [a_submission("a", group="母婴/问答")], now=NOW)
    document = LIVE + '[[publishing]]\ngroup = "母婴"\nmode = "pre"\n'
    policies.draft(community_id, document=document, why="", author="王", now=NOW)
    policies.move(community_id, 1, PolicyState.LIVE, why="", author="王", now=NOW)
    (after,) = intake.submit(community_id, [a_submission("b", group="母婴/问答")], now=NOW)
    (elsewhere,) = intake.submit(community_id, [a_submission("c", group="数码")], now=NOW)
    assert (before.action, after.action, elsewhere.action) == (Action.SHOW, Action.HOLD, Action.SHOW)
