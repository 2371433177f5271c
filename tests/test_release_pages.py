"""Releases at the desk: asked for where words are taken back or removed, applied and undone on the sweep's page."""

from __future__ import annotations

import html
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from moderation.domain.review import ReviewState
from moderation.services.users import Role
from moderation.store.tables import ReviewItemRow, VerdictRow
from tests.factories import MINUTE, NOW, a_community
from tests.fakes import StoppedClock
from tests.test_watching_pages import figure
from tests.watching_desk import WatchDesk, watch_parts

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import TestResponse

TABLE = "词,级别,条款\n绿豆糕,拦截,3.6\n花生酥,送审,3.6\n"
WORD = {"word": "龙须糖", "kind": "normal", "level": "block", "clause": "3.6", "library": "own"}


@pytest.fixture
def at(sqlite_template: Path, tmp_path: Path) -> WatchDesk:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    clock = StoppedClock(NOW)
    made = WatchDesk(watch_parts(f"sqlite:///{tmp_path / 'desk.db'}", clock), clock)
    made.log_in()
    return made


def text(answer: TestResponse) -> str:
    return html.unescape(answer.text)


def undone_import(at: WatchDesk) -> int:
    """An import that decided three posts and was taken back."""
    at.post("/lexicons/import", table=TABLE, library="own", step="keep")
    at.send("a", "来一份绿豆糕")
    at.send("b", "花生酥一盒")
    at.send("c", "优惠,花生酥")
    at.clock.forward(MINUTE)
    (made,) = at.parts.word_imports.imports(at.community)
    at.post(f"/lexicons/imports/{made.row.id}/undo")
    return made.row.id


def test_an_import_is_released_from_its_posts(at: WatchDesk) -> None:
    made = undone_import(at)
    assert 'data-testid="release-import"' in at.get(f"/lexicons/imports/{made}/posts").text
    answer = at.post(f"/lexicons/imports/{made}/release", why="误导入")
    assert answer.status_code == 303
    path = answer.location
    at.maintain()
    seen = text(at.get(path))
    assert (figure(seen, "sweep-posts"), figure(seen, "sweep-matched"), figure(seen, "sweep-changed")) == (
        "3", "3", "2",
    )  # fmt: skip
    assert "另有依据，不放行 1" in seen
    assert f"放行 已撤销的第 {made} 批导入" in seen.replace("<bdi>", "").replace("</bdi>", "")
    assert "只放宽，不加严" in seen
    assert "放行 2 条" in seen
    assert 'data-testid="sweep-mark"' in seen
    at.post(f"{path}/apply")
    at.maintain()
    assert [at.suggestion(one) for one in "abc"] == ["pass", "pass", "review"]
    assert at.get(f"/lexicons/imports/{made}/posts").text.count('data-testid="import-post"') == 1
    assert "放行 #1" in at.get("/posts/a").text
    assert "误导入" in at.get(f"{path}/receipt.txt").text
    assert "撤销这次放行" in at.get(path).text
    at.post(f"{path}/undo")
    at.maintain()
    assert [at.suggestion(one) for one in "abc"] == ["block", "review", "review"]
    assert "撤销放行 #1" in at.get("/posts/a").text
    with at.parts.sessions.read() as session:
        states = list(session.scalars(select(ReviewItemRow.state)))
    assert states == [ReviewState.OPEN.value] * 2


def test_what_a_word_in_an_image_had_struck_is_shown_too(at: WatchDesk) -> None:
    """A place in an image is none in the text; in the text everything that had struck it is marked."""
    at.post("/lexicons/words", **WORD)
    at.send("a", "来一份龙须糖,电话 13912345678")
    with at.parts.sessions.write.begin() as session:
        row = session.scalars(select(VerdictRow)).one()
        (word,) = (one for one in row.body["hits"] if one["type"] == "keyword" and one["library"] == "own")
        row.body = {**row.body, "hits": [*row.body["hits"], {**word, "field": "image", "image": 1}]}
    at.clock.forward(MINUTE)
    (entry,) = at.parts.wordlists.entries(at.community)
    at.post(f"/lexicons/words/{entry.id}/remove")
    path = at.post("/lexicons/release", words="龙须糖", library="own", kind="normal", days="7").location
    at.maintain()
    answer = at.get(path)
    assert answer.status_code == 200
    assert re.search(r'data-testid="sweep-mark"[^>]*>(<[^>]+>)*龙须糖', answer.text)


