"""The images of posts, kept for scoring to read and for people to see."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.store import images
from moderation.text.images import frame

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from moderation.store.engine import Sessions
    from moderation.store.tables import ImageRow

UPLOAD: Final = "img_"
"""How the id of an uploaded image begins; anything else that a post names is an address."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """What keeps images, once per community."""

    sessions: Sessions
    clock: Callable[[], int]

    def keep(self, community_id: int, body: bytes) -> ImageRow:
        """Keep an uploaded image; the same bytes again are the same image.

        Raises:
            ImageError: no image of a known format, or one too large.
        """
        shape = frame(body)
        row = {
            "id": f"{UPLOAD}{secrets.token_hex(16)}",
            "community_id": community_id,
            "sha256": hashlib.sha256(body).hexdigest(),
            "media_type": shape.media_type,
            "width": shape.width,
            "height": shape.height,
            "size": len(body),
            "body": body,
            "read": None,
            "created_at": self.clock(),
        }
        with self.sessions.write.begin() as session:
            return images.keep(session, row)

    def unknown(self, community_id: int, named: Collection[str]) -> set[str]:
        """Those of the names that look like uploads and are none of the community's."""
        uploads = {name for name in named if name.startswith(UPLOAD)}
        if not uploads:
            return set()
        with self.sessions.read() as session:
            return uploads - images.known(session, community_id, uploads)

    def of(self, community_id: int, image_id: str) -> ImageRow | None:
        """An image with its bytes, or None."""
        with self.sessions.read() as session:
            return images.by_id(session, community_id, image_id)

    def shown(self, community_id: int, named: Sequence[str]) -> dict[str, ImageRow]:
        """Images that were kept, without their bytes, by what a post calls them."""
        addresses = {address_hash(name): name for name in named if not name.startswith(UPLOAD)}
        with self.sessions.read() as session:
            places = images.at_addresses(session, [(community_id, each) for each in addresses], since=0)
            called = {image_id: addresses[address] for (_, address), image_id in places.items()}
            called |= {name: name for name in named if name.startswith(UPLOAD)}
            rows = images.some(session, list(called))
        return {called[one]: row for one, row in rows.items() if row.community_id == community_id}


def address_hash(address: str) -> str:
    """What stands for an address in the database: of any length, and unique."""
    return hashlib.sha256(address.encode()).hexdigest()
