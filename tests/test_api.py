"""The HTTP interface: what it keeps, what it refuses, and that one community never sees another's."""

from __future__ import annotations

import io
import json
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR
from sqlalchemy import select

from moderation.api import create_app
from moderation.domain.post import MAX_TEXT
from moderation.endpoints.problems import MAX_BODY
from moderation.endpoints.requests import MAX_DEPTH
from moderation.outbound.announcements import MAX_WAITERS, Announcer
from moderation.outbound.bell import Bell
from moderation.services.access import CACHE_SECONDS, Keys, Scope, new_secret
from moderation.services.intake import Intake
from moderation.store.engine import Sessions
from moderation.store.tables import BrandRow, LexiconEntryRow, PolicyRow, PostKeyRow, PostRow
from moderation.wiring.common import connect_redis
from moderation.wiring.web import WebParts
from tests.factories import (
    DAY,
    NOW,
    SECOND,
    a_post_body,
    a_scoring,
)
from tests.http_api import POLICY, Api, problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.test import TestResponse

# ---------------------------------------------------------------- submitting


FULL_POST: dict[str, Any] = {
    "data_id": "帖".encode().hex() + "._:~-A1",
    "text": "小米手机优惠",
    "title": "标题",
    "images": ["https://x/1.png", "upload-2"],
    "url": "https://forum/1",
    "scene": "comment",
    "source": "论坛",
    "group": "/总部/华东/门店12/",
    "author": {
        "id": "u1",
        "nickname": "小王",
        "followers": 3,
        "registered_at": "2024-01-01T08:00:00+08:00",
        "role": "member",
        "official": False,
        "minor": True,
        "registration_risk": 0.2,
    },
    "device": {"ip": "203.0.113.7", "device_id": "d1"},
    "context": {
        "thread_id": "t1",
        "parent_id": "p1",
        "reply_to_author": "u2",
        "target_author": "u2",
        "related": ["上文"],
    },
    "repost_of": "r1",
    "metrics": {
        "views": 1,
        "likes": 2,
        "comments": 3,
        "shares": 4,
        "collects": 5,
        "at": "2025-11-21T16:00:00+08:00",
    },
    "posted_at": "2025-11-20T16:00:00+08:00",
    "callback_url": "https://forum/hook",
    "extra": {"任何": ["东西", {"deep": 1.5}], "none": None},
}


def test_every_field_of_the_interface_is_kept(api: Api) -> None:
    answer = api.post(FULL_POST)
    assert answer.status_code == 202, answer.json
    with api.parts.sessions.read() as session:
        (row,) = session.scalars(select(PostRow))
    assert (row.text, row.title, row.images) == ("小米手机优惠", "标题", FULL_POST["images"])
    assert (row.url, row.scene, row.source, row.group_path) == (
        "https://forum/1",
        "comment",
        "论坛",
        "总部/华东/门店12",
    )
    assert row.author_id == "u1"
    assert (row.author["nickname"], row.author["minor"], row.author["registration_risk"]) == (
        "小王",
        True,
        0.2,
    )
    assert row.device == FULL_POST["device"]
    assert row.context == FULL_POST["context"]
    assert (row.repost_of, row.callback_url, row.extra) == ("r1", "https://forum/hook", FULL_POST["extra"])
    assert {key: row.metrics[key] for key in ("views", "collects")} == {"views": 1, "collects": 5}
    assert (row.posted_at, row.received_at) == (NOW - DAY, NOW)


def test_answer_to_one_post(api: Api) -> None:
    answer = api.post(a_post_body("a"))
    assert answer.status_code == 202
    assert {key: answer.json[key] for key in ("data_id", "state", "action")} == {
        "data_id": "a",
        "state": "pending",
        "action": "show",
    }
    assert answer.json["id"]


@pytest.mark.parametrize(
    ("group", "action"), [("", "show"), ("先审", "hold"), ("先审/版", "hold"), ("先审2", "show")]
)
def test_action_follows_the_publishing_mode(api: Api, group: str, action: str) -> None:
    assert api.post(a_post_body("a", group=group)).json["action"] == action


def test_sending_again_is_no_conflict(api: Api) -> None:
    first = api.post(a_post_body("a", "同一帖"))
    again = api.post(a_post_body("a", "同一帖", source="另一处", author={"id": "u9"}))
    assert (again.status_code, again.json["id"]) == (202, first.json["id"])
    problem(api.post(a_post_body("a", "另一帖")), 409, "PUT")
    problem(api.post(a_post_body("a", "同一帖", title="另一题")), 409)
    assert api.count() == api.count(PostKeyRow) == 1


def test_batch_answers_each_post(api: Api) -> None:
    api.post(a_post_body("known", "旧文"))
    answer = api.post(
        {
            "posts": [
                a_post_body("new"),
                a_post_body("known", "旧文"),
                a_post_body("known", "新文"),
                a_post_body("new"),
                a_post_body("bad", ""),
                {"data_id": "no text"},
                "no object",
                a_post_body("long", "长" * (MAX_TEXT + 1)),
                a_post_body("last"),
            ]
        }
    )
    assert answer.status_code == 202
    items = answer.json["posts"]
    assert [item["status"] for item in items] == [202, 202, 409, 202, 422, 422, 422, 413, 202]
    assert [item.get("data_id") for item in items] == [
        "new",
        "known",
        "known",
        "new",
        "bad",
        "no text",
        None,
        "long",
        "last",
    ]
    assert items[0]["id"] == items[3]["id"]
    assert items[4]["pointer"] == "/text"
    assert api.count() == 3


