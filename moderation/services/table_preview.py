"""Shows what each word of a table would have hit in recent posts, before anybody imports it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from moderation.domain.evidence import Level
from moderation.store import samples
from moderation.text.entries import Kind
from moderation.text.lexicon import Lexicon
from moderation.text.segment import default_segmenter
from moderation.word_trying import MOST_POSTS, batches, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from moderation.store.engine import Sessions
    from moderation.store.tables import PostRow
    from moderation.text.entries import Entry

PATIENCE: Final = 10.0
"""Seconds after which a preview says how far it came instead of reading on."""

MUCH: Final = 0.01
"""Share of the posts from which on a word that blocks hits much."""

FEW: Final = 3
"""Posts below which nothing is much: a young community has no hundred posts."""

_AT_ONCE: Final = 50


@dataclass(slots=True)
class TablePreview:
    """What the words of a table would have hit, each by itself.

    ``posts`` were read, of ``total`` in the window; ``struck`` have a hit of any word; ``counts`` are posts by word.
    """

    total: int
    posts: int = 0
    struck: int = 0
    counts: Counter[Entry] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether every post of the window was read."""
        return self.posts >= self.total

    @property
    def worst(self) -> list[tuple[Entry, int]]:
        """Words that hit, with their posts: most first, among equals those that block."""
        return sorted(self.counts.items(), key=lambda one: (-one[1], one[0].level is not Level.BLOCK))

    @property
    def hot(self) -> list[tuple[Entry, int]]:
        """Words that block and hit much, most first."""
        return [(one, n) for one, n in self.worst if one.level is Level.BLOCK and self._is_much(n)]

    def _is_much(self, posts: int) -> bool:
        return posts >= FEW and posts >= MUCH * self.posts


def preview_table(
    sessions: Sessions,
    community_id: int,
    entries: Sequence[Entry],
    *,
    since: int,
    allowed: Sequence[Entry] = (),
    timer: Callable[[], float] = time.perf_counter,
) -> TablePreview:
    """Match the words of a table against the posts received from ``since`` on, newest first, each word by itself.

    Allow words of the table protect as those in force (``allowed``) do and are not counted.  Windows of validity are
    left aside.  Reads :data:`MOST_POSTS` posts at most, for :data:`PATIENCE` seconds at most.

    Args:
        sessions: the database.
        community_id: the tenant.
        entries: checked words, each word and kind once.
        since: UTC microseconds.
        allowed: allow words in force.
        timer: seconds.
    """
    started = timer()
    with sessions.read() as session:
        found = TablePreview(samples.count(session, community_id, since=since))
    by_sought = {_timeless(one): one for one in entries if one.kind is not Kind.ALLOW}
    if not by_sought or not found.total:
        return found
    protecting = [_timeless(one) for one in (*entries, *allowed) if one.kind is Kind.ALLOW]
    lexicon = Lexicon.compile((*by_sought, *protecting))
    for posts in _pieces(sessions, community_id, since):
        for struck in _struck(lexicon, posts):
            found.counts.update(by_sought[one] for one in struck)
            found.posts, found.struck = found.posts + 1, found.struck + bool(struck)
        found.seconds = timer() - started
        if found.posts >= MOST_POSTS or found.seconds > PATIENCE:
            break
    return found


def _timeless(entry: Entry) -> Entry:
    return replace(entry, effective_from=None, effective_to=None)


def _pieces(sessions: Sessions, community_id: int, since: int) -> Iterator[list[PostRow]]:
    """Few posts at a time, so that time is looked at often: a table of 的 and 我 strikes slowly."""
    for batch in batches(sessions, community_id, since):
        for start in range(0, len(batch), _AT_ONCE):
            yield batch[start : start + _AT_ONCE]


def _struck(lexicon: Lexicon, posts: Sequence[PostRow]) -> list[set[Entry]]:
    """Words that hit the title or the text of each post."""
    texts, readings = read([text for post in posts for text in (post.title, post.text)])
    segmenter = default_segmenter()
    found = [lexicon.apart(one, of, segmenter) for one, of in zip(texts, readings, strict=True)]
    return [found[place] | found[place + 1] for place in range(0, len(found), 2)]
