"""The HTTP interface of sweeps, radar and gangs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from moderation.endpoints import sweeps as endpoint
from moderation.wiring.maintenance import Maintenance
from tests.factories import SECOND, a_post_body
from tests.fakes import RecordingBell
from tests.http_api import problem

if TYPE_CHECKING:
    from tests.http_api import Api

WORDS = {"words": [{"word": "龙须糖", "clause": "3.6"}], "why": "专项整治"}


def kept(api: Api, *texts: str, **more: Any) -> None:
    for number, text in enumerate(texts):
        api.post(a_post_body(f"p{number}", text, **more))
    api.score()
    api.clock.forward(SECOND)


def preview(api: Api, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = api.ask("POST", "/v1/sweeps", WORDS if body is None else body)
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json
    return found


def test_a_sweep_from_preview_to_receipt(api: Api) -> None:
    kept(api, "卖龙须糖", "你好")
    seen = preview(api)
    assert (seen["state"], seen["posts"], seen["matched"], seen["planned"]) == ("preview", 2, 1, 1)
    assert seen["changes"] == [{"before": "pass", "after": "review", "clause": "3.6", "posts": 1}]
    assert seen["samples"][0]["data_id"] == "p0"
    path = f"/v1/sweeps/{seen['id']}"
    assert api.ask("POST", f"{path}/apply").json["changed"] == 1
    verdict = api.get("/v1/posts/p0").json["verdict"]
    assert (verdict["suggestion"], verdict["sweep"]) == ("review", seen["id"])
    receipt = api.get(f"{path}/receipt").json
    assert (receipt["why"], receipt["posts_changed"]) == ("专项整治", 1)
    text = api.get(f"{path}/receipt?format=text")
    assert text.mimetype == "text/plain"
    assert receipt["post_ids_sha256"] in text.text
    assert api.ask("POST", f"{path}/undo").json["restored"] == 1
    assert api.get("/v1/posts/p0").json["verdict"]["suggestion"] == "pass"
    assert api.get(path).json["state"] == "undone"
    assert [one["id"] for one in api.get("/v1/sweeps").json["sweeps"]] == [seen["id"]]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "one thing"),
        ({"contact": "abc12345", "policy": 1}, "one thing"),
        ({"policy": 9}, "no policy version 9"),
        ({"words": [{"word": "糖", "clause": "99"}]}, "clause"),
        ({"words": [{"word": "龙须糖", "clause": "3.1"}], "days": 91}, "days"),
        ({"word": "龙须糖"}, "word"),
    ],
)
def test_sweeps_that_cannot_be(api: Api, body: dict[str, Any], named: str) -> None:
    problem(api.ask("POST", "/v1/sweeps", body), 422, named)
    assert api.get("/v1/sweeps").json == {"sweeps": []}


def test_an_unknown_sweep_and_a_wrong_state(api: Api) -> None:
    problem(api.get("/v1/sweeps/7"), 404, "no sweep 7")
    problem(api.ask("POST", f"/v1/sweeps/{preview(api)['id']}/undo"), 409, "nothing to undo")


def test_a_contact_is_swept(api: Api) -> None:
    kept(api, "资料找我 abc12345", "你好")
    assert preview(api, {"contact": " abc12345 ", "clause": "3.8"})["planned"] == 1


def test_radar_and_gangs(api: Api) -> None:
    kept(api, *[f"第{n}批龙须糖,加微信 sugar888" for n in range(5)], author={"id": "u1"})
    api.post(a_post_body("other", "别的号也加微信 sugar888", author={"id": "u2"}))
    for number in range(9):
        api.post(a_post_body(f"t{number}", f"今天天气不错{number}"))
    api.score()
    api.clock.forward(SECOND)
    found = api.get("/v1/radar?days=1").json
    assert (found["blocked"], found["passed"]) == (6, 9)
    assert (found["posts"], found["read"], found["complete"]) == (15, 15, True)
    assert {one["group"] for one in found["candidates"]} <= set(range(len(found["candidates"])))
    assert "wechat:sugar888" in {one["text"] for one in found["candidates"]}
    (gang,) = api.get("/v1/gangs?days=1").json["gangs"]
    assert (gang["authors"], gang["blocked"]) == (["u1", "u2"], 6)
    assert {"kind": "contact", "key": "wechat:sugar888", "authors": ["u1", "u2"]} in gang["joins"]
    assert api.get("/v1/radar?days=0").status_code == 422


def brought(api: Api, *words: str) -> int:
    """Import words into the list 糖; answers the import's id."""
    entries = [{"word": word, "level": "block", "clause": "3.6"} for word in words]
    number: int = api.ask("POST", "/v1/lexicons/糖/entries", {"entries": entries}).json["import"]
    return number


