"""The radar: pure ranking and folding, and what it finds over a real database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.nearness import nearness
from moderation.domain.radar import (
    LEAST_SUPPORT,
    LEAST_Z,
    Candidate,
    CandidateKind,
    by_day,
    fold,
    rank,
    stitch,
    z_score,
)
from moderation.domain.radar_terms import beside_contacts, terms
from moderation.services.radar import Radar
from moderation.services.wordlists import WordLists
from moderation.sweeps.adverts import same_adverts
from moderation.sweeps.hearing import everyday, filler
from moderation.text.entries import Kind
from moderation.text.known import KnownWords
from moderation.text.pinyin import sound_of_word
from tests.factories import (
    DAY,
    NOW,
    a_community,
    a_scoring,
    a_submission,
    an_author,
    an_entry,
    keep,
)

if TYPE_CHECKING:
    from moderation.store.engine import Sessions


LATER = NOW + 1

# ---------------------------------------------------------------- pure


def test_terms_are_chinese_ngrams_and_whole_latin_words() -> None:
    found = terms("卖龙须糖,加vx_88 199")
    assert {"龙须糖", "卖龙须糖", "龙须", "vx_88"} <= found
    assert not found & {"糖加", "vx", "199", "卖"}
    assert max(len(one) for one in terms("一二三四五六七八九")) == 6


def test_a_long_post_is_looked_at_in_part() -> None:
    assert len(terms("甲乙" * 50_000)) == 10


@pytest.mark.parametrize(
    ("blocked", "passed", "high"),
    [(20, 0, True), (20, 1, True), (6, 100, False), (1, 20, False), (3, 0, True)],
)
def test_z_is_high_where_a_term_rises(blocked: int, passed: int, high: bool) -> None:  # noqa: FBT001 - a column
    assert (z_score(blocked, passed, 300, 5_000) >= LEAST_Z) is high


def test_z_is_symmetric_and_knows_nothing_of_nothing() -> None:
    assert z_score(5, 9, 100, 100) == pytest.approx(-z_score(9, 5, 100, 100))
    assert z_score(5, 5, 100, 100) == pytest.approx(0)
    assert z_score(5, 0, 5, 0) == 0.0
    assert z_score(0, 0, 5, 5) == z_score(5, 5, 5, 5) == 0.0


def test_z_grows_with_support() -> None:
    assert z_score(5, 0, 300, 5_000) < z_score(20, 0, 300, 5_000) < z_score(50, 0, 300, 5_000)


def test_ranking_leaves_out_what_is_rare_or_common() -> None:
    blocked = {"龙须糖": 20, "龙须": 20, "须糖": 20, "天气": 6, "偶然": LEAST_SUPPORT - 1, "wechat:abc123": 9}
    found = rank(blocked, {"天气": 100, "龙须": 1}, all_blocked=300, all_passed=5_000)
    assert [one.text for one in found] == ["龙须糖", "wechat:abc123"]
    assert found[1].kind is CandidateKind.CONTACT


def test_everyday_words_rank_below_what_no_dictionary_has() -> None:
    blocked = {"宝妈": 30, "龙须糖": 12, "真人": 20, "wechat:abc123": 5, "tangtang": 4}
    found = rank(
        blocked,
        {},
        all_blocked=100,
        all_passed=5_000,
        everyday=lambda term: term in {"宝妈", "真人", "tangtang"},
    )
    assert [(one.text, one.everyday) for one in found] == [
        ("龙须糖", False), ("wechat:abc123", False), ("tangtang", False), ("宝妈", True), ("真人", True),
    ]  # fmt: skip
    assert rank(blocked, {}, all_blocked=100, all_passed=5_000, limit=1)[0].text == "宝妈"


@pytest.mark.parametrize(
    ("term", "known"),
    [("真人", True), ("宝妈", True), ("姐妹们", True), ("天气不错", True), ("笼虚塘", False), ("日结", False),
     ("私我", False),
        ("批龙须糖到货", False)],
)  # fmt: skip
def test_what_is_everyday(term: str, known: bool) -> None:  # noqa: FBT001 - a column
    assert everyday(term) is known


FILLERS = (
    "我们的 就是这样 一个人 可以不 有需要的 需要的可以 现在就 来自客户端 点击查看更多 详情请看 转发分享 大家好啊 "
    "你好呀 欢迎大家 谢谢大家 新年快乐 三月五号 二十一日 周五晚上 今天晚上 第三天 五百块 10kg 24h http hello"
)
SLANG = "龙须糖 上分 老地方 私我 加我 点我 日结 你懂的 上车 品茶 新茶 v我50 91av 姐妹们 一夜"


@pytest.mark.parametrize("term", FILLERS.split())
def test_what_says_nothing(term: str) -> None:
    assert filler(term)


@pytest.mark.parametrize("term", SLANG.split())
def test_what_may_be_slang_is_never_taken_for_filler(term: str) -> None:
    assert not filler(term)


def test_filler_and_parts_of_a_stronger_one_are_left_out() -> None:
    blocked = {
        "大家好啊": 40,
        "批龙须糖": 20,
        "龙须糖": 22,
        "须糖": 25,
        "高山茶": 9,
        "wechat:12345": 9,
        "wechat": 9,
    }
    passed = {"龙须糖": 20, "须糖": 40}
    found = rank(blocked, passed, all_blocked=300, all_passed=5_000, filler=lambda term: term == "大家好啊")
    assert [one.text for one in found] == ["批龙须糖", "wechat:12345", "wechat", "高山茶"]
    some = rank(
        blocked, passed, all_blocked=300, all_passed=5_000,
        filler=lambda term: term == "大家好啊", carried=lambda one: one.text != "批龙须糖",
    )  # fmt: skip
    assert [one.text for one in some] == ["龙须糖", "wechat:12345", "wechat", "高山茶"], (
        "what too few accounts wrote hides no part of it that more did"
    )
    assert [one.text for one in rank(blocked, passed, all_blocked=300, all_passed=5_000, limit=2)] == [
        "大家好啊",
        "批龙须糖",
    ]


def test_addresses_are_no_words() -> None:
    assert terms("点 http://rx-lipei.example/t?c=8 领券 jd.com.libao.example/go") == {"领券"}


def test_what_a_contact_says_is_said_once() -> None:
    assert beside_contacts({"yd_haiwai53", "haiwai", "糖糖", "vxx"}, {"ydhaiwai53"}) == {"糖糖", "vxx"}


def test_instants_by_day() -> None:
    assert by_day([NOW, NOW + DAY - 1, NOW + DAY, NOW - 1, NOW + 3 * DAY], NOW, NOW + 2 * DAY + 1) == (
        2,
        1,
        0,
    )
    assert by_day([], NOW, NOW) == (0,)


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        text=st.text("甲乙丙", min_size=2, max_size=6),
        blocked=st.integers(3, 5),
        passed=st.integers(0, 2),
        z=st.floats(2, 9),
    ),
    unique_by=lambda one: one.text,
)


@given(CANDIDATES)
def test_fold_keeps_exactly_what_no_longer_one_holds(given_ones: list[Candidate]) -> None:
    kept = fold(given_ones)

    def held(one: Candidate) -> bool:
        return any(
            one.text != other.text and one.text in other.text and one.blocked == other.blocked
            for other in given_ones
        )

    assert kept == [one for one in given_ones if not held(one)]
    assert fold(kept) == kept
    for one in given_ones:  # whatever is left out, something kept says it
        assert any(one.text in other.text and one.blocked == other.blocked for other in kept)


@given(CANDIDATES)
def test_stitching_loses_nothing(given_ones: list[Candidate]) -> None:
    joined = stitch(given_ones)
    assert len(joined) <= len(given_ones)
    for one in given_ones:
        assert any(one.text in other.text and one.blocked == other.blocked for other in joined)


def test_a_slogan_is_one_candidate() -> None:
    slogan = "祖传秘方包治百病"
    parts = [Candidate(slogan[at : at + 6], 9, 0, 5.0) for at in range(3)]
    assert [one.text for one in stitch(parts)] == [slogan]


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [("龙须糖", "笼虚塘", True), ("龙须糖", "龙须酥", True), ("龙须", "龙虾", False), ("兼职", "煎芝", True)],
)
def test_words_that_sound_alike(one: str, other: str, near: bool) -> None:  # noqa: FBT001 - a column
    assert nearness(sound_of_word(one), sound_of_word(other)).near is near


def test_known_words_are_cut_out() -> None:
    known = KnownWords([an_entry("兼职"), an_entry("兼职日结"), an_entry("加 & 微信", kind=Kind.COMBINATION)])
    assert known.without("招兼职日结加微信") == "招\n加微信"
    assert "兼职" in known
    assert "微信" not in known
    assert known.nearest("煎芝") == ("兼职", "3.1")
    assert known.nearest("天气") == ("", "")
    assert KnownWords([]).without("招兼职") == "招兼职"


def test_allowed_words_and_parts_of_combinations() -> None:
    known = KnownWords([an_entry("加 & 微信|薇信", kind=Kind.COMBINATION), an_entry("兼职", kind=Kind.ALLOW)])
    assert known.without("招兼职人") == "招\n人"
    assert known.nearest("煎芝") == ("", ""), "an innocent word explains no slang"
    assert known.combination_with("薇信") == "加 & 微信|薇信"
    assert known.combination_with("电信") == ""


# ---------------------------------------------------------------- over posts


class Forum:
    def __init__(self, sessions: Sessions, slug: str = "default") -> None:
        self.sessions = sessions
        self.id = a_community(sessions, slug).id

    def fill(self) -> None:
        """Adverts for 龙须糖 that the model blocks, and talk about the weather."""
        adverts = [
            a_submission(
                f"ad{n}", f"第{n}批龙须糖到货,加微信 sugar{'ab'[n % 2]}888", author=an_author(f"u{n % 4}")
            )
            for n in range(12)
        ]
        talk = [a_submission(f"t{n}", f"今天天气不错,第{n}天,到货了吗") for n in range(60)]
        keep(self.sessions, self.id, *adverts, *talk)
        scoring = a_scoring(self.sessions)
        while scoring.score_pending():
            pass


@pytest.fixture
def forum(sessions: Sessions) -> Forum:
    made = Forum(sessions)
    made.fill()
    return made


def test_the_radar_finds_what_rises(forum: Forum) -> None:
    radar = Radar(forum.sessions, (an_entry("加微信"), an_entry("隆须糖", "3.6")))
    told: list[tuple[int, int]] = []
    page = radar.look(forum.id, since=NOW - DAY, until=LATER, progress=lambda *each: told.append(each))
    assert (page.blocked, page.passed) == (12, 60)
    found = {one.candidate.text: one for one in page.rising}
    assert {"wechat:suga" in text or "龙须糖" in text for text in list(found)[:1]} == {True}
    sugar = next(one for text, one in found.items() if "龙须糖" in text)
    assert (sugar.candidate.blocked, sugar.candidate.passed, sugar.authors) == (12, 0, 4)
    assert (sugar.clause, sugar.share.count, sugar.share.total) == ("3.1", 12, 12)
    assert len(sugar.samples) == 3
    assert "龙须糖" in sugar.samples[0].text
    assert found["wechat:sugara888"].candidate.blocked == 6
    assert not any("天气" in text or "加微信" in text for text in found)
    assert told[-1][0] == told[-1][1] == 144


def test_a_guess_at_the_meaning(forum: Forum) -> None:
    page = Radar(forum.sessions, (an_entry("批笼虚塘到货", "3.6"),)).look(forum.id, since=NOW, until=LATER)
    sugar = next(one for one in page.rising if "龙须糖" in one.candidate.text)
    assert (sugar.near, sugar.near_clause) == ("批笼虚塘到货", "3.6")


def test_own_words_are_known_too(forum: Forum) -> None:
    WordLists(forum.sessions).add(forum.id, "own", [an_entry("龙须糖")], author="王", now=NOW)
    page = Radar(forum.sessions).look(forum.id, since=NOW, until=LATER)
    assert page.rising
    assert not any("须" in one.candidate.text for one in page.rising)


def test_what_too_few_accounts_wrote_is_left_out(forum: Forum) -> None:
    """A contact needs no third account, and of a post without an author nothing is known."""
    for name, authors in (("云雾茶", ["v1", "v2"]), ("白毫针", ["w1", "w2", "w3"]), ("祁红香", [None])):
        keep(forum.sessions, forum.id, *[
            a_submission(
                f"{name}{n}",
                f"{name}第{n}批,加微信 tea{str(len(authors)) * 5}",
                author=an_author(authors[n % len(authors)]) if authors[0] else None,
            )
            for n in range(6)
        ])  # fmt: skip
    scoring = a_scoring(forum.sessions)
    while scoring.score_pending():
        pass
    page = Radar(forum.sessions, (an_entry("加微信"),)).look(forum.id, since=NOW, until=LATER)
    texts = [one.candidate.text for one in page.rising]
    assert not any("云雾" in text for text in texts)
    assert any("白毫针" in text for text in texts)
    assert any("祁红香" in text for text in texts)
    assert {"wechat:tea22222", "wechat:tea33333"} <= set(texts)


def test_the_radar_stays_in_community_and_window(forum: Forum) -> None:
    other = Forum(forum.sessions, "other")
    radar = Radar(forum.sessions)
    assert radar.look(other.id, since=NOW - DAY, until=LATER).rising == ()
    assert radar.look(forum.id, since=NOW - DAY, until=NOW).blocked == 0
    assert len(radar.look(forum.id, since=NOW, until=LATER, limit=1).rising) == 1


def test_what_rises_in_one_advert_is_one_group(forum: Forum) -> None:
    """Three accounts fill in one template; an advert of its own stays apart, and so does a word of both."""
    keep(forum.sessions, forum.id, *[
        a_submission(f"tea{n}", f"高山云雾茶叶批发,{n}斤起发货到家,加微信 chaye{n % 2}6", author=an_author(f"v{n % 3}"))
        for n in range(6)
    ])  # fmt: skip
    scoring = a_scoring(forum.sessions)
    while scoring.score_pending():
        pass
    page = Radar(forum.sessions, (an_entry("加微信"),)).look(forum.id, since=NOW, until=LATER)
    groups = {one.candidate.text: one.group for one in page.rising}
    sugar = {group for text, group in groups.items() if "龙须糖" in text or "sugar" in text}
    tea = {group for text, group in groups.items() if "云雾" in text or "chaye" in text}
    assert len(sugar) == len(tea) == 1
    assert sugar != tea
    assert "wechat:sugara888" in groups
    assert all(page.rising[group].group == group for group in groups.values())


@pytest.mark.parametrize(
    ("places", "groups"),
    [
        ([[0, 1], [0, 1, 2], [3], []], [0, 0, 2, 3]),
        ([[0, 3], [1, 2], [0]], [0, 1, 1]),  # the first stands in two adverts, half and half
        ([], []),
    ],
)
def test_which_candidates_come_out_of_one_advert(places: list[list[int]], groups: list[int]) -> None:
    advert = "本店新到一批手工月饼,买三盒送一盒,老顾客再打九折,联系 {}"
    texts = [
        *(advert.format(who) for who in ("ab12", "cd_34", "139")),
        "出租学区房两室一厅,拎包入住,中介勿扰",
    ]
    assert same_adverts(places, texts) == groups
