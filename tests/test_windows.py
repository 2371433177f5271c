"""Sensitive periods: what is stricter while they are open, when they begin and end, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from moderation.domain.evidence import Level
from moderation.domain.policy import Circumstances, Evidence, decide
from moderation.domain.policy_versions import PolicyState
from moderation.domain.post import Overdue, PublishingMode, PublishingRule, Scene, Timeout
from moderation.domain.publishing import DEFAULT_TIMEOUT, PublishingTable
from moderation.domain.verdict import Action, RiskLevel, Suggestion
from moderation.domain.windows import DAY, Phase, Window, WindowError
from moderation.policy_file.document import PolicyDocumentError, parse_policy
from moderation.policy_file.writing import write_policy
from moderation.publishing import Publishing
from moderation.services.intake import Intake
from moderation.services.policies import Policies
from moderation.services.reading import post_record
from tests.factories import (
    HOUR,
    NOW,
    SOME_VERSIONS,
    a_contact,
    a_hit,
    a_policy,
    a_scoring,
    a_submission,
    some_scores,
)
from tests.fakes import RecordingBell, StoppedClock

if TYPE_CHECKING:
    from moderation.domain.verdict import Verdict
    from moderation.store.engine import Sessions

PASS, REVIEW, BLOCK = Suggestion.PASS, Suggestion.REVIEW, Suggestion.BLOCK
POST, PRE, CLOSED = PublishingMode.POST_MODERATION, PublishingMode.PRE_MODERATION, PublishingMode.CLOSED


def a_window(**more: Any) -> Window:
    return Window(**{"name": "高考", "start": NOW, "end": NOW + 4 * DAY, **more})


def judge(window: Window, *, now: int = NOW, evidence: Evidence | None = None, **around: Any) -> Verdict:
    policy = a_policy(windows=(window,)).at(now)
    found = evidence or Evidence(some_scores(ad=0.45))
    return decide(policy, found, Circumstances(**around), SOME_VERSIONS)


@pytest.mark.parametrize(
    ("now", "phase", "suggestion"),
    [
        (NOW - 1, Phase.COMING, PASS),
        (NOW, Phase.OPEN, REVIEW),
        (NOW + 4 * DAY - 1, Phase.OPEN, REVIEW),
        (NOW + 4 * DAY, Phase.OVER, PASS),
    ],
)
def test_a_window_begins_and_ends_by_itself(now: int, phase: Phase, suggestion: Suggestion) -> None:
    window = a_window(review_factor=0.8)
    assert window.phase(now) is phase
    assert judge(window, now=now).suggestion is suggestion


@pytest.mark.parametrize(
    ("window", "around", "suggestion"),
    [
        ({}, {}, PASS),
        ({"review_factor": 0.9}, {}, REVIEW),
        ({"review_factor": 0.91}, {}, PASS),
        ({"review_factor": 0.8, "scenes": (Scene.COMMENT,)}, {}, PASS),
        ({"review_factor": 0.8, "scenes": (Scene.COMMENT,)}, {"scene": Scene.COMMENT}, REVIEW),
        ({"review_factor": 0.8, "groups": ("时政",)}, {"group": "时政/国际"}, REVIEW),
        ({"review_factor": 0.8, "groups": ("时政",)}, {"group": "时政区"}, PASS),
        ({"review_factor": 0.8, "groups": ("时政",)}, {}, PASS),
    ],
)
def test_review_thresholds_fall_where_the_window_lies(
    window: dict[str, Any], around: dict[str, Any], suggestion: Suggestion
) -> None:
    verdict = judge(a_window(**window), **around)
    assert verdict.suggestion is suggestion
    covered = a_window(**window).covers(around.get("group", ""), around.get("scene", Scene.POST))
    assert verdict.versions.policy == ("test-1+高考" if covered else "test-1")


def test_a_threshold_that_is_never_reached_stays_so() -> None:
    policy = replace(a_policy(windows=(a_window(review_factor=0.1),)), calibrated={}).at(NOW)
    verdict = decide(policy, Evidence(some_scores(ad=1.0)), Circumstances(), SOME_VERSIONS)
    assert verdict.suggestion is PASS


def test_a_disguised_contact_is_weighed_by_the_lower_threshold_too() -> None:
    evidence = Evidence(some_scores(ad=0.45), contacts=(a_contact(obfuscated=True),))
    assert judge(a_window(), evidence=evidence).suggestion is PASS
    assert judge(a_window(review_factor=0.8), evidence=evidence).clause == "3.8"


@pytest.mark.parametrize(
    ("evidence", "mode", "suggestion", "action"),
    [
        (Evidence(some_scores(ad=0.97)), POST, REVIEW, Action.HOLD),
        (Evidence(some_scores(ad=0.6)), POST, REVIEW, Action.HOLD),
        (Evidence(some_scores(ad=0.1)), POST, PASS, Action.SHOW),
        (Evidence(some_scores(ad=0.1)), CLOSED, PASS, Action.HOLD),
        (Evidence(some_scores(), hits=(a_hit("3.1", Level.BLOCK),)), POST, BLOCK, Action.REMOVE),
    ],
)
def test_people_look_first_and_words_still_block(
    evidence: Evidence, mode: PublishingMode, suggestion: Suggestion, action: Action
) -> None:
    verdict = judge(a_window(look_first=True), evidence=evidence, mode=mode)
    assert (verdict.suggestion, verdict.action) == (suggestion, action)


def test_findings_under_top_clauses_are_the_most_urgent() -> None:
    doubtful = Evidence(some_scores(ad=0.6))
    assert judge(a_window(top_clauses=("3.1",)), evidence=doubtful).risk_level is RiskLevel.HIGH
    assert judge(a_window(top_clauses=("5.1",)), evidence=doubtful).risk_level is RiskLevel.MEDIUM
    assert judge(a_window(top_clauses=("3.1",))).risk_level is RiskLevel.NONE, "nothing was found"


def test_of_two_windows_the_stricter_counts_and_both_are_named() -> None:
    windows = (a_window(review_factor=0.9), a_window(name="汛期", review_factor=0.5))
    policy = a_policy(windows=windows).at(NOW)
    verdict = decide(policy, Evidence(some_scores(ad=0.3)), Circumstances(), SOME_VERSIONS)
    assert (verdict.suggestion, verdict.versions.policy) == (REVIEW, "test-1+高考+汛期")


# ---------------------------------------------------------------- publishing

RULES = (
    PublishingRule(PRE, "母婴"),
    PublishingRule(POST, "母婴/闲聊"),
    PublishingRule(PRE, scene=Scene.NICKNAME),
    PublishingRule(CLOSED, thread="t9", timeout=Timeout(5, Overdue.SHOW)),
    PublishingRule(POST, thread="t7"),
)


@pytest.mark.parametrize(
    ("group", "scene", "thread", "mode"),
    [
        ("", Scene.POST, "", POST),
        ("母婴/问答", Scene.POST, "", PRE),
        ("母婴/闲聊", Scene.POST, "", POST),
        ("", Scene.NICKNAME, "", PRE),
        ("母婴/问答", Scene.POST, "t7", POST),  # the thread binds more than its board
        ("母婴/闲聊", Scene.POST, "t9", CLOSED),
        ("母婴/闲聊", Scene.POST, "t1", POST),
    ],
)
def test_thread_then_board_then_scene(group: str, scene: Scene, thread: str, mode: PublishingMode) -> None:
    assert PublishingTable(RULES).place(group, scene, thread).mode is mode


@pytest.mark.parametrize(
    ("window_mode", "group", "mode"),
    [(PRE, "闲聊", PRE), (PRE, "存档", CLOSED), (CLOSED, "闲聊", CLOSED), (None, "闲聊", POST)],
)
def test_a_window_only_makes_the_mode_stricter(
    window_mode: PublishingMode | None, group: str, mode: PublishingMode
) -> None:
    table = PublishingTable((PublishingRule(CLOSED, "存档"),), (a_window(mode=window_mode),))
    assert table.place(group, Scene.POST).mode is mode


def test_a_time_out_is_the_place_s_own_or_the_usual_one() -> None:
    table = PublishingTable(RULES, timeout=Timeout(30))
    assert table.place("", Scene.POST, "t9").timeout == Timeout(5, Overdue.SHOW)
    assert table.place("母婴", Scene.POST).timeout == Timeout(30)
    assert PublishingTable().place("", Scene.POST).timeout == DEFAULT_TIMEOUT


# ---------------------------------------------------------------- documents

LEAST = 'version = "v1"\nrules = []\n'
FROM, TO = "from = 2026-06-06T00:00:00+08:00\n", "to = 2026-06-11T00:00:00+08:00\n"


def test_a_document_with_windows_and_time_outs_is_read_and_written_back() -> None:
    text = f"""{LEAST}
