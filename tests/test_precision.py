"""What people decide lets a head block, or stops it: measured over real databases, applied by the next batch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from moderation.domain.blocking import Basis, Proof
from moderation.domain.evidence import Level
from moderation.domain.policy import Rule
from moderation.domain.review import SPOT_CHECK, Decision, DecisionKind, is_drawn
from moderation.rulebooks import Rulebooks
from moderation.services.precision import WINDOW, Precision
from moderation.services.queues import Queues
from moderation.services.reading import post_record
from moderation.services.reviewing import Reviewing
from moderation.services.wordlists import WordLists
from moderation.store import reviewed
from tests.factories import (
    AD_WORD,
    CALIBRATED,
    DOUBTFUL_WORD,
    NOW,
    a_community,
    a_policy,
    a_scoring,
    a_submission,
    a_user,
    an_entry,
    keep,
)
from tests.fakes import RecordingBell, StoppedClock

if TYPE_CHECKING:
    from moderation.services.scoring import Scoring
    from moderation.store.engine import Sessions

MODEL = "fake-1"
AD = Rule("ad", "3.1", review=0.5, block=0.9)
QUIET = replace(AD, may_block=False)


class Desk:
    """Posts are scored, people decide them, heads are measured."""

    def __init__(self, sessions: Sessions, community_id: int) -> None:
        self.sessions, self.community_id = sessions, community_id
        self.clock = StoppedClock(NOW)
        self.moderator = a_user(sessions, community_id).id

    def scoring(self, rule: Rule) -> Scoring:
        policy = a_policy(rules=(rule,))
        made = a_scoring(self.sessions, policy=policy, clock=self.clock)
        books = Rulebooks(self.sessions, policy, (), CALIBRATED, MODEL)
        return replace(made, rulebooks=books)

    def decide(self, text: str, kinds: str, rule: Rule = QUIET) -> None:
        """Score posts and let people decide them: «b» blocks, «p» passes, «u» passes and takes it back."""
        keep(self.sessions, self.community_id, *(a_submission(text=text) for _ in kinds))
        while self.scoring(rule).score_pending():
            pass
        entries = Queues(self.sessions).queue(self.community_id, limit=200).entries
        reviewing = Reviewing(self.sessions, RecordingBell())
        for kind, entry in zip(kinds, entries, strict=True):
            decision = Decision(DecisionKind.BLOCK, "3.1") if kind == "b" else Decision(DecisionKind.PASS)
            reviewing.decide(
                self.community_id,
                entry.item.id,
                decision,
                moderator_id=self.moderator,
                version=entry.item.version,
                now=self.clock(),
            )
            if kind == "u":
                reviewing.undo(self.community_id, moderator_id=self.moderator, now=self.clock())

    def measure(self, model: str = MODEL) -> int:
        return Precision(self.sessions, model, self.clock).measure_all()

    def suggestion(self, text: str, rule: Rule, community_id: int = 0) -> str:
        post = a_submission(text=text)
        keep(self.sessions, community_id or self.community_id, post)
        self.scoring(rule).score_pending()
        return self.suggestion_of(post.data_id, community_id)

    def suggestion_of(self, data_id: str, community_id: int = 0) -> str:
        record = post_record(self.sessions, community_id or self.community_id, data_id)
        assert record is not None
        assert record.verdict is not None
        return record.verdict.suggestion


@pytest.fixture
def at(sessions: Sessions, community_id: int) -> Desk:
    return Desk(sessions, community_id)


def test_people_stop_a_head_that_is_wrong_too_often(at: Desk) -> None:
    assert at.suggestion(AD_WORD, AD) == "block"
    at.decide(AD_WORD, "p" * 15 + "b" * 10)
    assert at.suggestion(AD_WORD, AD) == "block", "nothing was measured yet"
    assert at.measure() == 1
    assert at.suggestion(AD_WORD, AD) == "review"
    other = a_community(at.sessions, "other").id
    assert at.suggestion(AD_WORD, AD, other) == "block", "another community's people say nothing here"


def test_people_let_a_head_block_that_the_bundle_does_not_trust(at: Desk) -> None:
    rule = replace(AD, block=None, proof=Proof.REVIEWED)
    at.decide(AD_WORD, "b" * 99)
    at.measure()
    assert at.suggestion(AD_WORD, rule) == "review"
    with_post = Queues(at.sessions).queue(at.community_id).entries
    Reviewing(at.sessions, RecordingBell()).decide(
        at.community_id,
        with_post[0].item.id,
        Decision(DecisionKind.BLOCK, "3.1"),
        moderator_id=at.moderator,
        version=with_post[0].item.version,
        now=at.clock(),
    )
    at.measure()
    assert at.suggestion(AD_WORD, rule) == "block"
    assert at.suggestion(DOUBTFUL_WORD, rule) == "block", "from 0.5 on, all that people saw was right"
    assert at.measure("fake-2") == 1
    assert at.suggestion(AD_WORD, rule) == "review", "what was decided of another model's scores says nothing"


def test_measuring_waits_for_a_decision(at: Desk) -> None:
    assert at.measure() == 1
    assert at.measure() == 0
    at.decide(DOUBTFUL_WORD, "p")
    assert at.measure() == 1
    assert at.measure() == 0


def test_what_counts_is_the_latest_decision_that_stands(at: Desk) -> None:
    at.decide(AD_WORD, "bp")
    at.measure()
    with at.sessions.read() as session:
        curve = reviewed.curves(session, model=MODEL)[at.community_id]["ad"]
    assert (curve.share(0.9).count, curve.share(0.9).total) == (1, 2)
    assert curve.measured_at == NOW


def test_a_decision_taken_back_or_too_old_counts_for_nothing(at: Desk) -> None:
    at.decide(AD_WORD, "u")
    at.measure()
    with at.sessions.read() as session:
        assert reviewed.curves(session, model=MODEL) == {}
        since = NOW - WINDOW
        assert reviewed.decided(session, at.community_id, since=since, limit=10) == {}


def test_an_own_block_word_blocks_also_in_a_list_called_as_a_shipped_one(at: Desk) -> None:
    shipped = an_entry("清仓甩卖", level=Level.BLOCK, library="ads")
    policy = a_policy(rules=(), corroborated=frozenset({"ads"}))
    words = WordLists(at.sessions)
    for library in ("ads", "own"):
        own = an_entry(f"龙须糖{library}", level=Level.BLOCK, library=library)
        words.add(at.community_id, library, [own], author="李", now=NOW)
    posts = [a_submission(text=text) for text in ("清仓甩卖", "龙须糖ads", "龙须糖own")]
    keep(at.sessions, at.community_id, *posts)
    a_scoring(at.sessions, policy=policy, entries=(shipped,), clock=at.clock).score_pending()
    said = [at.suggestion_of(post.data_id) for post in posts]
    assert said == ["review", "block", "block"]


def test_a_rulebook_shows_why_a_head_was_stopped(at: Desk) -> None:
    at.decide(AD_WORD, "p" * 25)
    at.measure()
    book = at.scoring(AD).rulebooks.current().of(at.community_id)
    found = book.policy.blocking(book.policy.rules[0], None)
    assert (found.basis, found.share.count, found.share.total) == (Basis.STOPPED, 0, 25)


# ---------------------------------------------------------------- spot checks


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.1, 60, 140), (1.0, 1_000, 1_000)])
def test_a_share_is_drawn_by_chance_and_always_the_same(share: float, least: int, most: int) -> None:
    drawn = [number for number in range(1_000) if is_drawn(f"post{number}", 1, share)]
    assert least <= len(drawn) <= most
    assert drawn == [number for number in range(1_000) if is_drawn(f"post{number}", 1, share)]


def test_a_spot_check_has_a_person_judge_a_block_and_counts_in_the_precision(at: Desk) -> None:
    for _ in range(4):
        keep(at.sessions, at.community_id, a_submission(text=f"{AD_WORD}多多"))
    keep(at.sessions, at.community_id, a_submission(text="今天天气不错"))
    replace(at.scoring(AD), spot_check=1.0).score_pending()
    entries = Queues(at.sessions).queue(at.community_id).entries
    assert [(one.item.reason, one.verdict.suggestion if one.verdict else "") for one in entries] == [
        (SPOT_CHECK, "block")
    ] * 4
    reviewing = Reviewing(at.sessions, RecordingBell())
    for entry in entries:
        reviewing.decide(
            at.community_id, entry.item.id, Decision(DecisionKind.BLOCK, "3.1"), moderator_id=at.moderator,
            version=entry.item.version, now=at.clock(),
        )  # fmt: skip
    assert at.measure() == 1
    with at.sessions.read() as session:
        counted = reviewed.decided(session, at.community_id, since=0, limit=10)
    assert list(counted.values()) == [True] * 4


def test_blocks_wait_for_nobody_where_no_share_is_drawn(at: Desk) -> None:
    keep(at.sessions, at.community_id, a_submission(text=f"{AD_WORD}多多"))
    at.scoring(AD).score_pending()
    assert not Queues(at.sessions).queue(at.community_id).entries
