"""Language and colours, remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for
from flask_login import current_user
from flask_security.utils import validate_redirect_url

from review_ui.context import parts
from review_ui.language import COOKIE, LANGUAGES

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("preferences", __name__)

_YEAR: Final = 365 * 86_400
_THEMES: Final = {"auto", "light", "dark"}


@pages.post("/preferences")
def save() -> Response:
    """Remember what was chosen, in a cookie and with the user, and go back."""
    back = request.form.get("back", "")
    response = redirect(back if validate_redirect_url(back) else url_for("desk.home"), 303)
    language, theme = request.form.get("language", ""), request.form.get("theme", "")
    secure = parts().settings.secure_cookies
    if language in LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=_YEAR, samesite="Lax", httponly=True, secure=secure)
        if current_user.is_authenticated:
            parts().users.set_locale(current_user.id, language)
    if theme in _THEMES:
        response.set_cookie("theme", theme, max_age=_YEAR, samesite="Lax", httponly=True, secure=secure)
    return response
