"""Announces decided posts to whoever waits for one (``Prefer: wait``).  Hearing it only means: read the row again."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

import structlog
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from redis import Redis

log = structlog.get_logger(__name__)

CHANNEL: Final = "decided"
MAX_WAITERS: Final = 8
"""More waiting requests than this would take every web thread: the next is answered 202 at once."""

_RETRY_SECONDS: Final = 1.0


class Announcer:
    """Tells waiting web processes which posts were decided."""

    def __init__(self, redis: Redis) -> None:
        """Publish through ``redis``."""
        self._redis = redis

    def decided(self, post_ids: Iterable[str]) -> None:
        """Announce posts; nobody may be listening, and a silent Redis is no error."""
        message = " ".join(post_ids)
        if not message:
            return
        try:
            self._redis.publish(CHANNEL, message)
        except RedisError as error:
            log.warning("announcement.unheard", error=type(error).__name__)


class Waiters:
    """Lets requests wait for posts.  One subscriber thread per process, started by the first that waits."""

    def __init__(self, redis: Redis) -> None:
        """Listen through ``redis``."""
        self._redis = redis
        self._lock = threading.Lock()
        self._waiting: dict[str, threading.Event] = {}
        self._thread: threading.Thread | None = None
        self._listening = threading.Event()

    def register(self, post_id: str) -> threading.Event | None:
        """Begin to wait for a post; None when too many wait already.  Register before the post is kept."""
        with self._lock:
            if len(self._waiting) >= MAX_WAITERS:
                return None
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="announcements", daemon=True)
                self._thread.start()
            event = self._waiting[post_id] = threading.Event()
        # The first waiter of a process must not miss the announcement while the subscription is being made.
        self.listens(0.5)
        return event

    def listens(self, seconds: float) -> bool:
        """Wait, so long at most, until announcements are heard; say whether they are."""
        return self._listening.wait(seconds)

    def forget(self, post_id: str) -> None:
        """Stop waiting for a post."""
        with self._lock:
            self._waiting.pop(post_id, None)

    def _listen(self) -> None:
        while True:
            try:
                for message in self._messages():
                    self._wake(message.split())
            except RedisError as error:
                self._listening.clear()
                log.warning("announcements.lost", error=type(error).__name__)
                threading.Event().wait(_RETRY_SECONDS)

    def _messages(self) -> Iterator[str]:
        with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:  # type: ignore[no-untyped-call]
            subscription.subscribe(CHANNEL)
            self._listening.set()
            while True:
                message: dict[str, Any] | None = subscription.get_message(timeout=5.0)
                if message is not None:
                    yield message["data"].decode()

    def _wake(self, post_ids: Iterable[str]) -> None:
        with self._lock:
            for post_id in post_ids:
                event = self._waiting.get(post_id)
                if event is not None:
                    event.set()
