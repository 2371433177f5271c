"""Brands: what a dossier says, where a brand is mentioned, and how mentions are counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from moderation.domain.evidence import Field
from moderation.domain.scores import Polarity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BUCKET: Final = 15 * 60 * 1_000_000
"""Width of a counting bucket in microseconds: 15 minutes, since time zones with :30 and :45 exist."""


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand dossier.

    ``aliases`` are other names; ``exclusions`` longer strings in which a name is not the brand
    (苹果 in 苹果汁); ``context`` words of which one must be near for an ambiguous name to count;
    ``competitors`` names of brands in the declared comparison set.
    """

    id: int
    name: str
    aliases: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the brand, without repeats."""
        return tuple(dict.fromkeys((self.name, *self.aliases)))


@dataclass(frozen=True, slots=True)
class Mention:
    """A brand found in a post; offsets in code points of the submitted field."""

    brand_id: int
    brand: str
    surface: str
    start: int
    end: int
    field: Field = Field.TEXT
    polarity: Polarity = Polarity.UNRATED
    probability: float = 0.0
    link_confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a brand's name stands, before the boundary rules have looked at it.

    ``start`` and ``end`` index the normalised text.
    """

    brand: Brand
    name: str
    start: int
    end: int


RATED_FROM: Final = 0.5
"""Lowest probability of a polarity that counts: below it no class is likelier than the others together."""

LINK_THRESHOLD: Final = 0.5
CONTEXT_WINDOW: Final = 40
"""How far, in characters, a context word may stand from an ambiguous name."""


def link(
    candidates: Sequence[Candidate], text: str, word_edges: frozenset[int]
) -> list[tuple[Candidate, float]]:
    """Judge which candidates really name their brand, and how surely.

    Args:
        candidates: places where a name stands, in the normalised ``text``.
        text: normalised text.
        word_edges: offsets where the segmenter sees a word begin or end.

    Returns:
        Of the candidates with a confidence of at least ``LINK_THRESHOLD`` the longest of each place, in text order.
        A long name that is not the brand here does not hide a shorter one that is.
    """
    judged = ((each, _confidence(each, text, word_edges)) for each in candidates)
    return _longest((each, confidence) for each, confidence in judged if confidence >= LINK_THRESHOLD)


def _longest(linked: Iterable[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    kept: list[tuple[Candidate, float]] = []
    for each, confidence in sorted(linked, key=lambda one: (one[0].start, -one[0].end)):
        if not kept or each.start >= kept[-1][0].end:
            kept.append((each, confidence))
    return kept


def _confidence(candidate: Candidate, text: str, word_edges: frozenset[int]) -> float:
    if _is_excluded(candidate, text) or _splits_latin(candidate, text):
        return 0.0
    near = text[max(0, candidate.start - CONTEXT_WINDOW) : candidate.end + CONTEXT_WINDOW]
    has_context = any(word in near for word in candidate.brand.context)
    if candidate.brand.context and not has_context:
        return 0.2
    on_edges = candidate.start in word_edges and candidate.end in word_edges
    if on_edges or has_context:
        return 0.95 if len(candidate.name) > 1 else 0.7
    # The segmenter does not know every brand: a long name across word edges is still the brand.
    return 0.8 if len(candidate.name) > 2 else 0.4  # noqa: PLR2004 - two characters collide with ordinary words


def _is_excluded(candidate: Candidate, text: str) -> bool:
    for phrase in candidate.brand.exclusions:
        at = text.find(phrase, max(0, candidate.start - len(phrase) + 1))
        while 0 <= at <= candidate.start:
            if at + len(phrase) >= candidate.end:
                return True
            at = text.find(phrase, at + 1)
    return False


def _splits_latin(candidate: Candidate, text: str) -> bool:
    """Tell whether a Latin name is part of a longer Latin word (mac in machine)."""
    before = text[candidate.start - 1] if candidate.start else ""
    after = text[candidate.end] if candidate.end < len(text) else ""
    return (_is_latin(before) and _is_latin(candidate.name[0])) or (
        _is_latin(after) and _is_latin(candidate.name[-1])
    )


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


@dataclass(slots=True)
class Count:
    """Counts of one bucket, or of a sum of buckets."""

    mentions: int = 0
    posts: int = 0
    authors: int = 0
    polarities: dict[Polarity, int] = field(default_factory=lambda: dict.fromkeys(Polarity, 0))
    by_source: dict[str, int] = field(default_factory=dict)


def bucket_of(instant: int) -> int:
    """First microsecond of the 15-minute bucket that holds an instant."""
    return instant - instant % BUCKET