def test_a_removed_word_leads_to_its_release(at: WatchDesk) -> None:
    at.post("/lexicons/words", **WORD)
    at.send("a", "来一份龙须糖")
    at.clock.forward(MINUTE)
    form = {"words": "龙须糖", "library": "自己的词", "kind": "normal", "days": "30"}
    refused = at.post("/lexicons/release", **form)
    assert refused.status_code == 422
    assert "有的词还在用" in text(refused)
    (row,) = at.parts.wordlists.entries(at.community)
    page = text(at.client.get(at.post(f"/lexicons/words/{row.id}/remove").location))
    assert 'data-testid="lexicon-release"' in page
    path = "/lexicons?release=龙须糖&list=own"
    assert 'data-testid="word-gone-release"' in at.get("/posts/a").text
    assert ">龙须糖</textarea>" in at.get(path).text
    answer = at.post("/lexicons/release", **form)
    at.maintain()
    assert "放行 1 条" in text(at.get(answer.location))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"words": " \n"}, "请先写一个词"),
        ({"words": "\n".join(f"词语{n}" for n in range(201))}, "一次最多 200 个词"),
        ({"words": "(", "kind": "regex"}, "第 1 行：正则不能用"),
        ({"kind": "allow"}, "请选择一项"),
        ({"days": "91"}, "天数是 1 到 90 的整数"),
        ({"days": "x"}, "天数是 1 到 90 的整数"),
        ({"library": "a b"}, "1 到 60 个字母"),
    ],
)
def test_what_cannot_be_released_says_why(at: WatchDesk, changes: dict[str, str], said: str) -> None:
    answer = at.post(
        "/lexicons/release", **{"words": "龙须糖", "library": "own", "kind": "normal", "days": "7", **changes}
    )
    assert answer.status_code == 422
    assert said in text(answer)
    assert at.parts.sweeps.all_of(at.community) == []


def test_nothing_to_release_says_so(at: WatchDesk) -> None:
    answer = at.post("/lexicons/release", words="龙须糖", library="own", kind="normal", days="7")
    at.maintain()
    assert "没有帖子引用这些词" in at.get(answer.location).text


def test_an_import_that_stands_is_not_released(at: WatchDesk) -> None:
    at.post("/lexicons/import", table=TABLE, library="own", step="keep")
    answer = at.post("/lexicons/imports/1/release")
    assert "这一批还没有撤销" in at.client.get(answer.location).text
    assert at.parts.sweeps.all_of(at.community) == []


@pytest.mark.parametrize("role", list(Role))
def test_seniors_and_admins_release(at: WatchDesk, role: Role) -> None:
    made = undone_import(at)
    at.log_in(role)
    editor = role in {Role.SENIOR, Role.ADMIN}
    paths = ("/lexicons/release", f"/lexicons/imports/{made}/release")
    assert [at.post(path).status_code != 403 for path in paths] == [editor] * 2
    if role is not Role.BRAND:
        assert ("release-import" in at.get(f"/lexicons/imports/{made}/posts").text) is editor
        assert ('data-testid="release"' in at.get("/lexicons").text) is editor


def test_a_forged_release_asks_for_nothing(at: WatchDesk) -> None:
    made = undone_import(at)
    form = {"words": "绿豆糕", "library": "own", "kind": "normal", "days": "7"}
    for path in ("/lexicons/release", f"/lexicons/imports/{made}/release"):
        assert at.client.post(path, data=form).status_code == 400
    assert at.parts.sweeps.all_of(at.community) == []


def test_another_community_releases_nothing(at: WatchDesk) -> None:
    made = undone_import(at)
    other = a_community(at.parts.sessions, "other").id
    at.log_in(Role.ADMIN, community=other)
    answer = at.post(f"/lexicons/imports/{made}/release")
    assert "这一批还没有撤销，或没有留下词" in at.client.get(answer.location).text
    assert at.parts.sweeps.all_of(other) == at.parts.sweeps.all_of(at.community) == []
