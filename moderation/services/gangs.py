"""团伙: accounts that belong together, by the posts of a window."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from moderation.domain.gangs import JoinKind, Sighting, UnionFind, gangs, joins
from moderation.domain.verdict import Suggestion
from moderation.store import standing
from moderation.text.fingerprint import fingerprints, similar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from moderation.domain.gangs import Gang
    from moderation.store.engine import Sessions
    from moderation.store.standing import Standing
    from moderation.text.fingerprint import Fingerprint

BATCH: Final = 1_000
SAMPLES: Final = 3

ALIKE: Final = 0.6
"""Estimated Jaccard index from which two texts are one."""

SHORT: Final = 12
"""Characters below which a likeness says nothing."""

LEADERS: Final = 40
"""Different texts of one band that a text is compared with: bounds the work where someone aims at a band."""


@dataclass(frozen=True, slots=True)
class GangSample:
    """A post of a group."""

    data_id: str
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class FoundGang:
    """A group of accounts with some of its blocked posts."""

    gang: Gang
    samples: tuple[GangSample, ...]


@dataclass(slots=True)
class Texts:
    """Numbers nearly identical texts alike."""

    _same: UnionFind[int] = field(default_factory=UnionFind)
    _bands: defaultdict[int, list[tuple[int, Fingerprint]]] = field(default_factory=lambda: defaultdict(list))
    _known: dict[tuple[int, ...], int] = field(default_factory=dict)

    def number(self, sketch: Fingerprint) -> int | None:
        """A number of the text; None for one that is too short.  Ask :meth:`of` which numbers are one."""
        if sketch.length < SHORT:
            return None
        if sketch.signature in self._known:
            return self._known[sketch.signature]
        mine = self._known[sketch.signature] = len(self._known)
        compared: set[int] = set()
        for key in sketch.band_keys():
            band = self._bands[key]
            for other, known in band[:LEADERS]:
                if other not in compared and similar(sketch, known) >= ALIKE:
                    self._same.join(other, mine)
                compared.add(other)
            band.append((mine, sketch))
        return mine

    def of(self, number: int) -> int:
        """The number that stands for all texts alike."""
        return self._same.root(number)


@dataclass(slots=True)
class _Seen:
    sightings: list[Sighting] = field(default_factory=list)
    texts: list[tuple[int, Sighting]] = field(default_factory=list)
    posts: Counter[str] = field(default_factory=Counter)
    blocked: Counter[str] = field(default_factory=Counter)
    samples: defaultdict[str, list[GangSample]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class Gangs:
    """The parts that the view needs."""

    sessions: Sessions

    def look(
        self,
        community_id: int,
        *,
        since: int,
        until: int,
        limit: int = 50,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> list[FoundGang]:
        """Groups of accounts by the posts received in ``[since, until)``, those with most blocked posts first.

        Args:
            community_id: the tenant.
            since: UTC microseconds.
            until: UTC microseconds.
            limit: most groups to answer.
            progress: told after each batch how many posts are read, of how many.
        """
        with self.sessions.read() as session:
            total = standing.count(session, community_id, since=since, until=until)
        seen, texts, read = _Seen(), Texts(), 0
        for batch in standing.batches(self.sessions, community_id, since=since, until=until, size=BATCH):
            _take(seen, texts, [one for one in batch if one.post.author_id])
            read += len(batch)
            progress(read, total)
        alike = [replace(sighting, key=f"#{texts.of(number)}") for number, sighting in seen.texts]
        counts = {author: (posts, seen.blocked[author]) for author, posts in seen.posts.items()}
        found = gangs(joins([*seen.sightings, *alike]), counts)[:limit]
        return [FoundGang(one, _samples(one, seen)) for one in found]


def _take(seen: _Seen, texts: Texts, posts: Sequence[Standing]) -> None:
    sketches = fingerprints([one.post.text for one in posts])
    for one, sketch in zip(posts, sketches, strict=True):
        author = one.post.author_id or ""
        outcome = one.decided.kind if one.decided else one.verdict.suggestion
        blocked = outcome == Suggestion.BLOCK.value
        seen.posts[author] += 1
        seen.blocked[author] += blocked
        if blocked and len(seen.samples[author]) < SAMPLES:
            seen.samples[author].append(GangSample(one.post.data_id, author, one.post.text))
        seen.sightings += _shared(one, author, outcome)
        number = texts.number(sketch)
        if number is not None:
            seen.texts.append((number, _sighting(one, author, outcome, JoinKind.TEXT, "")))


def _shared(one: Standing, author: str, outcome: str) -> Iterator[Sighting]:
    """What a post shares by its device and its contacts."""
    device = str(one.post.device.get("device_id") or "")
    if device:
        yield _sighting(one, author, outcome, JoinKind.DEVICE, device)
    for contact in one.verdict.body.get("contacts", ()):
        key = f"{contact['kind']}:{contact['value'].casefold()}"
        yield _sighting(one, author, outcome, JoinKind.CONTACT, key)


def _sighting(one: Standing, author: str, outcome: str, kind: JoinKind, key: str) -> Sighting:
    return Sighting(
        author=author,
        post=one.post.data_id,
        kind=kind,
        key=key,
        blocked=outcome == Suggestion.BLOCK.value,
        suspicious=outcome != Suggestion.PASS.value,
        official=bool(one.post.author.get("official")),
    )


def _samples(gang: Gang, seen: _Seen) -> tuple[GangSample, ...]:
    """Blocked posts, one of each account before the second of any."""
    turns = [
        seen.samples[author][turn : turn + 1]
        for turn in range(SAMPLES)
        for author in gang.authors
        if author in seen.samples
    ]
    return tuple(sample for each in turns for sample in each)[:SAMPLES]
