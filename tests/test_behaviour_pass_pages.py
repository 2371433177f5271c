"""What people and platforms see of behaviour: the desk's evidence, and the history of a post."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

import review_ui
from moderation.store.engine import Sessions
from tests import desk
from tests.behaving import Board, a_board, each
from tests.desk import PASSWORD
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from tests.http_api import Api

SHOES = "小众手工皮鞋清仓,工厂直供特价包邮,下单戳 https://xie-7788.xyz/b"
SLIM = "想轻松变瘦的看过来,一个疗程瘦十二斤,不反弹,需要的咨询微信 qingshou77"
INSULTS = ["你就是个垃圾,滚出去", "你真恶心,滚出去吧", "你这种人渣也配说话", "废物一个,<b>丢人现眼"]


class Pages:
    """The desk over a board, and somebody's browser."""

    def __init__(self, url: str) -> None:
        self.parts = desk.web_parts(url, lambda: NOW)
        self.board: Board = a_board(Sessions(url), desk.community(self.parts).id)
        self.client: FlaskClient = review_ui.create_app(self.parts).test_client()
        user = desk.person(self.parts, self.board.community_id)
        page = self.client.get("/login").text
        token = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert token
        form = {"csrf_token": token[1], "email": user.email, "password": PASSWORD}
        assert self.client.post("/login", data=form).status_code == 302

    def speak(self, language: str) -> None:
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.client.get("/queue").text)
        assert found
        self.client.post("/preferences", data={"csrf_token": found[1], "language": language})

    def item_of(self, name: str) -> str:
        post_id = self.board.post(name).post.id
        item = next(row for row in self.board.items() if row.post_id == post_id)
        return str(self.client.get(f"/items/{item.id}").text)

    def post(self, name: str) -> str:
        return str(self.client.get(f"/posts/{name}").text)


@pytest.fixture
def pages(sqlite_template: Path, tmp_path: Path) -> Iterator[Pages]:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    made = Pages(f"sqlite:///{tmp_path / 'desk.db'}")
    yield made
    made.parts.sessions.close()
    made.board.sessions.close()


def test_an_item_says_what_was_found_and_links_the_posts_that_belong_together(pages: Pages) -> None:
    pages.board.say(*(("u1", 60 * place, SHOES, f"t{place}") for place in range(4)), ("u2", 1, "早上好"))
    pages.board.look()
    html = pages.item_of("p1")
    assert "单账号重复广告" in html
    assert "同一账号 3 小时内 4 次发布近似广告" in html
    assert re.findall(r'href="/posts/(p\d)" data-testid="behaviour-post"', html) == ["p3", "p2", "p1", "p0"]
    assert html.count("本帖") == 1
    assert html.count('class="callout"') == 0  # the reason is not said twice
    assert 'data-testid="behaviour"' not in pages.post("p4")


def test_a_pile_on_shows_the_shield_and_the_pack(pages: Pages) -> None:
    pages.board.say(*each("a b c d", 5, 6, INSULTS, "t9", "<i>小周"))
    pages.board.look()
    html = pages.item_of("p0")
    assert "4 个账号 18 分钟内集中攻击同一人，共 4 条" in html
    assert "建议开启防护 72 小时" in html
    assert "&lt;i&gt;小周" in html
    assert "<i>小周" not in html
    assert "<b>丢人现眼" not in html
    assert len(re.findall('data-testid="behaviour-post"', html)) == 4


def test_what_was_blocked_shows_its_pattern_too(pages: Pages) -> None:
    pages.board.say(*each("u1 u2 u3 u4 u5 u6 u7 u8 u9", 0, 3, [SLIM]))
    pages.board.look()
    html = pages.post("p2")
    assert "9 个账号 24 分钟内配合发布 9 条近似广告" in html
    assert "其余 3 条" in html


def test_a_blocked_item_says_why_it_is_closed_and_how_to_disagree(pages: Pages) -> None:
    pages.board.say(*(("u1", 60 * place, SHOES, f"t{place}") for place in range(3)))
    pages.board.look()
    assert 'data-testid="queue-row"' not in pages.client.get("/queue").text
    html = pages.item_of("p1")
    assert "机器因多帖行为拦截了这一条，不用再处理。" in html
    assert "帖子已被编辑或撤回" not in html
    assert 'data-testid="blocked-by"' in pages.post("p1")
    token = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert token
    answer = pages.client.post("/posts/p1/ask", data={"csrf_token": token[1]}, follow_redirects=True)
    assert "王审核 请人复核" in answer.text
    assert "请定下来：同意就点拦截，不同意就点通过。" in answer.text
    assert 'data-testid="decide-pass"' in answer.text
    assert pages.client.get("/queue").text.count('data-testid="queue-row"') == 1
    assert 'data-testid="ask-again"' not in pages.post("p1")


def test_the_page_speaks_english(pages: Pages) -> None:
    pages.board.say(*(("u1", 60 * place, SHOES, f"t{place}") for place in range(4)))
    pages.board.say(*each("a b c d", 5, 6, INSULTS, "t9", "小周"))
    pages.board.look()
    pages.speak("en")
    assert "One account posted near-identical ads 4 times within 3 h" in pages.post("p1")
    html = pages.post("p5")
    for said in (
        "Pile-on",
        "Shield recommended for 72 hours",
        "Fold and pause",
        "this post",
        "rests on what posts show",
    ):
        assert said in html, said


def test_the_history_of_a_post_names_behaviour(api: Api) -> None:
    board = a_board(api.parts.sessions, api.community_id)
    board.say(*(("u1", 60 * place, SHOES, f"t{place}") for place in range(3)))
    board.look()
    body = api.get("/v1/posts/p1").get_json()
    assert [(one["by"], one["suggestion"]) for one in body["history"]] == [
        ("machine", "review"),
        ("behaviour", "block"),
    ]
    assert (body["verdict"]["suggestion"], body["verdict"]["clause"]) == ("block", "3.2")
    assert body["verdict"]["labels"][0]["source"] == "behaviour"
    assert body["verdict"]["action"] == "remove"
    assert body["verdict"]["hits"]
