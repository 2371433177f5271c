"""What the desk shows of a post's images: the picture where it was kept, and what was read in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from review_ui.context import community, parts

if TYPE_CHECKING:
    from moderation.store.tables import ImageRow, PostRow, VerdictRow

_IMAGE = "image "


@dataclass(frozen=True, slots=True)
class ShownImage:
    """One image: its number among the post's, where it was kept, and what was read."""

    number: int
    name: str
    row: ImageRow | None
    codes: tuple[str, ...] = ()
    text: str = ""
    reason: str = ""


def images_of(post: PostRow, verdict: VerdictRow | None) -> list[ShownImage]:
    """The images of a post in their order; asks the database only where there are any."""
    if not post.images:
        return []
    rows = parts().pictures.shown(community(), post.images)
    body = verdict.body if verdict and verdict.revision == post.revision else {}
    read = {one["image"]: one for one in body.get("images") or ()}
    reasons = dict(
        one.removeprefix(_IMAGE).split(": ", 1)
        for one in body.get("unchecked") or ()
        if one.startswith(_IMAGE) and ": " in one
    )
    return [
        ShownImage(
            number,
            name,
            rows.get(name),
            tuple(read.get(number, {}).get("codes", ())),
            read.get(number, {}).get("text", ""),
            reasons.get(str(number), ""),
        )
        for number, name in enumerate(post.images, 1)
    ]
