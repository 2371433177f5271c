"""Answers about posts: the description names every field of them, whatever wrote the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from moderation.domain.post import Overdue, PublishingMode, PublishingRule, Timeout
from moderation.domain.review import Decision, DecisionKind
from moderation.endpoints.answers import PostRecordModel, ReceiptModel
from moderation.publishing import Publishing
from moderation.services.intake import Intake
from moderation.services.scoring import MAX_ATTEMPTS
from moderation.services.timeouts import Timeouts
from moderation.store.tables import PostRow
from tests import pictures as drawn
from tests.behaving import a_board
from tests.factories import (
    AD_WORD,
    DOUBTFUL_WORD,
    MINUTE,
    SECOND,
    a_brand_row,
    a_post_body,
    a_submission,
    a_user,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.http_api import Api

VOTES = "帮我孩子投一票发红包2元,投完截图私我"


def an_advert(api: Api) -> None:
    a_brand_row(api.parts.sessions, api.community_id)
    api.post(a_post_body("p0", f"小米手机便宜出,{AD_WORD} abc12345"))
    api.score()


def a_decided(api: Api) -> None:
    api.post(a_post_body("p0", DOUBTFUL_WORD))
    api.score()
    (entry,) = api.parts.queues.queue(api.community_id).entries
    api.parts.reviewing.decide(
        api.community_id,
        entry.item.id,
        Decision(DecisionKind.BLOCK, "3.1"),
        moderator_id=a_user(api.parts.sessions, api.community_id).id,
        version=entry.item.version,
        now=api.clock(),
    )


def an_image(api: Api) -> None:
    code = drawn.coded("https://u.wechat.com/EAbc123")
    image = api.parts.pictures.keep(api.community_id, code).id
    api.post(a_post_body("p0", "周末一起爬山", images=[image]))
    api.score()


def a_failed(api: Api) -> None:
    api.post(a_post_body("p0"))
    with api.parts.sessions.write.begin() as session:
        session.execute(update(PostRow).values(attempts=MAX_ATTEMPTS))
    api.score()


def a_trade_of_votes(api: Api) -> None:
    board = a_board(api.parts.sessions, api.community_id)
    board.say(("u1", 0, VOTES))
    board.look()


def a_swept(api: Api) -> None:
    api.post(a_post_body("p0", "卖龙须糖"))
    api.score()
    api.clock.forward(SECOND)
    words = [{"word": "龙须糖", "clause": "3.6"}]
    seen = api.ask("POST", "/v1/sweeps", {"words": words, "why": "专项整治"}).json
    assert api.ask("POST", f"/v1/sweeps/{seen['id']}/apply").json["changed"] == 1


def a_sweep_undone(api: Api) -> None:
    a_swept(api)
    (sweep,) = api.get("/v1/sweeps").json["sweeps"]
    assert api.ask("POST", f"/v1/sweeps/{sweep['id']}/undo").json["restored"] == 1


def a_timed_out(api: Api) -> None:
    rule = PublishingRule(PublishingMode.PRE_MODERATION, "新手", timeout=Timeout(10, Overdue.SHOW))
    publishing = Publishing((rule,))
    intake = Intake(api.parts.sessions, api.parts.bell, publishing)
    intake.submit(api.community_id, [a_submission("p0", DOUBTFUL_WORD, group="新手")], now=api.clock())
    api.score()
    api.clock.forward(10 * MINUTE)
    assert Timeouts(api.parts.sessions, publishing, api.clock).settle() == 1


KINDS: dict[str, tuple[Callable[[Api], None], set[str]]] = {
    "an advert": (an_advert, {"verdict.hits[]", "verdict.contacts[].value", "verdict.mentions[].brand"}),
    "a decided post": (a_decided, {"decision.kind", "history[].kind"}),
    "an image": (an_image, {"verdict.images[].codes", "verdict.hits[].image", "verdict.contacts[].image"}),
    "a post that failed": (a_failed, {"verdict.reason"}),
    "behaviour": (a_trade_of_votes, {"verdict.behaviour[].reason"}),
    "a sweep": (a_swept, {"verdict.sweep", "history[].sweep"}),
    "a sweep undone": (a_sweep_undone, {"history[].undone"}),
    "a time-out": (a_timed_out, {"verdict.timeout"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_an_answer_is_described(api: Api, kind: str) -> None:
    make, wanted = KINDS[kind]
    make(api)
    answer = api.get("/v1/posts/p0").json
    spec = api.get("/openapi.json").json
    described = spec["paths"]["/v1/posts/{data_id}"]["get"]["responses"]["200"]
    schema = described["content"]["application/json"]["schema"]
    said = fields(answer)
    assert wanted <= said, "the case is of its kind"
    assert not unknown(answer, schema, spec["components"]["schemas"])
    PostRecordModel.model_validate(answer)


def test_a_field_that_the_schema_lacks_is_noticed() -> None:
    schema = PostRecordModel.model_json_schema()
    assert unknown({"verdict": {"news": 1, "hits": [{"more": 1}]}}, schema, schema["$defs"]) == {
        "verdict.news",
        "verdict.hits[].more",
    }


def test_a_receipt_is_described(api: Api) -> None:
    answer = api.post(a_post_body("p0")).json
    assert set(answer) == set(ReceiptModel.model_fields)


def fields(value: Any, at: str = "") -> set[str]:
    """Paths of all fields of an answer; `[]` stands for any place in a list."""
    if isinstance(value, dict):
        inner = [fields(one, f"{at}.{name}".lstrip(".")) for name, one in value.items()]
    elif isinstance(value, list):
        inner = [fields(one, f"{at}[]") for one in value]
    else:
        inner = []
    return {at}.union(*inner)


def unknown(value: Any, schema: dict[str, Any], schemas: dict[str, Any], at: str = "") -> set[str]:
    """Paths of the fields of an answer that its schema does not name."""
    schema = of(value, schema, schemas)
    if isinstance(value, list):
        return set().union(*(unknown(one, schema["items"], schemas, f"{at}[]") for one in value))
    if not isinstance(value, dict) or schema.get("additionalProperties"):
        return set()
    named = schema.get("properties", {})
    paths = {name: f"{at}.{name}".lstrip(".") for name in value}
    return {paths[name] for name in value if name not in named}.union(
        *(unknown(one, named[name], schemas, paths[name]) for name, one in value.items() if name in named)
    )


def of(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema itself: references followed, of alternatives the one that an object may be."""
    if value is not None:
        schema = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
    reference = schema.get("$ref", "").rpartition("/")[2]
    return schemas[reference] if reference else schema
