"""What came in: a post, its author, and what to do with it while nobody has looked at it yet."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_TEXT: Final = 10_000
"""Longest text of a post, in Unicode code points.  Longer ones are refused, never cut."""

MAX_BATCH: Final = 500
"""Most posts in one request."""


class Scene(StrEnum):
    """Where in the community a text stands."""

    POST = "post"
    COMMENT = "comment"
    CHAT = "chat"
    NICKNAME = "nickname"
    PROFILE = "profile"
    TITLE = "title"
    DANMAKU = "danmaku"
    JOIN_REQUEST = "join_request"


class PublishingMode(StrEnum):
    """When a post becomes visible: 先发后审, 先审后发, or closed to new posts."""

    POST_MODERATION = "post"
    PRE_MODERATION = "pre"
    CLOSED = "closed"


class PostState(StrEnum):
    """Where a post is on its way."""

    PENDING = "pending"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a post, as the platform tells it.  Instants are UTC microseconds."""

    id: str
    nickname: str = ""
    followers: int | None = None
    registered_at: int | None = None
    role: str = ""
    official: bool = False
    minor: bool = False
    registration_risk: float | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """A post as it was submitted.

    ``data_id`` is the platform's own id and the idempotency key; ``group`` a board path such as
    ``总部/华东/门店12``.  Instants are UTC microseconds.
    """

    data_id: str
    text: str
    title: str = ""
    images: tuple[str, ...] = ()
    url: str = ""
    scene: Scene = Scene.POST
    source: str = ""
    group: str = ""
    author: Author | None = None
    device: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    repost_of: str = ""
    metrics: Mapping[str, Any] = field(default_factory=dict)
    posted_at: int | None = None
    callback_url: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def thread(self) -> str:
        """The thread that it belongs to, as the platform names it; empty where it says none."""
        return str(self.context.get("thread_id") or "")

    @property
    def content_hash(self) -> str:
        """SHA-256 over text, title and images: what "the same post" means for idempotency."""
        return content_hash(self.text, self.title, self.images)


def content_hash(text: str, title: str, images: Sequence[str]) -> str:
    """Hash what a reader sees of a post; the other fields may change under one ``data_id``."""
    body = json.dumps([text, title, list(images)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


class Overdue(StrEnum):
    """What becomes of a held post that nobody decided in time: it stays held and rises, or it is shown."""

    HOLD = "hold"
    SHOW = "show"


@dataclass(frozen=True, slots=True)
class Timeout:
    """How long a held post waits for a person before ``then`` applies."""

    minutes: int
    then: Overdue = Overdue.HOLD


@dataclass(frozen=True, slots=True)
class PublishingRule:
    """One line of the publishing table.  An empty ``group`` or ``thread``, or no ``scene``, matches everything."""

    mode: PublishingMode
    group: str = ""
    scene: Scene | None = None
    thread: str = ""
    timeout: Timeout | None = None

    def matches(self, group: str, scene: Scene, thread: str = "") -> bool:
        """Tell whether the rule covers a board (path prefix), scene and thread."""
        in_group = not self.group or group == self.group or group.startswith(f"{self.group}/")
        in_thread = not self.thread or self.thread == thread
        return in_group and in_thread and (self.scene is None or self.scene is scene)


def publishing_rule(
    rules: Sequence[PublishingRule], group: str, scene: Scene, thread: str = ""
) -> PublishingRule | None:
    """The rule that binds most: it names the thread; else the longest board path; else it names the scene."""
    matching = [rule for rule in rules if rule.matches(group, scene, thread)]
    return max(
        matching, key=lambda rule: (bool(rule.thread), len(rule.group), rule.scene is not None), default=None
    )


def publishing_mode(
    rules: Sequence[PublishingRule], group: str, scene: Scene, thread: str = ""
) -> PublishingMode:
    """The mode of a place; what no rule names is shown first and moderated after."""
    found = publishing_rule(rules, group, scene, thread)
    return found.mode if found else PublishingMode.POST_MODERATION
