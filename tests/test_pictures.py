"""Images of posts: kept, fetched from listed hosts only, read once, and evidence in the verdict."""

from __future__ import annotations

import dataclasses
import http.server
import io
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from sqlalchemy import func, select, update

from moderation.domain.pictures import UNREAD, Picture, messenger_of
from moderation.domain.post import PublishingMode, PublishingRule
from moderation.images.keeping import Pictures
from moderation.images.looking import FRESH, Looked, Looking
from moderation.outbound.fetching import MAX_BYTES, Fetcher, FetchError
from moderation.publishing import Publishing
from moderation.services.intake import Intake
from moderation.services.reading import post_record
from moderation.store.tables import ImageAddressRow, ImageRow, ReviewItemRow
from moderation.text import ocr
from moderation.text.images import ImageError
from tests import pictures as drawn
from tests.behaving import a_board
from tests.factories import NOW, a_classifier, a_community, a_post_body, a_scoring, a_submission, keep
from tests.fakes import RecordingBell, StoppedClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moderation.store.engine import Sessions
    from tests.behaving import Board
    from tests.http_api import Api

FRIEND = "https://u.wechat.com/EAbc123"
HOSTS = ("127.0.0.1",)


class CountingReader:
    """Reads the same lines in every image, and counts."""

    def __init__(self, *lines: str) -> None:
        self.found, self.asked = list(lines), 0

    def lines(self, _image: bytes) -> list[str]:
        self.asked += 1
        return self.found


