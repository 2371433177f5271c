"""口径: readings in versions, cases, receipts, and the pages that show them."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

import pytest

from moderation.domain.convention import CLAUSES, UnknownClauseError
from moderation.domain.guidance import (
    MAX_CASE,
    MAX_TEXT,
    MOST_CASES,
    Case,
    GuidanceError,
    Reading,
    Side,
    StaleGuidanceError,
    UnknownPostError,
    Version,
    cases_from_json,
    cases_json,
    check_reading,
    unread,
    with_case,
)
from moderation.domain.review import Decision, DecisionKind
from moderation.domain.verdict import Suggestion
from moderation.services.guidance import Guidance
from moderation.services.users import Role
from moderation.wiring.guidance_file import GuidanceFileError, read_guidance
from tests import desk
from tests.desk import Told
from tests.factories import NOW, a_submission, keep
from tests.fakes import StoppedClock
from tests.policy_desk import PolicyDesk, policy_parts

if TYPE_CHECKING:
    from pathlib import Path

    from moderation.store.engine import Sessions
    from moderation.store.tables import UserRow

TEAM = ["moderator", "senior", "admin"]
SHIPPED = read_guidance()


def a_person(
    sessions: Sessions, community_id: int, name: str, role: Role = Role.MODERATOR, *, active: bool = True
) -> UserRow:
    from moderation.store.tables import UserRow  # noqa: PLC0415 - the table, beside its annotation

    row = UserRow(
        community_id=community_id, email=f"{name}@example.com", name=name, password_hash="x", role=role.value,
        active=active, session_id=f"session {name}", created_at=NOW,
    )  # fmt: skip
    with sessions.write.begin() as session:
        session.add(row)
    return row


# ---------------------------------------------------------------- rules


def test_every_clause_is_shipped_with_three_lines_in_both_languages() -> None:
    assert set(SHIPPED) == {one.number for one in CLAUSES}
    for reading in SHIPPED.values():
        assert [line.partition("：")[0] for line in reading.zh.splitlines()] == ["算", "不算", "边界"]
        assert [line.partition(":")[0] for line in reading.en.splitlines()] == [
            "Counts",
            "Does not",
            "Borderline",
        ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('["3.1"]\nzh = "算"', "says nothing of clause 1.1"),
        ('["9.9"]\nzh = "算"', "no clause '9.9'"),
        ('["3.1"]\nen = "counts"', "clause 3.1"),
        ('["3.1"]\nzh = " "', "clause 3.1"),
        ("[3.1", "is not TOML"),
    ],
)
def test_a_file_that_cannot_be_used_names_the_clause(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "guidance.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(GuidanceFileError, match=said):
        read_guidance(file)


@pytest.mark.parametrize(
    ("reading", "field"),
    [
        (Reading(" \n"), "zh"),
        (Reading("长" * (MAX_TEXT + 1)), "zh"),
        (Reading("好", "x" * (MAX_TEXT + 1)), "en"),
        (Reading("好", cases=(Case(Side.FITS, "甲"),) * (MOST_CASES + 1)), "cases"),
        (Reading("好", cases=(Case(Side.FITS, "甲"), Case(Side.FITS, " "))), "cases.1.text"),
        (Reading("好", cases=(Case(Side.FITS, "甲", post_id="p1"),)), "cases.0.text"),
        (Reading("好", cases=(Case(Side.FITS, "甲" * (MAX_CASE + 1)),)), "cases.0.text"),
        (Reading("好", cases=(Case(Side.FITS, "甲", "乙" * (MAX_CASE + 1)),)), "cases.0.note"),
    ],
)
def test_a_reading_that_cannot_be_kept_names_its_field(reading: Reading, field: str) -> None:
    with pytest.raises(GuidanceError) as found:
        check_reading(reading)
    assert found.value.field == field


def test_a_version_says_why_and_counts_up() -> None:
    first = Version("3.1", 0, Reading("旧"))
    second = first.followed_by(Reading("新"), why=" 讨论过 ", author="李", now=7)
    assert second == Version("3.1", 1, Reading("新"), "讨论过", "李", 7)
    with pytest.raises(GuidanceError, match="why"):
        second.followed_by(Reading("再新"), why=" ", author="李", now=8)


@pytest.mark.parametrize(
    ("latest", "read", "expected"),
    [
        ({}, {}, set()),
        ({"3.1": 2}, {}, {"3.1"}),
        ({"3.1": 2}, {"3.1": 1}, {"3.1"}),
        ({"3.1": 2, "2.6": 1}, {"3.1": 2}, {"2.6"}),
        ({"3.1": 1}, {"3.1": 1, "2.6": 0}, set()),
    ],
)
def test_what_is_new_to_somebody(latest: dict[str, int], read: dict[str, int], expected: set[str]) -> None:
    assert unread(latest, read) == expected


def test_cases_survive_json_and_a_post_is_one_case_only() -> None:
    cases = (
        Case(Side.BREAKS, "来电 8 折", "价目"),
        Case(Side.FITS, post_id="p1", revision=2),
        Case(Side.BORDER, "说不清"),
    )
    assert cases_from_json(cases_json(cases)) == cases
    changed = with_case(Reading("好", cases=cases), Case(Side.BORDER, post_id="p1", revision=3))
    assert [one.post_id for one in changed.cases] == ["", "", "p1"]
    assert changed.cases[-1].side is Side.BORDER


# ---------------------------------------------------------------- over a database


def test_versions_are_appended_and_old_ones_stay(sessions: Sessions, community_id: int) -> None:
    guidance = Guidance(sessions, SHIPPED)
    lead = a_person(sessions, community_id, "李", Role.SENIOR)
    for number, text in enumerate(("算：甲", "算：乙")):
        guidance.write(
            community_id, "3.1", Reading(text), base=number, why="开会定的", by=lead, now=NOW + number
        )
    found = guidance.clause(community_id, "3.1", lead.id, TEAM)
    assert [(one.number, one.reading.zh) for one in found.versions] == [
        (2, "算：乙"), (1, "算：甲"), (0, SHIPPED["3.1"].zh),
    ]  # fmt: skip
    assert [(one.author, one.why, one.at) for one in found.versions[:2]] == [
        ("李", "开会定的", NOW + 1),
        ("李", "开会定的", NOW),
    ]
    with pytest.raises(StaleGuidanceError):
        guidance.write(community_id, "3.1", Reading("算：丙"), base=1, why="晚了", by=lead, now=NOW)
    with pytest.raises(UnknownClauseError):
        guidance.write(community_id, "spam_ads.evasion", Reading("算"), base=0, why="错", by=lead, now=NOW)
    assert len(guidance.clause(community_id, "3.1", lead.id, TEAM).versions) == 3


def test_receipts_say_who_read_what(sessions: Sessions, community_id: int) -> None:
    guidance = Guidance(sessions, SHIPPED)
    lead = a_person(sessions, community_id, "李", Role.SENIOR)
    reader = a_person(sessions, community_id, "王")
    a_person(sessions, community_id, "已离职", active=False)
    a_person(sessions, community_id, "审计", Role.AUDITOR)
    assert guidance.unread(community_id, reader.id) == 0
    guidance.write(community_id, "2.6", Reading("算：骂人"), base=0, why="补充", by=lead, now=NOW)
    assert (guidance.unread(community_id, reader.id), guidance.unread(community_id, lead.id)) == (1, 0)
    ticked = [("2.6", 1), ("2.6", 9), ("9.9", 1), ("3.1", 0)]
    for moment in (NOW + 5, NOW + 9):  # ticking twice keeps the first instant
        guidance.read(community_id, ticked, reader.id, now=moment)
    assert guidance.unread(community_id, reader.id) == 0
    guidance.write(community_id, "2.6", Reading("算：冲着人骂"), base=1, why="再补充", by=lead, now=NOW + 6)
    assert guidance.unread(community_id, reader.id) == 1
    receipts = guidance.clause(community_id, "2.6", reader.id, TEAM).receipts
    assert sorted((one.user.name, one.number, one.at) for one in receipts) == [
        ("李", 2, NOW + 6), ("王", 1, NOW + 5),
    ]  # fmt: skip
    lines, team = guidance.board(community_id, reader.id, TEAM)
    told = {one.version.clause: (one.version.number, one.unread, one.readers) for one in lines}
    assert (team, told["2.6"], told["3.1"], len(told)) == (2, (2, True, 1), (0, False, 0), len(CLAUSES))


def test_a_kept_post_becomes_a_case_by_its_id(sessions: Sessions, community_id: int) -> None:
    guidance = Guidance(sessions, SHIPPED)
    lead = a_person(sessions, community_id, "李", Role.SENIOR)
    sent = a_submission(text="楼下新店开业,进群领券")
    keep(sessions, community_id, sent, now=NOW)
    written = guidance.add_post(community_id, "3.1", sent.data_id, Side.BREAKS, "开业群发", by=lead, now=NOW)
    (case,) = written.reading.cases
    assert (case.text, case.side, case.note, written.reading.zh) == (
        "", Side.BREAKS, "开业群发", SHIPPED["3.1"].zh,
    )  # fmt: skip
    page = guidance.current(community_id, "3.1")
    assert page.posts[case.post_id].text == "楼下新店开业,进群领券"
    with pytest.raises(GuidanceError, match="why"):
        guidance.add_post(community_id, "3.1", sent.data_id, Side.FITS, " ", by=lead, now=NOW)
    with pytest.raises(UnknownPostError):
        guidance.add_post(community_id, "3.1", "nowhere", Side.FITS, "没有", by=lead, now=NOW)


def test_two_who_write_at_once_do_not_overwrite_each_other(sessions: Sessions, community_id: int) -> None:
    guidance = Guidance(sessions, SHIPPED)
    people = [a_person(sessions, community_id, name, Role.SENIOR) for name in ("李", "王", "赵", "钱")]
    start, outcomes = threading.Barrier(4), []

    def write(by: UserRow) -> None:
        start.wait()
        try:
            guidance.write(community_id, "3.8", Reading(by.name), base=0, why="同时", by=by, now=NOW)
            outcomes.append("kept")
        except StaleGuidanceError:
            outcomes.append("stale")

    threads = [threading.Thread(target=write, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept", "stale", "stale", "stale"]
    assert len(guidance.clause(community_id, "3.8", people[0].id, TEAM).versions) == 2


# ---------------------------------------------------------------- pages


@pytest.fixture
def at(sqlite_template: Path, tmp_path: Path) -> PolicyDesk:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    clock = StoppedClock(NOW)
    made = PolicyDesk(policy_parts(f"sqlite:///{tmp_path / 'desk.db'}", clock), clock)
    made.log_in(name="李资深")
    return made


def rewrite(at: PolicyDesk, clause: str = "3.1", **changes: str) -> int:
    sent = {"base": "0", "zh": "算：群发优惠", "en": "", "why": "例会定的", **changes}
    return at.post(f"/guidance/{clause}/edit", **sent).status_code


@pytest.mark.parametrize(
    ("role", "page", "edit", "save"),
    [
        (Role.MODERATOR, 200, 403, 403),
        (Role.SENIOR, 200, 200, 303),
        (Role.ADMIN, 200, 200, 303),
        (Role.AUDITOR, 200, 403, 403),
        (Role.BRAND, 403, 403, 403),
    ],
)
def test_who_may_read_and_who_may_write(at: PolicyDesk, role: Role, page: int, edit: int, save: int) -> None:
    at.log_in(role)
    for path, expected in (("/guidance", page), ("/guidance/3.1", page), ("/guidance/3.1/panel", page),
                           ("/guidance/3.1/edit", edit)):  # fmt: skip
        assert at.get(path).status_code == expected, path
    token = "x" if role is Role.BRAND else at.token()
    sent = {"csrf_token": token, "base": "0", "zh": "算：甲", "why": "改"}
    answer = at.client.post("/guidance/3.1/edit", data=sent)
    assert answer.status_code == (400 if role is Role.BRAND else save)


def test_a_new_version_is_news_until_it_is_ticked(at: PolicyDesk) -> None:
    assert (
        rewrite(at, **{"case-0-side": "breaks", "case-0-text": "开业特惠,加我领券", "case-0-note": "群发"})
        == 303
    )
    assert "new-readings" not in at.get("/queue").text, "who wrote it has read it"
    assert "1/1 人读过" in at.get("/guidance").text
    at.log_in(Role.MODERATOR)
    assert '<span class="nav-new" data-testid="new-readings">1 条新</span>' in at.get("/queue").text
    page = at.get("/guidance?show=unread").text
    assert page.count('data-testid="guidance-line"') == 1
    assert "算：群发优惠" in page
    page = at.get("/guidance/3.1").text
    assert "开业特惠" in page
    assert 'data-testid="guidance-receipts"' not in page, "receipts are for those who lead"
    back = at.post("/guidance/read", seen="3.1@1", back="/guidance/3.1")
    assert (back.status_code, back.headers["Location"]) == (303, "/guidance/3.1")
    assert "您读过这一版" in at.get("/guidance/3.1").text
    assert "new-readings" not in at.get("/queue").text
    assert "都读过了" in at.get("/guidance?show=unread").text
    at.log_in(Role.ADMIN)
    page = at.get("/guidance/3.1").text
    assert page.count('data-testid="guidance-receipt"') == 3
    assert page.count("还没读") == 1


def test_older_versions_stay_readable(at: PolicyDesk) -> None:
    rewrite(at)
    rewrite(at, base="1", zh="算：发三次以上", why="太严")
    assert "算：发三次以上" in at.get("/guidance/3.1").text
    old = at.get("/guidance/3.1?v=1").text
    assert "算：群发优惠" in old
    assert "这是旧的一版" in old
    assert SHIPPED["3.1"].zh.splitlines()[0] in at.get("/guidance/3.1?v=0").text
    for path in ("/guidance/3.1?v=3", "/guidance/9.9", "/guidance/9.9/panel", "/guidance/spam_ads.evasion"):
        assert at.get(path).status_code == 404, path


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(at: PolicyDesk) -> None:
    sent = {
        "base": "0",
        "zh": "算：新的",
        "en": "",
        "why": " ",
        "case-0-side": "fits",
        "case-0-text": "好" * 501,
    }
    answer = at.post("/guidance/3.1/edit", **sent)
    assert answer.status_code == 422
    assert "最多各 500 个字" in answer.text
    assert "算：新的" in answer.text
    assert "好" * 501 in answer.text
    answer = at.post("/guidance/3.1/edit", **{**sent, "case-0-text": "好"})
    assert 'data-testid="error-why"' in answer.text
    rewrite(at)
    late = at.post("/guidance/3.1/edit", base="0", zh="算：晚到的", why="晚")
    assert late.status_code == 409
    assert "算：晚到的" in late.text
    assert 'name="base" value="1"' in late.text
    assert len(at.parts.guidance.clause(at.community, "3.1", 1, TEAM).versions) == 2


def test_rows_are_added_and_taken_out(at: PolicyDesk) -> None:
    rewrite(at, **{"case-0-side": "fits", "case-0-text": "甲", "case-1-side": "border", "case-1-text": "乙"})
    page = at.get("/guidance/3.1/edit").text
    assert page.count('data-testid="guidance-case-row"') == 3
    more = at.post(
        "/guidance/3.1/edit",
        **{"add": "case", "base": "1", "zh": "算", "case-0-side": "fits", "case-0-text": "甲"},
    )
    assert more.text.count('data-testid="guidance-case-row"') == 2
    rewrite(at, base="1", **{"case-0-side": "fits", "case-0-text": "甲", "case-0-out": "1",
                             "case-1-side": "border", "case-1-text": "乙"})  # fmt: skip
    cases = at.parts.guidance.current(at.community, "3.1").versions[0].reading.cases
    assert [(one.side, one.text) for one in cases] == [(Side.BORDER, "乙")]


def test_a_post_is_added_from_its_page_and_shown_with_its_decision(at: PolicyDesk) -> None:
    moderator = desk.person(at.parts, at.community)
    post, item = desk.tell(
        at.parts, at.community, Told("拼单满减,私我拉群", Suggestion.REVIEW, "3.1", ad=0.7)
    )
    assert item
    at.parts.reviewing.decide(
        at.community,
        item.id,
        Decision(DecisionKind.BLOCK, "3.1"),
        moderator_id=moderator.id,
        version=1,
        now=NOW,
    )
    page = at.get(f"/items/{item.id}").text
    assert 'data-testid="case-form"' in page
    answer = at.post(
        "/guidance/cases",
        clause="3.1",
        side="breaks",
        note="拉群",
        data_id=post.data_id,
        back=f"/items/{item.id}",
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/items/{item.id}")
    page = at.get("/guidance/3.1").text
    assert "拼单满减" in page
    assert "人工：拦截 3.1" in page
    assert "拼单满减" in at.get("/guidance/3.1/panel").text
    at.post(
        "/guidance/cases",
        clause="3.1",
        side="fits",
        note=" ",
        data_id=post.data_id,
        back="https://example.com/",
    )
    assert "请写一句为什么" in at.get(f"/posts/{post.data_id}").text
    assert (
        at.post("/guidance/cases", clause="3.1", side="fits", note="没有", data_id="nowhere").status_code
        == 404
    )
    at.parts.intake.withdraw(at.community, post.data_id)
    page = at.get("/guidance/3.1").text
    assert "拼单满减" not in page
    assert "已撤回的帖子" in page


def test_the_item_page_shows_how_its_clause_is_read(at: PolicyDesk) -> None:
    _, item = desk.tell(at.parts, at.community, Told("加我领券", Suggestion.REVIEW, "3.8", ad=0.7))
    assert item
    page = at.get(f"/items/{item.id}").text
    assert SHIPPED["3.8"].zh.splitlines()[0] in page
    at.log_in(Role.MODERATOR)
    assert 'data-testid="case-form"' not in at.get(f"/items/{item.id}").text


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ("", len(CLAUSES)),
        ("?chapter=3", 8),
        ("?chapter=x", 0),
        ("?show=own", 0),
        ("?q=二维码", 1),
        ("?q=%00&show=nonsense", len(CLAUSES)),
    ],
)
def test_the_list_is_filtered(at: PolicyDesk, query: str, lines: int) -> None:
    page = at.get(f"/guidance{query}").text
    assert page.count('data-testid="guidance-line"') == lines
    assert ('data-testid="guidance-empty"' in page) is (lines == 0)


def test_communities_do_not_see_each_others_readings(at: PolicyDesk) -> None:
    rewrite(at, zh="算：我们自己的说法")
    other = desk.community(at.parts, "other")
    at.log_in(Role.ADMIN, community=other.id)
    assert "我们自己的说法" not in at.get("/guidance/3.1").text
    assert at.get("/guidance/3.1?v=1").status_code == 404
    assert "new-readings" not in at.get("/queue").text


def test_the_pages_speak_english_and_fall_back_to_chinese(at: PolicyDesk) -> None:
    rewrite(at, "2.6", zh="算：只有中文")
    at.client.set_cookie("language", "en")
    assert "Guidance" in at.get("/guidance").text
    assert "Counts: selling" in at.get("/guidance/3.1").text
    page = at.get("/guidance/2.6").text
    assert '<p class="guide-text" lang="zh" data-testid="guidance-text">算：只有中文' in page
    assert "Who has read it" in page


def test_english_that_was_left_as_it_was_is_not_the_new_version(at: PolicyDesk) -> None:
    assert rewrite(at, "2.6", zh="算：第一版", en="Counts: the first") == 303
    assert rewrite(at, "2.6", base="1", zh="算：第二版", en="Counts: the first") == 303
    at.client.set_cookie("language", "en")
    for path in ("/guidance/2.6", "/guidance/2.6/panel", "/guidance"):
        page = at.get(path).text
        assert "Counts: the first" not in page, path
        assert "guidance-untranslated" in page, path
        assert "算：第二版" in page, path
    assert "Counts: the first" in at.get("/guidance/2.6?v=1").text
    assert rewrite(at, "2.6", base="2", zh="算：第三版", en="Counts: the third") == 303
    page = at.get("/guidance/2.6").text
    assert "Counts: the third" in page
    assert "guidance-untranslated" not in page
    # A slip of the pen in the Chinese: whoever mends it says that the English holds.
    assert rewrite(at, "2.6", base="3", zh="算：第三版。", en="Counts: the third", en_holds="yes") == 303
    assert "Counts: the third" in at.get("/guidance/2.6").text


def test_markup_in_a_reading_is_text(at: PolicyDesk) -> None:
    rewrite(at, zh="<script>alert(1)</script>", **{"case-0-side": "fits", "case-0-text": "<img src=x>"})
    for path in ("/guidance/3.1", "/guidance/3.1/panel", "/guidance/3.1/edit"):
        page = at.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x>" not in page
