"""``/v1/images``: upload the images that posts name."""

from __future__ import annotations

from typing import Any, Final

from flask import request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from moderation.endpoints.problems import ProblemError
from moderation.endpoints.requests import caller, needs, parts, read_bytes
from moderation.services.access import Scope
from moderation.text.images import ImageError

Answer = tuple[dict[str, Any], int]
"""A JSON body and the status."""

images = APIBlueprint("images", __name__, url_prefix="/v1", abp_tags=[Tag(name="posts")])

MEDIA_TYPES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp")


class ImageModel(BaseModel):
    """An image that was kept."""

    id: str = Field(description="Name it under «images» of a post.", examples=["img_3f…"])
    media_type: str
    width: int
    height: int
    size: int = Field(description="Bytes.")
    sha256: str


@images.post(
    "/images",
    summary="Upload an image; the answer's id goes under «images» of a post",
    description="The body is the image itself (PNG, JPEG, GIF, WebP or BMP, at most 10 MB and 40 million pixels), or"
    " a form with one file. It is decoded to its end: what is cut off or damaged is refused."
    " The same bytes again are the same image.",
    responses={201: ImageModel},
    openapi_extensions={
        "requestBody": {
            "required": True,
            "content": {each: {"schema": {"type": "string", "format": "binary"}} for each in MEDIA_TYPES},
        }
    },
)
@needs(Scope.POSTS_WRITE)
def upload() -> Answer:
    """Keep an image."""
    try:
        kept = parts().pictures.keep(caller().community_id, _image())
    except ImageError as error:
        raise ProblemError(422, "No image", f"the body is {error}") from error
    return {
        "id": kept.id,
        "media_type": kept.media_type,
        "width": kept.width,
        "height": kept.height,
        "size": kept.size,
        "sha256": kept.sha256,
    }, 201


def _image() -> bytes:
    """The body, or the one file of a form."""
    if request.mimetype != "multipart/form-data":
        return read_bytes()
    files = list(request.files.values())
    if len(files) != 1:
        raise ProblemError(
            422, "One file wanted", f"send one file, not {len(files)}, or the image as the body"
        )
    body: bytes = files[0].read()
    return body
