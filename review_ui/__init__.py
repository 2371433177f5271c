"""The private web app: the moderation desk and the brand pages.

``views/`` holds the pages, ``marks`` puts evidence into text, ``accounts`` is the log-in, ``guard`` decides who
may see what.  Pages work without JavaScript; ``static/`` makes them quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from review_ui import accounts, bodies, failures, guard, headers, language, limits, rendering, writable
from review_ui.configuration import configuration
from review_ui.context import PARTS
from review_ui.views import (
    brands,
    desk,
    dossiers,
    drafts,
    emergencies,
    findings,
    gangs,
    guidance,
    images,
    imports,
    items,
    lexicons,
    policies,
    posts,
    preferences,
    radar,
    releases,
    sweeps,
    tries,
    versions,
)

if TYPE_CHECKING:
    from moderation.wiring.web import WebParts

__all__ = ["create_app"]


def create_app(parts: WebParts) -> Flask:
    """Make the app out of its parts."""
    app = Flask(__name__)
    app.config.from_mapping(configuration(parts))
    app.extensions[PARTS] = parts
    language.install(app)
    accounts.install(app, parts)  # before the guard: a session that has ended must not pass it
    bodies.install(app)
    guard.install(app)
    writable.install(app)
    limits.install(app, parts)
    headers.install(app)
    rendering.install(app)
    failures.install(app)
    for pages in (
        desk,
        items,
        images,
        posts,
        tries,
        brands,
        dossiers,
        preferences,
        policies,
        versions,
        drafts,
        lexicons,
        imports,
        releases,
        sweeps,
        emergencies,
        radar,
        gangs,
        findings,
        guidance,
    ):
        app.register_blueprint(pages.pages)
    return app
