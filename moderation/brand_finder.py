"""Finds a community's brands in texts that were understood."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from moderation.domain.brands import Brand, Candidate, Mention, link
from moderation.text.names import NameFinder
from moderation.text.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.evidence import Field
    from moderation.text.understand import Understanding


class BrandFinder:
    """Finds the brands of one community's dossiers."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        """Compile the names once."""
        folded = [_folded(brand) for brand in brands]
        self._names = NameFinder((name, brand) for brand in folded for name in brand.names)
        self._given = {brand.id: brand.name for brand in brands}

    def find(self, understanding: Understanding, where: Field) -> list[Mention]:
        """Mentions in one text, not yet rated; offsets in the submitted text."""
        normalised = understanding.normalised
        found = [
            Candidate(owner, name, start, end)
            for owner, name, start, end in self._names.find(normalised.text)
        ]
        if not found:
            return []
        edges = frozenset(edge for word in understanding.words for edge in (word.start, word.end))
        mentions = []
        for candidate, confidence in link(found, normalised.text, edges):
            start, end = normalised.span(candidate.start, candidate.end)
            mentions.append(
                Mention(
                    brand_id=candidate.brand.id,
                    brand=self._given[candidate.brand.id],
                    surface=normalised.original[start:end],
                    start=start,
                    end=end,
                    field=where,
                    link_confidence=confidence,
                )
            )
        return mentions


NO_BRANDS = BrandFinder(())


def _folded(brand: Brand) -> Brand:
    """The dossier in the form that normalised text has."""
    return replace(
        brand,
        name=normalise(brand.name).text,
        aliases=tuple(normalise(one).text for one in brand.aliases),
        exclusions=tuple(normalise(one).text for one in brand.exclusions),
        context=tuple(normalise(one).text for one in brand.context),
    )