def test_the_largest_batch(api: Api) -> None:
    answer = api.post({"posts": [a_post_body(f"p{number}") for number in range(500)]})
    assert {item["status"] for item in answer.json["posts"]} == {202}
    assert api.count() == 500


@pytest.mark.parametrize(
    "text", ["长" * MAX_TEXT, "😀" * MAX_TEXT, "e\u0301" * (MAX_TEXT // 2), " x ", "0", "\u200b"]
)
def test_texts_at_the_limits_are_kept(api: Api, text: str) -> None:
    assert api.post(a_post_body("a", text)).status_code == 202
    api.score()
    assert api.get("/v1/posts/a").json["state"] == "decided"


@pytest.mark.parametrize("data_id", ["a", "A" * 128, "0", "a.b_c:d~e-f"])
def test_data_ids(api: Api, data_id: str) -> None:
    assert api.post(a_post_body(data_id)).status_code == 202
    assert api.get(f"/v1/posts/{data_id}").json["data_id"] == data_id


# ---------------------------------------------------------------- bad input: item 9 of the issue


def long_body() -> bytes:
    return json.dumps({"data_id": "a", "text": "x", "extra": {"x": "y" * MAX_BODY}}).encode()


def nested(depth: int) -> bytes:
    return b'{"data_id": "a", "text": "x", "extra": {"x": ' + b"[" * depth + b"]" * depth + b"}}"


BAD_BODIES: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 400, "not valid JSON"),
    "no JSON": (b"{", 400, "not valid JSON"),
    "JSON twice": (b"{}{}", 400, "not valid JSON"),
    "a list": (b"[]", 422, ""),
    "a string": (b'"x"', 422, ""),
    "null": (b"null", 422, ""),
    "no number": (b'{"data_id": "a", "text": "x", "extra": {"x": NaN}}', 400, "NaN"),
    "infinity": (b'{"data_id": "a", "text": "x", "extra": {"x": 1e999}}', 400, "1e999"),
    "too many digits": (b'{"data_id": "a", "text": "x", "extra": {"x": ' + b"9" * 5000 + b"}}", 400, ""),
    "latin-1": ('{"data_id": "a", "text": "é"}'.encode("latin-1"), 400, ""),
    "gbk": ('{"data_id": "a", "text": "你好"}'.encode("gbk"), 400, ""),
    "utf-16": ('{"data_id": "a", "text": "\\u0000"}'.encode("utf-16"), 400, ""),
    "half a pair, escaped": (b'{"data_id": "a", "text": "x\\ud800"}', 422, "/text"),
    "half a pair, raw": (b'{"data_id": "a", "text": "x\xed\xa0\x80"}', 400, ""),
    "NUL in a text": (b'{"data_id": "a", "text": "x\\u0000"}', 422, "/text"),
    "NUL deep down": (
        b'{"data_id": "a", "text": "x", "extra": {"l": [1, {"k": "\\u0000"}]}}',
        422,
        "/extra/l/1/k",
    ),
    "NUL in a key": (b'{"data_id": "a", "text": "x", "extra": {"\\u0000": 1}}', 422, "/extra"),
    "deep": (nested(MAX_DEPTH + 1), 422, "nested"),
    "very deep": (nested(100_000), 400, ""),
    "10 MB": (long_body(), 413, ""),
}


@pytest.mark.parametrize("case", BAD_BODIES)
def test_bad_body(api: Api, case: str) -> None:
    raw, status, named = BAD_BODIES[case]
    problem(api.send(raw), status, named)
    assert api.count() == api.count(PostKeyRow) == 0


def test_deep_but_allowed(api: Api) -> None:
    assert api.send(nested(MAX_DEPTH - 5)).status_code == 202


def without(field: str) -> dict[str, Any]:
    return {key: value for key, value in a_post_body("a").items() if key != field}


BAD_FIELDS: dict[str, tuple[Any, int, str]] = {
    "empty text": (a_post_body("a", ""), 422, "/text"),
    "blank text": (a_post_body("a", " \n\u3000"), 422, "/text"),
    "10,001 code points": (a_post_body("a", "长" * 10_001), 413, "/text"),
    "10,001 emoji": (a_post_body("a", "😀" * 10_001), 413, "/text"),
    "no text": (without("text"), 422, "/text"),
    "text is a number": (a_post_body("a", 5), 422, "/text"),  # type: ignore[arg-type]  # wrong on purpose
    "text is null": (a_post_body("a", None), 422, "/text"),  # type: ignore[arg-type]  # wrong on purpose
    "no data_id": (without("data_id"), 422, "/data_id"),
    "data_id empty": ({"data_id": "", "text": "x"}, 422, "/data_id"),
    "data_id a number": ({"data_id": 5, "text": "x"}, 422, "/data_id"),
    "data_id too long": (a_post_body("a" * 129), 422, "/data_id"),
    "data_id with a space": (a_post_body("a b"), 422, "/data_id"),
    "data_id with a slash": (a_post_body("a/b"), 422, "/data_id"),
    "data_id with a line end": (a_post_body("a\n"), 422, "/data_id"),
    "data_id in Chinese": (a_post_body("帖"), 422, "/data_id"),
    "long title": (a_post_body("a", title="题" * 513), 413, "/title"),
    "images no list": (a_post_body("a", images="x"), 422, "/images"),
    "image no string": (a_post_body("a", images=[1]), 422, "/images/0"),
    "too many images": (a_post_body("a", images=["x"] * 31), 422, "/images"),
    "unknown scene": (a_post_body("a", scene="wall"), 422, "/scene"),
    "unknown key": (a_post_body("a", colour="red"), 422, "/colour"),
    "unknown key of the author": (a_post_body("a", author={"id": "u", "age": 5}), 422, "/author/age"),
    "author without id": (a_post_body("a", author={"nickname": "x"}), 422, "/author/id"),
    "official as a string": (
        a_post_body("a", author={"id": "u", "official": "yes"}),
        422,
        "/author/official",
    ),
    "followers negative": (a_post_body("a", author={"id": "u", "followers": -1}), 422, "/author/followers"),
    "risk above 1": (a_post_body("a", author={"id": "u", "registration_risk": 1.1}), 422, "/author/"),
    "likes as a string": (a_post_body("a", metrics={"likes": "5"}), 422, "/metrics/likes"),
    "time without offset": (a_post_body("a", posted_at="2025-11-21T08:00:00"), 422, "/posted_at"),
    "no time": (a_post_body("a", posted_at="yesterday"), 422, "/posted_at"),
    "time as a number": (a_post_body("a", posted_at=10**17), 422, "/posted_at"),
    "end of the calendar": (a_post_body("a", posted_at="9999-12-31T23:59:59-12:00"), 422, "/posted_at"),
    "begin of the calendar": (a_post_body("a", posted_at="0001-01-01T00:00:00+14:00"), 422, "/posted_at"),
    "extra no object": (a_post_body("a", extra=[]), 422, "/extra"),
    "posts no list": ({"posts": {}}, 422, "/posts"),
    "posts empty": ({"posts": []}, 422, "/posts"),
    "too many posts": ({"posts": [a_post_body(f"p{number}") for number in range(501)]}, 422, "500"),
    "posts and more": ({"posts": [a_post_body("a")], "mode": "fast"}, 422, "/posts"),
}


