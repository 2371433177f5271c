"""Own words reach workers: few with the next batch, many from a thread while scoring goes on; failures keep the old."""

from __future__ import annotations

import multiprocessing
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError

from moderation.own_lexicons import AT_ONCE, Compiled, OwnLexicons
from moderation.rulebooks import Rulebooks, as_columns
from moderation.store import lexicons
from moderation.store.engine import Sessions
from moderation.store.tables import LexiconEntryRow, VerdictRow
from moderation.text.lexicon import Lexicon
from tests.factories import (
    CALIBRATED,
    NOW,
    a_community,
    a_policy,
    a_scoring,
    a_submission,
    an_entry,
    keep,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from multiprocessing.queues import Queue
    from multiprocessing.synchronize import Event

    from sqlalchemy.orm import Session

    from moderation.services.scoring import Scoring

SHIPPED = Lexicon.compile([an_entry("打榜送礼")])


class GatedSessions(Sessions):
    """Sessions whose readers in a loading thread wait for a gate, and then fail ``failures`` times."""

    def __init__(self, sessions: Sessions, *, failures: int = 0) -> None:
        self.engine, self.write, self.failures = sessions.engine, sessions.write, failures
        self.gate = threading.Event()
        self._read = sessions.read
        self.loads = 0

    def read(self) -> Session:  # type: ignore[override]
        if threading.current_thread().name == "lexicon":
            assert self.gate.wait(30)
            self.loads += 1
            if self.loads <= self.failures:
                raise OperationalError("select", {}, Exception("gone away"))
        return self._read()


def publish(sessions: Sessions, community_id: int, words: Iterable[str], *, now: int = NOW) -> None:
    entries = [an_entry(word, "1.7") for word in words]
    with sessions.write.begin() as session:
        lexicons.upsert(session, as_columns(entries, community_id, author="王", now=now))


def until(found: Callable[[], bool], seconds: float = 20.0) -> None:
    ends = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.01)


def own(sessions: Sessions, **more: Any) -> OwnLexicons:
    """Lexicons all of which count as many."""
    return OwnLexicons(sessions, SHIPPED, **{"at_once": 0, "look_every": 0.0, "retry_after": 0.0, **more})


def a_worker(sessions: Sessions, lexicons_of: OwnLexicons) -> Scoring:
    scoring = a_scoring(sessions)
    scoring.rulebooks.own = lexicons_of
    return scoring


def says(compiled: Compiled, community_id: int) -> set[str]:
    return {entry.word for entry in compiled.lexicons[community_id].entries} - {"打榜送礼"}


def test_few_words_are_used_by_the_next_batch(sessions: Sessions, community_id: int) -> None:
    words = OwnLexicons(sessions, SHIPPED)
    assert not words.current().lexicons
    publish(sessions, community_id, ["龙须糖"])
    assert says(words.current(), community_id) == {"龙须糖"}


def test_a_worker_that_starts_waits_for_its_words(sessions: Sessions, community_id: int) -> None:
    publish(sessions, community_id, ["龙须糖"])
    assert says(own(sessions).current(), community_id) == {"龙须糖"}


def test_scoring_goes_on_with_the_old_words_until_the_new_ones_are_ready(
    sessions: Sessions, community_id: int
) -> None:
    """Each verdict names the words that it was reached with, and has their hits and no others."""
    gated = GatedSessions(sessions)
    scoring = a_worker(gated, own(gated))
    publish(sessions, community_id, ["麦芽塔"])
    found = []
    for data_id in ("before", "meanwhile", "after"):
        if data_id == "meanwhile":
            publish(sessions, community_id, ["龙须糖"])
        elif data_id == "after":
            gated.gate.set()
            until(lambda: len(says(scoring.rulebooks.words.current(), community_id)) > 1)
        keep(sessions, community_id, a_submission(data_id, "出龙须糖和麦芽塔"))
        assert scoring.score_pending() == 1
        with sessions.read() as session:
            body = session.scalars(select(VerdictRow.body).order_by(VerdictRow.id.desc())).first()
        assert body
        found.append((body["versions"]["lexicon"], [hit["value"] for hit in body["hits"]]))
    version = scoring.rulebooks.of(community_id).lexicon.version
    assert [hits for _, hits in found] == [["麦芽塔"], ["麦芽塔"], ["龙须糖", "麦芽塔"]]
    assert found[0][0] == found[1][0] != found[2][0] == version


def test_only_the_community_whose_words_changed_is_compiled(sessions: Sessions, community_id: int) -> None:
    other = a_community(sessions, "other").id
    publish(sessions, community_id, ["龙须糖"])
    publish(sessions, other, ["麦芽塔"])
    words = OwnLexicons(sessions, SHIPPED)
    before = words.current()
    publish(sessions, other, ["炒米粉"], now=NOW + 1)
    after = words.current()
    assert after.lexicons[community_id] is before.lexicons[community_id]
    assert says(after, other) == {"麦芽塔", "炒米粉"}


def test_a_community_without_words_any_more_has_none(sessions: Sessions, community_id: int) -> None:
    publish(sessions, community_id, ["龙须糖"])
    words = OwnLexicons(sessions, SHIPPED)
    words.current()
    with sessions.write.begin() as session:
        lexicons.remove_all(session, [row.id for row in lexicons.of(session, community_id)])
    assert not words.current().lexicons


