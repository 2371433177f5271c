"""From raw occurrences to hits: word boundaries, allow words, combinations, duplicates."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from moderation.domain.evidence import Field, Hit, HitType, Level
from moderation.text.entries import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moderation.text.tracing import Occurrence, Trace, View

WINDOW: Final = 40
"""Code points of the submitted text within which the parts of a combination count together."""


def resolve(trace: Trace, now: int, of: Field) -> list[Hit]:
    """Hits in order of place: combinations completed, duplicates and shorter twins dropped, reasons filled in."""
    if not trace.found:
        return []
    in_force = [each for each in trace.found if each.use.entry.in_force(now)]
    allowed = [each for each in in_force if each.use.entry.kind is Kind.ALLOW]
    others = [each for each in in_force if each.use.entry.kind is not Kind.ALLOW]
    whole = [_judged(each, allowed) for each in others if each.use.parts == 1]
    parts = [_judged(each, allowed) for each in _complete(each for each in others if each.use.parts > 1)]
    hits = [_hit(trace.original, each, of) for each in _longest(whole)]
    hits += _outermost(_combinations(trace.original, parts, of), hits)
    return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.clause, hit.library))


def _complete(found: Iterable[Occurrence]) -> list[Occurrence]:
    """Occurrences of combinations of which every part was found somewhere."""
    present: dict[int, list[Occurrence]] = {}
    for each in found:
        if each.disguised or not each.use.disguised:
            present.setdefault(each.use.combination, []).append(each)
    whole = (each for each in present.values() if len({one.use.part for one in each}) == each[0].use.parts)
    return list(chain.from_iterable(whole))


def _judged(each: Occurrence, allowed: Sequence[Occurrence]) -> Occurrence:
    """Suppress what the words of its text contradict, or what an allow word explains."""
    reason = _boundary_reason(*each.judge) if each.judge else ""
    return replace(each, reason=reason) if reason else _allow(each, allowed)


def _boundary_reason(view: View, start: int, end: int) -> str:
    torn = view.boundaries.torn(start, end)
    if torn is None and end - start == 1:
        torn = view.boundaries.holding(start, end)
    return "" if torn is None else f"与词语「{torn.text}」的边界不符"


def _allow(each: Occurrence, allowed: Sequence[Occurrence]) -> Occurrence:
    """Suppress what lies within an allow word; the longest one is named."""
    holding = [one for one in allowed if one.start <= each.start and each.end <= one.end]
    if not holding:
        return each
    longest = max(holding, key=lambda one: one.end - one.start)
    return replace(each, reason=f"属于放行词「{longest.surface}」")


def _longest(found: Iterable[Occurrence]) -> list[Occurrence]:
    """Without occurrences inside a longer one of the same clause, and without repeats from other views."""
    kept: list[Occurrence] = []
    reached: dict[tuple[str, bool], int] = {}
    for each in sorted(found, key=lambda one: (one.start, -one.end, bool(one.reason), one.disguised)):
        clause, suppressed = each.use.entry.clause, bool(each.reason)
        covered = reached.get((clause, False), -1)
        if suppressed:
            covered = max(covered, reached.get((clause, True), -1))
        if each.end > covered:
            reached[clause, suppressed] = each.end
            kept.append(each)
    return kept


def _combinations(original: str, found: Sequence[Occurrence], of: Field) -> list[Hit]:
    """Hits of combinations all of whose parts stand within the window; the first part is the evidence."""
    by_number: dict[int, list[Occurrence]] = {}
    for each in found:
        if not each.reason:
            by_number.setdefault(each.use.combination, []).append(each)
    hits = []
    for parts in by_number.values():
        firsts = [each for each in _longest(parts) if each.use.part == 0]
        for first in firsts:
            company = _company(first, parts)
            if len(company) == first.use.parts - 1:
                hits.append(_hit(original, first, of, company))
    return hits


def _outermost(combined: list[Hit], hits: Iterable[Hit]) -> list[Hit]:
    """Combined hits that no other hit of their clause and at least their level holds."""
    kept = [hit for hit in hits if not hit.suppressed]
    mere = len(kept)
    for hit in sorted(combined, key=lambda one: (one.level is not Level.BLOCK, one.start - one.end)):
        held = any(
            one.start <= hit.start
            and hit.end <= one.end
            and one.clause == hit.clause
            and (one.level is Level.BLOCK or hit.level is not Level.BLOCK)
            for one in kept
        )
        if not held:
            kept.append(hit)
    return kept[mere:]


def _company(first: Occurrence, parts: Sequence[Occurrence]) -> list[Occurrence]:
    """The nearest occurrence of each other part, apart from the first and within the window."""
    company = []
    for part in range(1, first.use.parts):
        near = [
            (max(first.start - each.end, each.start - first.end), each.start, each)
            for each in parts
            if each.use.part == part and (each.end <= first.start or first.end <= each.start)
        ]
        if near and min(near, key=lambda one: one[:2])[0] <= WINDOW:
            company.append(min(near, key=lambda one: one[:2])[2])
    return company


def _hit(original: str, each: Occurrence, of: Field, company: Sequence[Occurrence] = ()) -> Hit:
    entry = each.use.entry
    return Hit(
        type=HitType.KEYWORD if entry.kind in {Kind.NORMAL, Kind.PINYIN} else HitType.RULE,
        value=original[each.start : each.end],
        normalised=" & ".join([each.surface, *(one.surface for one in company)]),
        field=of,
        start=each.start,
        end=each.end,
        clause=entry.clause,
        library=entry.library,
        level=entry.level,
        suppressed=bool(each.reason),
        reason=each.reason,
    )
