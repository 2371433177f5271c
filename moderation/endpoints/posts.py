"""``/v1/posts``: submit, read, edit, withdraw."""

from __future__ import annotations

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, RootModel

from moderation.endpoints.answers import PostRecordModel, ReceiptModel
from moderation.endpoints.known_images import refuse_unknown_images
from moderation.endpoints.post_shapes import post_json
from moderation.endpoints.problems import ProblemError
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
from moderation.endpoints.submitting import Answer, submit_batch, submit_one
from moderation.services.access import Scope
from moderation.services.reading import PostRecord, post_record

posts = APIBlueprint("posts", __name__, url_prefix="/v1", abp_tags=[Tag(name="posts")])


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
        return submit_batch(body), 202
    return submit_one(PostModel.model_validate(body))


@posts.get(
    "/posts/<data_id>",
    summary="Read a post: state, verdict, human decision, history",
    responses={200: PostRecordModel},
)
@needs(Scope.POSTS_READ)
def read(path: PostPath) -> Answer:
    """Answer what is known of a post."""
    return post_json(_record(path.data_id)), 200


@posts.put(
    "/posts/<data_id>",
    summary="Edit a post; it is scored again",
    responses={202: PostRecordModel},
    openapi_extensions=json_body(EditModel),
)
@needs(Scope.POSTS_WRITE)
def edit(path: PostPath) -> Answer:
    """Replace a post's content; the latest ``edited_at`` wins."""
    model = EditModel.model_validate(read_json())
    edited_at = micros(model.edited_at) or 0
    post = submission(path.data_id, model)
    refuse_unknown_images(post)
    parts().intake.edit(
        caller().community_id,
        post,
        edited_at=edited_at,
        now=parts().clock(),
    )
    return post_json(_record(path.data_id)), 202


@posts.patch(
    "/posts/<data_id>",
    summary="Update a post's metrics; nothing is scored again",
    responses={200: PostRecordModel},
    openapi_extensions=json_body(MetricsPatchModel),
)
@needs(Scope.POSTS_WRITE)
def patch(path: PostPath) -> Answer:
    """Replace a post's metrics."""
    model = MetricsPatchModel.model_validate(read_json())
    parts().intake.set_metrics(caller().community_id, path.data_id, metrics(model.metrics))
    return post_json(_record(path.data_id)), 200


@posts.delete("/posts/<data_id>", summary="Withdraw a post")
@needs(Scope.POSTS_WRITE)
def withdraw(path: PostPath) -> tuple[str, int]:
    """Withdraw a post: it is known no more, and counts no more."""
    parts().intake.withdraw(caller().community_id, path.data_id)
    return "", 204


def _record(data_id: str) -> PostRecord:
    record = post_record(parts().sessions, caller().community_id, data_id)
    if record is None:
        raise ProblemError(404, "Not found", f"no post with data_id {data_id!r}")
    return record
