"""Behaviour over posts as they come in: scored, looked at, and written once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from moderation.domain.policy import Rule
from moderation.domain.review import Decision, DecisionKind, NotBlockedError, UnknownItemError
from moderation.domain.verdict import Action
from moderation.outbound.bell import QueueName
from moderation.services import second_looks
from moderation.services.intake import Intake
from moderation.services.queues import Queues
from moderation.services.reviewing import Reviewing
from tests.behaving import Board, a_board, each
from tests.factories import DAY, MINUTE, NOW, a_community, a_policy, a_submission, a_user, an_author, keep
from tests.fakes import RecordingBell

if TYPE_CHECKING:
    from moderation.store.engine import Sessions
    from tests.behaving import Row

SHOES = "小众手工皮鞋清仓,工厂直供特价包邮,下单戳 https://xie-7788.xyz/b"
"""An advert that the fake model knows nothing of; the shipped words ask for a look."""

SLIM = "想轻松变瘦的看过来,一个疗程瘦十二斤,不反弹,需要的咨询微信 qingshou77"
PLEA = "有没有人理我一下啊有没有人理我一下啊"
TRADE = "帮我孩子投一票发红包2元,投完截图私我"
LINK = "您的网易邮箱即将失效,请点击 http://mail-163.top/renzheng 登录验证"
INSULTS = ["你就是个垃圾,滚出去", "你真恶心,滚出去吧", "你这种人渣也配说话", "废物一个,丢人现眼"]
FLOOD_FOLDS = a_policy(
    rules=(Rule("ad", "3.1"), Rule("flood", "0.1", may_block=False, review_action=Action.FOLD))
)


@pytest.fixture
def board(sessions: Sessions, community_id: int) -> Board:
    return a_board(sessions, community_id)


def copies(author: str, text: str, count: int, step: float = 9) -> list[Row]:
    """The same text in one thread after another."""
    return [(author, step * place, text, f"t{place}") for place in range(count)]


# name: (posts, kind, names of the posts that belong together, what each post's verdict then is)
KINDS: dict[str, tuple[list[Row], str, set[str], list[tuple[str, str, str]]]] = {
    "one account's adverts": (
        [*copies("u1", SHOES, 3), ("u2", 5, "这周末有人去爬山吗", "t1")],
        "repeat_ads", {"p0", "p1", "p2"},
        [("behaviour", "block", "3.2")] * 3 + [("machine", "pass", "")],
    ),
    "an advert by several accounts": (
        each("u1 u2 u3", 0, 20, [SLIM]),
        "coordinated_ads", {"p0", "p1", "p2"}, [("behaviour", "review", "3.3")] * 3,
    ),
    "a flood": (
        [("u1", 0.5 * place, PLEA, "t1") for place in range(6)],
        "flood", {f"p{place}" for place in range(6)}, [("behaviour", "review", "0.1")] * 6,
    ),
    "votes for money": (
        [("u1", 0, TRADE), ("u2", 1, "今天好冷")],
        "fake_engagement", {"p0"}, [("behaviour", "review", "8.4"), ("machine", "pass", "")],
    ),
    "a link that poses as a known site's": (
        [("u1", 0, LINK), ("u2", 1, "官网是 https://mail.163.com")],
        "deceptive_link", {"p0"}, [("behaviour", "review", "3.4"), ("machine", "pass", "")],
    ),
    "many against one": (
        [("小周", 0, "我画了一张画,请大家看看", "t9"), *each("a b c d", 5, 6, INSULTS, "t9", "小周")],
        "pile_on", {"p1", "p2", "p3", "p4"},
        [("machine", "pass", "")] + [("behaviour", "review", "2.6")] * 4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_is_found_and_written_once(board: Board, name: str) -> None:
    rows, kind, together, wanted = KINDS[name]
    names = board.say(*rows)
    assert board.look() == len(rows)
    assert [row.kind for row in board.findings()] == [kind]
    assert board.members() == [together]
    assert [board.verdict(one) for one in names] == wanted
    open_items = {row.post_id for row in board.items() if row.state == "open"}
    asked = {board.post(one).post.id for one, said in zip(names, wanted, strict=True) if said[1] == "review"}
    assert asked <= open_items
    assert not board.marks()
    before = board.written()
    look_at_everything_again(board)
    assert board.written() == before


@pytest.mark.parametrize("name", KINDS)
def test_it_makes_no_difference_whether_posts_come_together(board: Board, name: str) -> None:
    rows, kind, together, wanted = KINDS[name]
    names = []
    for row in rows:
        names += board.say(row)
        assert board.look() == 1
    assert [row.kind for row in board.findings()] == [kind]
    assert board.members() == [together]
    assert [board.verdict(one)[1:] for one in names] == [one[1:] for one in wanted]


def look_at_everything_again(board: Board) -> None:
    """As after a pass that died when it had written but not yet answered: every post is marked again."""
    from moderation.store import behaviour  # noqa: PLC0415 - a test plays the dead pass

    posts = [(board.community_id, board.post(f"p{number}").post.id) for number in range(board.came)]
    with board.sessions.write.begin() as session:
        behaviour.mark(session, posts, now=NOW)
    assert board.look() == len(posts)


# ---------------------------------------------------------------- what must be left alone

INNOCENT: dict[str, list[Row]] = {
    "greetings": [("u1", place, "早上好", f"t{place}") for place in range(4)],
    "a correction": [
        ("u1", 0, "出一辆二手自行车,八成新,300元,同城自提", "t1"),
        ("u1", 2, "出一辆二手自行车,八成新,300元,同城自提。", "t1"),
    ],
    "one notice by many": each("a b c d e", 0, 9, ["周三晚上七点体育馆集合,记得带上球拍和水"]),
    "a quarrel of two": [
        ("a", 0, "你这个人真没意思", "t", "b"),
        ("b", 2, "你才没意思", "t", "a"),
        ("a", 4, "懒得理你", "t", "b"),
    ],
    "thanks from everybody": each("a b c d e f", 0, 1, ["谢谢楼主"], "t", "楼主"),
}  # fmt: skip


@pytest.mark.parametrize("name", INNOCENT)
def test_benign_repeats_are_left_alone(board: Board, name: str) -> None:
    board.say(*INNOCENT[name])
    before = board.written()
    assert board.look() == len(INNOCENT[name])
    assert board.written() == before


def test_old_copies_are_no_repetition(board: Board) -> None:
    board.say(*(("u1", 4 * 1_440 * place, SHOES, f"t{place}") for place in range(3)))
    board.look()
    assert not board.findings()


# ---------------------------------------------------------------- what it may do by itself


def test_the_third_copy_of_a_sure_advert_is_blocked_without_another_witness(
    sessions: Sessions, community_id: int
) -> None:
    """Nothing else speaks against these posts: the first two ask a person."""
    board = a_board(sessions, community_id, entries=())
    names = board.say(*copies("u1", SHOES, 4))
    assert {board.verdict(one) for one in names} == {("machine", "pass", "")}
    board.look()
    assert [board.verdict(one)[1:] for one in names] == [("review", "3.2")] * 2 + [("block", "3.2")] * 2


def test_a_rule_that_people_decide_keeps_behaviour_from_blocking(
    sessions: Sessions, community_id: int
) -> None:
    board = a_board(sessions, community_id, policy=a_policy(rules=(Rule("ad", "3.1", may_block=False),)))
    names = board.say(*copies("u1", SHOES, 3))
    board.look()
    assert {board.verdict(one) for one in names} == {("behaviour", "review", "3.2")}


def test_a_flood_is_folded_as_the_policy_says(sessions: Sessions, community_id: int) -> None:
    board = a_board(sessions, community_id, policy=FLOOD_FOLDS)
    board.say(*copies("u1", PLEA, 6, 0.5))
    board.look()
    verdict = board.post("p0").verdict
    assert verdict is not None
    assert (verdict.suggestion, verdict.clause, verdict.action) == ("review", "0.1", "fold")
    assert verdict.body["labels"][0]["source"] == "behaviour"
    assert verdict.body["behaviour"] == [{"kind": "flood", "reason": board.findings()[0].reason}]
    assert verdict.body["versions"]["model"] == "fake-1"


def test_a_verdict_is_never_lowered(board: Board) -> None:
    """Blocked for abuse; the pile-on around it would only ask for a look."""
    rows = each("a b c d", 5, 6, [*INSULTS[:3], "你这个混蛋,恶心的垃圾"], "t9", "小周")
    names = board.say(*rows)
    assert board.verdict(names[3]) == ("machine", "block", "2.6")
    board.look()
    assert board.verdict(names[3]) == ("machine", "block", "2.6")
    assert names[3] in board.members()[0]


@pytest.mark.parametrize(
    ("policy", "more"),
    [
        (a_policy(switched_off=frozenset({"3.1", "3.2"})), {}),
        (a_policy(trade_boards=("跳蚤市场",)), {"group": "跳蚤市场/鞋"}),
        (a_policy(), {"who": an_author("u1", official=True)}),
    ],
    ids=["switched off", "trade board", "official"],
)
def test_clauses_switched_off_and_exemptions_hold(
    sessions: Sessions, community_id: int, policy: Any, more: dict[str, Any]
) -> None:
    board = a_board(sessions, community_id, policy=policy)
    board.say(*copies("u1", SHOES, 3), **more)
    before = board.written()
    assert board.look() == 3
    assert board.written() == before


def test_where_promotion_is_switched_off_repetition_still_counts(
    sessions: Sessions, community_id: int
) -> None:
    board = a_board(sessions, community_id, policy=a_policy(switched_off=frozenset({"3.1"})))
    names = board.say(*copies("u1", SHOES, 3))
    board.look()
    assert {board.verdict(one)[2] for one in names} == {"3.2"}


# ---------------------------------------------------------------- people and edits


def test_a_decision_of_a_person_stands(board: Board) -> None:
    names = board.say(*copies("u1", SHOES, 2))
    moderator = a_user(board.sessions, board.community_id)
    item = next(row for row in board.items() if row.post_id == board.post(names[0]).post.id)
    Reviewing(board.sessions, RecordingBell()).decide(
        board.community_id,
        item.id,
        Decision(DecisionKind.PASS),
        moderator_id=moderator.id,
        version=1,
        now=NOW,
    )
    names += board.say(("u1", 40, SHOES, "t5"))
    board.look()
    assert [board.verdict(one)[0] for one in names] == ["machine", "behaviour", "behaviour"]
    assert board.post(names[0]).decision is not None
    states = {row.post_id: row.state for row in board.items()}
    assert states[board.post(names[0]).post.id] == "decided"
    assert board.members() == [set(names)]


def test_an_item_that_was_closed_is_opened_again(board: Board) -> None:
    names = board.say(*each("u1 u2 u3", 0, 20, [SHOES.replace("xie-7788", "xie-7799")]))
    with board.sessions.write.begin() as session:
        for row in board.items():
            row.state = "closed"
            session.merge(row)
    board.look()
    assert {row.state for row in board.items()} == {"open"}
    assert len(board.items()) == len(names)


def test_an_edited_post_leaves_the_pattern_and_may_join_again(board: Board) -> None:
    names = board.say(*copies("u1", SHOES, 2))
    intake = Intake(board.sessions, RecordingBell())
    innocent = a_submission(names[1], "周末天气不错,出去走走", author=an_author("u1"), posted_at=NOW)
    intake.edit(board.community_id, innocent, edited_at=NOW, now=NOW)
    board.score()
    board.look()
    assert not board.findings()
    guilty = a_submission(names[1], SHOES, author=an_author("u1"), posted_at=NOW - 5 * MINUTE)
    intake.edit(board.community_id, guilty, edited_at=NOW + 1, now=NOW)
    board.score()
    board.look()
    assert board.members() == [set(names)]


def test_a_withdrawn_post_counts_no_more(board: Board) -> None:
    names = board.say(*copies("u1", SHOES, 1))
    board.look()
    Intake(board.sessions, RecordingBell()).withdraw(board.community_id, names[0])
    board.say(("u1", 40, SHOES, "t5"))
    board.look()
    assert not board.findings()


# ---------------------------------------------------------------- events


def test_each_new_verdict_is_told(board: Board) -> None:
    names = board.say(*copies("u1", SHOES, 3))
    board.look()
    told = [row for row in board.events("post.decided") if row.subject == f"post:{names[0]}"]
    assert [(row.subject_version, row.body["verdict"]["suggestion"]) for row in told] == [
        (1, "review"),
        (2, "block"),
    ]
    assert told[1].body["revision"] == 1
    assert QueueName.BEHAVIOUR in _rung(board)


def test_a_shield_is_recommended_once_a_pile_on(board: Board) -> None:
    board.say(*each("a b c d", 5, 6, INSULTS, "t9", "小周"))
    board.look()
    (event,) = board.events("author.shield_recommended")
    assert (event.subject, event.subject_version, event.body["author"]) == ("author:小周", 1, "小周")
    assert event.body["hours"] == 72
    assert len(event.body["measures"]) == 3
    assert [one["author"] for one in event.body["evidence"]] == ["a", "b", "c", "d"]
    assert [one["data_id"] for one in event.body["evidence"]] == ["p0", "p1", "p2", "p3"]
    assert event.body["evidence"][0]["posted_at"] == "2025-11-21T02:05:00+00:00"
    board.say(("e", 30, INSULTS[0], "t9", "小周"))
    board.look()
    assert len(board.events("author.shield_recommended")) == 1
    assert board.members() == [{"p0", "p1", "p2", "p3", "p4"}]


def test_a_second_wave_has_its_own_recommendation(board: Board) -> None:
    board.say(*each("a b c d", 0, 6, INSULTS, "t9", "小周"))
    board.look()
    board.say(*each("e f g h", 1_000, 6, INSULTS, "t9", "小周"))
    board.look()
    assert [row.subject_version for row in board.events("author.shield_recommended")] == [1, 2]


def test_a_known_minor_is_protected_under_the_minors_clause(board: Board) -> None:
    board.say(("小周", 0, "我画了一张画", "t9"), who=an_author("小周", minor=True))
    names = board.say(*each("a b c d", 5, 6, INSULTS, "t9", "小周"))
    board.look()
    assert {board.verdict(one)[2] for one in names} == {"1.11"}


# ---------------------------------------------------------------- communities


def test_communities_do_not_see_each_other(sessions: Sessions, community_id: int) -> None:
    other = a_community(sessions, "other").id
    board = a_board(sessions, community_id)
    board.say(*each("u1 u2", 0, 20, [SLIM]))
    submission = a_submission("x", SLIM, author=an_author("u3"), posted_at=NOW - 300 * MINUTE)
    keep(sessions, other, submission)
    board.score()
    board.look()
    assert not board.findings()
    assert not board.marks()


def test_facts_are_kept_for_three_days(sessions: Sessions, community_id: int) -> None:
    from moderation.store.tables import BehaviourFactRow, BehaviourLinkRow  # noqa: PLC0415 - one test looks

    now = [NOW]
    board = a_board(sessions, community_id, clock=lambda: now[0])
    board.say(*copies("u1", SHOES, 2))
    board.look()
    now[0] += 3 * DAY + MINUTE
    board.say(("u2", 5_000, "又一天", ""))
    board.look()
    assert [row.author_id for row in board.rows(BehaviourFactRow)] == ["u2"]
    assert {row.post_id for row in board.rows(BehaviourLinkRow)} == {board.post("p2").post.id}


def _rung(board: Board) -> list[QueueName]:
    assert isinstance(board.scoring.bell, RecordingBell)
    return board.scoring.bell.rung


# ---------------------------------------------------------------- a human's turn


def test_a_block_ends_the_turn_of_every_post_that_it_strikes(board: Board) -> None:
    """The word list asked for a look at the first copy; the others have it blocked."""
    names = board.say(*copies("u1", SHOES, 1))
    board.look()
    assert {row.state for row in board.items()} == {"open"}
    before = {row.post_id: row.version for row in board.items()}
    names += board.say(("u1", 30, SHOES, "t4"), ("u1", 40, SHOES, "t5"))
    board.look()
    assert {board.verdict(one)[1:] for one in names} == {("block", "3.2")}
    assert {row.state for row in board.items()} == {"closed"}
    assert all(row.version > before.get(row.post_id, 0) for row in board.items())  # who reads it is told
    assert Queues(board.sessions).queue(board.community_id).entries == []


def test_a_review_tells_an_open_item_why_and_never_lets_it_sink(
    sessions: Sessions, community_id: int
) -> None:
    board = a_board(sessions, community_id, policy=a_policy(rules=(Rule("ad", "3.1", may_block=False),)))
    (name,) = board.say(("u1", 0, SHOES, "t0"))
    (item,) = board.items()
    with board.sessions.write.begin() as session:
        item.priority = 399
        session.merge(item)
    board.say(("u1", 9, SHOES, "t1"), ("u1", 18, SHOES, "t2"))
    board.look()
    told = next(row for row in board.items() if row.post_id == board.post(name).post.id)
    assert told.state == "open"
    assert told.reason == board.findings()[0].reason
    assert (told.priority, told.queue, told.version) == (399, item.queue, item.version)


def test_who_disagrees_with_a_block_asks_for_a_second_look_and_it_stays(board: Board) -> None:
    names = board.say(*copies("u1", SHOES, 3))
    board.look()
    asked = second_looks.ask(board.sessions, board.community_id, names[0], who="王", now=NOW)
    assert asked == second_looks.ask(board.sessions, board.community_id, names[0], who="李", now=NOW)
    board.say(("u1", 60, SHOES, "t8"))
    board.look()  # the pattern grows, and what was asked for still waits
    (entry,) = Queues(board.sessions).queue(board.community_id).entries
    assert (entry.item.id, entry.item.reason) == (asked, "asked:王")
    moderator = a_user(board.sessions, board.community_id)
    Reviewing(board.sessions, RecordingBell()).decide(
        board.community_id, asked, Decision(DecisionKind.PASS), moderator_id=moderator.id,
        version=entry.item.version, now=NOW,
    )  # fmt: skip
    with pytest.raises(NotBlockedError):
        second_looks.ask(board.sessions, board.community_id, names[0], who="王", now=NOW)


def test_a_second_look_is_for_what_a_machine_blocked(board: Board) -> None:
    (name,) = board.say(("u2", 1, "这周末有人去爬山吗"))
    with pytest.raises(NotBlockedError):
        second_looks.ask(board.sessions, board.community_id, name, who="王", now=NOW)
    with pytest.raises(UnknownItemError):
        second_looks.ask(board.sessions, board.community_id, "nowhere", who="王", now=NOW)


# ---------------------------------------------------------------- chains

TEA = "高山云雾茶叶批发,厂家直销量大从优包邮到家,下单加微信 {}"
BAGS = "原单奢侈品包包高仿一比一,专柜品质支持验货,想要的加微信 {}"
LOANS = "急用钱找我,无抵押当天放款,黑户也能做,咨询微信 {}"
CHAIN = [
    ("a", 0, TEA.format("cha1111")),
    ("b", 30, TEA.format("cha2222")),
    ("c", 60, BAGS.format("cha2222")),
    ("d", 90, BAGS.format("bao3333")),
    ("e", 120, LOANS.format("bao3333")),
]
"""Each shares with the next either its wording or its contact; the ends share nothing."""


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (0, 1, 3, 4, 2), (2, 0, 4, 1, 3)])
def test_a_chain_of_adverts_is_joined_to_its_ends(board: Board, order: tuple[int, ...]) -> None:
    for place in order:
        board.say(CHAIN[place])
        board.look()
    board.say(("z", 65, "出一辆二手自行车,八成新,300元,同城自提"))
    board.look()
    assert {f"p{number}" for number in range(5)} in board.members()
    assert all("p5" not in together for together in board.members())


def test_a_chain_of_innocent_repeats_stays_innocent(board: Board) -> None:
    notice = "周三晚上七点体育馆集合,记得带上球拍和水,有事找 {}"
    for name, minute, text in [
        ("a", 0, notice.format("王老师")),
        ("b", 20, notice.format("班长小李")),
        ("c", 40, "班长小李说球拍可以借,别忘了还"),
        ("d", 60, "早上好"),
        ("e", 80, "早上好"),
    ]:
        board.say((name, minute, text, "t1"))
        board.look()
    assert not board.findings()


def test_a_chain_reaches_only_as_far_as_its_window(board: Board) -> None:
    for name, minute, text in [(one, at * 40.0, text) for one, at, text in CHAIN]:
        board.say((name, minute, text))
        board.look()
    assert not board.findings()
