"""What pages that decide a group together share: the form that is sent, and until when it can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import request
from flask_babel import gettext

from moderation.domain.convention import clause_exists
from moderation.domain.review import UNDO_WINDOW, Decision, DecisionKind
from moderation.groups import MOST_POSTS
from review_ui.context import now, user
from review_ui.toasts import Toast

if TYPE_CHECKING:
    from moderation.services.together import GroupOutcome

MOST_NOTE: Final = 500
_DIGITS: Final = 16


def seen_items() -> list[tuple[int, int]]:
    """Items that were ticked, with the version that was on the page."""
    return [found for found in map(_item, request.form.getlist("item")[:MOST_POSTS]) if found]


def said() -> Decision | str:
    """The decision that the form asks for (a block where it names none), or what is missing."""
    kind = DecisionKind.PASS if request.form.get("kind") == DecisionKind.PASS.value else DecisionKind.BLOCK
    clause = request.form.get("clause", "")
    if kind is DecisionKind.BLOCK and not clause_exists(clause):
        return str(gettext("拦截需要选择一个条款。"))
    if not seen_items():
        return str(gettext("没有勾选任何一条。"))
    note = request.form.get("note", "").strip()[:MOST_NOTE]
    return Decision(kind, clause if kind is DecisionKind.BLOCK else "", note)


def undo_until(outcome: GroupOutcome) -> int | None:
    """Until when the user can take a group's decisions back, UTC microseconds, or None."""
    until = outcome.row.created_at + UNDO_WINDOW
    return until if outcome.row.moderator_id == user().id and outcome.standing and now() <= until else None


def undone(back: int, kept: int) -> Toast:
    """What to say after a group was taken back."""
    if kept:
        said = gettext(
            "%(n)s 条已撤销，%(k)s 条没有：已过 10 分钟、不是您决定的，或之后又有变化。", n=back, k=kept
        )
        return Toast(said, "warn")
    return Toast(gettext("已撤销 %(n)s 条，都回到队列。", n=back))


def _item(text: str) -> tuple[int, int] | None:
    """``id:version`` of an item as it was seen."""
    item_id, _, version = text.partition(":")
    fits = all(one.isascii() and one.isdigit() and len(one) < _DIGITS for one in (item_id, version))
    return (int(item_id), int(version)) if fits else None
