"""Refuses what no database keeps, NUL, in any form that is sent: never dropped without a word.

In an address it is nonsense, and nonsense there falls back to the default: see :mod:`review_ui.queries`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import request
from flask_babel import gettext

from review_ui import failures

if TYPE_CHECKING:
    from flask import Flask

    from review_ui.failures import Answer

NUL: Final = "\x00"
_SAID_THERE: Final = frozenset({"tries.submit", "imports.import_table"})
"""Views that say it themselves, beside the field or with the line."""


def install(app: Flask) -> None:
    """Look at every form that the guard let through."""
    app.before_request(_refuse)


def _refuse() -> Answer | None:
    if any(isinstance(one, str) and NUL in one for one in (request.view_args or {}).values()):
        return failures.answer(404)
    if request.endpoint in _SAID_THERE:
        return None
    for name, values in request.form.lists():
        if NUL in name or any(NUL in one for one in values):
            said = gettext(
                "字段 %(field)s 里有无法保存的字符（NUL，U+0000），什么也没有保存。请后退，删掉它再提交。",
                field=name.replace(NUL, "␀"),
            )
            return failures.answer(422, str(said))
    return None
