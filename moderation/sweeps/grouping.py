"""What posts say of the accounts behind them: contacts, devices, and texts nearly alike, counted for the groups."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from moderation.domain.gangs import JoinKind, Sighting, UnionFind
from moderation.domain.verdict import Suggestion
from moderation.text.fingerprint import fingerprints, similar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moderation.domain.gangs import Gang
    from moderation.store.standing import Standing
    from moderation.text.fingerprint import Fingerprint

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
    """A group of accounts with some of its blocked posts.

    ``counts`` are (posts, blocked) of each account, ``texts`` the number of a post for each text that joins some.
    """

    gang: Gang
    samples: tuple[GangSample, ...]
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


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
class Seen:
    """What was seen so far."""

    sightings: list[Sighting] = field(default_factory=list)
    texts: list[tuple[int, Sighting]] = field(default_factory=list)
    posts: Counter[str] = field(default_factory=Counter)
    blocked: Counter[str] = field(default_factory=Counter)
    samples: defaultdict[str, list[GangSample]] = field(default_factory=lambda: defaultdict(list))


def take(seen: Seen, texts: Texts, posts: Sequence[Standing]) -> None:
    """Take in a batch of posts."""
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


def sightings(seen: Seen, texts: Texts) -> list[Sighting]:
    """Everything that was seen, texts alike under one key."""
    alike = [replace(sighting, key=f"#{texts.of(number)}") for number, sighting in seen.texts]
    return [*seen.sightings, *alike]


def found_gang(gang: Gang, seen: Seen, texts: Texts) -> FoundGang:
    """A group with what is told of it."""
    wanted = {join.key for join in gang.joins if join.kind is JoinKind.TEXT}
    posts: dict[str, str] = {}
    for number, sighting in seen.texts if wanted else ():
        key = f"#{texts.of(number)}"
        if key in wanted:
            posts.setdefault(key, sighting.post)
    counts = {author: (seen.posts[author], seen.blocked[author]) for author in gang.authors}
    return FoundGang(gang, samples(gang, seen), counts, posts)


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


def samples(gang: Gang, seen: Seen) -> tuple[GangSample, ...]:
    """Blocked posts, one of each account before the second of any."""
    turns = [
        seen.samples[author][turn : turn + 1]
        for turn in range(SAMPLES)
        for author in gang.authors
        if author in seen.samples
    ]
    return tuple(sample for each in turns for sample in each)[:SAMPLES]
