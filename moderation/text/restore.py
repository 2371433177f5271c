"""Readings of a disguised text, for matching only: what is shown stays the author's.

A reading guesses, so whoever matches on it asks :class:`moderation.text.boundaries.Boundaries` again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.text.aliases import read_aliases
from moderation.text.glyphs import read_glyphs, squeeze
from moderation.text.homophones import read_homophones
from moderation.text.offsets import Offsets, Piece, rewrite
from moderation.text.substitution import DIGIT, Substitution
from moderation.text.variants import Family, variants

if TYPE_CHECKING:
    from collections.abc import Callable

    from moderation.text.normalise import Normalised

_DIGIT_RUN: Final = re.compile(rf"[{DIGIT}oli](?:[ \-.]?[{DIGIT}oli]){{4,}}")
_NOT_PLAIN: Final = re.compile(r"[^0-9oli \-.]|[0-9][oli]|[oli][0-9]")


@dataclass(frozen=True, slots=True)
class Change:
    """``[start, end)`` of the submitted text, ``before``, read as ``after``."""

    family: Family
    start: int
    end: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Reading:
    """An alternative text with its map to the submitted one."""

    text: str
    offsets: Offsets
    changes: tuple[Change, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Place in the submitted text of a span in this reading, both in code points.

        Raises:
            ValueError: the span does not lie within this reading.
        """
        return self.offsets.span(start, end)

    def families(self, start: int, end: int) -> frozenset[Family]:
        """Families of the changes that touch ``[start, end)`` of the submitted text."""
        return frozenset(each.family for each in self.changes if each.start < end and start < each.end)


def restore(normalised: Normalised) -> list[Reading]:
    """Readings that differ from the light form and from each other; none for nearly every ordinary text.

    Characters and strewn signs first, then words by alias and sound, then digits.
    """
    reading = Reading(normalised.text, normalised.offsets, ())
    found: list[Reading] = []
    for stages in _STAGES:
        before = reading
        for stage in stages:
            reading = _read_on(reading, stage, normalised.original)
        if reading is not before:
            found.append(reading)
    return found


def _read_on(reading: Reading, stage: Callable[[str], list[Substitution]], original: str) -> Reading:
    substitutions = stage(reading.text)
    if not substitutions:
        return reading
    text, offsets = rewrite(reading.text, [Piece(each.start, each.end, each.plain) for each in substitutions])
    changes = []
    for each in substitutions:
        start, end = reading.span(each.start, each.end)
        changes.append(Change(each.family, start, end, original[start:end], each.plain))
    return Reading(text, offsets.within(reading.offsets), (*reading.changes, *changes))


def _read_digits(text: str) -> list[Substitution]:
    """Runs of five digits or more of which some are written as characters or letters."""
    table = variants().digits
    found: list[Substitution] = []
    for run in _DIGIT_RUN.finditer(text):
        if not _NOT_PLAIN.search(run[0]) or sum(each not in "oli -." for each in run[0]) < 3:  # noqa: PLR2004
            continue
        places = range(run.start(), run.end())
        found.extend(
            Substitution(Family.DIGITS, place, place + 1, table.get(text[place], ""))
            for place in places
            if text[place] in table or text[place] in " -."
        )
    return found


_STAGES: Final[tuple[tuple[Callable[[str], list[Substitution]], ...], ...]] = (
    (read_glyphs, squeeze),
    (read_aliases, read_homophones),
    (_read_digits,),
)