def test_what_an_import_had_decided_is_released(api: Api) -> None:
    made = brought(api, "龙须糖")
    kept(api, "卖龙须糖", "你好")
    problem(api.ask("POST", "/v1/sweeps", {"undone_import": made}), 422, "take it back first")
    api.ask("POST", f"/v1/lexicons/糖/imports/{made}/undo")
    seen = preview(api, {"undone_import": made, "why": "误伤"})
    assert (seen["kind"], seen["posts"], seen["planned"], seen["already"]) == ("release", 1, 1, 0)
    assert seen["changes"] == [{"before": "block", "after": "pass", "clause": "3.6", "posts": 1}]
    path = f"/v1/sweeps/{seen['id']}"
    assert api.ask("POST", f"{path}/apply").json["changed"] == 1
    assert api.get("/v1/posts/p0").json["verdict"]["suggestion"] == "pass"
    assert "内容放行记录" in api.get(f"{path}/receipt?format=text").text
    assert api.ask("POST", f"{path}/undo").json["restored"] == 1
    assert api.get("/v1/posts/p0").json["verdict"]["suggestion"] == "block"


def test_what_a_removed_word_had_decided_is_released(api: Api) -> None:
    brought(api, "龙须糖")
    kept(api, "卖龙须糖", "你好")
    removed = {"removed": {"list": "糖", "words": [{"word": "龙须糖"}]}}
    problem(api.ask("POST", "/v1/sweeps", removed), 422, "'龙须糖' is in force")
    (word,) = api.get("/v1/lexicons/糖/entries").json["entries"]
    api.ask("DELETE", f"/v1/lexicons/糖/entries/{word['id']}")
    assert preview(api, removed)["planned"] == 1
    both = {**removed, "undone_import": 1}
    problem(api.ask("POST", "/v1/sweeps", both), 422, "not both")
    problem(api.ask("POST", "/v1/sweeps", {"removed": {"list": "糖", "words": []}}), 422, "words")
    problem(api.ask("POST", "/v1/sweeps", {"undone_import": 99}), 422, "no import 99")
    problem(api.of("other").ask("POST", "/v1/sweeps", {"undone_import": 1}), 422, "no import 1")


