"""Emergency words: at once, for a look only, for a day, and measured afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moderation.domain.emergency import LIBRARY, EmergencyState, state_of
from moderation.domain.evidence import Level
from moderation.domain.intervals import Share
from moderation.domain.review import Decision, DecisionKind
from moderation.services.emergency import COUNT_EVERY, Emergency, EmergencyError
from moderation.services.queues import Queues
from moderation.services.reading import post_record
from moderation.services.reviewing import Reviewing
from moderation.services.wordlists import WordLists
from moderation.sweeps import striking
from moderation.sweeps.prolonging import HoldsAlreadyError
from moderation.text.entries import EntryError, Kind
from tests.factories import HOUR, NOW, a_community, a_scoring, a_submission, a_user, an_entry, keep
from tests.fakes import RecordingBell, StoppedClock

if TYPE_CHECKING:
    from moderation.store.engine import Sessions
    from moderation.sweeps.emergency_results import EmergencyResult


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
    with pytest.raises(EntryError, match="one character"):
        emergency.emergency(community_id, [an_entry("的")], author="王", now=NOW)
    with pytest.raises(EntryError):
        emergency.emergency(community_id, [an_entry("龙须糖", "99")], author="王", now=NOW)
    assert WordLists(sessions).entries(community_id) == []


class Watched:
    """A community whose posts are scored, decided, and counted."""

    def __init__(self, sessions: Sessions, community_id: int, clock: StoppedClock) -> None:
        self.sessions, self.community_id, self.clock = sessions, community_id, clock
        self.emergency, self.queues = Emergency(sessions), Queues(sessions)
        self.reviewing = Reviewing(sessions, RecordingBell())
        self.moderator = a_user(sessions, community_id)

    def post(self, data_id: str, kind: DecisionKind | None = None, text: str = "卖龙须糖,优惠") -> None:
        keep(self.sessions, self.community_id, a_submission(data_id, text), now=self.clock())
        a_scoring(self.sessions, clock=self.clock).score_pending()
        for entry in self.queues.queue(self.community_id).entries if kind else ():
            if kind is not None and entry.post.data_id == data_id:
                decision = Decision(kind, "3.6" if kind is DecisionKind.BLOCK else "")
                self.reviewing.decide(
                    self.community_id, entry.item.id, decision, moderator_id=self.moderator.id,
                    version=1, now=self.clock(),
                )  # fmt: skip

    def add(self, word: str = "龙须糖") -> None:
        self.emergency.emergency(self.community_id, [an_entry(word, "3.6")], author="王", now=self.clock())

    def count(self) -> None:
        """As the workers' schedule does, some minutes later."""
        self.clock.forward(COUNT_EVERY + 1)
        while self.emergency.work(now=self.clock(), seconds=60):
            pass

    def result(self) -> EmergencyResult:
        return self.emergency.results(self.community_id, now=self.clock())[0]


@pytest.fixture
def watched(sessions: Sessions, community_id: int, clock: StoppedClock) -> Watched:
    return Watched(sessions, community_id, clock)


def test_results_count_hits_and_what_people_said(watched: Watched) -> None:
    watched.post("long ago")
    watched.clock.forward(8 * 24 * HOUR)
    watched.post("before", DecisionKind.BLOCK)
    watched.post("talk", text="今天天气不错")
    watched.clock.forward(1)
    watched.add()
    assert (watched.result().state, watched.result().counted_at) == (EmergencyState.HOLDS, None)
    for number, kind in enumerate((DecisionKind.BLOCK, DecisionKind.PASS, None)):
        watched.post(f"p{number}", kind)
    watched.count()
    found = watched.result()
    assert (found.entry.word, found.hits, found.precision) == ("龙须糖", 3, Share(1, 2))
    assert (found.before_posts, found.before_hits, found.before_precision) == (2, 1, Share(1, 1))
    watched.post("p3")  # counting goes on where it was, and asks people's word again
    watched.count()
    assert (watched.result().hits, watched.result().precision) == (4, Share(1, 2))
    other = a_community(watched.sessions, "other").id
    assert watched.emergency.results(other, now=watched.clock()) == []


def test_a_word_that_holds_is_not_begun_again(watched: Watched) -> None:
    watched.add()
    begun = watched.clock()
    watched.post("a")
    watched.count()
    with pytest.raises(HoldsAlreadyError, match="in force already: 龙须糖; prolong") as caught:
        watched.emergency.emergency(
            watched.community_id, [an_entry("凤梨酥"), an_entry("龙须糖")], author="李", now=watched.clock()
        )
    (one,) = caught.value.words
    assert (one.word, one.author, one.since, one.until) == ("龙须糖", "王", begun, begun + 24 * HOUR)
    (only,) = watched.emergency.results(watched.community_id, now=watched.clock())
    assert (only.state, only.hits, only.withdrawn_by, only.author) == (EmergencyState.HOLDS, 1, "", "王")


