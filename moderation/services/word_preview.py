"""Shows what a word would have hit in recent posts, before anybody adds it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from moderation.domain.evidence import Field
from moderation.store import samples
from moderation.text.entries import Kind
from moderation.text.lexicon import Lexicon
from moderation.text.segment import default_segmenter
from moderation.word_trying import MOST_POSTS, batches, read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moderation.domain.evidence import Hit
    from moderation.store.engine import Sessions
    from moderation.store.tables import PostRow
    from moderation.text.entries import Entry

SAMPLES: Final = 10
QUIET_SAMPLES: Final = 5
PATIENCE: Final = 20.0
"""Seconds after which a preview says how far it came instead of reading on."""


@dataclass(frozen=True, slots=True)
class Struck:
    """A post that the word stands in, with the places in its title and text."""

    post: PostRow
    hits: tuple[Hit, ...]


@dataclass(slots=True)
class WordPreview:
    """What a word would have hit.

    ``posts`` were read, of ``total`` in the window; ``struck`` have a hit that counts, ``suppressed`` only hits
    that word boundaries or allow words suppress.  ``reasons`` counts the latter's posts by the reason of their first
    hit; ``samples`` are of the former, ``quiet`` of the latter.
    """

    total: int
    posts: int = 0
    struck: int = 0
    suppressed: int = 0
    samples: list[Struck] = field(default_factory=list)
    quiet: list[Struck] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether every post of the window was read."""
        return self.posts >= self.total

    def add(self, post: PostRow, hits: tuple[Hit, ...]) -> None:
        """Count one more post."""
        loud = any(not hit.suppressed for hit in hits)
        self.posts += 1
        self.struck += loud
        if loud and len(self.samples) < SAMPLES:
            self.samples.append(Struck(post, hits))
        if loud or not hits:
            return
        self.suppressed += 1
        self.reasons[hits[0].reason] += 1
        if len(self.quiet) < QUIET_SAMPLES:
            self.quiet.append(Struck(post, hits))


def preview_word(
    sessions: Sessions,
    community_id: int,
    entry: Entry,
    *,
    since: int,
    allowed: Sequence[Entry] = (),
    timer: Callable[[], float] = time.perf_counter,
) -> WordPreview:
    """Match one entry against the posts received from ``since`` on, newest first, as workers would.

    An ``allow`` entry is sought like an ordinary word: those are the places it would protect.  The entry's window
    of validity is left aside.

    Args:
        sessions: the database.
        community_id: the tenant.
        entry: the word.
        since: UTC microseconds.
        allowed: allow words in force: a hit within one is shown as suppressed.
        timer: seconds.

    Raises:
        EntryError: the entry cannot be used.
    """
    lexicon = Lexicon.compile(_sought(entry, allowed))
    started = timer()
    with sessions.read() as session:
        found = WordPreview(samples.count(session, community_id, since=since))
    for batch in batches(sessions, community_id, since):
        for post, hits in zip(batch, _matched(lexicon, batch), strict=True):
            found.add(post, hits)
        found.seconds = timer() - started
        if found.posts >= MOST_POSTS or found.seconds > PATIENCE:
            break
    return found


def _sought(entry: Entry, allowed: Sequence[Entry]) -> list[Entry]:
    """The entry, and what could suppress it: an allow word suppresses no other."""
    protects = entry.kind is Kind.ALLOW
    kinds = [(entry, Kind.NORMAL if protects else entry.kind)]
    kinds += [(one, Kind.ALLOW) for one in allowed if not protects]
    return [replace(one, kind=kind, effective_from=None, effective_to=None) for one, kind in kinds]


def _matched(lexicon: Lexicon, batch: list[PostRow]) -> list[tuple[Hit, ...]]:
    """Hits in title and text of each post."""
    titles = _hits(lexicon, [post.title for post in batch], Field.TITLE)
    texts = _hits(lexicon, [post.text for post in batch], Field.TEXT)
    return [(*head, *body) for head, body in zip(titles, texts, strict=True)]


def _hits(lexicon: Lexicon, texts: list[str], where: Field) -> list[list[Hit]]:
    normalised, readings = read(texts)
    return lexicon.match(normalised, 0, readings, field=where, segmenter=default_segmenter())
