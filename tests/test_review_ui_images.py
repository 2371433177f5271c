"""Images on the desk: shown to those who may see them, with what was read; never as anything but an image."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from moderation.services.intake import Intake
from moderation.services.users import Role
from tests import desk
from tests import pictures as drawn
from tests.factories import NOW, a_scoring, a_submission
from tests.fakes import RecordingBell, StoppedClock
from tests.test_review_ui import Desk

if TYPE_CHECKING:
    from pathlib import Path

FRIEND = "https://u.wechat.com/EAbc123"


@pytest.fixture
def at(sqlite_template: Path, tmp_path: Path) -> Desk:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    clock = StoppedClock(NOW)
    return Desk(desk.web_parts(f"sqlite:///{tmp_path / 'desk.db'}", clock), clock)


def keep(at: Desk, *images: str) -> str:
    """A post with images, decided; the address of its page."""
    Intake(at.parts.sessions, RecordingBell()).submit(
        at.community, [a_submission("p", "周末一起爬山", images=images)], now=NOW
    )
    a_scoring(at.parts.sessions).score_pending()
    return "/posts/p"


def test_an_image_is_shown_with_what_its_code_says(at: Desk) -> None:
    image = at.parts.pictures.keep(at.community, drawn.coded(FRIEND)).id
    path = keep(at, image, "https://img.example.com/2.png")
    at.log_in()
    page = at.get(path).text
    assert page.count('data-testid="picture"') == 2
    assert f'src="/images/{image}"' in page
    assert FRIEND in page
    assert "图中二维码指向聊天或收款" in page
    assert "未查看：这个地址不在允许抓取的主机之列" in page
    assert 'src="https://img.example.com' not in page
    answer = at.get(f"/images/{image}")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_images_are_for_readers_of_their_community(at: Desk) -> None:
    image = at.parts.pictures.keep(at.community, drawn.plain()).id
    assert at.get(f"/images/{image}").status_code == 302
    at.log_in(Role.BRAND)
    assert at.get(f"/images/{image}").status_code == 403
    other = desk.community(at.parts, "other").id
    at.log_in(user=at.person(community=other))
    assert at.get(f"/images/{image}").status_code == 404
    at.log_in()
    assert at.get("/images/img_0").status_code == 404
