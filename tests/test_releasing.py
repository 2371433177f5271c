"""Posts that words alone had decided, released once the words are gone: seen first, told, undone exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, update

from moderation.domain.evidence import Level
from moderation.domain.releases import stays
from moderation.domain.review import DecisionKind
from moderation.domain.sweeps import Swept
from moderation.services import sweeping
from moderation.services.intake import Intake
from moderation.services.sweeping import Sweeping
from moderation.services.sweeps import Sweeps
from moderation.services.word_imports import WordImports
from moderation.services.wordlists import WordLists
from moderation.store import verdicts
from moderation.store.standing import struck_batch
from moderation.store.tables import (
    LexiconEntryRow,
    MentionRow,
    OutboxEventRow,
    PostRow,
    ReviewItemRow,
    VerdictRow,
)
from moderation.sweeps.criteria import Criteria, Released, SweepCriteriaError
from moderation.sweeps.judges import Judges, ReleaseError
from moderation.text.entries import EntryError, Kind
from tests.factories import CALIBRATED, HOUR, NOW, a_brand_row, a_submission, an_author, an_entry
from tests.fakes import RecordingBell
from tests.test_sweeping import LATER, LIVE, Desk, standing

if TYPE_CHECKING:
    from moderation.store.engine import Sessions
    from moderation.sweeps.pages import SweepPage

SHIPPED = (an_entry("麦芽糖", "3.6"),)


class WordDesk(Desk):
    """A community with words of its own, beside one shipped word."""

    def __init__(self, sessions: Sessions, slug: str = "default") -> None:
        super().__init__(sessions, slug)
        judges = Judges(sessions, LIVE, CALIBRATED, words=SHIPPED)
        self.sweeps = Sweeps(sessions, RecordingBell(), judges)
        self.sweeping = Sweeping(sessions, RecordingBell(), judges)
        self.words, self.imports = WordLists(sessions), WordImports(sessions)

    def bring(self, **levels: Level) -> int:
        """Import words into the list 糖."""
        given = [an_entry(word, "3.6", level) for word, level in levels.items()]
        return self.imports.keep(self.community_id, "糖", given, author="王", now=NOW).id

    def take_back(self, import_id: int) -> None:
        self.imports.undo_import(self.community_id, import_id, author="赵", now=NOW)

    def of_import(self, import_id: int) -> SweepPage:
        return self.preview(Criteria(released=Released(import_id=import_id)))

    def now_is(self, data_id: str) -> str:
        return self.verdicts(data_id)[-1].suggestion


@pytest.fixture
def desk(sessions: Sessions) -> WordDesk:
    return WordDesk(sessions)


def gone(*words: str, library: str = "糖", kind: Kind = Kind.NORMAL) -> Criteria:
    return Criteria(released=Released(library, tuple((kind, word) for word in words)))


def groups(page: SweepPage) -> tuple[int, int, int, int]:
    """Posts that cite the words: to be changed, decided by people, held for another reason; and all of them."""
    return page.tally.count(Swept.PLANNED), page.sweep.decided, page.already, page.sweep.matched


# ---------------------------------------------------------------- what is released


def test_an_import_that_was_taken_back_releases_what_it_alone_decided(desk: WordDesk) -> None:
    made = desk.bring(龙须糖=Level.BLOCK, 花生酥=Level.REVIEW)
    desk.keep(("a", "来一份龙须糖"), ("b", "花 生 酥"), ("c", "你好"), ("ad", "优惠,花生酥"))
    assert [desk.now_is(one) for one in "abc"] == ["block", "review", "pass"]
    desk.take_back(made)
    page = desk.of_import(made)
    assert page.tally.by_change() == {("block", "pass", "3.6"): 1, ("review", "pass", "3.6"): 1}
    assert groups(page) == (2, 0, 1, 3)
    assert [desk.now_is(one) for one in "abc"] == ["block", "review", "pass"], "a preview writes nothing"
    page = desk.apply(page.sweep.id)
    assert [desk.now_is(one) for one in ("a", "b", "c", "ad")] == ["pass", "pass", "pass", "review"]
    last = desk.verdicts("a")[-1]
    assert (last.source, last.clause, last.action, last.body["sweep"]) == ("sweep", "", "show", page.sweep.id)
    assert last.body["hits"] == []
    events = [row for row in desk.rows(OutboxEventRow) if row.subject == "post:a"]
    newest = max(events, key=lambda row: row.subject_version)
    assert (newest.type, newest.subject_version, newest.body["verdict"]["suggestion"]) == (
        "post.decided",
        2,
        "pass",
    )


def test_items_of_released_posts_are_closed_and_come_back(desk: WordDesk) -> None:
    made = desk.bring(龙须糖=Level.REVIEW)
    desk.keep(("a", "来一份龙须糖"))
    (before,) = desk.rows(ReviewItemRow)
    desk.take_back(made)
    sweep_id = desk.of_import(made).sweep.id
    desk.apply(sweep_id)
    (item,) = desk.rows(ReviewItemRow)
    assert item.state == "closed"
    page = desk.undo(sweep_id)
    (item,) = desk.rows(ReviewItemRow)
    assert (item.state, item.queue, item.reason, item.opened_at) == (
        "open", before.queue, before.reason, before.opened_at,
    )  # fmt: skip
    former, freed, put_back = desk.verdicts("a")
    assert (freed.suggestion, standing(put_back)) == ("pass", standing(former))
    assert page.tally.count(Swept.UNDONE) == 1
    assert sum(row.subject == "post:a" for row in desk.rows(OutboxEventRow)) == 3
    again = desk.preview(Criteria(released=Released(import_id=made)), until=LATER + HOUR)
    desk.apply(again.sweep.id)
    assert desk.now_is("a") == "pass", "what was undone can be released again"


def test_a_block_that_another_word_would_send_to_people_goes_to_people(desk: WordDesk) -> None:
    made = desk.bring(龙须糖=Level.BLOCK)
    desk.keep(("a", "优惠龙须糖"))
    assert desk.now_is("a") == "block"
    desk.take_back(made)
    page = desk.of_import(made)
    assert page.tally.by_change() == {("block", "review", "3.1"): 1}
    desk.apply(page.sweep.id)
    (item,) = desk.rows(ReviewItemRow)
    assert (item.state, item.reason) == ("open", f"放行 #{page.sweep.id}")
    desk.undo(page.sweep.id)
    assert (desk.now_is("a"), desk.rows(ReviewItemRow)[0].state) == ("block", "closed")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("来一份龙须糖", "pass"),
        ("来一份龙须糖和绿豆糕", "review"),
        ("来一份龙须糖和麦芽糖", "review"),
        ("来一份花生酥", "review"),
    ],
)
def test_other_words_in_force_keep_a_post(desk: WordDesk, text: str, left: str) -> None:
    """Those that the verdict cites, those added since, and the same word in another list."""
    made = desk.bring(龙须糖=Level.REVIEW, 花生酥=Level.REVIEW)
    desk.keep(("a", text))
    others = [an_entry("绿豆糕", "3.6"), an_entry("花生酥", "3.6")]
    desk.words.add(desk.community_id, "own", others, author="李", now=NOW)
    desk.take_back(made)
    desk.apply(desk.of_import(made).sweep.id)
    assert desk.now_is("a") == left


def test_a_removed_word_is_released_by_name(desk: WordDesk) -> None:
    desk.words.add(desk.community_id, "糖", [an_entry("龙须糖", "3.6")], author="李", now=NOW)
    desk.keep(("a", "龙须糖"), ("b", "龙鬚糖"), ("c", "你好"))
    with pytest.raises(ReleaseError, match="'龙须糖' is in force: remove it"):
        desk.preview(gone("龙须糖"))
    (row,) = desk.words.entries(desk.community_id)
    desk.words.remove(desk.community_id, row.id)
    assert groups(desk.preview(gone("龙须糖", library="别的"))) == (0, 0, 0, 0)
    desk.apply(desk.preview(gone("龙须糖")).sweep.id)
    assert [desk.now_is(one) for one in "abc"] == ["pass"] * 3


def test_a_kept_word_that_cannot_be_used_stops_no_release(desk: WordDesk) -> None:
    made = desk.bring(龙须糖=Level.BLOCK)
    desk.keep(("a", "来一份龙须糖"))
    desk.take_back(made)
    desk.bring(酥糖=Level.REVIEW)
    with desk.sessions.write.begin() as session:
        session.execute(update(LexiconEntryRow).values(word="(", kind=Kind.REGEX))
    assert groups(desk.of_import(made))[0] == 1


def test_an_expired_word_is_gone(desk: WordDesk) -> None:
    entry = an_entry("龙须糖", "3.6", effective_to=NOW + 1)
    desk.words.add(desk.community_id, "糖", [entry], author="李", now=NOW)
    desk.keep(("a", "龙须糖"))
    desk.apply(desk.preview(gone("龙须糖")).sweep.id)
    assert desk.now_is("a") == "pass"


def test_a_word_that_an_import_replaced_holds_again(desk: WordDesk) -> None:
    desk.words.add(desk.community_id, "糖", [an_entry("龙须糖", "3.6")], author="李", now=NOW)
    made = desk.bring(龙须糖=Level.BLOCK)
    desk.keep(("a", "龙须糖"))
    desk.take_back(made)
    page = desk.of_import(made)
    assert page.tally.by_change() == {("block", "review", "3.6"): 1}


@pytest.mark.parametrize(
    ("kind", "word", "text"),
    [
        (Kind.COMBINATION, "加微信 & 兼职", "加微信做兼职"),
        (Kind.REGEX, "糖{3}", "糖糖糖"),
        (Kind.PINYIN, "龙须糖", "隆须糖"),
    ],
)
def test_words_of_every_kind(desk: WordDesk, kind: Kind, word: str, text: str) -> None:
    entry = an_entry(word, "3.6", kind=kind)
    desk.words.add(desk.community_id, "糖", [entry], author="李", now=NOW)
    desk.keep(("a", text))
    (row,) = desk.words.entries(desk.community_id)
    desk.words.remove(desk.community_id, row.id)
    assert desk.preview(gone(word, kind=kind)).sweep.matched == 1


# ---------------------------------------------------------------- what stays


def test_a_moderators_decision_is_never_touched(desk: WordDesk) -> None:
    made = desk.bring(龙须糖=Level.REVIEW)
    desk.keep(("a", "龙须糖"), ("b", "龙须糖!"), ("c", "龙须糖?"))
    desk.decide("a", DecisionKind.BLOCK)
    desk.take_back(made)
    page = desk.of_import(made)
    assert groups(page) == (2, 1, 0, 3)
    desk.decide("b", DecisionKind.BLOCK)
    page = desk.apply(page.sweep.id)
    assert page.tally.reasons(Swept.LEFT) == {"decided": 1}
    assert [len(desk.verdicts(one)) for one in "abc"] == [1, 1, 2]
    desk.undo(page.sweep.id)
    assert [desk.now_is(one) for one in "abc"] == ["review"] * 3


def test_what_its_author_changed_meanwhile_is_left(desk: WordDesk) -> None:
    made = desk.bring(龙须糖=Level.REVIEW)
    desk.keep(("a", "龙须糖"), ("b", "龙须糖!"))
    desk.take_back(made)
    sweep_id = desk.of_import(made).sweep.id
    intake = Intake(desk.sessions, RecordingBell())
    intake.edit(desk.community_id, a_submission("a", "龙须糖真好"), edited_at=LATER, now=LATER)
    intake.withdraw(desk.community_id, "b")
    assert desk.apply(sweep_id).tally.reasons(Swept.LEFT) == {"changed": 2}


def test_what_the_policy_of_today_would_not_explain_is_left(desk: WordDesk) -> None:
    """A post that was blocked by more than its word says: something else made it so."""
    made = desk.bring(龙须糖=Level.REVIEW)
    desk.keep(("a", "龙须糖"))
    with desk.sessions.write.begin() as session:
        (row,) = desk.rows(VerdictRow)
        changed = {"suggestion": "block", "body": {**row.body, "suggestion": "block"}}
        session.execute(update(VerdictRow).values(**changed))
    desk.take_back(made)
    assert groups(desk.of_import(made)) == (0, 0, 1, 1)


@pytest.mark.parametrize(
    ("changes", "wordless", "stay"),
    [
        ({}, False, False),
        ({"reason": "an image could not be looked at"}, False, True),
        ({"labels": [{"source": "lexicon"}, {"source": "model"}, {"source": "rule"}]}, False, False),
        ({"labels": [{"source": "lexicon"}, {"source": "behaviour"}]}, False, True),
        ({"unchecked": ["image 1: the text in it was not read"]}, False, False),
        ({"unchecked": ["image 1: not fetched: its host is not listed"]}, False, False),
        ({"unchecked": ["image 1: the text in it was not read"]}, True, True),
        ({"unchecked": ["image 1: no such upload"]}, False, True),
    ],
)
def test_reasons_of_another_kind(changes: dict[str, Any], *, wordless: bool, stay: bool) -> None:
    body = {"labels": [{"source": "lexicon"}], "unchecked": [], **changes}
    assert stays(body, wordless=wordless) is stay


def test_a_word_in_an_image_that_holds_elsewhere_keeps_the_post(desk: WordDesk) -> None:
    made = desk.bring(龙须糖=Level.REVIEW)
    desk.keep(("a", "来看图"))
    hit = {
        "type": "keyword", "value": "龙须糖", "normalised": "龙须糖", "field": "image", "start": 0, "end": 3,
        "clause": "3.6", "library": "糖", "level": "review", "suppressed": False, "reason": "", "image": 1,
    }  # fmt: skip
    label = {
        "label": "spam_ads",
        "clause": "3.6",
        "probability": 0.9,
        "source": "lexicon",
        "suggestion": "review",
    }
    with desk.sessions.write.begin() as session:
        (row,) = desk.rows(VerdictRow)
        body = {**row.body, "suggestion": "review", "clause": "3.6", "labels": [label], "hits": [hit],
                "images": [{"image": 1, "codes": [], "text": "龙须糖和麦芽糖"}]}  # fmt: skip
        session.execute(update(VerdictRow).values(suggestion="review", clause="3.6", body=body))
    desk.take_back(made)
    assert groups(desk.of_import(made)) == (0, 0, 1, 1)


def test_other_communities_are_not_touched(desk: WordDesk) -> None:
    made = desk.bring(龙须糖=Level.REVIEW)
    desk.take_back(made)
    other = Desk(desk.sessions, "other")
    with pytest.raises(ReleaseError, match=f"no import {made}"):
        other.preview(Criteria(released=Released(import_id=made)))


def test_a_word_of_several_communities_is_released_in_one(sessions: Sessions) -> None:
    mine, other = WordDesk(sessions), WordDesk(sessions, "other")
    for one, name in ((mine, "a"), (other, "b")):
        made = one.bring(龙须糖=Level.REVIEW)
        one.keep((f"{name}1", "龙须糖"), (f"{name}2", "来一份龙须糖"))
        one.take_back(made)
    page = mine.preview(gone("龙须糖"))
    assert groups(page) == (2, 0, 0, 2)
    mine.apply(page.sweep.id)
    assert [mine.now_is(one) for one in ("a1", "b1")] == ["pass", "review"]
    assert groups(other.preview(gone("龙须糖"))) == (2, 0, 0, 2)


# ---------------------------------------------------------------- what cannot be asked


def test_an_import_that_stands_releases_nobody(desk: WordDesk) -> None:
    made = desk.bring(龙须糖=Level.REVIEW)
    with pytest.raises(ReleaseError, match="take it back first"):
        desk.of_import(made)
    with pytest.raises(ReleaseError, match="no import 99"):
        desk.of_import(99)
    assert desk.sweeps.all_of(desk.community_id) == []


@pytest.mark.parametrize(
    ("released", "error"),
    [
        (Released("糖"), SweepCriteriaError),
        (Released("糖", ((Kind.ALLOW, "龙须糖"),)), SweepCriteriaError),
    ],
)
def test_releases_that_seek_nothing(released: Released, error: type[Exception]) -> None:
    with pytest.raises(error):
        Criteria(released=released)


def test_a_word_that_cannot_be_one(desk: WordDesk) -> None:
    with pytest.raises(EntryError, match="line 1, field word"):
        desk.preview(gone("(", kind=Kind.REGEX))


# ---------------------------------------------------------------- brands, receipt


def test_brands_count_what_is_released(desk: WordDesk) -> None:
    a_brand_row(desk.sessions, desk.community_id)
    made = desk.bring(龙须糖=Level.BLOCK)
    desk.keep(("a", "小米龙须糖好"))
    assert [row.clean for row in desk.rows(MentionRow)] == [False]
    desk.take_back(made)
    sweep_id = desk.of_import(made).sweep.id
    desk.apply(sweep_id)
    assert [row.clean for row in desk.rows(MentionRow)] == [True]
    desk.undo(sweep_id)
    assert [row.clean for row in desk.rows(MentionRow)] == [False]


def test_the_receipt_of_a_release(desk: WordDesk) -> None:
    made = desk.bring(龙须糖=Level.BLOCK)
    desk.keep(("a1", "龙须糖"), ("a2", "龙须糖和麦芽糖"), author=an_author())
    desk.take_back(made)
    sweep_id = desk.of_import(made).sweep.id
    desk.apply(sweep_id)
    receipt, text = desk.sweeps.receipt(desk.community_id, sweep_id)
    assert receipt["criteria"] == {"released": {"import": made}}
    for said in (
        f"内容放行记录 第 {sweep_id} 号",
        f"放行依据：已不在用的词 第 {made} 批导入（已撤销）",
        "被拦截或待审的帖子",
        "处置上限：只放宽，不加严",
        "3.6 买卖虚假互动 拦截→通过 1 条",
        "3.6 买卖虚假互动 拦截→待审 1 条",
        "a1\na2",
    ):
        assert said in text
    assert all(len(desk.verdicts(row.data_id)) == 2 for row in desk.rows(PostRow))


def test_every_post_is_read_once_in_small_batches(desk: WordDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those that came in early and were judged late."""
    monkeypatch.setattr(sweeping, "READ_BATCH", 2)
    made = desk.bring(龙须糖=Level.REVIEW)
    desk.keep(*((f"a{number}", f"龙须糖{number}") for number in range(5)))
    desk.intake.edit(desk.community_id, a_submission("a0", "又改了龙须糖"), edited_at=LATER, now=LATER)
    while desk.scoring.score_pending():
        pass
    desk.take_back(made)
    told: list[tuple[int, int]] = []
    page = desk.sweeping.preview(
        desk.community_id, Criteria(released=Released(import_id=made)), since=0, until=LATER, author="王", now=LATER,
        progress=lambda *each: told.append(each),
    )  # fmt: skip
    assert told == [(2, 5), (4, 5), (5, 5)]
    assert groups(page) == (5, 0, 0, 5)


def test_a_verdict_that_is_written_meanwhile_hides_no_other_post(desk: WordDesk) -> None:
    """A batch ends where its last verdict stood when it was read: one that follows has an id beyond the others."""
    desk.bring(龙须糖=Level.REVIEW)
    desk.keep(("a", "龙须糖"), ("b", "来一份龙须糖"), ("c", "龙须糖好"))
    first = [row.id for row in desk.rows(VerdictRow)]
    (former,) = desk.verdicts("b")
    written: list[str] = []

    def judged_again(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT") and not written:
            written.append(former.post_id)
            names = ("post_id", "community_id", "revision", "source", "suggestion", "risk_level", "label", "clause",
                     "action", "body", "created_at")  # fmt: skip
            with desk.sessions.write.begin() as session:
                verdicts.append(session, [{name: getattr(former, name) for name in names}])

    event.listen(desk.sessions.engine, "after_cursor_execute", judged_again)
    with desk.sessions.read() as session:
        found = struck_batch(session, desk.community_id, since=0, until=LATER, after=0, limit=2)
    assert [one.verdict.id for one in found] == first[:2]
    assert len(desk.verdicts("b")) == 2
