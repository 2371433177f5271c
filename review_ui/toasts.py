"""Short notices at the edge of the page: shown with this answer, or kept for the page that a redirect leads to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from flask import session

_KEPT: Final = "toast"


@dataclass(frozen=True, slots=True)
class Toast:
    """A notice.  ``tone`` is done or warn; ``undo`` offers to take the decision back, ``next_url`` to go on."""

    text: str
    tone: str = "done"
    undo: bool = False
    next_url: str | None = None


def keep_toast(toast: Toast) -> None:
    """Keep a notice for the next page."""
    session[_KEPT] = asdict(toast)


def kept_toast() -> Toast | None:
    """The notice kept for this page, once."""
    found: dict[str, Any] | None = session.pop(_KEPT, None)
    return Toast(**found) if found else None
