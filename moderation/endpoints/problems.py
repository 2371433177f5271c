"""Errors as RFC 9457 problem details, with a ``request_id`` to quote to the operator."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

import structlog
from flask import Response, g, json
from pydantic import ValidationError
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, NotFound, RequestEntityTooLarge

from moderation.domain.failures import UserError
from moderation.services.access import AccessError, RevokedKeyError, UnknownKeyError
from moderation.services.brand_statistics import UnknownBrandError
from moderation.services.intake import UnknownPostError
from moderation.services.word_imports import ImportUndoneError, UnknownImportError
from moderation.services.wordlists import UnknownEntryError
from moderation.text.entries import EntryError

if TYPE_CHECKING:
    from flask import Flask

log = structlog.get_logger(__name__)

RETRY_AFTER_SECONDS: Final = 5
MAX_BODY: Final = 10 * 1024 * 1024
"""Largest request body in bytes."""


class ProblemError(Exception):
    """A request that cannot be served, and why."""

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        """Describe the problem; ``more`` are extra members (``pointer`` names the field)."""
        super().__init__(detail)
        self.status, self.title, self.detail, self.more = status, title, detail, more


class MissingScopeError(AccessError):
    """The key may not do this."""


class MissingKeyError(AccessError):
    """No key was sent."""


def request_id() -> str:
    """Id of the request in hand, made when first asked for."""
    if "request_id" not in g:
        g.request_id = f"req_{secrets.token_hex(8)}"
    return str(g.request_id)


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """Render a problem."""
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        **more,
        "request_id": request_id(),
    }
    response = Response(json.dumps(body), status=status, mimetype="application/problem+json")
    if status in (429, 503):
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if status == 401:  # noqa: PLR2004 - Unauthorized
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def from_validation(error: ValidationError) -> dict[str, Any]:
    """The first validation error as status, title, detail and pointer; a text that is too long is 413."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    pointer = "/" + "/".join(str(part) for part in first["loc"])
    too_long = first["type"] == "string_too_long" and first["loc"][-1:] in (("text",), ("title",))
    return {
        "status": 413 if too_long else 422,
        "title": "Text too long" if too_long else "Invalid request",
        "detail": f"{pointer}: {_said(first)}",
        "pointer": pointer,
    }


def _said(error: Any) -> str:
    """What is wrong, in words for whoever wrote the body."""
    if error["type"] == "extra_forbidden":
        return "there is no such field here; see /docs"
    if error["type"] == "missing":
        return "this field is needed"
    return str(error["msg"]).removeprefix("Value error, ")


_ACCESS: Final[dict[type[AccessError], tuple[int, str]]] = {
    MissingKeyError: (401, "API key needed"),
    UnknownKeyError: (401, "Unknown API key"),
    RevokedKeyError: (401, "Revoked API key"),
    MissingScopeError: (403, "Scope needed"),
}


def _on_access(error: AccessError) -> Response:
    status, title = _ACCESS.get(type(error), (403, "Not allowed"))
    return problem(status, title, str(error))


def _on_problem(error: ProblemError) -> Response:
    return problem(error.status, error.title, error.detail, **error.more)


def _on_too_large(_error: RequestEntityTooLarge) -> Response:
    return problem(
        413, "Body too large", f"a body has at most {MAX_BODY // 1024 // 1024} MB: send less at once"
    )


def _on_http(error: HTTPException) -> Response:
    if isinstance(error, NotFound):
        return problem(404, "Not found", "there is nothing at this address; see /docs")
    return problem(error.code or 500, error.name, error.description or error.name)


def _on_validation(error: ValidationError) -> Response:
    return problem(**from_validation(error))


def _on_database(error: DBAPIError) -> Response:
    log.error("database.failed", request_id=request_id(), error=str(error.orig)[:300])
    return problem(
        503, "Database unavailable", "The database did not answer. Nothing was kept: send it again."
    )


def _on_redis(error: RedisError) -> Response:
    log.error("redis.failed", request_id=request_id(), error=str(error)[:300])
    return problem(503, "Queue unavailable", "The queue did not answer. Send it again.")


def _on_user(error: UserError) -> Response:
    return problem(422, "Invalid content", str(error))


def _on_entry(error: EntryError) -> Response:
    return problem(422, "Invalid content", str(error), line=error.line, field=error.field)


def _on_undone(error: ImportUndoneError) -> Response:
    return problem(409, "Taken back before", str(error))


def _on_missing(error: LookupError) -> Response:
    return problem(404, "Not found", str(error))


def _on_anything(error: Exception) -> Response:
    log.error("request.failed", request_id=request_id(), exc_info=error)
    return problem(
        500, "Internal error", "Something failed on our side. Quote the request_id to the operator."
    )


def map_errors(app: Flask) -> None:
    """Map every named error once."""
    app.register_error_handler(AccessError, _on_access)
    app.register_error_handler(ProblemError, _on_problem)
    app.register_error_handler(ValidationError, _on_validation)
    app.register_error_handler(UnknownPostError, _on_missing)
    app.register_error_handler(UnknownBrandError, _on_missing)
    app.register_error_handler(UnknownEntryError, _on_missing)
    app.register_error_handler(UnknownImportError, _on_missing)
    app.register_error_handler(ImportUndoneError, _on_undone)
    app.register_error_handler(UserError, _on_user)
    app.register_error_handler(EntryError, _on_entry)
    app.register_error_handler(OperationalError, _on_database)
    app.register_error_handler(DBAPIError, _on_database)
    app.register_error_handler(RedisError, _on_redis)
    app.register_error_handler(RequestEntityTooLarge, _on_too_large)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, _on_anything)
