"""Words sought in posts that were understood before: hits alone, without segmenting, contacts and keywords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.domain.evidence import Field
from moderation.text.normalise import normalise_many
from moderation.text.restore import restore
from moderation.text.segment import default_segmenter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.evidence import Hit
    from moderation.text.lexicon import Lexicon


def match_posts(
    posts: Sequence[tuple[str, str]], lexicons: Sequence[Lexicon], *, now: int
) -> list[list[tuple[Hit, ...]]]:
    """Hits of each lexicon in each (title, text), in the posts' order; suppressed ones are included.

    Each post is normalised once, whatever the number of lexicons.  ``now`` is in epoch microseconds; places are
    code points of the submitted texts.
    """
    titles = _match([title for title, _ in posts], lexicons, Field.TITLE, now)
    texts = _match([text for _, text in posts], lexicons, Field.TEXT, now)
    return [
        [(*head, *body) for head, body in zip(heads, bodies, strict=True)]
        for heads, bodies in zip(zip(*titles, strict=True), zip(*texts, strict=True), strict=True)
    ]


def _match(
    texts: Sequence[str], lexicons: Sequence[Lexicon], where: Field, now: int
) -> list[list[list[Hit]]]:
    """For each lexicon the hits of each text."""
    normalised = normalise_many(texts)
    readings = [tuple(restore(each)) for each in normalised]
    segmenter = default_segmenter()
    return [
        lexicon.match(normalised, now, readings, field=where, segmenter=segmenter) for lexicon in lexicons
    ]
