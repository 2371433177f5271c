"""Limits of request bodies that are larger than the desk's own, for those who may send them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import request

from review_ui import guard

if TYPE_CHECKING:
    from flask import Flask

MAX_TABLE: Final = 5 * 1024 * 1024
"""Bytes of a table of words."""

MOST_DRAINED: Final = 50 * 1024 * 1024
_AROUND: Final = 64 * 1024
_LARGER: Final = {"imports.import_table": MAX_TABLE + _AROUND}


def install(app: Flask) -> None:
    """Raise the limit where a view takes more; before the guard, which reads the form."""
    app.before_request(_raise)


def _raise() -> None:
    larger = _LARGER.get(request.endpoint or "")
    if larger and guard.may(guard.EDITORS):
        request.max_content_length = request.max_form_memory_size = larger


def drain() -> None:
    """Read what is left of a body that was refused: a browser shows an answer only once all was sent."""
    left = min(request.content_length or 0, MOST_DRAINED)
    stream = request.environ["wsgi.input"]
    while left > 0 and (piece := stream.read(min(left, 64 * 1024))):
        left -= len(piece)
