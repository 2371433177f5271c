"""The log-in: Flask-Security over our own users, and the limits of a session.

Flask-Security speaks to a store of its own making; ours answers from :class:`moderation.services.users.Users`,
so no second database session exists and no view commits behind a service's back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Flask, current_app, request, session
from flask_login import current_user
from flask_security import LoginForm, RoleMixin, Security, UserDatastore, UserMixin
from flask_security.signals import user_authenticated
from flask_security.utils import logout_user, validate_redirect_url
from wtforms import EmailField, Field, PasswordField
from wtforms.validators import DataRequired, Length

from moderation.services.users import Role
from review_ui.configuration import IDLE_LIMIT, SESSION_LIMIT
from review_ui.context import now, parts, wants_fragment

if TYPE_CHECKING:
    from moderation.store.tables import UserRow
    from moderation.wiring.web import WebParts

_MICROS: Final = 1_000_000
_IDLE: Final = int(IDLE_LIMIT.total_seconds()) * _MICROS
_WHOLE: Final = int(SESSION_LIMIT.total_seconds()) * _MICROS
_NOTE_EVERY: Final = 60 * _MICROS
"""A session's last use is noted at most this often, so that few answers set a cookie."""

SILENT_ENDPOINTS: Final = frozenset({"desk.counts"})
"""What a page's script asks by itself: no sign that somebody is there."""

POLLING_ELEMENTS: Final = frozenset({"gangs", "radar", "rehearsal", "sweep", "tried"})
"""Ids of the fragments that htmx fetches again until they are done: no sign of somebody either.

Their addresses are those of pages that people visit, so what counts is who asks: htmx sends the id along.
"""


class DeskRole(RoleMixin):
    """A role as Flask-Security sees it."""

    def __init__(self, name: str) -> None:
        """Name it."""
        self.name = name


class DeskUser(UserMixin):
    """A user as Flask-Security sees it: the row under the names it expects."""

    fs_uniquifier: str = ""  # on the class too: Flask-Security looks for it there

    def __init__(self, row: UserRow) -> None:
        """Stand for a row."""
        self.row = row
        self.id = row.id
        self.email = row.email
        self.active = row.active
        self.password = row.password_hash
        self.fs_uniquifier = row.session_id
        self.roles = [DeskRole(row.role)]

    @property
    def role(self) -> Role:
        """What the user may do."""
        return Role(self.row.role)


class DeskUsers(UserDatastore):
    """Answers Flask-Security's questions about users."""

    def __init__(self, parts: WebParts) -> None:
        """Ask our services."""
        super().__init__(DeskUser, DeskRole)
        self._users = parts.users

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> DeskUser | None:  # noqa: ARG002, FBT001, FBT002
        """A user by ``email`` (always compared in lower case) or ``fs_uniquifier``."""
        if "email" in wanted:
            row = self._users.by_email(wanted["email"])
        else:
            row = self._users.by_session(wanted["fs_uniquifier"])
        return DeskUser(row) if row else None

    def find_role(self, role: str) -> DeskRole:
        """The role of a name."""
        return DeskRole(Role(role).value)

    def put(self, model: DeskUser) -> DeskUser:
        """Keep what Flask-Security changes: a password that it hashed anew with newer parameters."""
        self._users.keep_hash(model.id, model.password or "")
        return model

    def commit(self) -> None:
        """Nothing waits: ``put`` keeps at once."""


class DeskLoginForm(LoginForm):
    """E-mail and password.  The address is looked up as it is: internal ones (admin@localhost) are fine."""

    email = EmailField(validators=[DataRequired(), Length(max=254)])
    password = PasswordField(validators=[DataRequired(), Length(max=1000)])
    remember = None  # type: ignore[assignment]  # WTForms leaves the field out

    def validate_next(self, field: Field) -> None:
        """Forget an address outside: the log-in then leads to the first page."""
        if field.data and not validate_redirect_url(field.data):
            field.data = ""

    def validate(self, **_extra: Any) -> bool:
        """Look up and check."""
        self.email.data = (self.email.data or "").strip()
        self.ifield = self.email
        self.user = _datastore().find_user(email=self.email.data)
        return bool(super().validate())


def install(app: Flask, parts: WebParts) -> None:
    """Give the app its log-in."""
    security = Security(app, DeskUsers(parts), login_form=DeskLoginForm)
    app.extensions["desk.security"] = security
    app.before_request(_end_old_session)
    user_authenticated.connect(_begin_session, app)
    log_out: Any = app.view_functions["security.logout"]

    def log_out_everywhere() -> Any:
        """End the session on the server too: the id that the cookie names is replaced."""
        if current_user.is_authenticated:
            parts.users.end_sessions(current_user.id)
        return log_out()

    app.view_functions["security.logout"] = log_out_everywhere


def _datastore() -> DeskUsers:
    found: DeskUsers = current_app.extensions["desk.security"].datastore
    return found


def _begin_session(_app: Flask, user: DeskUser, **_extra: Any) -> None:
    """A log-in starts clean: nothing that stood in the cookie before survives but who it is."""
    kept = {
        name: session[name] for name in ("_user_id", "_fresh", "_id", "fs_cc", "fs_paa") if name in session
    }
    session.clear()
    session.update(kept)
    session.permanent = True
    session["begun"] = session["seen"] = now()
    parts().users.note_login(user.id)


def _end_old_session() -> None:
    if "_user_id" not in session or request.endpoint == "static":
        return
    present = now()
    begun, seen = session.get("begun", 0), session.get("seen", 0)
    if present - begun > _WHOLE or present - seen > _IDLE:
        logout_user()
        session.clear()
    elif present - seen > _NOTE_EVERY and not _asked_by_itself():
        session["seen"] = present


def _asked_by_itself() -> bool:
    """Whether a page asks, and not somebody who looks at it."""
    polling = wants_fragment() and request.headers.get("HX-Trigger") in POLLING_ELEMENTS
    return polling or request.endpoint in SILENT_ENDPOINTS
