"""Gathers what the radar's page shows: candidates with their rise as a picture, their samples marked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.evidence import Field, Level
from moderation.domain.radar import CandidateKind
from moderation.sweeps.looks import stalled
from moderation.text.entries import Entry, EntryError, Kind, check_entry
from moderation.text.lexicon import Lexicon
from moderation.text.matching import match_posts
from review_ui.context import community, now, parts
from review_ui.marks import Group, Span, Tone, excerpt, lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.evidence import Hit
    from moderation.services.radar import RadarBoard
    from moderation.store.tables import LookRow, PostRow

SHOWN: Final = 30
"""Candidates on the page; the others follow once these are dealt with."""

WIDTH: Final = 84
HEIGHT: Final = 28
"""Units of a sparkline."""


@dataclass(frozen=True, slots=True)
class ShownSample:
    """A blocked post with the candidate marked."""

    post: PostRow
    text: list[str | Group]


@dataclass(frozen=True, slots=True)
class Shown:
    """One candidate.  ``word`` is what a list would have: a contact without its kind."""

    body: dict[str, Any]
    word: str
    samples: list[ShownSample]

    @property
    def contact(self) -> str:
        """The kind of contact; empty for a word."""
        return self.body["text"].partition(":")[0] if self.body["kind"] == CandidateKind.CONTACT.value else ""

    @property
    def bars(self) -> list[tuple[float, float, float, int]]:
        """The rise: (x, width, height, posts) of each day."""
        days, most = self.body["days"], max([*self.body["days"], 1])
        step = WIDTH / max(1, len(days))
        return [(at * step, step * 0.8, posts / most * HEIGHT, posts) for at, posts in enumerate(days)]


@dataclass(frozen=True, slots=True)
class ShownRadar:
    """Everything on the page."""

    board: RadarBoard
    candidates: list[Shown]

    @property
    def look(self) -> LookRow | None:
        """The latest look."""
        return self.board.look

    @property
    def waiting(self) -> bool:
        """Whether a worker is at it, or will be."""
        return is_waiting(self.look)

    @property
    def stalled(self) -> bool:
        """Whether it failed and a person must ask again."""
        return stalled(self.look)


def is_waiting(look: LookRow | None) -> bool:
    """Whether somebody asked for a look that is not done yet."""
    return look is not None and look.state == "waiting" and not stalled(look)


def shown_radar() -> ShownRadar:
    """The latest look."""
    board = parts().radar.board(community())
    found = [(one, one["text"].partition(":")[2] or one["text"]) for one in board.candidates[:SHOWN]]
    texts = {each: board.posts[each] for one, _ in found for each in one["samples"] if each in board.posts}
    hits = struck([Entry(word, Kind.NORMAL, "3.1", Level.REVIEW) for _, word in found], texts)
    return ShownRadar(
        board,
        [
            Shown(one, word, [
                sample(texts[each], [hit for hit in hits[each] if hit.library == str(place)])
                for each in one["samples"] if each in texts
            ])
            for place, (one, word) in enumerate(found)
        ],
    )  # fmt: skip


def struck(entries: Sequence[Entry], posts: dict[str, PostRow]) -> dict[str, tuple[Hit, ...]]:
    """Where entries stand in the texts of posts, disguises included; a hit's library is its entry's place."""
    usable = [replace(one, library=str(place)) for place, one in enumerate(entries) if _usable(one)]
    if not usable or not posts:
        return dict.fromkeys(posts, ())
    found = match_posts([("", post.text) for post in posts.values()], [Lexicon.compile(usable)], now=now())
    return {each: lexicons[0] for each, lexicons in zip(posts, found, strict=True)}


def _usable(entry: Entry) -> bool:
    try:
        check_entry(entry)
    except EntryError:
        return False
    return True


def sample(post: PostRow, hits: Sequence[Hit]) -> ShownSample:
    """A post with some hits marked."""
    spans = [Span(hit.start, hit.end, Tone.BLOCK, 0) for hit in hits if hit.field is Field.TEXT]
    return ShownSample(post, lay_out(*excerpt(post.text, spans, width=90)))
