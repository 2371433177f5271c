"""Posts as they come in: one or a batch, kept and answered with a receipt, or the verdict if it is there in time."""

from __future__ import annotations

from typing import Any, Final

from flask import request
from pydantic import ValidationError

from moderation.domain.post import MAX_BATCH, Submission
from moderation.endpoints.known_images import refuse_unknown_images, with_known_images
from moderation.endpoints.post_shapes import post_json
from moderation.endpoints.problems import ProblemError, from_validation
from moderation.endpoints.requests import caller, parts
from moderation.endpoints.schemas import PostModel, submission
from moderation.services.intake import Receipt, new_post_id
from moderation.services.reading import post_record
from moderation.store.posts import Kept

Answer = tuple[dict[str, Any], int]
"""A JSON body and the status."""

MAX_WAIT_SECONDS: Final = 10.0
_STATUS: Final = {Kept.NEW: 202, Kept.DUPLICATE: 202, Kept.CONFLICT: 409, Kept.WITHDRAWN: 410}
_REFUSED: Final = {
    Kept.CONFLICT: (
        "Same data_id, other content",
        "was submitted before with other content; to edit it use PUT",
    ),
    Kept.WITHDRAWN: ("Withdrawn", "was withdrawn; a new post needs a new data_id"),
}


def submit_one(model: PostModel) -> Answer:
    """Keep one post, and wait a moment for its verdict where the caller prefers that."""
    post = submission(model.data_id, model)
    refuse_unknown_images(post)
    wait = _wait_seconds()
    if wait:
        return _submit_and_wait(post, wait)
    now = parts().clock()
    (receipt,) = parts().intake.submit(caller().community_id, [post], now=now)
    _refuse(receipt)
    return _receipt_json(receipt), 202


def _submit_and_wait(post: Submission, wait: float) -> Answer:
    """Keep a post and give its verdict a moment: the waiter is registered first, so no announcement is missed."""
    now = parts().clock()
    post_id = new_post_id(now)
    event = parts().waiters.register(post_id)
    try:
        (receipt,) = parts().intake.submit(caller().community_id, [post], now=now, ids=[post_id])
        _refuse(receipt)
        if event is not None and receipt.kept is Kept.NEW:
            event.wait(wait)
    finally:
        parts().waiters.forget(post_id)
    record = post_record(parts().sessions, caller().community_id, post.data_id)
    return (post_json(record), 200) if record and record.verdict else (_receipt_json(receipt), 202)


def submit_batch(body: dict[str, Any]) -> dict[str, Any]:
    """Keep those posts of a batch that can be kept; each is answered in its place."""
    given = body["posts"]
    if set(body) != {"posts"} or not isinstance(given, list) or not 1 <= len(given) <= MAX_BATCH:
        detail = f"/posts: send a list of 1 to {MAX_BATCH} posts under «posts», and nothing beside it"
        raise ProblemError(422, "Invalid request", detail, pointer="/posts")
    answers: list[dict[str, Any]] = [{} for _ in given]
    valid: list[tuple[int, Submission]] = []
    for index, item in enumerate(given):
        try:
            model = PostModel.model_validate(item)
        except ValidationError as error:
            answers[index] = {"data_id": _data_id_of(item), **from_validation(error)}
        else:
            valid.append((index, submission(model.data_id, model)))
    valid = with_known_images(valid, answers)
    if valid:
        receipts = parts().intake.submit(
            caller().community_id, [post for _, post in valid], now=parts().clock()
        )
        for (index, _), receipt in zip(valid, receipts, strict=True):
            answers[index] = {**_receipt_json(receipt), "status": _STATUS[receipt.kept]}
    return {"posts": answers}


def _receipt_json(receipt: Receipt) -> dict[str, Any]:
    if receipt.kept in _REFUSED:
        title, detail = _REFUSED[receipt.kept]
        return {"data_id": receipt.data_id, "title": title, "detail": f"data_id {receipt.data_id!r} {detail}"}
    return {
        "id": receipt.id,
        "data_id": receipt.data_id,
        "state": receipt.state.value,
        "action": receipt.action.value,
        "duplicate": receipt.kept is Kept.DUPLICATE,
    }


def _refuse(receipt: Receipt) -> None:
    if receipt.kept in _REFUSED:
        title, detail = _REFUSED[receipt.kept]
        raise ProblemError(
            _STATUS[receipt.kept], title, f"data_id {receipt.data_id!r} {detail}", data_id=receipt.data_id
        )


def _data_id_of(item: Any) -> str | None:
    found = item.get("data_id") if isinstance(item, dict) else None
    return found if isinstance(found, str) else None


def _wait_seconds() -> float:
    """Seconds of the header «Prefer: wait=N» (RFC 7240), or 0."""
    for preference in request.headers.get("Prefer", "").split(","):
        name, _, value = preference.strip().partition("=")
        if name.lower() == "wait":
            try:
                return min(max(float(value), 0.0), MAX_WAIT_SECONDS)
            except ValueError:
                return 0.0
    return 0.0
