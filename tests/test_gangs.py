"""Accounts that belong together: pure joins, and what is found over a real database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.gangs import Gang, Join, JoinKind, Sighting, UnionFind, gangs, joins
from moderation.services.gangs import Gangs
from moderation.sweeps.grouping import Texts
from moderation.text.fingerprint import fingerprints
from tests.factories import DAY, NOW, a_community, a_scoring, a_submission, an_author, keep

if TYPE_CHECKING:
    from moderation.domain.post import Submission
    from moderation.store.engine import Sessions


# ---------------------------------------------------------------- pure

PAIRS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=30)


@given(PAIRS)
def test_union_find_knows_the_connected_components(pairs: list[tuple[int, int]]) -> None:
    found: UnionFind[int] = UnionFind()
    for one, other in pairs:
        found.join(one, other)
    assert {frozenset(each) for each in found.sets()} == components(pairs)
    for one, other in pairs:
        assert found.root(one) == found.root(other)


@given(PAIRS, st.randoms())
def test_the_order_of_joins_makes_no_difference(pairs: list[tuple[int, int]], random: Any) -> None:
    shuffled = [pair[::-1] for pair in pairs]
    random.shuffle(shuffled)
    made: list[set[frozenset[int]]] = []
    for order in (pairs, shuffled):
        found: UnionFind[int] = UnionFind()
        for pair in order:
            found.join(*pair)
        made.append({frozenset(each) for each in found.sets()})
    assert made[0] == made[1]


def components(pairs: list[tuple[int, int]]) -> set[frozenset[int]]:
    """By brute force: grow each set until nothing is added."""
    found = {frozenset(pair) for pair in pairs}
    while True:
        grown = {frozenset().union(*(each for each in found if each & one)) for one in found}
        if grown == found:
            return found
        found = grown


def seen(author: str, key: str = "wechat:a", kind: JoinKind = JoinKind.CONTACT, **more: Any) -> Sighting:
    return Sighting(author, f"post of {author}", kind, key, **{"blocked": True, "suspicious": True, **more})


def test_one_account_alone_is_joined_to_nobody() -> None:
    assert joins([seen("a"), seen("a"), seen("b", "wechat:b")]) == []


def test_what_is_shared_joins() -> None:
    assert joins([seen("b"), seen("a")]) == [Join(JoinKind.CONTACT, "wechat:a", ("a", "b"))]


@pytest.mark.parametrize(
    ("sightings", "joined"),
    [
        ([seen("a"), seen("b", blocked=False, suspicious=False)], True),
        ([seen(each, blocked=False, suspicious=False) for each in "ab"], False),
        ([seen(each, kind=JoinKind.DEVICE, blocked=False, suspicious=False) for each in "ab"], True),
        ([seen("a"), seen("b"), seen("站务", official=True)], False),
        ([seen(f"u{n}", blocked=False) for n in range(21)], False),
        ([seen(f"u{n}", blocked=False) for n in range(20)], True),
        ([seen(f"u{n}", blocked=n % 2 == 0) for n in range(40)], True),
        ([seen(f"u{n}", kind=JoinKind.DEVICE, blocked=n == 0) for n in range(40)], False),
    ],
)
def test_benign_joins_are_left_out(sightings: list[Sighting], joined: bool) -> None:  # noqa: FBT001 - a column
    assert bool(joins(sightings)) is joined


def test_groups_are_ranked_by_blocked_posts() -> None:
    found = gangs(
        [
            Join(JoinKind.CONTACT, "wechat:a", ("a", "b")),
            Join(JoinKind.DEVICE, "d1", ("b", "c")),
            Join(JoinKind.TEXT, "#1", ("x", "y")),
            Join(JoinKind.DEVICE, "d2", ("p", "q")),
        ],
        {"a": (3, 1), "b": (1, 0), "c": (2, 1), "x": (5, 5), "y": (5, 4), "p": (9, 0), "q": (9, 0)},
    )
    assert [(one.authors, one.posts, one.blocked) for one in found] == [
        (("x", "y"), 10, 9),
        (("a", "b", "c"), 6, 2),
    ]
    assert [join.key for join in found[1].joins] == ["wechat:a", "d1"]


def test_texts_that_are_nearly_the_same_have_one_number() -> None:
    base = "独家秘制龙须糖,百年老店传承,入口即化不粘牙,送礼自用都合适"
    varied = base.replace("送礼", "送人")
    sketches = fingerprints([base, varied, "周末去爬山,山顶的风很大,看到了云海", "短"])
    texts = Texts()
    first, second, third, fourth = [texts.number(each) for each in sketches]
    assert first is not None
    assert second is not None
    assert third is not None
    assert texts.of(first) == texts.of(second) != texts.of(third)
    assert fourth is None


# ---------------------------------------------------------------- over posts

AD = "兼职日结{},详情加微信 {} 了解,名额有限先到先得"


def fill(sessions: Sessions, community_id: int, *posts: Submission) -> None:
    keep(sessions, community_id, *posts)
    scoring = a_scoring(sessions)
    while scoring.score_pending():
        pass


def look(sessions: Sessions, community_id: int, **more: Any) -> list[Gang]:
    window = {"since": NOW - DAY, "until": NOW + 1} | more
    return [one.gang for one in Gangs(sessions).look(community_id, **window)]


def test_accounts_are_joined_by_contact_device_and_text(sessions: Sessions, community_id: int) -> None:
    fill(
        sessions,
        community_id,
        a_submission("1", "招人,加微信 sugar888", author=an_author("a")),
        a_submission("2", "便宜卖了,加微信 Sugar888", author=an_author("b"), device={"device_id": "d1"}),
        a_submission("3", "大家好", author=an_author("c"), device={"device_id": "d1"}),
        a_submission("4", AD.format("", "moon7777"), author=an_author("d")),
        a_submission("5", AD.format("哦", "star6666"), author=an_author("e")),
        a_submission("6", "今天天气不错", author=an_author("f")),
        a_submission("7", "今天天气不错", author=an_author("g")),
    )
    found = look(sessions, community_id)
    assert [one.authors for one in found] == [("a", "b", "c"), ("d", "e")]
    assert {join.kind for join in found[0].joins} == {JoinKind.CONTACT, JoinKind.DEVICE}
    assert {join.kind for join in found[1].joins} == {JoinKind.TEXT}
    assert (found[0].posts, found[0].blocked) == (3, 2)
    samples = Gangs(sessions).look(community_id, since=NOW, until=NOW + 1)[0].samples
    assert [one.data_id for one in samples] == ["1", "2"]


def test_a_notice_that_everybody_passes_on_joins_nobody(sessions: Sessions, community_id: int) -> None:
    notice = "春季运动会报名开始,请各班班长加微信 sports888 登记人数"
    passing = [a_submission(f"n{n}", notice, author=an_author(f"u{n}")) for n in range(5)]
    official = a_submission("n", notice, author=an_author("站务", official=True))
    fill(sessions, community_id, official, *passing)
    assert look(sessions, community_id) == []


def test_groups_stay_in_community_and_window(sessions: Sessions, community_id: int) -> None:
    other = a_community(sessions, "other").id
    posts = [a_submission(str(n), f"第{n}次,加微信 sugar888", author=an_author(f"u{n}")) for n in range(2)]
    fill(sessions, community_id, posts[0])
    fill(sessions, other, posts[1])
    assert look(sessions, community_id) == look(sessions, other) == []
    fill(sessions, community_id, posts[1])
    assert [one.authors for one in look(sessions, community_id)] == [("u0", "u1")]
    assert look(sessions, community_id, until=NOW) == []
