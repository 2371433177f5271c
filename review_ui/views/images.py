"""Images of posts, for the eyes of the desk only."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from review_ui.context import community, parts
from review_ui.guard import READERS, seen_by

pages = Blueprint("images", __name__)


@pages.get("/images/<image_id>")
@seen_by(READERS)
def show(image_id: str) -> Response:
    """The bytes of an image, which a browser shows as the kind that we found it to be and as nothing else."""
    row = parts().pictures.of(community(), image_id)
    if row is None:
        abort(404)
    response = Response(row.body, mimetype=row.media_type)
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.set_etag(row.sha256)
    return response
