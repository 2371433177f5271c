"""The pages of sweeps, emergency words, radar and groups by their requests."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from moderation.domain.emergency import EmergencyState
from moderation.domain.review import Decision, DecisionKind, ReviewState
from moderation.services.users import Role
from moderation.store.tables import LookRow
from moderation.sweeps.working import MOST_ATTEMPTS
from moderation.text.entries import Kind
from tests.factories import HOUR, MINUTE, NOW, an_entry
from tests.fakes import StoppedClock
from tests.watching_desk import WatchDesk, watch_parts

if TYPE_CHECKING:
    from pathlib import Path

SWEEP = {
    "kind": "words",
    "words": "爬山",
    "clause": "3.6",
    "level": "review",
    "days": "7",
    "why": "专项整治",
}


@pytest.fixture
def at(sqlite_template: Path, tmp_path: Path) -> WatchDesk:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    clock = StoppedClock(NOW)
    made = WatchDesk(watch_parts(f"sqlite:///{tmp_path / 'desk.db'}", clock), clock)
    made.log_in()
    return made


# ---------------------------------------------------------------- who may what

READ = ("/sweeps", "/lexicons/emergency", "/radar", "/gangs")
WRITE: tuple[tuple[str, dict[str, str]], ...] = (
    ("/sweeps", SWEEP), ("/sweeps/1/apply", {}), ("/sweeps/1/undo", {}), ("/sweeps/1/again", {}),
    ("/lexicons/emergency", {"word": "龙须糖", "kind": "normal", "clause": "3.1"}),
    ("/lexicons/emergency/confirm", {"word": "龙须糖"}), ("/lexicons/emergency/prolong", {"word": "龙须糖"}),
    ("/lexicons/emergency/withdraw", {"word": "龙须糖"}),
    ("/radar", {"days": "7"}), ("/radar/dismiss", {"text": "龙须糖"}), ("/radar/restore", {"text": "龙须糖"}),
    ("/gangs", {"days": "7"}), ("/gangs/abc/decide", {}), ("/gangs/handled/1/undo", {}),
)  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_reviewers_and_auditors_look_seniors_and_admins_act(at: WatchDesk, role: Role) -> None:
    at.log_in(role)
    assert {at.get(path).status_code for path in READ} == {200 if role is not Role.BRAND else 403}
    editor = role in {Role.SENIOR, Role.ADMIN}
    assert all((at.post(path, **form).status_code != 403) is editor for path, form in WRITE)
    if role is not Role.BRAND:
        assert ("nav-watch" in at.get("/lexicons").text) is editor
        assert ('method="post" action="/sweeps"' in at.get("/sweeps").text) is editor


def test_pages_are_empty_at_first(at: WatchDesk) -> None:
    for path, testid in zip(
        READ, ("sweeps-empty", "emergency-empty", "radar-never", "gangs-never"), strict=True
    ):
        assert testid in at.get(path).text
    for path in ("/sweeps/9", "/gangs/abc", "/gangs/handled/9", "/sweeps/9/receipt.txt"):
        assert at.get(path).status_code == 404


# ---------------------------------------------------------------- sweeps


def figure(text: str, testid: str) -> str:
    found = re.search(rf'data-testid="{testid}"[^>]*>([^<]*)<', text)
    assert found, testid
    return found[1]


def swept(at: WatchDesk, **changes: str) -> str:
    answer = at.post("/sweeps", **{**SWEEP, **changes})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_a_sweep_from_preview_to_receipt(at: WatchDesk) -> None:
    at.fill()
    at.clock.forward(MINUTE)
    path = swept(at)
    waiting = at.get(path).text
    assert 'data-state="counting"' in waiting
    assert 'hx-trigger="load delay:1s"' in waiting
    at.maintain()
    seen = at.get(path).text
    assert (figure(seen, "sweep-posts"), figure(seen, "sweep-matched"), figure(seen, "sweep-changed")) == (
        "30", "20", "20",
    )  # fmt: skip
    assert "已是同样或更严的结论 0" in seen
    assert 'data-testid="sweep-mark"' in seen
    assert at.suggestion("talk1") == "pass"
    at.post(f"{path}/apply")
    assert at.suggestion("talk1") == "pass"  # the page only asks; a worker does it
    at.maintain()
    assert at.suggestion("talk1") == "review"
    done = at.get(path).text
    assert 'data-state="applied"' in done
    text, body = at.get(f"{path}/receipt.txt"), at.get(f"{path}/receipt.json")
    assert "attachment" in text.headers["Content-Disposition"]
    assert "专项整治" in text.text
    assert "王审核" in text.text
    assert "所属：社区\n" in text.text
    assert json.loads(body.text)["posts_changed"] == 20
    at.post(f"{path}/undo")
    at.maintain()
    assert at.suggestion("talk1") == "pass"
    assert 'data-state="undone"' in at.get(path).text
    assert at.get("/sweeps").text.count('data-testid="sweep-row"') == 1


def test_a_fragment_is_what_changes(at: WatchDesk) -> None:
    path = swept(at)
    fragment = at.client.get(path, headers={"HX-Request": "true"}).text
    assert fragment.lstrip().startswith('<div id="sweep"')
    assert "<header" not in fragment


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"words": " \n "}, "words"),
        ({"words": "糖\n\u200b"}, "words"),
        ({"kind": "contact", "contact": ""}, "contact"),
        ({"kind": "policy", "policy": "7"}, "policy"),
        ({"kind": "policy"}, "policy"),
        ({"days": "91"}, "days"),
        ({"days": "x"}, "days"),
        ({"clause": "99"}, "clause"),
        ({"why": ""}, "why"),
    ],
)
def test_what_cannot_be_swept_names_the_field(at: WatchDesk, changes: dict[str, str], field: str) -> None:
    answer = at.post("/sweeps", **{**SWEEP, **changes})
    assert answer.status_code == 422
    assert f'data-testid="error-{field}"' in answer.text
    assert at.parts.sweeps.all_of(at.community) == []


def test_a_sweep_that_stopped_says_so_and_goes_on(at: WatchDesk) -> None:
    at.fill()
    at.clock.forward(MINUTE)
    path = swept(at)
    with at.parts.sessions.write.begin() as session:
        row = session.merge(at.parts.sweeps.all_of(at.community)[0])
        row.attempts = MOST_ATTEMPTS
    at.maintain()
    assert "sweep-stalled" in at.get(path).text
    at.post(f"{path}/again")
    at.maintain()
    assert 'data-state="preview"' in at.get(path).text


def test_a_contact_and_a_version_are_swept(at: WatchDesk) -> None:
    at.fill()
    at.clock.forward(MINUTE)
    path = swept(at, kind="contact", contact=" SUGAR888 ", clause="3.8")
    at.maintain()
    assert figure(at.get(path).text, "sweep-matched") == "10"
    assert "「SUGAR888」" in at.get("/sweeps").text
    prefilled = at.get("/sweeps?kind=policy&policy=1").text
    assert re.search(r'value="policy" checked', prefilled)


# ---------------------------------------------------------------- emergency words


def emergency(at: WatchDesk, word: str = "龙须糖") -> int:
    return at.post("/lexicons/emergency", word=word, kind="normal", clause="3.6").status_code


def test_an_emergency_word_from_adding_to_withdrawing(at: WatchDesk) -> None:
    at.send("before", "卖龙须糖")
    at.clock.forward(MINUTE)
    assert emergency(at) == 303
    shown = at.get("/lexicons/emergency").text
    assert f'data-until="{(at.clock() + 24 * HOUR) // 1000}"' in shown
    at.send("after", "又卖龙须糖")
    assert at.suggestion("after") == "review"
    at.maintain()
    shown = at.get("/lexicons/emergency").text
    assert figure(shown, "emergency-hits") == "1"
    assert "1 / 1 条" in shown
    posts = at.get("/lexicons/emergency/1").text
    assert re.findall(r'href="/posts/(\w+)"', posts) == ["after", "before"]
    assert len(re.findall(r'data-testid="emergency-mark"\s*>龙须糖<', posts)) == 2
    assert at.get("/lexicons/emergency/9").status_code == 404
    at.post("/lexicons/emergency/confirm", word="龙须糖")
    assert "已确认，长期有效" in at.get("/lexicons/emergency").text
    at.post("/lexicons/emergency/withdraw", word="龙须糖")
    at.send("later", "还卖龙须糖")
    assert at.suggestion("later") == "pass"
    (one,) = at.parts.emergency.results(at.community, now=at.clock())
    assert one.state is EmergencyState.WITHDRAWN


def test_a_word_that_holds_is_offered_to_be_prolonged(at: WatchDesk) -> None:
    at.send("before", "卖龙须糖")
    at.clock.forward(MINUTE)
    emergency(at)
    shown = at.get("/lexicons/emergency").text
    assert "emergency-counting" in shown  # no figure before anything was counted
    assert "emergency-hits" not in shown
    at.send("a", "又卖龙须糖")
    at.maintain()
    assert "数到 " in at.get("/lexicons/emergency").text
    again = at.post("/lexicons/emergency", word="龙须糖", kind="normal", clause="3.6")
    assert again.status_code == 409
    assert "「龙须糖」已在生效" in again.text
    assert "emergency-prolong-already" in again.text
    at.post("/lexicons/emergency/prolong", word="龙须糖")
    shown = at.get("/lexicons/emergency").text
    assert "已延长到 24 小时之后" in shown
    assert f'data-until="{(at.clock() + 24 * HOUR) // 1000}"' in shown
    assert figure(shown, "emergency-hits") == "1"
    assert "emergency-prolonged" in shown
    assert "emergency-over" not in shown
    assert "emergency-prolongation" in at.get("/lexicons/emergency/1").text
    assert at.post("/lexicons/emergency/prolong", word="没有").status_code == 303


def test_an_emergency_word_that_cannot_be(at: WatchDesk) -> None:
    assert emergency(at, "") == 422
    assert emergency(at, "\u200b") == 422
    at.post("/lexicons/emergency/confirm", word="没有")
    assert "已到期或已撤回" in at.get("/lexicons/emergency").text


def test_the_ordinary_lists_leave_emergency_words_alone(at: WatchDesk) -> None:
    word = {"word": "龙须糖", "kind": "normal", "level": "block", "clause": "3.1", "library": "emergency"}
    assert at.post("/lexicons/words", **word).status_code == 422
    table = at.post("/lexicons/import", table="word,clause\n糖,3.1\n", library="emergency", step="keep")
    assert table.status_code == 422
    emergency(at)
    entry = at.parts.wordlists.entries(at.community)[0]
    removed = at.post(f"/lexicons/words/{entry.id}/remove").headers["Location"].partition("removed=")[2]
    assert at.post("/lexicons/undo", removed=removed).status_code == 303
    assert at.parts.wordlists.entries(at.community) == []


# ---------------------------------------------------------------- radar


def test_the_radar_says_what_it_lists_and_what_a_list_has_of_it(at: WatchDesk) -> None:
    at.parts.wordlists.add(
        at.community,
        "own",
        [an_entry("批龙须糖到货 & 红包", kind=Kind.COMBINATION)],
        author="王",
        now=at.clock(),
    )
    at.fill()
    for number in range(6):
        at.send(f"alone{number}", f"冰皮酥饼上新{number}盒,加微信 bing777", "u9")
    for number in range(40):
        at.send(f"more{number}", f"楼下的猫又胖了,第{number}天", f"t{number}")
    at.clock.forward(MINUTE)
    at.post("/radar", days="7")
    at.maintain()
    shown = at.get("/radar").text
    assert "至少 3 条被拦截的帖子、3 个不同账号" in figure(shown, "radar-rule")
    assert "冰皮" not in re.sub(r"<ul class=.samples.>.*?</ul>", "", shown, flags=re.DOTALL), (
        "one account wrote it"
    )
    assert "bing777" in shown
    kept = at.parts.radar.board(at.community).candidates
    assert {one["part_of"] for one in kept if one["text"] == "批龙须糖到货"} == {"批龙须糖到货 & 红包"}


def test_the_radar_from_asking_to_dismissing(at: WatchDesk) -> None:
    at.fill()
    at.clock.forward(MINUTE)
    at.post("/radar", days="7")
    assert 'hx-trigger="load delay:2s"' in at.get("/radar").text
    at.maintain()
    shown = at.get("/radar").text
    word = figure(shown.replace("<bdi>", ""), "radar-word")
    assert "龙须糖" in word or "sugar888" in word
    assert "radar-spark" in shown
    assert 'data-testid="radar-mark"' in shown
    texts = re.findall(r'name="text" value="([^"]+)"', shown)
    at.post("/radar/dismiss", text=texts[0])
    shown = at.get("/radar").text
    assert texts[0] not in re.findall(r'name="text" value="([^"]+)"><button class="btn', shown)
    assert "radar-dismissed" in shown
    at.maintain()  # what was dismissed stays away when the radar looks again
    at.post("/radar/restore", text=texts[0])
    assert "radar-dismissed" not in at.get("/radar").text


def test_one_advert_is_one_card_whose_contact_is_the_one_in_the_text(at: WatchDesk) -> None:
    at.fill()
    for number in range(6):
        at.send(f"tea{number}", f"高山云雾茶叶批发,{number}斤起发货到家,加微信 cha··ye166", f"v{number % 3}")
    at.clock.forward(MINUTE)
    at.post("/radar", days="7")
    at.maintain()
    shown = at.get("/radar").text
    cards = shown.split('data-testid="radar-candidate"')[1:]
    assert len(cards) == 2
    (card,) = [one for one in cards if "chaye" in one]
    assert "sugar888" not in card
    assert 'radar-word"><bdi>cha··ye166</bdi> <span class="dim candidate-reads">读作 <bdi>chaye166' in card
    form = card.split("radar-dismiss-all")[0].rsplit("<form", 1)[1]
    texts = re.findall(r'name="text" value="([^"]+)"', form)
    assert len(texts) == 1 + card.count('data-testid="radar-other"') >= 2
    at.post("/radar/dismiss", text=texts)
    assert "chaye" not in at.get("/radar").text.partition("radar-dismissed")[0]


def test_a_look_says_whether_it_read_everything(at: WatchDesk) -> None:
    at.fill()
    at.clock.forward(MINUTE)
    at.post("/radar", days="7")
    at.post("/gangs", days="7")
    at.maintain()
    for page in ("radar", "gangs"):
        shown = at.get(f"/{page}").text
        assert "读了这段时间的全部 30 条帖子" in shown
        assert f"{page}-partly" not in shown
    with at.parts.sessions.write.begin() as session:
        for row in session.scalars(select(LookRow)):
            row.body = {**row.body, "total": 61_234}
    for page in ("radar", "gangs"):
        assert "共 61,234 条帖子，只读了最新的 50,000 条" in at.get(f"/{page}").text


def test_a_candidate_that_became_a_word_is_gone(at: WatchDesk) -> None:
    at.fill()
    at.clock.forward(MINUTE)
    at.post("/radar", days="7")
    at.maintain()
    assert "sugar888" in at.get("/radar").text
    assert at.post("/lexicons/emergency", word="sugar888", kind="normal", clause="3.8").status_code == 303
    assert 'value="wechat:sugar888"' not in at.get("/radar").text


# ---------------------------------------------------------------- groups


def a_group(at: WatchDesk) -> str:
    at.fill()
    at.clock.forward(MINUTE)
    at.post("/gangs", days="7")
    at.maintain()
    found = re.search(r'href="(/gangs/[0-9a-f]{12})"', at.get("/gangs").text)
    assert found
    return found[1]


def items(text: str) -> list[str]:
    return re.findall(r'name="item" value="([0-9:]+)"', text)


def open_items(at: WatchDesk) -> int:
    return at.parts.queues.queue(at.community, state=ReviewState.OPEN).backlog


def test_a_group_is_decided_together_and_taken_back(at: WatchDesk) -> None:
    path = a_group(at)
    shown = at.get(path).text
    assert "gang-picture" in shown
    assert len(items(shown)) == 4
    assert shown.count('data-testid="gang-skipped"') == 6
    before = open_items(at)
    answer = at.post(f"{path}/decide", item=items(shown), clause="3.3", note="同一个微信号")
    assert answer.status_code == 303
    assert open_items(at) == before - 4
    handled = str(answer.headers["Location"])
    assert at.get(handled).text.count('data-testid="group-item"') == 4
    at.post(f"{handled}/undo")
    assert open_items(at) == before
    assert "group-undo" not in at.get(handled).text
    assert 'data-testid="group-row"' in at.get("/gangs").text


def test_a_group_asks_to_be_handled_only_where_something_waits(at: WatchDesk) -> None:
    path = a_group(at)
    assert re.search(r'btn-primary"[^>]*data-testid="gang-open">一并处理 4 条…', at.get("/gangs").text)
    at.post(f"{path}/decide", item=items(at.get(path).text), clause="3.3", note="")
    shown = at.get("/gangs").text
    assert re.search(r'data-testid="gang-open">细看', shown)
    assert "btn-primary" not in shown.split('data-testid="gang"')[1]


def test_what_cannot_be_decided_is_named_with_the_reason(at: WatchDesk) -> None:
    path = a_group(at)
    seen = items(at.get(path).text)
    colleague = at.log_in(name="李审核")
    first = int(seen[0].partition(":")[0])
    at.parts.reviewing.decide(
        at.community, first, Decision(DecisionKind.PASS), moderator_id=colleague.id, version=1, now=at.clock()
    )
    handled = str(at.post(f"{path}/decide", item=seen, clause="3.3").headers["Location"])
    shown = at.get(handled).text
    assert (shown.count('data-testid="group-item"'), shown.count('data-testid="group-skipped"')) == (3, 1)
    assert "已有人工决定" in shown


@pytest.mark.parametrize(
    "form", [{"clause": "99"}, {"clause": "3.3", "item": []}, {"clause": "3.3", "item": ["x:1"]}]
)
def test_a_group_needs_a_clause_and_items(at: WatchDesk, form: dict[str, str]) -> None:
    path = a_group(at)
    before = open_items(at)
    sent = {"item": items(at.get(path).text), **form}
    assert at.post(f"{path}/decide", **sent).status_code == 422
    assert open_items(at) == before


def test_only_who_decided_takes_back_and_only_for_ten_minutes(at: WatchDesk) -> None:
    path = a_group(at)
    handled = str(at.post(f"{path}/decide", item=items(at.get(path).text), clause="3.3").headers["Location"])
    before = open_items(at)
    mine = at.client
    at.log_in(name="李审核")
    assert "group-undo" not in at.get(handled).text
    at.post(f"{handled}/undo")
    assert open_items(at) == before
    at.client = mine
    at.clock.forward(11 * MINUTE)
    at.post(f"{handled}/undo")
    assert open_items(at) == before
    assert "4 条没有" in at.get(handled).text
