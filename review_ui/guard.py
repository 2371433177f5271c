"""Who may see what.  A view says so itself; one that says nothing is closed to everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from moderation.services.users import Role
from review_ui.context import user, wants_fragment

View = TypeVar("View", bound=Callable[..., Any])

REVIEWERS: Final = frozenset({Role.MODERATOR, Role.SENIOR, Role.ADMIN})
"""Who decides about posts."""

READERS: Final = REVIEWERS | {Role.AUDITOR}
"""Who sees posts and their evidence."""

EVERYBODY: Final = frozenset(Role)
ADMINS: Final = frozenset({Role.ADMIN})
EDITORS: Final = frozenset({Role.SENIOR, Role.ADMIN})
"""Who changes the policy and the community's words."""

_PUBLIC: Final = frozenset({"static", "security.login", "security.logout", "preferences.save"})
_ROLES: Final = "seen_by"


def seen_by(roles: frozenset[Role]) -> Callable[[View], View]:
    """Open a view to some roles."""

    def mark(view: View) -> View:
        setattr(view, _ROLES, roles)
        return view

    return mark


def may(roles: frozenset[Role]) -> bool:
    """Tell whether the user has one of the roles."""
    return current_user.is_authenticated and user().role in roles


def install(app: Flask) -> None:
    """Guard every request."""
    CSRFProtect(app)
    app.before_request(_guard)


def _guard() -> Response | None:
    if request.endpoint is None or request.endpoint in _PUBLIC:
        return None
    if not current_user.is_authenticated:
        return _to_login()
    roles: frozenset[Role] = getattr(current_app.view_functions[request.endpoint], _ROLES, frozenset())
    if not may(roles):
        abort(403)
    return None


def _to_login() -> Response:
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    if wants_fragment():
        response = Response(status=401)
        response.headers["HX-Redirect"] = url_for("security.login")
        return response
    return redirect(url_for("security.login", next=None if back in {None, "/"} else back))