def spoil(sessions: Sessions, word: str, **values: str) -> None:
    """A word as another edition of the product may have left it."""
    with sessions.write.begin() as session:
        session.execute(
            update(LexiconEntryRow)
            .where(LexiconEntryRow.word == word)
            .values(**values, changed_at=LexiconEntryRow.changed_at + 1)
        )


@pytest.mark.parametrize("values", [{"kind": "melody"}, {"clause": "99.9"}, {"level": "shout"}])
@pytest.mark.parametrize("at_once", [0, AT_ONCE])
def test_words_that_cannot_be_used_leave_the_old_ones_live(
    sessions: Sessions,
    community_id: int,
    at_once: int,
    values: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    publish(sessions, community_id, ["龙须糖"])
    words = own(sessions, at_once=at_once)
    before = words.current()
    publish(sessions, community_id, ["麦芽塔"], now=NOW + 1)
    spoil(sessions, "麦芽塔", **values)
    until(lambda: words.current().version != before.version)
    assert words.current().lexicons[community_id] is before.lexicons[community_id]
    assert "lexicon.unusable" in caplog.text
    with sessions.write.begin() as session:
        session.execute(delete(LexiconEntryRow).where(LexiconEntryRow.word == "麦芽塔"))
    publish(sessions, community_id, ["炒米粉"], now=NOW + 9)
    until(lambda: says(words.current(), community_id) == {"龙须糖", "炒米粉"})


def test_a_worker_that_starts_leaves_out_what_cannot_be_used(
    sessions: Sessions, community_id: int, caplog: pytest.LogCaptureFixture
) -> None:
    publish(sessions, community_id, ["龙须糖", "麦芽塔"])
    spoil(sessions, "麦芽塔", kind="melody")
    assert says(own(sessions).current(), community_id) == {"龙须糖"}
    assert "lexicon.left_out" in caplog.text


def test_a_load_that_fails_is_tried_again_and_changes_nothing_meanwhile(
    sessions: Sessions, community_id: int, caplog: pytest.LogCaptureFixture
) -> None:
    publish(sessions, community_id, ["龙须糖"])
    gated = GatedSessions(sessions, failures=2)
    words = own(gated)
    before = words.current()
    publish(sessions, community_id, ["麦芽塔"])
    gated.gate.set()
    while gated.loads < 2:
        assert words.current() is before
        time.sleep(0.01)
    until(lambda: says(words.current(), community_id) == {"龙须糖", "麦芽塔"})
    assert caplog.text.count("lexicon.load_failed") == 2


def test_an_idle_worker_has_what_was_published_last(sessions: Sessions, community_id: int) -> None:
    publish(sessions, community_id, ["龙须糖"])
    gated = GatedSessions(sessions)
    gated.gate.set()
    words = own(gated)
    words.current()
    for number, word in enumerate(("麦芽塔", "炒米粉"), 1):
        publish(sessions, community_id, [word], now=NOW + number)
        words.look()
        until(lambda: not words.loading)
        assert gated.loads == number
    assert says(words.current(), community_id) == {"龙须糖", "麦芽塔", "炒米粉"}


def test_a_load_that_failed_waits_before_it_is_tried_again(sessions: Sessions, community_id: int) -> None:
    publish(sessions, community_id, ["龙须糖"])
    gated = GatedSessions(sessions, failures=1)
    gated.gate.set()
    words = own(gated, retry_after=60.0)
    words.current()
    publish(sessions, community_id, ["麦芽塔"])
    until(lambda: words.current() is not None and gated.loads == 1)
    for _ in range(20):
        words.current()
        time.sleep(0.01)
    assert gated.loads == 1
    publish(sessions, community_id, ["炒米粉"], now=NOW + 1)  # other words are tried at once
    until(lambda: len(says(words.current(), community_id)) == 3)


# ---------------------------------------------------------------- every worker, in time

MANY = [f"{chr(0x4E00 + n // 100)}{chr(0x5E00 + n % 100)}糖" for n in range(20_000)]
WITHIN = 30.0
"""Seconds after which a worker no longer just waits for a core; how soon the words arrive ``bench.large`` measures."""


def work(url: str, community_id: int, ready: Event, at: Queue[tuple[float, str]], *, busy: bool) -> None:
    """A worker: it looks before every batch, or stands idle for four seconds, and tells when it has the new words."""
    sessions = Sessions(url)
    books = Rulebooks(sessions, a_policy(), (an_entry("打榜送礼"),), CALIBRATED)
    old = books.current(NOW).of(community_id).lexicon.version
    books.words.watch()
    ready.set()
    time.sleep(0 if busy else 4.0)
    while (version := books.current(NOW).of(community_id).lexicon.version) == old:
        time.sleep(0.05)
    at.put((time.time(), version))
    sessions.close()


def test_every_worker_has_many_new_words_within_seconds(
    database_url: str, sessions: Sessions, community_id: int
) -> None:
    assert len(MANY) > AT_ONCE
    spawn = multiprocessing.get_context("spawn")
    at: Queue[tuple[float, str]] = spawn.Queue()
    ready = [spawn.Event() for _ in range(2)]
    workers = [
        spawn.Process(
            target=work, args=(database_url, community_id, one, at), kwargs={"busy": bool(n)}, daemon=True
        )
        for n, one in enumerate(ready)
    ]
    for each in workers:
        each.start()
    for one in ready:
        assert one.wait(60)
    publish(sessions, community_id, MANY)
    published = time.time()
    found = [at.get(timeout=60) for _ in workers]
    for each in workers:
        each.join(10)
    assert len({version for _, version in found}) == 1
    assert max(when for when, _ in found) - published < WITHIN
