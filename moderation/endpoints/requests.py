"""What every endpoint needs of a request: its JSON, its caller, its parts."""

from __future__ import annotations

import functools
import json
import math
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from flask import current_app, g, request
from pydantic import BaseModel, TypeAdapter
from werkzeug.exceptions import RequestEntityTooLarge

from moderation.endpoints.problems import MAX_BODY, MissingKeyError, MissingScopeError, ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable

    from moderation.services.access import Caller, Scope
    from moderation.wiring.web import WebParts

P = ParamSpec("P")
R = TypeVar("R")

MAX_DEPTH: Final = 64
"""Deepest nesting of a body; what is far deeper would exhaust the stack of whoever walks it."""

PARTS: Final = "moderation.parts"


def parts() -> WebParts:
    """The parts that the app was made with."""
    found: WebParts = current_app.extensions[PARTS]
    return found


def caller() -> Caller:
    """Who sent the request."""
    found: Caller = g.caller
    return found


def needs(scope: Scope) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only keys with a scope through."""

    def wrap(view: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            g.caller = _authenticate()
            if not g.caller.may(scope):
                message = f"this key lacks the scope {scope.value}"
                raise MissingScopeError(message)
            return view(*args, **kwargs)

        return guarded

    return wrap


def _authenticate() -> Caller:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        message = "send the header «Authorization: Bearer <key>»"
        raise MissingKeyError(message)
    return parts().keys.check(secret.strip())


def read_json() -> Any:
    """The request's JSON body.

    Raises:
        ProblemError: the body is no JSON (400), or holds NUL or half a surrogate pair (422).
    """
    if request.content_encoding not in (None, "", "identity"):
        raise ProblemError(415, "Compressed body", "send the body uncompressed")
    raw = _body()
    try:
        # Decoded here: json.loads guesses UTF-16, and lets half a surrogate pair in UTF-8 pass.
        body = json.loads(raw.decode(), parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise ProblemError(400, "Malformed JSON", f"the body is not valid JSON: {error}") from error
    _refuse_unwritable(body)
    return body


def _body() -> bytes:
    """The bytes of the body; one that came in chunks is cut at the limit without a word, which is an error here."""
    raw = request.get_data(cache=False)
    if request.content_length is None and len(raw) >= MAX_BODY:
        raise RequestEntityTooLarge
    return raw


def read_bytes() -> bytes:
    """The request's body as it is."""
    return _body()


def read_text() -> str:
    """The request's body as UTF-8 text.

    Raises:
        ProblemError: the body is not UTF-8 (400), or holds NUL (422).
    """
    try:
        text = _body().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemError(400, "Not UTF-8", f"the body is not UTF-8 text: {error}") from error
    _refuse_unwritable(text)
    return text


def _refuse_constant(name: str) -> None:
    message = f"{name} is not JSON"
    raise ValueError(message)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        message = f"{digits[:20]} is too large a number"
        raise ValueError(message)
    return number


def _refuse_unwritable(body: Any, pointer: str = "", depth: int = 0) -> None:
    """Refuse what a JSON parser lets pass, and what makes PostgreSQL, OpenCC or a later parser fail."""
    if depth > MAX_DEPTH:
        detail = f"the body is nested more than {MAX_DEPTH} levels deep"
        raise ProblemError(422, "Nested too deeply", detail)
    if isinstance(body, str):
        if "\x00" in body or not _has_utf8(body):
            detail = f"{pointer or '/'}: holds NUL or half of a surrogate pair"
            raise ProblemError(422, "Unwritable character", detail, pointer=pointer)
    elif isinstance(body, dict):
        for key, value in body.items():
            _refuse_unwritable(key, pointer)
            _refuse_unwritable(value, f"{pointer}/{key}", depth + 1)
    elif isinstance(body, list):
        for index, value in enumerate(body):
            _refuse_unwritable(value, f"{pointer}/{index}", depth + 1)


def _has_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


_documented: dict[str, type[BaseModel]] = {}


def json_body(model: type[BaseModel], description: str = "") -> dict[str, Any]:
    """OpenAPI's description of a request body that the endpoint parses itself."""
    _documented[model.__name__] = model
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {
        "requestBody": {
            "required": True,
            "description": description,
            "content": {"application/json": {"schema": reference}},
        }
    }


def documented_schemas() -> dict[str, Any]:
    """JSON schemas of every model named in :func:`json_body`, and of what they refer to."""
    schemas: dict[str, Any] = {}
    for name, model in _documented.items():
        schema = TypeAdapter(model).json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[name] = schema
    return schemas
