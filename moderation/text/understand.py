"""All that the text layer finds in a batch of posts, before any classifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.domain.evidence import Field
from moderation.text.contacts import find_contacts
from moderation.text.keywords import keywords
from moderation.text.normalise import normalise_many
from moderation.text.restore import restore
from moderation.text.surface import surface_families

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.evidence import Contact, Hit
    from moderation.text.lexicon import Lexicon
    from moderation.text.normalise import Normalised
    from moderation.text.restore import Reading
    from moderation.text.segment import Segmenter, Word
    from moderation.text.variants import Family


_NAME: Final = 6
"""Code points before a contact in which the disguised name of its messenger stands."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was found in one text; places of hits and contacts are code points of the submitted text.

    ``words`` lie in the light form.  ``families`` are the disguises that a hit or contact wears: a disguise that
    hides nothing is no evidence.
    """

    normalised: Normalised
    readings: tuple[Reading, ...]
    words: tuple[Word, ...]
    keywords: tuple[str, ...]
    hits: tuple[Hit, ...]
    contacts: tuple[Contact, ...]
    families: frozenset[Family]

    @property
    def cloaked(self) -> bool:
        """Tell whether a hit or a contact is disguised."""
        return bool(self.families)


def understand(
    texts: Sequence[str], *, lexicon: Lexicon, segmenter: Segmenter, now: int, field: Field = Field.TEXT
) -> list[Understanding]:
    """Understand a batch, in order; ``now`` (epoch microseconds) decides which lexicon entries are in force."""
    normalised = normalise_many(texts)
    readings = [tuple(restore(each)) for each in normalised]
    hits = lexicon.match(normalised, now, readings, field=field, segmenter=segmenter)
    return [
        _understanding(text, found, struck, segmenter, field)
        for text, found, struck in zip(normalised, readings, hits, strict=True)
    ]


def _understanding(
    text: Normalised, readings: tuple[Reading, ...], hits: list[Hit], segmenter: Segmenter, field: Field
) -> Understanding:
    words = tuple(segmenter.cut(text.text))
    contacts = tuple(find_contacts(text, readings, field=field))
    return Understanding(
        normalised=text,
        readings=readings,
        words=words,
        keywords=keywords(words),
        hits=tuple(hits),
        contacts=contacts,
        families=_families(text, readings, hits, contacts),
    )


def _families(
    text: Normalised, readings: Sequence[Reading], hits: Sequence[Hit], contacts: Sequence[Contact]
) -> frozenset[Family]:
    """Disguises within what was found."""
    found: set[Family] = set()
    places = {(hit.start, hit.end) for hit in hits if not hit.suppressed}
    places |= {(max(0, each.start - _NAME), each.end) for each in contacts}
    for start, end in places:
        found |= surface_families(text.original[start:end])
        for reading in readings:
            found |= reading.families(start, end)
    return frozenset(found)
