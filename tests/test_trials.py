"""Texts that are tried: scored like posts, one by one, and kept nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.outbound.bell import QueueName
from moderation.services.trials import KEPT_FOR, Trials
from moderation.store import trials
from tests.factories import NOW, a_classifier, a_trying, a_user
from tests.fakes import RecordingAnnouncer, RecordingBell
from workers import schedule

if TYPE_CHECKING:
    from moderation.store.engine import Sessions


def test_a_text_is_asked_rings_waits_and_is_answered(sessions: Sessions, community_id: int) -> None:
    bell, user = RecordingBell(), a_user(sessions, community_id).id
    made = Trials(sessions, bell)
    made.ask(community_id, user, trial_id="t1", title="", text="全场优惠", now=NOW)
    assert bell.rung == [QueueName.SCORING]
    schedule.sweep(sessions, bell)  # a bell that was lost is rung again
    assert bell.rung == [QueueName.SCORING] * 2
    trying = a_trying(sessions)
    assert (trying.answer(), trying.answer()) == (1, 0)
    assert isinstance(trying.announcer, RecordingAnnouncer)
    found = made.find(user, "t1", now=NOW)
    assert found is not None
    assert found.body is not None
    assert found.body["suggestion"] == "review"
    assert made.find(user + 1, "t1", now=NOW) is None
    assert made.find(user, "t1", now=NOW + KEPT_FOR + 1) is None


def test_a_text_that_the_model_cannot_read_does_not_stop_the_next(
    sessions: Sessions, community_id: int
) -> None:
    user = a_user(sessions, community_id).id
    made = Trials(sessions, RecordingBell())
    for number, text in enumerate(("毒", "今天天气不错")):
        made.ask(community_id, user, trial_id=f"t{number}", title="", text=text, now=NOW + number)
    assert a_trying(sessions, a_classifier(fails_on=["毒"])).answer() == 2
    bodies = [row.body for number in (0, 1) if (row := made.find(user, f"t{number}", now=NOW))]
    assert ["reason" in body for body in bodies if body] == [True, False]


def test_a_text_that_kills_its_workers_is_left_alone(sessions: Sessions, community_id: int) -> None:
    user = a_user(sessions, community_id).id
    Trials(sessions, RecordingBell()).ask(community_id, user, trial_id="t", title="", text="毒", now=NOW)
    for _ in range(trials.MOST_ATTEMPTS):
        with sessions.write.begin() as session:
            assert len(trials.take(session, limit=9)) == 1
    assert a_trying(sessions).answer() == 0
