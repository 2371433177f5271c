"""Looks at the images of posts: fetched where the operator allows it, and read once, whoever names them again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import structlog

from moderation.domain.pictures import UNLISTED_HOST, UNREAD_LINES, Picture
from moderation.images.keeping import UPLOAD, address_hash
from moderation.outbound.fetching import FetchError
from moderation.store import images
from moderation.text.images import ImageError, read_codes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.images.keeping import Pictures
    from moderation.outbound.fetching import Fetcher

log = structlog.get_logger(__name__)

FRESH: Final = 24 * 3600 * 1_000_000
"""How long the image at an address counts as the same, in microseconds."""

FETCHERS: Final = 8


class Named(NamedTuple):
    """What a post of a community calls an image: the id of an upload, or an address."""

    community_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Absent:
    """Why an image was not looked at; ``expected`` says that it should have been."""

    reason: str
    expected: bool = True


class Reader(Protocol):
    """Reads lines of text in an image."""

    def lines(self, image: bytes) -> list[str]:
        """Lines, from top to bottom."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen of one post's images.

    ``unchecked`` says what was not looked at, and ``failed`` that something should have been; ``unread`` that the
    lines of one at least were not read, for whatever reason.
    """

    pictures: tuple[Picture, ...] = ()
    unchecked: tuple[str, ...] = ()
    failed: bool = False
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Looking:
    """The parts that it needs.  Without a ``reader`` only codes are read, without a ``fetcher`` only uploads."""

    pictures: Pictures
    fetcher: Fetcher | None = None
    reader: Reader | None = None

    def look(self, posts: Sequence[tuple[int, Sequence[str]]]) -> list[Looked]:
        """Look at the images of posts, given as community and names, in order; a bad image fails only itself."""
        named = list(
            dict.fromkeys(Named(community_id, name) for community_id, names in posts for name in names)
        )
        if not named:
            return [Looked() for _ in posts]
        found = self._kept(named)
        found |= self._fetched([one for one in named if one not in found])
        seen = self._seen(list(dict.fromkeys(each for each in found.values() if isinstance(each, str))))
        return [
            _looked([_of(found[Named(community_id, name)], seen) for name in names])
            for community_id, names in posts
        ]

    def _kept(self, named: Sequence[Named]) -> dict[Named, str | Absent]:
        """Ids of uploads and of images fetched not long ago; uploads that are not there are absent."""
        uploads = [one for one in named if one.name.startswith(UPLOAD)]
        others = {(one.community_id, address_hash(one.name)): one for one in named if one not in set(uploads)}
        with self.pictures.sessions.read() as session:
            rows = images.some(session, [one.name for one in uploads])
            fetched = images.at_addresses(session, list(others), since=self.pictures.clock() - FRESH)
        found: dict[Named, str | Absent] = {others[place]: image_id for place, image_id in fetched.items()}
        for one in uploads:
            row = rows.get(one.name)
            own = row is not None and row.community_id == one.community_id
            found[one] = one.name if own else Absent("no such upload")
        return found

    def _fetched(self, named: Sequence[Named]) -> dict[Named, str | Absent]:
        """Images at addresses: several at a time, since most of the time is waiting."""
        if not named:
            return {}
        with ThreadPoolExecutor(max_workers=FETCHERS) as pool:
            return dict(zip(named, pool.map(self._fetch, named), strict=True))

    def _fetch(self, one: Named) -> str | Absent:
        """Fetch and keep an image."""
        if not one.name.lower().startswith(("http://", "https://")):
            return Absent("neither an address nor the id of an upload")
        if self.fetcher is None or not self.fetcher.may(one.name):
            return Absent(UNLISTED_HOST, expected=False)
        try:
            row = self.pictures.keep(one.community_id, self.fetcher.fetch(one.name))
        except (FetchError, ImageError) as error:
            log.info("image.not_fetched", reason=str(error))
            return Absent(str(error))
        with self.pictures.sessions.write.begin() as session:
            images.set_address(
                session, one.community_id, address_hash(one.name), row.id, now=self.pictures.clock()
            )
        return row.id

    def _seen(self, image_ids: Sequence[str]) -> dict[str, dict[str, Any] | Absent]:
        """What stands in images: read now, unless another post named them before."""
        with self.pictures.sessions.read() as session:
            rows = images.some(session, image_ids)
            new = [image_id for image_id, row in rows.items() if not self._is_read(row.read)]
            bodies = images.bodies(session, new) if new else {}
        fresh = {image_id: self._read(body) for image_id, body in bodies.items()}
        with self.pictures.sessions.write.begin() as session:
            images.set_read(session, {one: read for one, read in fresh.items() if isinstance(read, dict)})
        return {image_id: row.read or {} for image_id, row in rows.items()} | fresh

    def _is_read(self, read: dict[str, Any] | None) -> bool:
        return read is not None and (self.reader is None or "lines" in read)

    def _read(self, body: bytes) -> dict[str, Any] | Absent:
        try:
            lines = {"lines": self.reader.lines(body)} if self.reader else {}
            return {"codes": read_codes(body), **lines}
        except ImageError as error:
            return Absent(str(error))


def _of(found: str | Absent, seen: dict[str, dict[str, Any] | Absent]) -> dict[str, Any] | Absent:
    return found if isinstance(found, Absent) else seen[found]


def _looked(found: Sequence[dict[str, Any] | Absent]) -> Looked:
    """One post's images in their order, counted from 1."""
    numbered = list(enumerate(found, 1))
    absent = [(number, one) for number, one in numbered if isinstance(one, Absent)]
    unread = [number for number, one in numbered if isinstance(one, dict) and "lines" not in one]
    reasons = {number: one.reason for number, one in absent} | dict.fromkeys(unread, UNREAD_LINES)
    return Looked(
        pictures=tuple(
            Picture(number, tuple(one["codes"]), "\n".join(one.get("lines", ())))
            for number, one in numbered
            if isinstance(one, dict)
        ),
        unchecked=tuple(f"image {number}: {reasons[number]}" for number in sorted(reasons)),
        failed=any(one.expected for _, one in absent),
        unread=bool(reasons),
    )
