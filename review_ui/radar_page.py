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
from review_ui import names
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
    """One candidate.

    ``word`` is what a list would have: a contact without its kind; ``written`` is how it stands in the first sample.
    """

    body: dict[str, Any]
    word: str
    samples: list[ShownSample]
    written: str = ""

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
class Card:
    """One advert: what rises in it most, and what else does."""

    lead: Shown
    others: list[Shown]


@dataclass(frozen=True, slots=True)
class ShownRadar:
    """Everything on the page."""

    board: RadarBoard
    cards: list[Card]
    total: int
    """Adverts, of which ``cards`` are the first."""

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
    groups = _groups(board.candidates)
    shown = groups[:SHOWN]
    found = [(one, _word_of(one)) for group in shown for one in group]
    texts = {each: board.posts[each] for one, _ in found for each in one["samples"] if each in board.posts}
    hits = struck([Entry(word, Kind.NORMAL, "3.1", Level.REVIEW) for _, word in found], texts)
    told = iter([_shown(one, word, str(place), texts, hits) for place, (one, word) in enumerate(found)])
    ordered = [[next(told) for _ in group] for group in shown]
    return ShownRadar(board, [Card(lead, others) for lead, *others in ordered], len(groups))


def _groups(candidates: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Candidates by the advert that they come out of, in the order of the strongest."""
    groups: dict[int, list[dict[str, Any]]] = {}
    for place, one in enumerate(candidates):
        # Looks of an earlier version know no groups: each stands alone.
        groups.setdefault(one.get("group", -1 - place), []).append(one)
    return list(groups.values())


def _word_of(one: dict[str, Any]) -> str:
    return str(one["text"].partition(":")[2] or one["text"])


def _shown(
    one: dict[str, Any], word: str, library: str, texts: dict[str, PostRow], hits: dict[str, tuple[Hit, ...]]
) -> Shown:
    """A candidate with its samples, those first in whose text it is seen."""
    own = [
        (texts[each], [hit for hit in hits[each] if hit.library == library])
        for each in one["samples"]
        if each in texts
    ]
    own.sort(key=lambda pair: not pair[1])
    written = own[0][1][0].value if own and own[0][1] else ""
    return Shown(one, word, [sample(post, marks) for post, marks in own], written)


def struck(entries: Sequence[Entry], posts: dict[str, PostRow]) -> dict[str, tuple[Hit, ...]]:
    """Where entries stand in the texts of posts, disguises included; a hit's library is its entry's place."""
    usable = [replace(one, library=str(place)) for place, one in enumerate(entries) if _usable(one)]
    if not usable or not posts:
        return dict.fromkeys(posts, ())
    found = match_posts(
        [(post.title, post.text) for post in posts.values()], [Lexicon.compile(usable)], now=now()
    )
    return {each: lexicons[0] for each, lexicons in zip(posts, found, strict=True)}


def _usable(entry: Entry) -> bool:
    try:
        check_entry(entry)
    except EntryError:
        return False
    return True


def sample(post: PostRow, hits: Sequence[Hit]) -> ShownSample:
    """A post with some hits marked; its title where they stand in there alone, or where it has no text."""
    marked = {hit.field for hit in hits}
    titled = post.title and (marked == {Field.TITLE} or not post.text)
    where, text = (Field.TITLE, post.title) if titled else (Field.TEXT, post.text)
    spans = [Span(hit.start, hit.end, Tone.BLOCK, 0) for hit in hits if hit.field is where]
    if not text.strip():
        return ShownSample(post, [names.images(len(post.images))])
    return ShownSample(post, lay_out(*excerpt(text, spans, width=90)))
