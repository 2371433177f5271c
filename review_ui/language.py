"""Which language a page speaks: Chinese is the source, English the translation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import request
from flask_babel import Babel, get_locale
from flask_login import current_user

if TYPE_CHECKING:
    from flask import Flask

LANGUAGES: Final = {"zh": "中文", "en": "English"}
COOKIE: Final = "language"


def install(app: Flask) -> None:
    """Let pages be translated."""
    Babel(app, locale_selector=chosen)


def chosen() -> str:
    """The cookie's language, else the user's, else what the browser prefers, else Chinese."""
    wish = request.cookies.get(COOKIE)
    if wish in LANGUAGES:
        return wish
    if current_user.is_authenticated and current_user.row.locale in LANGUAGES:
        return str(current_user.row.locale)
    return request.accept_languages.best_match(list(LANGUAGES), "zh") or "zh"


def is_chinese() -> bool:
    """Tell whether the page is in Chinese."""
    return str(get_locale()) == "zh"


def lang_attribute() -> str:
    """Value of the page's ``lang``."""
    return "zh-CN" if is_chinese() else "en"