class Host(http.server.BaseHTTPRequestHandler):
    """A host of images; what it answers depends on the path."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/code.png")
            self.end_headers()
            return
        body = {"/code.png": drawn.coded(FRIEND), "/large": b"x" * (MAX_BYTES + 1), "/page": b"<html>"}.get(
            self.path
        )
        self.send_response(404 if body is None else 200)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def host() -> Iterator[str]:
    Host.asked.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def pictures_over(sessions: Sessions) -> Pictures:
    return Pictures(sessions, lambda: NOW)


def looking_over(sessions: Sessions, clock: Callable[[], int] = lambda: NOW, **more: Any) -> Looking:
    return Looking(Pictures(sessions, clock), **more)


def look(looking: Looking, community_id: int, *names: str) -> Looked:
    (found,) = looking.look([(community_id, names)])
    return found


@pytest.mark.parametrize(
    ("code", "messenger"),
    [
        (FRIEND, "微信"),
        ("https://weixin.qq.com/g/AwYAA", "微信"),
        ("wxp://f2f0abc", "微信"),
        ("https://qm.qq.com/q/abc", "QQ"),
        ("https://QR.ALIPAY.com/fkx1", "支付宝"),
        ("https://t.me/joinchat/x", "Telegram"),
        ("https://weixin.qq.com/", ""),
        ("https://example.com/u.wechat.com", ""),
        ("6901234567892", ""),
    ],
)
def test_where_a_code_leads(code: str, messenger: str) -> None:
    assert messenger_of(code) == messenger


def test_the_same_bytes_are_the_same_image_within_a_community(sessions: Sessions, community_id: int) -> None:
    pictures = pictures_over(sessions)
    first, again = pictures.keep(community_id, drawn.plain()), pictures.keep(community_id, drawn.plain())
    other = pictures.keep(a_community(sessions, "other").id, drawn.plain())
    assert first.id == again.id != other.id
    assert (first.media_type, first.width, first.height) == ("image/png", 40, 30)
    assert pictures.unknown(community_id, {first.id, other.id, "https://img.example.com/1"}) == {other.id}


@pytest.mark.parametrize("body", [b"", b"no image", drawn.plain()[:20], drawn.plain(9_000, 9_000)])
def test_what_is_no_image_is_refused(sessions: Sessions, community_id: int, body: bytes) -> None:
    with pytest.raises(ImageError):
        pictures_over(sessions).keep(community_id, body)


def test_codes_are_read_once(sessions: Sessions, community_id: int) -> None:
    reader = CountingReader("日结三百")
    looking = looking_over(sessions, reader=reader)
    image = looking.pictures.keep(community_id, drawn.coded(FRIEND)).id
    expected = Looked((Picture(1, (FRIEND,), "日结三百"),))
    assert look(looking, community_id, image) == expected
    assert look(looking, community_id, image) == expected
    assert reader.asked == 1
    assert look(looking_over(sessions), community_id, image) == expected


def test_lines_are_read_once_a_reader_is_there(sessions: Sessions, community_id: int) -> None:
    image = pictures_over(sessions).keep(community_id, drawn.coded(FRIEND)).id
    assert look(looking_over(sessions), community_id, image).pictures[0].text == ""
    assert (
        look(looking_over(sessions, reader=CountingReader("字")), community_id, image).pictures[0].text
        == "字"
    )


def test_a_colleagues_image_is_not_ours(sessions: Sessions, community_id: int) -> None:
    pictures = pictures_over(sessions)
    theirs = pictures.keep(a_community(sessions, "other").id, drawn.coded(FRIEND)).id
    assert look(Looking(pictures), community_id, theirs) == Looked(
        (), ("image 1: no such upload",), failed=True, unread=True
    )
    assert pictures.of(community_id, theirs) is None
    assert pictures.shown(community_id, [theirs]) == {}


def test_images_keep_their_numbers(sessions: Sessions, community_id: int) -> None:
    pictures = pictures_over(sessions)
    image = pictures.keep(community_id, drawn.coded(FRIEND)).id
    found = look(Looking(pictures), community_id, "https://elsewhere.example/1.png", image)
    assert [one.number for one in found.pictures] == [2]
    assert found.unchecked == (
        "image 1: not fetched: its host is not listed",
        "image 2: the text in it was not read",
    )
    assert not found.failed


def test_a_listed_host_is_asked_once_a_day(sessions: Sessions, community_id: int, host: str) -> None:
    clock = StoppedClock(NOW)
    looking = looking_over(sessions, clock=clock, fetcher=Fetcher(internal=HOSTS, seconds=60))
    for _ in range(2):
        assert look(looking, community_id, f"{host}/code.png").pictures[0].codes == (FRIEND,)
    assert Host.asked == ["/code.png"]
    assert list(looking.pictures.shown(community_id, [f"{host}/code.png"])) == [f"{host}/code.png"]
    clock.now += FRESH + 1
    look(looking, community_id, f"{host}/code.png")
    assert Host.asked == ["/code.png"] * 2
    with sessions.read() as session:
        assert session.scalar(select(func.count()).select_from(ImageRow)) == 1
        assert session.scalar(select(func.count()).select_from(ImageAddressRow)) == 1


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/moved", "answered 302"),
        ("/gone", "answered 404"),
        ("/large", "larger than 10 MB"),
        ("/page", "not an image"),
    ],
)
def test_what_cannot_be_fetched_is_said(
    sessions: Sessions, community_id: int, host: str, path: str, reason: str
) -> None:
    found = look(
        looking_over(sessions, fetcher=Fetcher(internal=HOSTS, seconds=60)), community_id, host + path
    )
    assert found.failed
    assert reason in found.unchecked[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://[::1]:{port}/",
        "http://2130706433:{port}/",
        "http://0.0.0.0:{port}/",
    ],
)
def test_a_private_address_is_never_asked_unless_listed_as_internal(host: str, url: str) -> None:
    address = url.format(port=host.rpartition(":")[2])
    fetcher = Fetcher(hosts=("127.0.0.1", "::1", "2130706433", "0.0.0.0"))  # noqa: S104 - an address to refuse
    with pytest.raises(FetchError):
        fetcher.fetch(address)
    assert Host.asked == []


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://img.example.com/1.png", True),
        ("https://IMG.example.com:8443/1.png", True),
        ("https://a.b.cdn.example.net/1", True),
        ("https://cdn.example.net/1", True),
        ("https://evilimg.example.com.evil.example/1", False),
        ("https://xcdn.example.net/1", False),
        ("https://img.example.com@evil.example/1", False),
        ("ftp://img.example.com/1", False),
        ("file:///etc/passwd", False),
        ("//img.example.com/1", False),
        ("http://[", False),
        ("图一", False),
    ],
)
def test_hosts_are_listed_whole(url: str, may: object) -> None:
    assert Fetcher(("img.example.com", ".cdn.example.net")).may(url) is may


# ---------------------------------------------------------------- in verdicts


def verdict_of(sessions: Sessions, community_id: int, text: str, *images: str, **more: Any) -> dict[str, Any]:
    keep(sessions, community_id, a_submission("p", text, images=images))
    a_scoring(sessions, **more).score_pending()
    record = post_record(sessions, community_id, "p")
    assert record is not None
    assert record.verdict is not None
    return record.verdict.body


def test_a_code_to_a_messenger_asks_for_a_look(sessions: Sessions, community_id: int) -> None:
    image = pictures_over(sessions).keep(community_id, drawn.coded(FRIEND)).id
    body = verdict_of(sessions, community_id, "周末一起爬山", image)
    assert (body["suggestion"], body["clause"]) == ("review", "3.8")
    (hit,) = [one for one in body["hits"] if one["type"] == "rule"]
    assert (hit["field"], hit["image"], hit["value"], hit["normalised"]) == ("image", 1, FRIEND, "微信")
    assert body["contacts"] == [
        {
            "kind": "qr",
            "value": FRIEND,
            "field": "image",
            "start": 0,
            "end": 0,
            "obfuscated": True,
            "image": 1,
        }
    ]
    assert body["images"] == [{"image": 1, "codes": [FRIEND], "text": ""}]
    assert body["unchecked"] == ["image 1: the text in it was not read"], "its code alone was looked for"


def test_a_code_beside_an_advert_blocks(sessions: Sessions, community_id: int) -> None:
    image = pictures_over(sessions).keep(community_id, drawn.coded("https://shop.example/a")).id
    body = verdict_of(sessions, community_id, "全场优惠", image)
    assert (body["suggestion"], body["clause"]) == ("block", "3.8")


def test_a_code_that_leads_elsewhere_is_no_offence(sessions: Sessions, community_id: int) -> None:
    image = pictures_over(sessions).keep(community_id, drawn.coded("https://school.example/timetable")).id
    body = verdict_of(sessions, community_id, "新课表", image)
    assert body["suggestion"] == "pass"
    assert [one["kind"] for one in body["contacts"]] == ["qr"]


def test_lines_in_an_image_count_like_text(sessions: Sessions, community_id: int) -> None:
    looking = looking_over(sessions, reader=CountingReader("兼职加微信 abc12345"))
    image = looking.pictures.keep(community_id, drawn.plain()).id
    body = verdict_of(sessions, community_id, "今天天气不错", image, looking=looking)
    assert body["suggestion"] == "block"
    assert body["ad"] == 0.97
    assert {(one["kind"], one["field"], one["image"]) for one in body["contacts"]} == {("wechat", "image", 1)}


def test_an_image_that_should_be_there_and_is_not_goes_to_a_human(
    sessions: Sessions, community_id: int, host: str
) -> None:
    looking = looking_over(sessions, fetcher=Fetcher(internal=HOSTS, seconds=60))
    body = verdict_of(sessions, community_id, "今天天气不错", f"{host}/gone", looking=looking)
    assert (body["suggestion"], body["clause"], body["risk_level"]) == ("review", None, "medium")
    assert body["reason"] == "an image could not be looked at"
    with sessions.read() as session:
        assert session.scalar(select(func.count()).select_from(ReviewItemRow)) == 1


def test_a_damaged_body_in_the_database_goes_to_a_human(sessions: Sessions, community_id: int) -> None:
    image = pictures_over(sessions).keep(community_id, drawn.plain()).id
    with sessions.write.begin() as session:
        session.execute(update(ImageRow).values(body=drawn.plain()[:60]))
    body = verdict_of(sessions, community_id, "今天天气不错", image)
    assert body["suggestion"] == "review"
    assert "damaged" in body["unchecked"][0]


# ---------------------------------------------------------------- nothing but images

PRE = PublishingRule(PublishingMode.PRE_MODERATION)


@pytest.mark.parametrize(("mode", "action"), [("post", "show"), ("pre", "hold")])
def test_an_image_alone_that_nobody_read_goes_to_a_human(
    sessions: Sessions, community_id: int, mode: str, action: str
) -> None:
    image = pictures_over(sessions).keep(community_id, drawn.plain()).id
    classifier = a_classifier()
    rules = (PRE,) if mode == "pre" else ()
    Intake(sessions, RecordingBell(), Publishing(rules)).submit(
        community_id, [a_submission("p", "", images=(image,))], now=NOW
    )
    a_scoring(sessions, classifier).score_pending()
    record = post_record(sessions, community_id, "p")
    assert record is not None
    assert record.verdict is not None
    body = record.verdict.body
    assert (body["suggestion"], body["clause"], body["action"]) == ("review", None, action)
    assert body["reason"] == UNREAD
    assert (body["ad"], body["negativity"], body["sentiment"]["label"]) == (0.0, 0.0, "neutral")
    assert classifier.batches == []  # no model is asked about nothing
    with sessions.read() as session:
        assert [row.queue for row in session.scalars(select(ReviewItemRow))] == ["other"]


@pytest.mark.parametrize(
    ("title", "lines", "suggestion"),
    [
        ("", (), "pass"),
        ("", ("兼职加微信 abc12345",), "block"),
        ("", ("班会改到周五",), "pass"),
        ("优惠", (), "review"),
    ],
)
def test_an_image_alone_that_was_read_is_judged_by_what_it_says(
    sessions: Sessions, community_id: int, title: str, lines: tuple[str, ...], suggestion: str
) -> None:
    looking = looking_over(sessions, reader=CountingReader(*lines))
    image = looking.pictures.keep(community_id, drawn.plain()).id
    keep(sessions, community_id, a_submission("p", " ", title=title, images=(image,)))
    a_scoring(sessions, a_classifier(), looking=looking).score_pending()
    record = post_record(sessions, community_id, "p")
    assert record is not None
    assert record.verdict is not None
    assert (record.verdict.suggestion, record.verdict.body.get("reason")) == (suggestion, None)


def test_an_address_that_is_not_fetched_is_no_reading(sessions: Sessions, community_id: int) -> None:
    looking = looking_over(sessions, reader=CountingReader())
    body = verdict_of(sessions, community_id, "", "https://img.example.com/1.png", looking=looking)
    assert (body["suggestion"], body["reason"]) == ("review", UNREAD)
    assert "not listed" in body["unchecked"][0]


def test_posts_without_a_word_are_alike_for_no_reason(sessions: Sessions, community_id: int) -> None:
    board = a_board(sessions, community_id)
    image = pictures_over(sessions).keep(community_id, drawn.plain()).id
    board.say(*(("u1", place, "", "t1") for place in range(12)), images=(image,))
    board.look()
    assert not board.findings()


# ---------------------------------------------------------------- for behaviour


def copies(community: Board, image: str, authors: str, text: str) -> list[str]:
    """One post by each account, ten minutes apart, each in a thread of its own."""
    rows = [(one, 10.0 * place, text.format(place), f"t{place}") for place, one in enumerate(authors.split())]
    return community.say(*rows, images=(image,))


def test_a_contact_in_an_image_counts_for_repetition_as_one_in_the_text_does(
    sessions: Sessions, community_id: int
) -> None:
    board = a_board(sessions, community_id)
    image = pictures_over(sessions).keep(community_id, drawn.coded(FRIEND)).id
    copies(board, image, "u1 u1 u1", "")
    board.look()
    (found,) = board.findings()
    assert (found.kind, found.subject) == ("repeat_ads", "author:u1")
    assert "u.wechat.com/EAbc123" in found.reason


def test_a_code_in_images_joins_the_adverts_of_several_accounts(
    sessions: Sessions, community_id: int
) -> None:
    """Texts that have nothing in common, and no contact in any."""
    board = a_board(sessions, community_id)
    image = pictures_over(sessions).keep(community_id, drawn.coded(FRIEND)).id
    texts = ["手工皮鞋清仓,工厂直供特价包邮", "代写各科作业,价格便宜,下单私聊", "兼职刷单日结三百,扫码报名"]
    board.say(*((f"u{n}", 9.0 * n, text, f"t{n}") for n, text in enumerate(texts)), images=(image,))
    board.look()
    assert [(row.kind, set(one)) for row, one in zip(board.findings(), board.members(), strict=True)] == [
        ("coordinated_ads", {"p0", "p1", "p2"})
    ]


def test_lines_in_images_are_text_for_behaviour(sessions: Sessions, community_id: int) -> None:
    looking = looking_over(
        sessions, reader=CountingReader("一个疗程瘦十二斤,不反弹", "需要的咨询微信 qingshou77")
    )
    board = a_board(sessions, community_id)
    board.scoring = dataclasses.replace(board.scoring, looking=looking)
    image = looking.pictures.keep(community_id, drawn.plain()).id
    copies(board, image, "u1 u2 u3", "")
    board.look()
    assert [row.kind for row in board.findings()] == ["coordinated_ads"]


def test_a_code_that_leads_to_a_known_site_joins_nobody(sessions: Sessions, community_id: int) -> None:
    board = a_board(sessions, community_id)
    image = pictures_over(sessions).keep(community_id, drawn.coded("https://www.bilibili.com/video/BV1")).id
    copies(board, image, "u1 u2 u3 u1 u2 u3", "第{}集更新了")
    board.look()
    assert not board.findings()


def test_text_in_an_image_is_read() -> None:
    assert Path(drawn.FONT).exists(), "install fonts-noto-cjk"
    lines = ocr.LineReader().lines(drawn.written("加薇信领取兼职", "日结300 vx: abc12345"))
    assert lines == ["加薇信领取兼职", "日结300 vx: abc12345"]
    assert ocr.LineReader().lines(drawn.plain()) == []


# ---------------------------------------------------------------- over HTTP


def test_an_upload_is_named_by_a_post(api: Api) -> None:
    answer = api.ask("POST", "/v1/images", data=drawn.coded(FRIEND), content_type="image/png")
    assert answer.status_code == 201
    assert answer.json["media_type"] == "image/png"
    assert api.post(a_post_body("p", "周末一起爬山", images=[answer.json["id"]])).status_code == 202
    api.score()
    verdict = api.get("/v1/posts/p").json["verdict"]
    assert (verdict["clause"], verdict["images"][0]["codes"]) == ("3.8", [FRIEND])


def test_an_upload_may_be_a_form(api: Api) -> None:
    form = {"file": (io.BytesIO(drawn.plain()), "a.png")}
    assert api.ask("POST", "/v1/images", data=form).status_code == 201
    two = {name: (io.BytesIO(drawn.plain()), "a.png") for name in "ab"}
    assert api.ask("POST", "/v1/images", data=two).status_code == 422


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", "加微信".encode()])
def test_an_upload_that_is_no_image_is_refused(api: Api, body: bytes) -> None:
    answer = api.ask("POST", "/v1/images", data=body, content_type="image/png")
    assert answer.status_code == 422
    assert "not an image" in answer.json["detail"]
    assert api.count(ImageRow) == 0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "WEBP"])
def test_an_upload_that_was_cut_off_is_refused(api: Api, kind: str) -> None:
    whole = drawn.noise(kind)
    assert api.ask("POST", "/v1/images", data=whole, content_type="image/png").status_code == 201
    for share in (0.3, 0.7, 0.98):
        cut = whole[: int(len(whole) * share)]
        answer = api.ask("POST", "/v1/images", data=cut, content_type="image/png")
        assert answer.status_code == 422
        assert "damaged" in answer.json["detail"]
    assert api.count(ImageRow) == 1


def test_a_post_may_be_nothing_but_images(api: Api) -> None:
    image = api.ask("POST", "/v1/images", data=drawn.plain()).json["id"]
    assert api.post({"data_id": "p", "images": [image]}).status_code == 202
    assert api.post({"data_id": "q", "text": "", "images": [image]}).status_code == 202
    api.score()
    assert api.get("/v1/posts/p").json["verdict"]["reason"] == UNREAD
    for body in ({}, {"text": " ", "images": []}, {"title": "只有标题"}):
        answer = api.post({"data_id": "r", **body})
        assert (answer.status_code, answer.json["pointer"]) == (422, "/text")
        assert "images" in answer.json["detail"]
    assert api.post({"data_id": "r", "images": [""]}).json["pointer"] == "/images/0"
    edit = {"images": [image], "edited_at": "2025-11-21T09:00:00+00:00"}
    assert api.ask("PUT", "/v1/posts/p", edit).status_code == 202


def test_an_upload_over_the_limit_is_413(api: Api) -> None:
    answer = api.ask("POST", "/v1/images", data=b"x" * (MAX_BYTES + 1), content_type="image/png")
    assert answer.status_code == 413


def test_an_unknown_upload_is_refused_and_named(api: Api) -> None:
    answer = api.post(a_post_body("p", images=["https://img.example.com/1.png", "img_0"]))
    assert (answer.status_code, answer.json["pointer"]) == (422, "/images/1")
    batch = api.post({"posts": [a_post_body("p", images=["img_0"]), a_post_body("q")]}).json["posts"]
    assert [one["status"] for one in batch] == [422, 202]
    assert "/images/0" in batch[0]["detail"]
    assert api.count() == 1
    edit = {"text": "改过", "images": ["img_0"], "edited_at": "2025-11-21T09:00:00+00:00"}
    assert api.ask("PUT", "/v1/posts/q", edit).status_code == 422


def test_another_community_cannot_name_our_upload(api: Api) -> None:
    image = api.ask("POST", "/v1/images", data=drawn.plain(), content_type="image/png").json["id"]
    stranger = api.of("other")
    assert stranger.post(a_post_body("p", images=[image])).status_code == 422
