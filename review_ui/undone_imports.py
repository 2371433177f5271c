"""What taking an import of words back did, in the page's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext

if TYPE_CHECKING:
    from moderation.store.tables import LexiconImportRow


def undone(row: LexiconImportRow) -> str:
    """What taking an import back did."""
    said = gettext(
        "已整批撤销：删除 %(n)s 个词，恢复 %(m)s 个。", n=row.undone["removed"], m=row.undone["put_back"]
    )
    if row.undone["left"]:
        said += gettext("%(n)s 个后来改过或删了，保持现状。", n=row.undone["left"])
    return str(said) + _resting(row.undone.get("resting"))


def _resting(found: dict[str, Any] | None) -> str:
    """How many posts still rest on the words of an import; nothing of imports taken back before that was counted."""
    if not found:
        return ""
    block, review = found["block"], found["review"]
    if not block and not review and found["complete"]:
        return str(gettext("没有帖子还因这批词被拦截或待审。"))
    said = (
        gettext(
            "还有 %(b)s 条被拦截、%(r)s 条待审的帖子引用了这批词：保持现状，不会自动放行。", b=block, r=review
        )
        if found["complete"]
        else gettext(
            "至少还有 %(b)s 条被拦截、%(r)s 条待审的帖子引用了这批词：保持现状，不会自动放行。",
            b=block,
            r=review,
        )
    )
    return str(said)
