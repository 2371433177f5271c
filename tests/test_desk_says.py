"""What the desk says beside a post: other posts of its author, one age, and why it stands where it does."""

from __future__ import annotations

import html
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from moderation.domain.queue_order import Place, Urgency, place_of
from moderation.domain.review import ASKED, SPOT_CHECK, SPOT_PRIORITY
from moderation.domain.verdict import RiskLevel, Suggestion
from moderation.store.tables import PostRow, ReviewItemRow
from tests import desk
from tests.desk import DAY, MINUTE, Told
from tests.factories import NOW
from tests.fakes import StoppedClock
from tests.test_review_ui import Desk

if TYPE_CHECKING:
    from pathlib import Path

DOUBT = Told("换季清仓,最后三天", Suggestion.REVIEW, "3.1", ad=0.7, author="阿良")
SURE = Told("旧书转让,八成新", Suggestion.REVIEW, "3.1", ad=0.92, author="阿良")


@pytest.fixture
def at(sqlite_template: Path, tmp_path: Path) -> Desk:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    clock = StoppedClock(NOW)
    return Desk(desk.web_parts(f"sqlite:///{tmp_path / 'desk.db'}", clock), clock)


def words(page: str, name: str) -> list[str]:
    """The words of every element of a name."""
    found = re.findall(rf'<(\w+)[^>]*data-testid="{name}"[^>]*>(.*?)</\1>', page, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", each)).split()) for _, each in found]


PLACES = (
    (270, False, "", Place(Urgency.RISK, RiskLevel.MEDIUM, 70)),
    (399, False, "", Place(Urgency.RISK, RiskLevel.HIGH, 99)),
    (ASKED, True, "asked:王", Place(Urgency.ASKED, RiskLevel.HIGH, 99)),
    (SPOT_PRIORITY, False, SPOT_CHECK, Place(Urgency.SPOT, RiskLevel.MEDIUM, 50)),
    (670, False, "", Place(Urgency.OVERDUE, RiskLevel.MEDIUM, 70)),
    (0, False, "", Place(Urgency.RISK, RiskLevel.NONE, 0)),
)


@pytest.mark.parametrize(("priority", "asked", "reason", "place"), PLACES)
def test_a_priority_says_why(priority: int, asked: bool, reason: str, place: Place) -> None:  # noqa: FBT001 - a table
    assert place_of(priority, asked=asked, reason=reason) == place


def test_the_queue_says_why_its_first_is_first(at: Desk) -> None:
    at.tell(DOUBT)
    late = at.tell(SURE)
    at.log_in()
    page = at.get("/queue").text
    assert words(page, "queue-order")[0].startswith("先看最急的。第一条排最前：中风险，把握 92%。 依次是：")
    assert re.findall(r'title="排在这里：([^"]+)"', page) == ["中风险，把握 92%", "中风险，把握 70%"]
    with at.parts.sessions.write.begin() as session:
        session.execute(update(ReviewItemRow).where(ReviewItemRow.id != late.id).values(priority=670))
    assert "第一条排最前：时限已到，还没人处理。" in at.get("/queue").text
    at.decide(late, "pass")
    assert words(at.get("/queue?state=decided").text, "queue-order") == ["最近处理的在前。"]


def test_the_author_panel_shows_what_people_decided(at: Desk) -> None:
    judged, other = at.tell(DOUBT), at.tell(SURE)
    at.log_in()
    panel = words(at.get(f"/items/{other.id}").text, "author-post")
    assert len(panel) == 1
    assert panel[0].startswith("待审 换季清仓")
    at.decide(judged, "pass")
    (line,) = words(at.get(f"/items/{other.id}").text, "author-post")
    assert line.startswith("通过 机审 待审 换季清仓")
    at.post("/undo")
    (line,) = words(at.get(f"/items/{other.id}").text, "author-post")
    assert line.startswith("待审 换季清仓")
    at.decide(judged, "block", clause="3.1")
    with at.parts.sessions.write.begin() as session:  # its author writes something else
        session.execute(update(PostRow).where(PostRow.id == judged.post_id).values(revision=2))
    (line,) = words(at.get(f"/items/{other.id}").text, "author-post")
    assert line.startswith("待审 换季清仓"), "a decision on an older text does not stand"


def test_a_post_has_one_age_wherever_it_stands(at: Desk) -> None:
    item = at.tell(DOUBT)
    at.tell(SURE)
    with at.parts.sessions.write.begin() as session:
        session.execute(
            update(PostRow)
            .where(PostRow.id == item.post_id)
            .values(posted_at=NOW - 3 * DAY, received_at=NOW - 7 * MINUTE)
        )
    at.log_in()
    pages = [at.get("/queue").text, at.get(f"/items/{item.id}").text]
    ages = {one for page in pages for one in words(page, "came")}
    assert ages == {"7 分钟前收到", "5 分钟前收到"}
    assert "天前收到" not in "".join(pages)
    assert pages[1].count('title="收到：2025-11-21 15:53:00 · 平台上发出：2025-11-18 16:00:00"') >= 2