def test_a_large_release_is_done_by_a_worker(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    made = brought(api, "龙须糖")
    kept(api, "卖龙须糖", "又卖龙须糖", "还卖龙须糖", "你好")
    api.ask("POST", f"/v1/lexicons/糖/imports/{made}/undo")
    monkeypatch.setattr(endpoint, "AT_ONCE", 2)
    answer = api.ask("POST", "/v1/sweeps", {"undone_import": made})
    assert (answer.status_code, answer.json["progress"]) == (202, {"done": 0, "total": 3})
    path = f"/v1/sweeps/{answer.json['id']}"
    for verb, state in (("", "preview"), ("apply", "applied"), ("undo", "undone")):
        if verb:
            assert api.ask("POST", f"{path}/{verb}").status_code == 202
        maintain(api)
        assert api.get(path).json["state"] == state


def maintain(api: Api) -> None:
    """What a worker does until nothing waits: some seconds of each, which a busy machine may spend on loading."""
    upkeep = Maintenance(
        api.parts.sessions, RecordingBell(), api.parts.sweeping, api.parts.emergency, api.parts.radar,
        api.parts.gangs, api.parts.rehearsals, api.clock,
    )  # fmt: skip
    for _ in range(5):
        upkeep.run()


def test_a_large_sweep_is_done_by_a_worker(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(api, "卖龙须糖", "又卖龙须糖", "还卖龙须糖")
    monkeypatch.setattr(endpoint, "AT_ONCE", 2)
    answer = api.ask("POST", "/v1/sweeps", WORDS)
    assert (answer.status_code, answer.json["state"], answer.json["progress"]) == (
        202, "counting", {"done": 0, "total": 3},
    )  # fmt: skip
    path = f"/v1/sweeps/{answer.json['id']}"
    problem(api.ask("POST", f"{path}/apply"), 409, "counting")
    maintain(api)
    assert (api.get(path).json["state"], api.get(path).json["planned"]) == ("preview", 3)
    for verb, now, then, key in (
        ("apply", "applying", "applied", "changed"),
        ("undo", "undoing", "undone", "restored"),
    ):
        answer = api.ask("POST", f"{path}/{verb}")
        assert (answer.status_code, answer.json["state"]) == (202, now)
        maintain(api)
        assert (api.get(path).json["state"], api.get(path).json[key]) == (then, 3)
    assert api.get(path).json["stalled"] is False


def test_emergency_words_from_adding_to_withdrawing(api: Api) -> None:
    kept(api, "卖龙须糖")
    added = api.ask("POST", "/v1/lexicons/emergency", {"words": [{"word": "龙须糖", "clause": "3.6"}]})
    assert added.status_code == 201, added.json
    assert added.json["words"][0]["level"] == "review"
    api.clock.forward(SECOND * 600)
    maintain(api)
    (word,) = api.get("/v1/lexicons/emergency").json["words"]
    assert (word["word"], word["state"], word["hits"]) == ("龙须糖", "holds", 0)
    assert word["before"] == {"days": 7, "posts": 1, "hits": 1, "decided": 0, "blocked": 0}
    again = api.ask("POST", "/v1/lexicons/emergency", {"words": [{"word": "龙须糖", "clause": "3.6"}]})
    problem(again, 409, "in force already: 龙须糖")
    assert again.json["words"][0]["since"] == word["since"]
    api.clock.now += 60_000_000
    longer = api.ask("POST", "/v1/lexicons/emergency/prolong", {"words": ["龙须糖"]})
    assert longer.json["words"][0]["until"] > word["until"]
    (word,) = api.get("/v1/lexicons/emergency").json["words"]
    assert [one["until"] for one in word["prolonged"]] == [word["until"]]
    confirmed = api.ask("POST", "/v1/lexicons/emergency/confirm", {"words": ["龙须糖"]})
    assert confirmed.json["words"][0]["until"] is None
    assert api.ask("POST", "/v1/lexicons/emergency/withdraw", {"words": ["龙须糖"]}).status_code == 200
    problem(api.ask("POST", "/v1/lexicons/emergency/confirm", {"words": ["龙须糖"]}), 422, "龙须糖")
    assert api.get("/v1/lexicons/emergency").json["words"][0]["state"] == "withdrawn"
    assert api.of("other").get("/v1/lexicons/emergency").json == {"words": []}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"words": []}, "words"),
        ({"words": [{"word": "糖", "clause": "99"}]}, "clause"),
        ({"words": [{"word": "糖", "clause": "3.1", "kind": "allow"}]}, "allow words"),
        ({"words": [{"word": "糖", "clause": "3.1"}], "hours": 200}, "hours"),
    ],
)
def test_emergency_words_that_cannot_be(api: Api, body: dict[str, Any], named: str) -> None:
    problem(api.ask("POST", "/v1/lexicons/emergency", body), 422, named)
    entry = {"entries": [{"word": "糖", "clause": "3.1", "level": "block"}]}
    problem(api.ask("POST", "/v1/lexicons/emergency/entries", entry), 422, "place of their own")
    assert api.get("/v1/lexicons/emergency").json == {"words": []}
