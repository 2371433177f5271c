"""Requests made up from the OpenAPI description, right and wrong ones: none may end in an internal error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from flask_openapi3.openapi import OpenAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core import NotSet

from moderation.endpoints.brands import brands
from moderation.endpoints.lexicons import lexicons
from moderation.endpoints.policies import policies
from moderation.endpoints.posts import posts
from moderation.endpoints.sweeps import sweeps

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.http_api import Api


def operations() -> list[tuple[str, str, GenerationMode]]:
    """Method and path of every operation that needs a key; wrong requests only where something can be wrong."""
    app = OpenAPI("only to look")
    for blueprint in (posts, brands, policies, lexicons, sweeps):
        app.register_api(blueprint)
    return [
        (method, path, mode)
        for path, methods in app.api_doc["paths"].items()
        for method, operation in methods.items()
        for mode in GenerationMode
        if mode is GenerationMode.POSITIVE or {"parameters", "requestBody"} & set(operation)
    ]


def send(api: Api, case: Case[Any]) -> TestResponse:
    path = case.path
    for name, value in (case.path_parameters or {}).items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe="", errors="replace"))
    query = urlencode(case.query or {}, doseq=True, errors="replace")
    body = _bytes(case.body)
    content_type = "application/json" if body is not None else None
    answer: TestResponse = api.ask(
        case.method, f"{path}?{query}" if query else path, data=body, content_type=content_type
    )
    return answer


def _bytes(body: Any) -> bytes | None:
    if isinstance(body, NotSet):
        return None
    return body if isinstance(body, bytes) else json.dumps(body, default=str).encode()


@pytest.mark.parametrize(("method", "path", "mode"), operations())
def test_no_request_ends_in_an_internal_error(
    api: Api,
    method: str,
    path: str,
    mode: GenerationMode,
) -> None:
    description = schemathesis.openapi.from_dict(api.get("/openapi.json").json)
    operation = description[path][method.upper()]

    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(operation.as_strategy(generation_mode=mode))
    def check(case: Case[Any]) -> None:
        answer = send(api, case)
        assert answer.status_code < 500, answer.get_data(as_text=True)
        if answer.status_code >= 400:
            assert answer.mimetype == "application/problem+json", answer.data
            assert answer.json
            assert answer.json["request_id"]

    check()