@pytest.mark.parametrize("case", BAD_FIELDS)
def test_bad_field(api: Api, case: str) -> None:
    body, status, named = BAD_FIELDS[case]
    problem(api.post(body), status, named)
    assert api.count() == api.count(PostKeyRow) == 0


def test_large_batch_of_small_posts_is_bounded_by_the_body(api: Api) -> None:
    body = {"posts": [a_post_body(f"p{number}", "长" * 9000) for number in range(500)]}
    problem(api.post(body), 413)
    assert api.count() == 0


def test_compressed_body_is_refused(api: Api) -> None:
    problem(api.send(b"{}", headers={"Content-Encoding": "gzip"}), 415)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/posts", 405),
        ("POST", "/v1/posts/a", 405),
        ("GET", "/v1/brands/x", 404),
        ("GET", "/v1/brands/99999999999999999999", 422),
        ("GET", "/v1/posts/a%20b", 422),
        ("GET", "/v1/posts/%00", 422),
        ("GET", "/v1/posts/unknown", 404),
        ("DELETE", "/v1/posts/unknown", 404),
    ],
)
def test_wrong_addresses_are_problems_too(api: Api, method: str, path: str, status: int) -> None:
    problem(api.ask(method, path), status)


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401),
        ("", 401),
        ("Bearer", 401),
        ("Bearer ", 401),
        ("Basic abc", 401),
        ("Bearer nonsense", 401),
        ("Bearer mod_live_\xe9", 401),
        (f"Bearer {'x' * 5000}", 401),
    ],
)
def test_without_a_good_key(api: Api, header: str | None, status: int) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = api.app.test_client().post("/v1/posts", json=a_post_body("a"), headers=headers)
    problem(answer, status)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert api.count() == 0


def test_a_key_that_was_never_made(api: Api) -> None:
    problem(api.post(a_post_body("a"), key=new_secret()), 401, "not known")


def test_the_scheme_may_be_written_in_any_case(api: Api) -> None:
    headers = {"Authorization": f"bearer   {api.key} "}
    assert api.app.test_client().post("/v1/posts", json=a_post_body(), headers=headers).status_code == 202


def test_a_revoked_key_stops_within_thirty_seconds(api: Api) -> None:
    """Revoked by another process: this one believes the key for 30 seconds at most."""
    secret, row = api.parts.keys.create(api.community_id, name="gone", scopes=[Scope.POSTS_WRITE])
    assert api.post(a_post_body("before"), key=secret).status_code == 202
    Keys(api.parts.sessions, api.clock).revoke(api.community_id, row.id)
    api.clock.forward(CACHE_SECONDS * SECOND)
    problem(api.post(a_post_body("after"), key=secret), 401, "revoked")
    assert api.count() == 1


def needed_scopes(api: Api) -> dict[tuple[str, str], Scope]:
    """What each route needs, found by asking with every scope alone."""
    found: dict[tuple[str, str], Scope] = {}
    for rule, method in routes(api.app):
        if (rule, method) in PUBLIC:
            continue
        for scope in Scope:
            if scope is Scope.ADMIN:
                continue
            secret, _ = api.parts.keys.create(api.community_id, name=scope.value, scopes=[scope])
            if api.ask(method, example(rule), key=secret, json={}).status_code != 403:
                assert (rule, method) not in found, f"{method} {rule} opens to two scopes"
                found[rule, method] = scope
    return found


def test_each_route_needs_its_scope(api: Api) -> None:
    needed = needed_scopes(api)
    assert {each for each in routes(api.app) if each not in PUBLIC} == set(needed)
    for (rule, method), scope in needed.items():
        if "/posts" in rule or "/images" in rule:
            assert scope is (Scope.POSTS_READ if method == "GET" else Scope.POSTS_WRITE), (rule, method)
        elif "/brands" in rule:
            assert scope is (Scope.BRANDS_READ if method == "GET" else Scope.BRANDS_WRITE), (rule, method)
        else:
            assert scope is Scope.POLICY_WRITE, (rule, method)


# ---------------------------------------------------------------- reading, editing, withdrawing


