"""The pages of a behaviour finding by their requests: from the evidence to the preview, the decision and back."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from moderation.services.users import Role
from tests.factories import MINUTE, NOW
from tests.fakes import StoppedClock
from tests.flooding import PLEA, Flood
from tests.watching_desk import WatchDesk, watch_parts

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import TestResponse


class FloodDesk(WatchDesk):
    """The desk over a flood, and a moderator's browser."""

    flood: Flood
    path = ""

    def begin(self) -> None:
        self.flood = Flood(self.parts.sessions, self.community)
        self.path = f"/findings/{self.flood.finding}"
        self.log_in(Role.MODERATOR)

    def page(self, path: str = "") -> str:
        return str(self.get(path or self.path).text)

    def ticked(self) -> list[str]:
        return re.findall(r'name="item" value="([0-9:]+)" checked', self.page())

    def decide(self, **form: object) -> TestResponse:
        sent = {"item": self.ticked(), "kind": "block", "clause": "0.1", **form}
        return self.post(f"{self.path}/decide", **sent)

    def backlog(self) -> int:
        return self.parts.queues.queue(self.community).backlog


@pytest.fixture
def at(sqlite_template: Path, tmp_path: Path) -> FloodDesk:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    clock = StoppedClock(NOW)
    made = FloodDesk(watch_parts(f"sqlite:///{tmp_path / 'desk.db'}", clock), clock)
    made.begin()
    return made


def test_the_evidence_leads_to_the_preview(at: FloodDesk) -> None:
    item = at.flood.item("p3").id
    html = at.page(f"/items/{item}")
    assert f'href="{at.path}?from={item}"' in html
    assert "一并处理 9 条" in html
    shown = at.page(f"{at.path}?from={item}")
    assert f'href="/items/{item}"' in shown
    assert shown.count("本帖") == 1
    assert shown.count('data-testid="finding-item"') == 9
    assert shown.count("与上文相同") == 6
    assert re.findall(r'data-testid="finding-new">([^<]*)<', shown) == ["6", "3", "0"]
    assert PLEA in shown
    assert re.search(r'<option value="0.1" selected', shown)


def test_rows_of_the_queue_say_how_many_belong_together(at: FloodDesk) -> None:
    html = at.page("/queue")
    assert html.count("同组 9") == 9
    assert html.count('data-testid="row-together"') == 9


def test_a_finding_with_one_open_item_offers_nothing(at: FloodDesk) -> None:
    at.decide(item=at.ticked()[:-1])
    assert at.backlog() == 1
    assert 'data-testid="behaviour-together"' not in at.page(f"/items/{at.flood.item('p0').id}")
    assert 'data-testid="row-together"' not in at.page("/queue")


@pytest.mark.parametrize(("kind", "said"), [("block", "拦截了 9 条"), ("pass", "通过了 9 条")])
def test_all_are_decided_and_taken_back(at: FloodDesk, kind: str, said: str) -> None:
    answer = at.decide(kind=kind, note="刷屏")
    handled = str(answer.headers["Location"])
    assert answer.status_code == 303
    assert said in at.page(handled)
    assert at.backlog() == 0
    assert 'data-testid="finding-nothing"' in at.page()
    assert f'href="{handled}"' in at.page()
    at.post(f"{handled}/undo")
    assert at.backlog() == 9
    assert "group-undo" not in at.page(handled)


def test_each_left_out_is_named_with_the_reason(at: FloodDesk) -> None:
    seen = at.ticked()
    at.flood.say_of("p1")
    at.flood.edit("p2", "<b>改过</b>的话")
    at.flood.withdraw("p4")
    shown = at.page()
    left = shown[shown.index("不在其中的 3 条") :]
    for said in ("已有人工决定", "作者之后改过", "作者已撤回", "&lt;b&gt;改过"):
        assert said in left
    assert left.count(PLEA[:10]) == 1  # what was withdrawn is not shown again
    handled = at.page(str(at.decide(item=seen).headers["Location"]))
    assert handled.count('data-testid="group-skipped"') == 3
    assert handled.count('data-testid="group-item"') == 6
    for said in ("已有人工决定", "作者之后改过", "作者已撤回"):
        assert said in handled


@pytest.mark.parametrize(
    "form", [{"clause": ""}, {"clause": "99"}, {"item": []}, {"item": ["x:1"]}, {"kind": "pass", "item": []}]
)
def test_what_is_missing_is_said_and_what_was_entered_stays(at: FloodDesk, form: dict[str, object]) -> None:
    some = at.ticked()[:2]
    answer = at.decide(**{"item": some, "note": "再看看", **form})
    assert answer.status_code == 422
    assert 'data-testid="finding-problem"' in answer.text
    assert 'value="再看看"' in answer.text
    assert answer.text.count(" checked") == (2 if "item" not in form else 0)
    assert at.backlog() == 9


def test_undo_is_ones_own_and_ends(at: FloodDesk) -> None:
    handled = str(at.decide(kind="undo").headers["Location"])  # no such decision: a block
    assert "拦截了 9 条" in at.page(handled)
    mine = at.client
    at.log_in(Role.MODERATOR, name="李审核")
    assert "group-undo" not in at.page(handled)
    at.post(f"{handled}/undo")
    at.client = mine
    at.clock.forward(11 * MINUTE)
    at.post(f"{handled}/undo")
    assert at.backlog() == 0


@pytest.mark.parametrize("role", list(Role))
def test_reviewers_decide_auditors_look(at: FloodDesk, role: Role) -> None:
    at.log_in(role)
    brand, auditor = role is Role.BRAND, role is Role.AUDITOR
    assert at.get(at.path).status_code == (403 if brand else 200)
    assert ('data-testid="finding-block"' in at.page()) is not (brand or auditor)
    answers = {at.post(f"{at.path}/decide").status_code, at.post("/findings/handled/9/undo").status_code}
    assert answers == ({403} if brand or auditor else {422, 404})


def test_what_is_not_there_is_not_found(at: FloodDesk) -> None:
    assert [at.get(path).status_code for path in ("/findings/99", "/findings/handled/99")] == [404, 404]
    assert at.get(f"{at.path}?from=x").status_code == 200


def test_the_page_speaks_english(at: FloodDesk) -> None:
    at.post("/preferences", language="en")
    assert "Handle 9 together" in at.page(f"/items/{at.flood.item('p3').id}")
    assert "9 together" in at.page("/queue")
    shown = at.page()
    for said in ("Block the ticked", "Pass the ticked", "Clause (to block)", "as above"):
        assert said in shown, said
    assert not re.findall(
        r">[^<]*[一-鿿]{2}[^<]*<", re.sub(r"(?s)<bdi>.*?</bdi>", "", shown).split("<main")[1]
    )
