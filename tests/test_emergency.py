"""Emergency words: at once, for a look only, for a day, and measured afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moderation.domain.evidence import Level
from moderation.domain.intervals import Share
from moderation.domain.review import Decision, DecisionKind
from moderation.services.emergency import LIBRARY, Emergency, EmergencyError
from moderation.services.queues import Queues
from moderation.services.reading import post_record
from moderation.services.reviewing import Reviewing
from moderation.services.wordlists import WordLists
from moderation.text.entries import EntryError, Kind
from tests.factories import HOUR, NOW, a_community, a_scoring, a_submission, a_user, an_entry, keep
from tests.fakes import RecordingBell, StoppedClock

if TYPE_CHECKING:
    from moderation.store.engine import Sessions


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOW)


def suggestion(sessions: Sessions, community_id: int, clock: StoppedClock, data_id: str) -> str:
    """What a post with the word meets now."""
    keep(sessions, community_id, a_submission(data_id, "卖龙须糖"), now=clock())
    a_scoring(sessions, clock=clock).score_pending()
    record = post_record(sessions, community_id, data_id)
    assert record is not None
    assert record.verdict is not None
    return record.verdict.suggestion


def test_a_word_holds_at_once_and_for_a_day(
    sessions: Sessions, community_id: int, clock: StoppedClock
) -> None:
    assert suggestion(sessions, community_id, clock, "before") == "pass"
    words = Emergency(sessions).emergency(
        community_id, [an_entry("龙须糖", "3.6", Level.BLOCK)], author="王", now=NOW
    )
    assert [(one.level, one.library, one.effective_to) for one in words] == [
        (Level.REVIEW, LIBRARY, NOW + 24 * HOUR)
    ]
    assert suggestion(sessions, community_id, clock, "now") == "review"
    clock.forward(24 * HOUR - 1)
    assert suggestion(sessions, community_id, clock, "late") == "review"
    clock.forward(1)
    assert suggestion(sessions, community_id, clock, "over") == "pass"


def test_a_confirmed_word_stays(sessions: Sessions, community_id: int, clock: StoppedClock) -> None:
    emergency = Emergency(sessions)
    emergency.emergency(community_id, [an_entry("龙须糖")], author="王", now=NOW, hours=2)
    emergency.confirm(community_id, ["龙须糖"], author="李", now=NOW + HOUR)
    clock.forward(1000 * HOUR)
    assert suggestion(sessions, community_id, clock, "a") == "review"


def test_what_has_expired_cannot_be_confirmed(sessions: Sessions, community_id: int) -> None:
    emergency = Emergency(sessions)
    emergency.emergency(community_id, [an_entry("龙须糖")], author="王", now=NOW)
    for words, now in ((["龙须糖"], NOW + 24 * HOUR), (["龙须糖", "凤梨酥"], NOW)):
        with pytest.raises(EmergencyError):
            emergency.confirm(community_id, words, author="李", now=now)
    emergency.emergency(community_id, [an_entry("龙须糖")], author="王", now=NOW + 25 * HOUR)
    assert (
        emergency.confirm(community_id, ["龙须糖"], author="李", now=NOW + 26 * HOUR)[0].effective_to is None
    )


def test_what_cannot_be_an_emergency(sessions: Sessions, community_id: int) -> None:
    emergency = Emergency(sessions)
    for words, hours in (([], 24), ([an_entry("糖", kind=Kind.ALLOW)], 24), ([an_entry("龙须糖")], 0)):
        with pytest.raises(EmergencyError):
            emergency.emergency(community_id, words, author="王", now=NOW, hours=hours)
    with pytest.raises(EntryError):
        emergency.emergency(community_id, [an_entry("龙须糖", "99")], author="王", now=NOW)
    assert WordLists(sessions).entries(community_id) == []


def test_results_count_hits_and_what_people_said(
    sessions: Sessions, community_id: int, clock: StoppedClock
) -> None:
    emergency, queues, reviewing = Emergency(sessions), Queues(sessions), Reviewing(sessions, RecordingBell())
    moderator = a_user(sessions, community_id)
    suggestion(sessions, community_id, clock, "before")
    clock.forward(1)
    emergency.emergency(community_id, [an_entry("龙须糖", "3.6")], author="王", now=clock())
    for number, kind in enumerate((DecisionKind.BLOCK, DecisionKind.PASS, None)):
        suggestion(sessions, community_id, clock, f"p{number}")
        if kind is not None:
            (entry,) = queues.queue(community_id).entries
            decision = Decision(kind, "3.6" if kind is DecisionKind.BLOCK else "")
            reviewing.decide(
                community_id, entry.item.id, decision, moderator_id=moderator.id, version=1, now=clock()
            )
    (result,) = emergency.results(community_id, now=clock() + 1)
    assert (result.entry.word, result.hits, result.precision) == ("龙须糖", 3, Share(1, 2))
    assert (result.since, result.until) == (NOW + 1, NOW + 1 + 24 * HOUR)
    other = a_community(sessions, "other").id
    assert emergency.results(other, now=clock() + 1) == []