def test_reading_a_post(api: Api) -> None:
    api.post(a_post_body("a", "兼职日结加微信", posted_at="2025-11-20T16:00:00+08:00"))
    pending = api.get("/v1/posts/a").json
    assert (pending["state"], pending["verdict"], pending["decision"], pending["history"]) == (
        "pending",
        None,
        None,
        [],
    )
    assert pending["posted_at"] == "2025-11-20T08:00:00+00:00"
    api.score()
    decided = api.get("/v1/posts/a").json
    assert (decided["state"], decided["revision"]) == ("decided", 1)
    verdict = decided["verdict"]
    assert (verdict["suggestion"], verdict["clause"], verdict["action"], verdict["revision"]) == (
        "block",
        "3.1",
        "remove",
        1,
    )
    assert [(one["by"], one["suggestion"]) for one in decided["history"]] == [("machine", "block")]


def test_editing_a_post(api: Api) -> None:
    api.post(a_post_body("a", "兼职加微信"))
    api.score()
    answer = api.ask("PUT", "/v1/posts/a", {"text": "改好了", "edited_at": "2025-11-21T16:00:01+08:00"})
    assert (answer.status_code, answer.json["state"], answer.json["revision"]) == (202, "pending", 2)
    assert answer.json["verdict"] is None
    assert answer.json["edited_at"] == "2025-11-21T08:00:01+00:00"
    api.score()
    found = api.get("/v1/posts/a").json
    assert (found["verdict"]["suggestion"], found["verdict"]["revision"]) == ("pass", 2)
    assert [one["revision"] for one in found["history"]] == [1, 2]


def test_the_latest_edit_wins_in_any_order(api: Api) -> None:
    api.post(a_post_body("a", "零"))
    for second, text in ((3, "三"), (1, "一"), (2, "二")):
        answer = api.ask("PUT", "/v1/posts/a", {"text": text, "edited_at": f"2025-11-21T08:00:0{second}Z"})
        assert answer.status_code == 202
    with api.parts.sessions.read() as session:
        (row,) = session.scalars(select(PostRow))
    assert (row.text, row.revision) == ("三", 2)


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        ({"text": "x"}, 422, "/edited_at"),
        ({"text": "x", "edited_at": "2025-11-21T08:00:00"}, 422, "/edited_at"),
        ({"text": "", "edited_at": "2025-11-21T08:00:00Z"}, 422, "/text"),
        ({"text": "x", "edited_at": "2025-11-21T08:00:00Z", "data_id": "b"}, 422, "/data_id"),
        ({"edited_at": "2025-11-21T08:00:00Z"}, 422, "/text"),
    ],
)
def test_bad_edit_changes_nothing(api: Api, body: dict[str, Any], status: int, named: str) -> None:
    api.post(a_post_body("a"))
    problem(api.ask("PUT", "/v1/posts/a", body), status, named)
    assert api.get("/v1/posts/a").json["revision"] == 1


def test_metrics(api: Api) -> None:
    api.post(a_post_body("a", metrics={"likes": 1}))
    api.score()
    answer = api.ask("PATCH", "/v1/posts/a", {"metrics": {"views": 9, "at": "2025-11-21T16:00:00+08:00"}})
    assert answer.json["metrics"]["views"] == 9
    assert (answer.status_code, answer.json["state"], answer.json["revision"]) == (200, "decided", 1)
    with api.parts.sessions.read() as session:
        (row,) = session.scalars(select(PostRow))
    assert row.metrics["views"] == 9
    problem(api.ask("PATCH", "/v1/posts/a", {"metrics": {"views": -1}}), 422, "/metrics/views")
    problem(api.ask("PATCH", "/v1/posts/a", {"text": "x"}), 422)


def test_withdrawing_a_post(api: Api) -> None:
    api.post(a_post_body("a"))
    answer = api.ask("DELETE", "/v1/posts/a")
    assert (answer.status_code, answer.data) == (204, b"")
    problem(api.get("/v1/posts/a"), 404)
    edit = {"text": "x", "edited_at": "2025-11-21T08:00:00Z"}
    problem(api.ask("PUT", "/v1/posts/a", edit), 404)
    problem(api.ask("PATCH", "/v1/posts/a", {"metrics": {}}), 404)
    problem(api.ask("DELETE", "/v1/posts/a"), 404)
    api.score()
    assert api.count() == 1


def test_a_withdrawn_post_sent_again_answers_as_without_waiting(api: Api) -> None:
    api.post(a_post_body("a", "同一帖"))
    api.ask("DELETE", "/v1/posts/a")
    plain = api.post(a_post_body("a", "同一帖"))
    waiting = api.post(a_post_body("a", "同一帖"), headers={"Prefer": "wait=1"})
    assert plain.status_code == waiting.status_code == 410
    assert plain.json["data_id"] == waiting.json["data_id"] == "a"
    answer = api.post({"posts": [a_post_body("a", "同一帖"), a_post_body("a", "另一帖"), a_post_body("b")]})
    assert [item["status"] for item in answer.json["posts"]] == [410, 410, 202]
    api.score()
    problem(api.get("/v1/posts/a"), 404)


def test_duplicate_tells_its_true_state(api: Api) -> None:
    api.post(a_post_body("a", "同一帖"))
    assert api.post(a_post_body("a", "同一帖")).json["state"] == "pending"
    api.score()
    again = api.post(a_post_body("a", "同一帖")).json
    assert (again["state"], again["duplicate"]) == ("decided", True)


# ---------------------------------------------------------------- waiting for the verdict