[timeout]
minutes = 45
then = "show"
[[publishing]]
thread = "t-1"
mode = "pre"
timeout = {{ minutes = 10 }}
[[windows]]
name = "高考"
{FROM}{TO}review_factor = 0.7
look_first = true
mode = "pre"
groups = ["时政"]
scenes = ["comment", "chat"]
top_clauses = ["misinformation.rumour"]
why = "每年如此"
"""
    read = parse_policy(text)
    (window,) = read.policy.windows
    assert window.start == int(datetime.fromisoformat("2026-06-05T16:00:00+00:00").timestamp()) * 1_000_000
    assert (window.top_clauses, window.mode, window.scenes) == (("5.1",), PRE, (Scene.COMMENT, Scene.CHAT))
    assert read.timeout == Timeout(45, Overdue.SHOW)
    assert read.publishing == (PublishingRule(PRE, thread="t-1", timeout=Timeout(10)),)
    again = parse_policy(write_policy(read.policy, read.publishing, read.timeout, read.change))
    assert (again.policy, again.publishing, again.timeout) == (read.policy, read.publishing, read.timeout)


@pytest.mark.parametrize(
    ("lines", "field", "said"),
    [
        ("[[windows]]\nname = '高考'\n" + FROM, "windows.0.to", "when the window ends"),
        ("[[windows]]\nname = '高考'\n" + TO, "windows.0.from", "missing"),
        ("[[windows]]\n" + FROM + TO, "windows.0.name", "missing"),
        ("[[windows]]\nname = '高考'\n" + TO.replace("to", "from") + FROM.replace("from", "to"), "windows.0", "later"),
        ("[[windows]]\nname = '高考'\n" + FROM + TO.replace("06-11", "08-06"), "windows.0", "60 days"),
        ("[[windows]]\nname = '高考'\n" + FROM.replace("+08:00", "") + TO, "windows.0.from", "offset"),
        ("[[windows]]\nname = '高考'\nfrom = '明天'\n" + TO, "windows.0.from", "offset"),
        ("[[windows]]\nname = '高考'\n" + FROM + TO + "review_factor = 1.5", "windows.0.review_factor", "less than"),
        ("[[windows]]\nname = '高考'\n" + FROM + TO + "review_factor = 0.0", "windows.0.review_factor", "greater"),
        ("[[windows]]\nname = '高考'\n" + FROM + TO + "mode = 'post'", "windows.0", "only makes stricter"),
        ("[[windows]]\nname = '高考'\n" + FROM + TO + "top_clauses = ['3.99']", "windows.0.top_clauses.0", "3.99"),
        ("[timeout]\nminutes = 0", "timeout.minutes", "greater"),
        ("[timeout]\nminutes = 20\nthen = 'block'", "timeout.then", "'hold' or 'show'"),
        ("[[publishing]]\nmode = 'pre'\ntimeout = 20", "publishing.0.timeout", "valid"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_line_and_field(lines: str, field: str, said: str) -> None:
    with pytest.raises(PolicyDocumentError) as caught:
        parse_policy(LEAST + lines)
    assert caught.value.field == field
    assert said in caught.value.reason
    assert caught.value.line is not None
    assert caught.value.line >= 3


@pytest.mark.parametrize(("days", "refused"), [(60, False), (61, True), (0, True), (-1, True)])
def test_sixty_days_are_the_longest(days: int, refused: bool) -> None:  # noqa: FBT001 - a column of the table
    if refused:
        with pytest.raises(WindowError):
            a_window(end=NOW + days * DAY)
    else:
        assert a_window(end=NOW + days * DAY).phase(NOW) is Phase.OPEN


# ---------------------------------------------------------------- over a database

WINDOW = """
version = "base"
[[rules]]
head = "ad"
clause = "3.1"
[[windows]]
name = "峰会"
from = 2025-11-21T08:00:00+00:00
to = 2025-11-22T08:00:00+00:00
review_factor = 0.8
mode = "pre"
groups = ["时政"]
"""


def test_a_live_window_opens_and_ends_without_publishing(sessions: Sessions, community_id: int) -> None:
    clock = StoppedClock(NOW - HOUR)
    policies = Policies(sessions, "")
    version = policies.draft(community_id, document=WINDOW, why="", author="李", now=clock())
    policies.move(community_id, version.number, PolicyState.LIVE, why="", author="李", now=clock())
    intake, scoring = Intake(sessions, RecordingBell(), Publishing()), a_scoring(sessions, clock=clock)
    said = []
    for step in (0, 2 * HOUR, 24 * HOUR):
        clock.forward(step)
        post = a_submission(text="周末优惠", group="时政")
        intake.submit(community_id, [post], now=clock())
        scoring.score_pending()
        record = post_record(sessions, community_id, post.data_id)
        assert record is not None
        assert record.verdict is not None
        said.append((record.post.mode, record.verdict.action, record.verdict.body["versions"]["policy"]))
    assert said == [
        ("post", "show", "base"),
        ("pre", "hold", "base+峰会"),
        ("post", "show", "base"),
    ]


def test_a_thread_has_its_mode_until_it_is_taken_away(sessions: Sessions, community_id: int) -> None:
    policies, intake = Policies(sessions, ""), Intake(sessions, RecordingBell(), Publishing())

    def mode(thread: str) -> str:
        post = a_submission(context={"thread_id": thread} if thread else {})
        intake.submit(community_id, [post], now=NOW)
        record = post_record(sessions, community_id, post.data_id)
        assert record is not None
        return record.post.mode

    policies.set_thread(community_id, "t1", PRE, why="吵起来了", author="李", now=NOW)
    assert [mode("t1"), mode("t2"), mode("")] == ["pre", "post", "post"]
    policies.set_thread(community_id, "t1", CLOSED, why="还在吵", author="李", now=NOW + 1)
    assert mode("t1") == "closed"
    assert [(row.thread, row.mode, row.why) for row in policies.threads(community_id)] == [
        ("t1", "closed", "还在吵")
    ]
    assert policies.threads(community_id + 1) == []
    policies.set_thread(community_id, "t1", None, why="好了", author="李", now=NOW + 2)
    assert mode("t1") == "post"
