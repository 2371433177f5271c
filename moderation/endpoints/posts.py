"""``/v1/posts``: submit, read, edit, withdraw."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from flask import request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, RootModel, ValidationError

from moderation.domain.post import MAX_BATCH
from moderation.endpoints.answers import PostRecordModel, ReceiptModel
from moderation.endpoints.problems import ProblemError, from_validation
from moderation.endpoints.requests import caller, json_body, needs, parts, read_json
from moderation.endpoints.schemas import (
    DataId,
    EditModel,
    MetricsPatchModel,
    PostBatchModel,
    PostModel,
    metrics,
    micros,
    submission,
)
from moderation.services.access import Scope
from moderation.services.intake import Receipt, new_post_id
from moderation.services.reading import PostRecord, post_record
from moderation.store.posts import Kept

if TYPE_CHECKING:
    from moderation.domain.post import Submission

Answer = tuple[dict[str, Any], int]
"""A JSON body and the status."""

posts = APIBlueprint("posts", __name__, url_prefix="/v1", abp_tags=[Tag(name="posts")])

MAX_WAIT_SECONDS: Final = 10.0
_STATUS: Final = {Kept.NEW: 202, Kept.DUPLICATE: 202, Kept.CONFLICT: 409, Kept.WITHDRAWN: 410}
_REFUSED: Final = {
    Kept.CONFLICT: (
        "Same data_id, other content",
        "was submitted before with other content; to edit it use PUT",
    ),
    Kept.WITHDRAWN: ("Withdrawn", "was withdrawn; a new post needs a new data_id"),
}


class PostPath(BaseModel):
    """Path of one post."""

    model_config = ConfigDict(extra="forbid")
    data_id: DataId


class SubmitModel(RootModel[PostModel | PostBatchModel]):
    """One post, or several under ``posts``, which are answered one by one."""


@posts.post(
    "/posts",
    summary="Submit one post, or up to 500",
    description="202: kept, the verdict follows. A single post sent with the header «Prefer: wait=2» is answered"
    " 200 with the verdict if it is ready in time; batches and edits are always answered 202.",
    responses={200: PostRecordModel, 202: ReceiptModel},
    openapi_extensions=json_body(SubmitModel),
)
@needs(Scope.POSTS_WRITE)
def submit() -> Answer:
    """Keep posts and ring for their verdicts."""
    body = read_json()
    if isinstance(body, dict) and "posts" in body:
        return _submit_batch(body), 202
    return _submit_one(PostModel.model_validate(body))


@posts.get(
    "/posts/<data_id>",
    summary="Read a post: state, verdict, human decision, history",
    responses={200: PostRecordModel},
)
@needs(Scope.POSTS_READ)
def read(path: PostPath) -> Answer:
    """Answer what is known of a post."""
    return render(_record(path.data_id)), 200


@posts.put(
    "/posts/<data_id>",
    summary="Edit a post; it is scored again",
    openapi_extensions=json_body(EditModel),
)
@needs(Scope.POSTS_WRITE)
def edit(path: PostPath) -> Answer:
    """Replace a post's content; the latest ``edited_at`` wins."""
    model = EditModel.model_validate(read_json())
    edited_at = micros(model.edited_at) or 0
    post = submission(path.data_id, model)
    _refuse_unknown_images(post)
    parts().intake.edit(
        caller().community_id,
        post,
        edited_at=edited_at,
        now=parts().clock(),
    )
    return render(_record(path.data_id)), 202


@posts.patch(
    "/posts/<data_id>",
    summary="Update a post's metrics; nothing is scored again",
    openapi_extensions=json_body(MetricsPatchModel),
)
@needs(Scope.POSTS_WRITE)
def patch(path: PostPath) -> Answer:
    """Replace a post's metrics."""
    model = MetricsPatchModel.model_validate(read_json())
    parts().intake.set_metrics(caller().community_id, path.data_id, metrics(model.metrics))
    return render(_record(path.data_id)), 200


@posts.delete("/posts/<data_id>", summary="Withdraw a post")
@needs(Scope.POSTS_WRITE)
def withdraw(path: PostPath) -> tuple[str, int]:
    """Withdraw a post: it is known no more, and counts no more."""
    parts().intake.withdraw(caller().community_id, path.data_id)
    return "", 204


def render(record: PostRecord) -> dict[str, Any]:
    """A post as the interface shows it."""
    post, verdict, decision = record.post, record.verdict, record.decision
    return {
        "id": post.id,
        "data_id": post.data_id,
        "state": post.state,
        "revision": post.revision,
        "received_at": iso(post.received_at),
        "posted_at": iso(post.posted_at),
        "edited_at": iso(post.edited_at),
        "metrics": post.metrics,
        "verdict": {**verdict.body, "revision": verdict.revision} if verdict else None,
        "decision": None
        if decision is None
        else {
            "kind": decision.kind,
            "clause": decision.clause or None,
            "action": decision.action,
            "decided_at": iso(decision.created_at),
        },
        "history": [
            *(
                {
                    "at": iso(one.created_at),
                    "by": one.source,
                    "revision": one.revision,
                    "suggestion": one.suggestion,
                }
                for one in record.verdicts
            ),
            *(
                {"at": iso(one.created_at), "by": "human", "revision": one.revision, "kind": one.kind}
                for one, _ in record.decisions
            ),
        ],
    }


def iso(instant: int | None) -> str | None:
    """An instant in UTC microseconds as ISO 8601."""
    return None if instant is None else datetime.fromtimestamp(instant / 1_000_000, UTC).isoformat()


def _record(data_id: str) -> PostRecord:
    record = post_record(parts().sessions, caller().community_id, data_id)
    if record is None:
        raise ProblemError(404, "Not found", f"no post with data_id {data_id!r}")
    return record


def _submit_one(model: PostModel) -> Answer:
    post = submission(model.data_id, model)
    _refuse_unknown_images(post)
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
    return (render(record), 200) if record and record.verdict else (_receipt_json(receipt), 202)


def _submit_batch(body: dict[str, Any]) -> dict[str, Any]:
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
    valid = _with_known_images(valid, answers)
    if valid:
        receipts = parts().intake.submit(
            caller().community_id, [post for _, post in valid], now=parts().clock()
        )
        for (index, _), receipt in zip(valid, receipts, strict=True):
            answers[index] = {**_receipt_json(receipt), "status": _STATUS[receipt.kept]}
    return {"posts": answers}


def _with_known_images(
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


def _refuse_unknown_images(post: Submission) -> None:
    unknown = parts().pictures.unknown(caller().community_id, post.images)
    if missing := next((name for name in post.images if name in unknown), None):
        raise ProblemError(422, **_unknown_image(post, missing))


def _unknown_image(post: Submission, missing: str) -> dict[str, str]:
    pointer = f"/images/{post.images.index(missing)}"
    detail = f"{pointer}: no uploaded image has this id; upload it with POST /v1/images first"
    return {"title": "Unknown image", "detail": detail, "pointer": pointer}


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