def score_soon(api: Api, redis_url: str) -> threading.Thread:
    """A worker in the background: scores what comes, and announces it over the real Redis."""
    scoring = a_scoring(api.parts.sessions)
    announcer = Announcer(connect_redis(redis_url, timeout=20))
    api.parts.waiters.register("the first, which begins to listen")
    assert api.parts.waiters.listens(20)

    def work() -> None:
        deadline = time.monotonic() + 20
        while not scoring.score_pending() and time.monotonic() < deadline:
            time.sleep(0.02)
        announcer.decided(scoring.announcer.said)  # type: ignore[attr-defined]  # the recording one

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.parametrize("prefer", ["wait=10", "respond-async, wait=10", "Wait=9.5"])
def test_verdict_that_is_ready_in_time(api: Api, redis_url: str, prefer: str) -> None:
    thread = score_soon(api, redis_url)
    began = time.monotonic()
    answer = api.post(a_post_body("a", "兼职加微信"), headers={"Prefer": prefer})
    thread.join()
    assert answer.status_code == 200, answer.json
    assert answer.json["verdict"]["suggestion"] == "block"
    assert time.monotonic() - began < 9


def test_verdict_that_is_not_ready_in_time(api: Api) -> None:
    began = time.monotonic()
    answer = api.post(a_post_body("a"), headers={"Prefer": "wait=0.2"})
    assert (answer.status_code, answer.json["state"]) == (202, "pending")
    assert 0.15 < time.monotonic() - began < 9


@pytest.mark.parametrize("prefer", ["wait=x", "wait", "wait=-5", "wait=nan", "return=minimal", ""])
def test_preference_that_makes_no_sense_is_left_out(api: Api, prefer: str) -> None:
    began = time.monotonic()
    assert api.post(a_post_body("a"), headers={"Prefer": prefer}).status_code == 202
    assert time.monotonic() - began < 8


def test_known_verdict_is_answered_at_once(api: Api) -> None:
    api.post(a_post_body("a", "你好"))
    api.score()
    answer = api.post(a_post_body("a", "你好"), headers={"Prefer": "wait=10"})
    assert (answer.status_code, answer.json["verdict"]["suggestion"]) == (200, "pass")


def test_too_many_waiters_are_answered_at_once(api: Api) -> None:
    for number in range(MAX_WAITERS):
        api.parts.waiters.register(f"other{number}")
    began = time.monotonic()
    answer = api.post(a_post_body("a"), headers={"Prefer": "wait=10"})
    assert (answer.status_code, answer.json["state"]) == (202, "pending")
    assert time.monotonic() - began < 9


def test_a_conflict_does_not_wait(api: Api) -> None:
    api.post(a_post_body("a", "你好"))
    problem(api.post(a_post_body("a", "再见"), headers={"Prefer": "wait=10"}), 409)


# ---------------------------------------------------------------- brands


BRAND = {
    "name": "小米",
    "aliases": ["Xiaomi"],
    "exclusions": ["小米粥"],
    "context": [],
    "competitors": ["华为"],
}


def test_brand_dossier(api: Api) -> None:
    made = api.ask("POST", "/v1/brands", BRAND)
    assert made.status_code == 201
    assert {key: made.json[key] for key in BRAND} == BRAND
    path = f"/v1/brands/{made.json['id']}"
    assert api.get(path).json == made.json
    changed = api.ask("POST", "/v1/brands", {**BRAND, "aliases": ["mi"]})
    assert (changed.json["id"], changed.json["version"], changed.json["aliases"]) == (
        made.json["id"],
        2,
        ["mi"],
    )
    assert [one["name"] for one in api.get("/v1/brands").json["brands"]] == ["小米"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": " "}, "/name"),
        ({"name": "x" * 101}, "/name"),
        ({"name": "x", "aliases": "y"}, "/aliases"),
        ({"name": "x", "aliases": [1]}, "/aliases/0"),
        ({"name": "x", "alias": []}, "/alias"),
    ],
)
def test_bad_dossier(api: Api, body: dict[str, Any], named: str) -> None:
    problem(api.ask("POST", "/v1/brands", body), 422, named)
    assert api.count(BrandRow) == 0


def mention_posts(api: Api) -> int:
    brand_id: int = api.ask("POST", "/v1/brands", BRAND).json["id"]
    for number, text in enumerate(["小米好", "小米差,Xiaomi好", "小米好加微信", "别的"]):
        author = {"id": f"u{number % 2}"}
        api.post(
            a_post_body(
                f"p{number}", text, author=author, source="论坛", posted_at=f"2025-11-{18 + number}T04:00:00Z"
            )
        )
    api.score()
    api.parts.statistics.recount()
    return brand_id


def test_brand_statistics(api: Api) -> None:
    path = f"/v1/brands/{mention_posts(api)}/stats"
    body = api.get(f"{path}?from=2025-11-17&to=2025-11-22&bucket=day").json
    assert body["brand"]["name"] == "小米"
    assert (body["tz"], body["bucket"], body["count"]) == ("Asia/Shanghai", "day", "clean")
    assert [(point["start"], point["mentions"]) for point in body["series"]] == [
        ("2025-11-17T00:00:00+08:00", 0),
        ("2025-11-18T00:00:00+08:00", 1),
        ("2025-11-19T00:00:00+08:00", 2),
        ("2025-11-20T00:00:00+08:00", 0),
        ("2025-11-21T00:00:00+08:00", 0),
    ]
    keys = {
        "start",
        "mentions",
        "posts",
        "authors",
        "negative",
        "neutral",
        "positive",
        "mixed",
        "unrated",
        "by_source",
    }
    assert all(set(point) == keys for point in body["series"])
    totals = body["totals"]
    assert (totals["mentions"], totals["posts"], totals["authors"]) == (3, 2, 2)
    assert (totals["positive"], totals["negative"], totals["net_sentiment"]) == (2, 1, 0.3333)
    assert (totals["net_sentiment_rated"], totals["net_sentiment_few"]) == (3, True)
    assert -1 < totals["net_sentiment_low"] < totals["net_sentiment"] < totals["net_sentiment_high"] < 1
    assert totals["by_source"] == {"论坛": 3}
    assert body["definitions"]["clean"]
    raw = api.get(f"{path}?from=2025-11-17&to=2025-11-22&count=raw").json
    assert raw["totals"]["mentions"] == 4