def test_prolonging_is_its_own_act_and_keeps_the_counts(watched: Watched) -> None:
    watched.add()
    watched.post("a")
    watched.count()
    at = watched.clock()
    (kept,) = watched.emergency.prolong(watched.community_id, ["龙须糖"], author="李", now=at)
    assert kept.effective_to == at + 24 * HOUR
    found = watched.result()
    assert (found.hits, found.until, found.author) == (1, at + 24 * HOUR, "王")
    assert [(one.author, one.at, one.until) for one in found.prolonged] == [("李", at, at + 24 * HOUR)]
    watched.clock.now = at + 24 * HOUR - 1
    watched.post("b")
    watched.count()
    assert (watched.result().hits, watched.result().state) == (2, EmergencyState.EXPIRED)
    with pytest.raises(EmergencyError):
        watched.emergency.prolong(watched.community_id, ["龙须糖"], author="李", now=watched.clock())


def test_prolonging_never_shortens(watched: Watched) -> None:
    now = watched.clock()
    watched.emergency.emergency(watched.community_id, [an_entry("龙须糖")], author="王", now=now, hours=100)
    assert watched.emergency.prolong(watched.community_id, ["龙须糖"], author="李", now=now) == []
    watched.emergency.confirm(watched.community_id, ["龙须糖"], author="李", now=now)
    assert watched.emergency.prolong(watched.community_id, ["龙须糖"], author="李", now=now) == []
    assert (watched.result().until, watched.result().prolonged) == (None, ())
    with pytest.raises(EmergencyError, match="hours"):
        watched.emergency.prolong(watched.community_id, ["龙须糖"], author="李", now=now, hours=0)


def test_a_word_taken_out_of_its_list_was_withdrawn_by_nobody_who_adds_it(watched: Watched) -> None:
    watched.add()
    words = WordLists(watched.sessions)
    words.remove(watched.community_id, words.entries(watched.community_id)[0].id)
    watched.clock.forward(1)
    watched.add()
    found = watched.emergency.results(watched.community_id, now=watched.clock())
    assert [(one.state, one.withdrawn_by) for one in found] == [
        (EmergencyState.HOLDS, ""),
        (EmergencyState.WITHDRAWN, ""),
    ]


def test_counting_goes_on_where_it_was_cut_off(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(striking, "BATCH", 2)
    watched.add()
    for number in range(5):
        watched.post(f"p{number}")
    watched.clock.forward(COUNT_EVERY + 1)
    ticks = iter(range(100))
    while watched.result().counted_at is None:
        assert watched.emergency.work(now=watched.clock(), seconds=2, timer=lambda: next(ticks))
    assert watched.result().hits == 5
    assert not watched.emergency.work(now=watched.clock(), seconds=2)


def test_a_withdrawn_word_stops_at_once(watched: Watched) -> None:
    watched.add()
    watched.post("while it held")
    watched.clock.forward(1)
    watched.emergency.withdraw(watched.community_id, ["龙须糖"], author="李", now=watched.clock())
    watched.post("after")
    watched.count()
    found = watched.result()
    assert (found.state, found.withdrawn_by, found.hits) == (EmergencyState.WITHDRAWN, "李", 1)
    with pytest.raises(EmergencyError):
        watched.emergency.withdraw(watched.community_id, ["龙须糖"], author="李", now=watched.clock())
    watched.add()
    assert [one.state for one in watched.emergency.results(watched.community_id, now=watched.clock())] == [
        EmergencyState.HOLDS,
        EmergencyState.WITHDRAWN,
    ]


def test_a_word_removed_from_its_list_holds_no_more(watched: Watched) -> None:
    watched.add()
    words = WordLists(watched.sessions)
    words.remove(watched.community_id, words.entries(watched.community_id)[0].id)
    assert watched.result().state is EmergencyState.WITHDRAWN


def test_two_words_are_counted_apart(watched: Watched) -> None:
    watched.add()
    watched.post("a")
    watched.clock.forward(1)
    watched.add("优惠")
    watched.post("b")
    watched.count()
    found = {
        one.entry.word: one for one in watched.emergency.results(watched.community_id, now=watched.clock())
    }
    assert (found["龙须糖"].hits, found["优惠"].hits, found["优惠"].before_hits) == (2, 1, 1)


@pytest.mark.parametrize(
    ("until", "withdrawn_at", "listed", "state"),
    [
        (100, None, True, EmergencyState.HOLDS),
        (None, None, True, EmergencyState.CONFIRMED),
        (50, None, True, EmergencyState.EXPIRED),
        (50, 40, False, EmergencyState.WITHDRAWN),
        (50, 60, True, EmergencyState.EXPIRED),
        (100, 40, True, EmergencyState.WITHDRAWN),
        (None, None, False, EmergencyState.WITHDRAWN),
    ],
)
def test_the_states_of_a_word(
    *, until: int | None, withdrawn_at: int | None, listed: bool, state: EmergencyState
) -> None:
    assert state_of(until=until, withdrawn_at=withdrawn_at, listed=listed, now=50) is state
