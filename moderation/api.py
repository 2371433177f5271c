"""The HTTP API: mounts the endpoints, maps errors, serves its OpenAPI description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from moderation import __version__
from moderation.endpoints.backtests import backtests
from moderation.endpoints.brands import brands
from moderation.endpoints.description import describe
from moderation.endpoints.docs import docs
from moderation.endpoints.emergency import emergency
from moderation.endpoints.health import health
from moderation.endpoints.images import images
from moderation.endpoints.imports import imports
from moderation.endpoints.lexicons import lexicons
from moderation.endpoints.policies import policies
from moderation.endpoints.policy_problems import map_policy_errors
from moderation.endpoints.posts import posts
from moderation.endpoints.problems import MAX_BODY, from_validation, map_errors, problem, request_id
from moderation.endpoints.requests import PARTS, documented_schemas
from moderation.endpoints.sweeps import sweeps
from moderation.endpoints.watching import watching

if TYPE_CHECKING:
    from flask import Flask, Response
    from pydantic import ValidationError

    from moderation.wiring.web import WebParts


def create_app(parts: WebParts) -> Flask:
    """Make the API over its parts."""
    app = OpenAPI(
        "moderation.api",
        info=Info(
            title="Moderation", version=__version__, description="社区内容审核与品牌聆听 / Moderation API"
        ),
        security_schemes={"key": {"type": "http", "scheme": "bearer"}},
        validation_error_callback=_on_invalid,
        doc_ui=False,
    )
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it, its base class not
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Chinese that people can read in a terminal
    app.extensions[PARTS] = parts
    for blueprint in (
        posts,
        images,
        brands,
        policies,
        backtests,
        lexicons,
        imports,
        emergency,
        sweeps,
        watching,
        health,
        docs,
    ):
        app.register_api(blueprint)
    app.components_schemas.update(documented_schemas())
    app.add_url_rule("/openapi.json", view_func=lambda: describe(app.api_doc), endpoint="openapi")
    map_errors(app)
    map_policy_errors(app)
    app.after_request(_finish)
    return app


def _on_invalid(error: ValidationError) -> Response:
    return problem(**from_validation(error))


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Cache-Control", "no-store")
    return response