def test_brand_mentions(api: Api) -> None:
    path = f"/v1/brands/{mention_posts(api)}/mentions?from=2025-11-01&to=2025-11-22"
    found = api.get(path).json["mentions"]
    assert [(one["data_id"], one["surface"]) for one in found] == [
        ("p1", "Xiaomi"),
        ("p1", "小米"),
        ("p0", "小米"),
    ]
    assert all(one["text"][one["start"] : one["end"]] == one["surface"] for one in found)
    assert [one["data_id"] for one in api.get(f"{path}&sentiment=negative").json["mentions"]] == ["p1"]
    assert [one["data_id"] for one in api.get(f"{path}&limit=1&offset=2").json["mentions"]] == ["p0"]
    assert api.get(f"{path}&source=别处").json["mentions"] == []


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("tz=Mars/Olympus", "Mars/Olympus"),
        ("tz=", "/tz"),
        ("bucket=month", "/bucket"),
        ("count=some", "/count"),
        ("from=yesterday", "from"),
        ("from=2025-11-22&to=2025-11-21", "/from"),
        ("from=2025-11-21&to=2025-11-21", "/from"),
        ("from=1980-01-01&bucket=hour", "/bucket"),
        ("from=0001-01-01", "1970"),
        ("from=0001-01-01T00:00:00%2B14:00", "1970"),
        ("to=9999-12-31T23:59:59-12:00", "2200"),
        ("colour=red", "colour"),
    ],
)
def test_bad_window(api: Api, query: str, named: str) -> None:
    problem(api.get(f"/v1/brands/{mention_posts(api)}/stats?{query}"), 422, named)


def test_longest_window(api: Api) -> None:
    brand_id = mention_posts(api)
    body = api.get(
        f"/v1/brands/{brand_id}/stats?from=1990-01-01T00:00:00Z&bucket=week&tz=America/Havana"
    ).json
    assert len(body["series"]) == 1874


@pytest.mark.parametrize("query", ["source=%00", "sentiment=angry", "limit=0", "limit=201", "offset=-1"])
def test_bad_mention_query(api: Api, query: str) -> None:
    problem(api.get(f"/v1/brands/{mention_posts(api)}/mentions?{query}"), 422)


# ---------------------------------------------------------------- policies and words


def test_policy_versions(api: Api) -> None:
    made = api.ask("POST", "/v1/policies", {"document": POLICY.replace("v1", "mine"), "why": "更严"})
    assert (made.status_code, made.json["number"], made.json["state"]) == (201, 1, "draft")
    moved = api.ask("POST", "/v1/policies/1/state", {"state": "live"})
    assert (moved.status_code, moved.json["state"]) == (200, "live")
    assert "mine" in api.get("/v1/policies").json["live"]
    problem(api.ask("POST", "/v1/policies/9/state", {"state": "live"}), 404)
    problem(api.ask("POST", "/v1/policies/1/state", {"state": "burnt"}), 422, "/state")


def test_wrong_policy_is_refused(api: Api) -> None:
    problem(api.ask("POST", "/v1/policies", {"document": 'version = "x"'}), 422, "rules")
    assert api.count(PolicyRow) == 0


def test_words(api: Api) -> None:
    path = "/v1/lexicons/own/entries"
    kept = api.ask("POST", path, {"entries": [{"word": "秘密活动", "clause": "1.9"}]})
    assert (kept.status_code, kept.json["kept"]) == (201, 1)
    (entry,) = api.get(path).json["entries"]
    assert (entry["word"], entry["clause"], entry["library"]) == ("秘密活动", "1.9", "own")
    assert api.get("/v1/lexicons/own/entries.csv").data.decode().count("秘密活动") == 1
    assert api.ask("DELETE", f"{path}/{entry['id']}").status_code == 200
    problem(api.ask("DELETE", f"{path}/{entry['id']}"), 404)


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [{"word": "x"}],
        [{"word": "", "clause": "3.1"}],
        [{"word": "好的", "clause": "3.1"}, {"word": "坏的", "clause": "3.99"}],
        [{"word": "x(", "clause": "3.1", "kind": "regex"}],
        [{"word": "x", "clause": "3.1", "kind": "magic"}],
        [{"word": "好的", "clause": "3.1", "effective_from": "9999-12-31T23:59:59-12:00"}],
    ],
)
def test_bad_words_keep_nothing(api: Api, entries: list[dict[str, str]]) -> None:
    problem(api.ask("POST", "/v1/lexicons/own/entries", {"entries": entries}), 422)
    assert api.count(LexiconEntryRow) == 0


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"word,kind\n\xff,normal", 400),
        (b"word,kind,level,clause\nx\x00y,normal,review,3.1", 422),
        (b"nonsense", 422),
    ],
)
def test_bad_table_keeps_nothing(api: Api, raw: bytes, status: int) -> None:
    problem(api.ask("POST", "/v1/lexicons/own/entries", data=raw, content_type="text/csv"), status)
    assert api.count(LexiconEntryRow) == 0


