"""Loads the made-up community through the real API, so that every page has something to show."""

from __future__ import annotations

import json
import time
import tomllib
import urllib.request
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from moderation.store import identities
from moderation.wiring.common import clock, connect_database

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.settings import Settings

LOADED: Final = "demo_loaded"
_ANCHOR: Final = "demo_anchor"
_BATCH: Final = 100
_DAY: Final = 86_400 * 1_000_000
_SHANGHAI: Final = 8 * 3600 * 1_000_000
_PATIENCE_SECONDS: Final = 120.0


def is_loaded(settings: Settings) -> bool:
    """Whether this database has the demo already."""
    sessions = connect_database(settings, pool_size=1)
    try:
        with sessions.read() as session:
            return identities.get_fact(session, LOADED) is not None
    finally:
        sessions.close()


def load_demo(url: str, key: str, settings: Settings) -> None:
    """Send brands, then posts; wait until they are decided; note it.

    Times hang on an instant stored at the first try, so that a second try sends the same posts and is no conflict.
    """
    console = Console()
    anchor = _anchor(settings)
    folder = files("moderation.demo")
    brands = tomllib.loads((folder / "brands.toml").read_text(encoding="utf-8"))["brands"]
    for brand in brands:
        _send(f"{url}/v1/brands", key, brand)
    lines = (folder / "posts.jsonl").read_text(encoding="utf-8").splitlines()
    posts = [_dated(json.loads(line), anchor) for line in lines if line.strip()]
    for start in range(0, len(posts), _BATCH):
        _send(f"{url}/v1/posts", key, {"posts": posts[start : start + _BATCH]})
    console.print(f"演示 Demo: {len(posts)} 帖已送审,{len(brands)} 个品牌 / posts sent, brands followed")
    waiting = _await_verdicts(url, key, posts)
    _note(settings)
    done = len(posts) - waiting
    console.print(f"演示 Demo: {done}/{len(posts)} 帖已有结论 / posts decided")


def _anchor(settings: Settings) -> int:
    sessions = connect_database(settings, pool_size=1)
    try:
        with sessions.write.begin() as session:
            known = identities.get_fact(session, _ANCHOR)
            if known is None:
                now = clock()
                # The posts keep a day's rhythm: they hang on the midnight before, in the demo's time zone.
                known = str(now - (now + _SHANGHAI) % _DAY)
                identities.set_fact(session, _ANCHOR, known)
        return int(known)
    finally:
        sessions.close()


def _note(settings: Settings) -> None:
    sessions = connect_database(settings, pool_size=1)
    with sessions.write.begin() as session:
        identities.set_fact(session, LOADED, "yes")
    sessions.close()


def _dated(post: dict[str, Any], anchor: int) -> dict[str, Any]:
    """Turn "so many days ago" into instants before the anchor."""
    dated = {key: value for key, value in post.items() if key != "days_ago"}
    dated["posted_at"] = _iso(anchor - round(post["days_ago"] * _DAY))
    author = dict(post.get("author") or {})
    if "registered_days_ago" in author:
        author["registered_at"] = _iso(anchor - round(author.pop("registered_days_ago") * _DAY))
    if author:
        dated["author"] = author
    return dated


def _iso(instant: int) -> str:
    return datetime.fromtimestamp(instant // 1_000_000, UTC).isoformat()


def _await_verdicts(url: str, key: str, posts: Sequence[dict[str, Any]]) -> int:
    """Wait for the verdicts; answers how many posts still wait when patience ends."""
    waiting = [post["data_id"] for post in posts]
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while waiting and time.monotonic() < deadline:
        # Looked at from the end: posts are decided in the order in which they came.
        while waiting and _send(f"{url}/v1/posts/{waiting[-1]}", key)["state"] != "pending":
            waiting.pop()
        time.sleep(0.5)
    return len(waiting)


def _send(url: str, key: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - our own address
        url,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own address
        found: dict[str, Any] = json.load(answer)
        return found
