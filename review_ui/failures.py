"""Errors as pages: each says what happened and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from flask import Flask, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from moderation.domain.review import UnknownItemError
from moderation.services.brand_statistics import UnknownBrandError
from review_ui.context import wants_fragment

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

log = structlog.get_logger(__name__)

Answer = tuple[str, int]


def install(app: Flask) -> None:
    """Map errors to pages, once."""
    app.register_error_handler(UnknownItemError, lambda _: answer(404))
    app.register_error_handler(UnknownBrandError, lambda _: answer(404))
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _unexpected)


def answer(status: int, text: str = "") -> Answer:
    """The page of a status."""
    template = "parts/failure.html" if wants_fragment() else "failure.html"
    return render_template(template, status=status, text=text or _text(status)), status


def _text(status: int) -> str:
    texts = {
        403: gettext("您的角色看不到这一页。需要的话，请联系管理员。"),
        404: gettext("这里没有内容：可能已撤回，或不属于您的社区。"),
        405: gettext("这个地址不接受这种请求。"),
        413: gettext("内容太长了。"),
        429: gettext("尝试次数太多，请稍后再试。"),
        503: gettext("数据库暂时不可用，请稍后重试；您没有丢失任何已保存的决定。"),
    }
    return str(texts.get(status, gettext("出错了，已记录。请重试。")))


def _of_http(error: HTTPException) -> Answer | Response:
    if error.code is None or error.code < 400:  # noqa: PLR2004 - a redirect is no failure
        return error.get_response()
    return answer(error.code)


def _forged(_error: CSRFError) -> Answer:
    return answer(400, gettext("页面已过期，请刷新后再试。"))


def _database_away(error: OperationalError) -> Answer:
    log.warning("desk.database_away", error=type(error.orig).__name__)
    return answer(503)


def _unexpected(error: Exception) -> Answer:
    log.error("desk.failed", path=request.path, exc_info=error)
    return answer(500)