def test_looking_for_nul(api: Api) -> None:
    problem(api.get("/v1/lexicons/own/entries?contains=%00"), 422)


# ---------------------------------------------------------------- one community never sees another's


def routes(app: Flask) -> list[tuple[str, str]]:
    return sorted(
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    )


def example(rule: str) -> str:
    """A path of a route, with made-up parts."""
    for part, value in (
        ("<data_id>", "a"),
        ("<int:id>", "1"),
        ("<int:number>", "1"),
        ("<name>", "own"),
    ):
        rule = rule.replace(part, value)
    assert "<" not in rule, f"a new kind of path: {rule}"
    return rule


PUBLIC = {(path, "GET") for path in ("/healthz", "/readyz", "/metrics", "/docs", "/openapi.json")}
"""Routes that no key opens."""

UNKNOWN = 404
EDIT = {"text": "别人的", "edited_at": "2025-11-22T08:00:00Z"}

Isolation = tuple[Any, "Callable[[TestResponse], bool]"]


def _is_unknown(answer: TestResponse) -> bool:
    return answer.status_code == UNKNOWN


def _holds_nothing(answer: TestResponse) -> bool:
    return answer.status_code == 200 and "秘密" not in answer.get_data(as_text=True)


def _is_their_own(answer: TestResponse) -> bool:
    """They may make a thing of the same name: it is another thing (checked by the owner's side)."""
    return answer.status_code in (201, 202)


def _is_refused(answer: TestResponse) -> bool:
    """JSON is no image (uploads of others are tried in test_pictures); a word of others is no word of theirs."""
    return answer.status_code == 422


ISOLATION: dict[tuple[str, str], Isolation] = {
    ("/v1/posts", "POST"): (a_post_body("a", "别人的帖"), _is_their_own),
    ("/v1/posts/<data_id>", "GET"): (None, _is_unknown),
    ("/v1/posts/<data_id>", "PUT"): (EDIT, _is_unknown),
    ("/v1/posts/<data_id>", "PATCH"): ({"metrics": {"likes": 9}}, _is_unknown),
    ("/v1/posts/<data_id>", "DELETE"): (None, _is_unknown),
    ("/v1/images", "POST"): ({}, _is_refused),
    ("/v1/brands", "POST"): ({"name": "秘密品牌"}, _is_their_own),
    ("/v1/brands", "GET"): (None, _holds_nothing),
    ("/v1/brands/<int:id>", "GET"): (None, _is_unknown),
    ("/v1/brands/<int:id>/stats", "GET"): (None, _is_unknown),
    ("/v1/brands/<int:id>/mentions", "GET"): (None, _is_unknown),
    ("/v1/policies", "GET"): (None, _holds_nothing),
    ("/v1/policies", "POST"): ({"document": POLICY}, _is_their_own),
    ("/v1/policies/<int:number>/state", "POST"): ({"state": "live"}, _is_unknown),
    ("/v1/policies/<int:number>/shadow", "GET"): (None, _is_unknown),
    ("/v1/policies/<int:number>/backtest", "POST"): ({}, _is_unknown),
    ("/v1/policies/<int:number>/backtest", "GET"): (None, _is_unknown),
    ("/v1/policies/<int:number>/backtest", "DELETE"): (None, _is_unknown),
    ("/v1/lexicons/<name>/entries", "GET"): (None, _holds_nothing),
    ("/v1/lexicons/<name>/entries", "POST"): (
        {"entries": [{"word": "秘密词", "clause": "3.1"}]},
        _is_their_own,
    ),
    ("/v1/lexicons/<name>/entries.csv", "GET"): (None, _holds_nothing),
    ("/v1/lexicons/<name>/entries/<int:id>", "DELETE"): (None, _is_unknown),
    ("/v1/lexicons/<name>/imports", "GET"): (None, _holds_nothing),
    ("/v1/lexicons/<name>/imports/<int:id>/undo", "POST"): ({}, _is_unknown),
    ("/v1/lexicons/emergency", "GET"): (None, _holds_nothing),
    ("/v1/lexicons/emergency", "POST"): ({"words": [{"word": "秘密急词", "clause": "3.1"}]}, _is_their_own),
    ("/v1/lexicons/emergency/confirm", "POST"): ({"words": ["秘密急词"]}, _is_refused),
    ("/v1/lexicons/emergency/withdraw", "POST"): ({"words": ["秘密急词"]}, _is_refused),
    ("/v1/lexicons/emergency/prolong", "POST"): ({"words": ["秘密急词"]}, _is_refused),
    ("/v1/sweeps", "GET"): (None, _holds_nothing),
    ("/v1/sweeps", "POST"): ({"words": [{"word": "秘密帖", "clause": "3.1"}]}, _is_their_own),
    ("/v1/sweeps/<int:id>", "GET"): (None, _is_unknown),
    ("/v1/sweeps/<int:id>/apply", "POST"): ({}, _is_unknown),
    ("/v1/sweeps/<int:id>/undo", "POST"): ({}, _is_unknown),
    ("/v1/sweeps/<int:id>/receipt", "GET"): (None, _is_unknown),
    ("/v1/radar", "GET"): (None, _holds_nothing),
    ("/v1/gangs", "GET"): (None, _holds_nothing),
}
"""For every route: what another community sends, and what it may see."""


