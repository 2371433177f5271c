"""Puts evidence into a text: spans that may overlap become groups of pieces that a page can render.

Offsets are ``[start, end)`` in code points of the submitted text.  Pure: no Flask, no database.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Tone(StrEnum):
    """How loud a mark is; the loudest of several wins."""

    BLOCK = "block"
    REVIEW = "review"
    CONTACT = "contact"
    BRAND = "brand"
    QUIET = "quiet"


_LOUDNESS: Final = {tone: rank for rank, tone in enumerate(reversed(Tone))}


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the text and the piece of evidence (by its index) that names it."""

    start: int
    end: int
    tone: Tone
    evidence: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Text under the same spans throughout.  ``depth`` says how many."""

    text: str
    tone: Tone
    depth: int


@dataclass(frozen=True, slots=True)
class Group:
    """Spans that overlap, as one mark: its pieces in text order and the evidence it stands for."""

    pieces: tuple[Piece, ...]
    tone: Tone
    evidence: tuple[int, ...]


def lay_out(text: str, spans: Iterable[Span]) -> list[str | Group]:
    """Cut a text into plain strings and groups, in order; put together they are the text again.

    Spans are cut to the text; empty ones are left out.
    """
    kept = sorted(
        (
            Span(max(0, each.start), min(len(text), each.end), each.tone, each.evidence)
            for each in spans
            if max(0, each.start) < min(len(text), each.end)
        ),
        key=lambda each: (each.start, -each.end, each.evidence),
    )
    laid: list[str | Group] = []
    at = 0
    for cluster in _clusters(kept):
        start, end = cluster[0].start, max(each.end for each in cluster)
        if at < start:
            laid.append(text[at:start])
        laid.append(_group(text, cluster))
        at = end
    if at < len(text):
        laid.append(text[at:])
    return laid


def excerpt(text: str, spans: Sequence[Span], *, width: int = 60) -> tuple[str, list[Span]]:
    """The part of a text that a list shows: its beginning, or the surroundings of the first loud mark.

    Returns:
        At most ``width`` characters (and dots where it was cut) with the spans moved accordingly.
    """
    if len(text) <= width:
        return text, list(spans)
    loud = [each.start for each in spans if each.tone is not Tone.QUIET]
    first = min(loud, default=0)
    start = 0 if first < width // 2 else min(first - width // 4, len(text) - width)
    end = start + width
    before, after = "…" if start else "", "…" if end < len(text) else ""
    moved = [
        Span(
            max(each.start, start) - start + len(before),
            min(each.end, end) - start + len(before),
            each.tone,
            each.evidence,
        )
        for each in spans
        if each.start < end and each.end > start
    ]
    return f"{before}{text[start:end]}{after}", moved


def _clusters(spans: Sequence[Span]) -> list[list[Span]]:
    """Spans that hang together by overlap; touching ones stay apart."""
    clusters: list[list[Span]] = []
    reach = -1
    for each in spans:
        if not clusters or each.start >= reach:
            clusters.append([])
        clusters[-1].append(each)
        reach = max(reach, each.end)
    return clusters


def _group(text: str, cluster: Sequence[Span]) -> Group:
    edges = sorted({edge for each in cluster for edge in (each.start, each.end)})
    pieces = []
    for start, end in itertools.pairwise(edges):
        over = [each for each in cluster if each.start <= start and end <= each.end]
        pieces.append(Piece(text[start:end], _loudest(over), sum(one.tone is not Tone.QUIET for one in over)))
    return Group(tuple(pieces), _loudest(cluster), tuple(dict.fromkeys(each.evidence for each in cluster)))


def _loudest(spans: Iterable[Span]) -> Tone:
    return max((each.tone for each in spans), key=_LOUDNESS.__getitem__)
