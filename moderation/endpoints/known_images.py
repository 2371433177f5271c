"""Posts name images that were uploaded before; a post that names another is refused."""

from __future__ import annotations

from typing import Any

from moderation.domain.post import Submission
from moderation.endpoints.problems import ProblemError
from moderation.endpoints.requests import caller, parts


def with_known_images(
    given: list[tuple[int, Submission]], answers: list[dict[str, Any]]
) -> list[tuple[int, Submission]]:
    """The posts whose uploads are there; the others are answered."""
    unknown = parts().pictures.unknown(
        caller().community_id, {name for _, post in given for name in post.images}
    )
    for index, post in given:
        if missing := next((name for name in post.images if name in unknown), None):
            answers[index] = {"data_id": post.data_id, "status": 422, **_unknown_image(post, missing)}
    return [one for one in given if unknown.isdisjoint(one[1].images)]


def refuse_unknown_images(post: Submission) -> None:
    """Answer 422 where a post names an image that is not there."""
    unknown = parts().pictures.unknown(caller().community_id, post.images)
    if missing := next((name for name in post.images if name in unknown), None):
        raise ProblemError(422, **_unknown_image(post, missing))


def _unknown_image(post: Submission, missing: str) -> dict[str, str]:
    pointer = f"/images/{post.images.index(missing)}"
    detail = f"{pointer}: no uploaded image has this id; upload it with POST /v1/images first"
    return {"title": "Unknown image", "detail": detail, "pointer": pointer}