def with_secrets(api: Api) -> SimpleNamespace:
    """One of everything, in one community."""
    api.post(a_post_body("a", "秘密帖,秘密品牌好"))
    brand = api.ask("POST", "/v1/brands", {"name": "秘密品牌", "aliases": ["秘密"]}).json
    api.ask("POST", "/v1/policies", {"document": POLICY.replace("v1", "秘密")})
    api.ask("POST", "/v1/policies/1/state", {"state": "shadow"})
    api.ask("POST", "/v1/lexicons/own/entries", {"entries": [{"word": "秘密词", "clause": "3.1"}]})
    api.ask("POST", "/v1/lexicons/emergency", {"words": [{"word": "秘密急词", "clause": "3.1"}]})
    api.score()
    api.clock.forward(SECOND)
    api.ask("POST", "/v1/sweeps", {"words": [{"word": "秘密帖", "clause": "3.1"}], "why": "秘密"})
    return SimpleNamespace(brand=brand, all=lambda: everything_of(api))


def everything_of(api: Api) -> list[Any]:
    paths = ("/v1/posts/a", "/v1/brands", "/v1/policies", "/v1/lexicons/own/entries", "/v1/sweeps/1")
    return [api.get(path).json for path in (*paths, "/v1/lexicons/emergency")]


def test_every_route_has_a_case(api: Api) -> None:
    assert {each for each in routes(api.app) if each not in PUBLIC} == set(ISOLATION)


@pytest.mark.parametrize(("rule", "method"), ISOLATION)
def test_communities_are_apart(api: Api, rule: str, method: str) -> None:
    secrets = with_secrets(api)
    before = secrets.all()
    stranger = api.of("stranger")
    body, fits = ISOLATION[rule, method]
    answer = stranger.ask(method, example(rule), body)
    assert fits(answer), (answer.status_code, answer.get_data(as_text=True))
    assert secrets.all() == before


@pytest.mark.parametrize(("path", "method"), sorted(PUBLIC))
def test_public_pages_tell_nothing(api: Api, path: str, method: str) -> None:
    with_secrets(api)
    answer = api.app.test_client().open(path, method=method)
    assert answer.status_code == 200
    assert "秘密" not in answer.get_data(as_text=True)


# ---------------------------------------------------------------- health and reference


def test_health(api: Api) -> None:
    assert api.get("/healthz").json == {"status": "ok"}
    assert api.get("/readyz").json == {"status": "ok", "database": True, "queue": True}


def test_metrics_count_posts(api: Api) -> None:
    api.post({"posts": [a_post_body("a"), a_post_body("b", "优惠")]})
    assert 'moderation_posts{community="default",state="pending"} 2.0' in api.get("/metrics").text
    api.score()
    text = api.get("/metrics").text
    assert 'moderation_posts{community="default",state="decided"} 2.0' in text
    assert 'moderation_review_items_open{community="default",queue="ads"} 1.0' in text


def test_openapi_is_valid(api: Api) -> None:
    spec = api.get("/openapi.json").json
    assert spec["openapi"].startswith("3.1")
    OPENAPI_31_VALIDATOR.validate(spec)
    assert all(reference in spec["components"]["schemas"] for reference in references(spec))


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"].rpartition("/")[2]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(references(one) for one in value))
    return set()


def test_openapi_names_every_route(api: Api) -> None:
    spec = api.get("/openapi.json").json
    described = {(path, method.upper()) for path, methods in spec["paths"].items() for method in methods}
    hidden = {"/metrics", "/docs", "/openapi.json"}
    mounted = {
        (rule.replace("<int:", "<").replace("<", "{").replace(">", "}"), method)
        for rule, method in routes(api.app)
        if rule not in hidden
    }
    assert described == mounted


def test_docs_page_has_no_script(api: Api) -> None:
    answer = api.get("/docs")
    assert answer.mimetype == "text/html"
    assert "/v1/posts" in answer.text
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_answers_are_not_kept_by_caches(api: Api) -> None:
    answer = api.get("/v1/brands")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


# ---------------------------------------------------------------- when a part is away


def test_posts_are_kept_while_redis_is_away(api: Api, tmp_path: Any) -> None:
    away = connect_redis(f"unix://{tmp_path}/nobody.sock")
    parts = api.parts
    bell = Bell(away)
    fields = {name: getattr(parts, name) for name in WebParts.__slots__}
    lonely = WebParts(**{**fields, "redis": away, "bell": bell, "intake": Intake(parts.sessions, bell)})
    client = create_app(lonely).test_client()
    headers = {"Authorization": f"Bearer {api.key}", "Prefer": "wait=0.1"}
    assert client.post("/v1/posts", json=a_post_body("a"), headers=headers).status_code == 202
    assert api.count() == 1
    assert client.get("/readyz").json == {"status": "ok", "database": True, "queue": False}
    assert "moderation_bell_failures 1.0" in client.get("/metrics").text


def test_no_database_is_said_and_not_final(api: Api, tmp_path: Any) -> None:
    nowhere = Sessions(f"sqlite:///{tmp_path}/no/such/folder.db")
    fields = {name: getattr(api.parts, name) for name in WebParts.__slots__}
    lost = WebParts(**{**fields, "sessions": nowhere, "keys": Keys(nowhere, api.clock)})
    client = create_app(lost).test_client()
    answer = client.post("/v1/posts", json=a_post_body(), headers={"Authorization": f"Bearer {api.key}"})
    problem(answer, 503)
    assert answer.headers["Retry-After"]
    assert client.get("/readyz").status_code == 503
    nowhere.close()


def test_a_chunked_body_over_the_limit_is_not_cut_and_parsed(api: Api) -> None:
    body = json.dumps({"data_id": "a", "text": "x", "extra": {"x": "y" * MAX_BODY}}).encode()
    answer = api.ask(
        "POST",
        "/v1/posts",
        input_stream=io.BytesIO(body),
        environ_overrides={"wsgi.input_terminated": True},
        content_type="application/json",
    )
    problem(answer, 413)
    assert api.count() == 0
