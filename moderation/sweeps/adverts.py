"""Which of the things that rise come out of one advert: the same template, whoever fills it in."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from moderation.sweeps.grouping import Texts
from moderation.text.fingerprint import fingerprints

if TYPE_CHECKING:
    from collections.abc import Sequence

ASKED: Final = 200
"""Posts of one candidate that are compared: more would not change what most of them are."""

MOSTLY: Final = 0.8
"""Share of a candidate's posts that one template must have: a word of many adverts is a subject of its own."""

_FILLED_IN: Final = re.compile(r"[0-9A-Za-z_.·@-]+")
"""What changes from copy to copy: accounts, prices, numbers."""


def same_adverts(places: Sequence[Sequence[int]], texts: Sequence[str]) -> list[int]:
    """For each candidate the place of the first one that comes out of the same advert; its own where there is none.

    Args:
        places: for each candidate, the strongest first, the posts that it stands in, as places in ``texts``.
        texts: posts.
    """
    asked = sorted({at for where in places for at in where[:ASKED]})
    template = dict(zip(asked, _templates([texts[at] for at in asked]), strict=True))
    first: dict[int, int] = {}
    groups = []
    for place, where in enumerate(places):
        counts = Counter(template[at] for at in where[:ASKED])
        commonest, count = counts.most_common(1)[0] if counts else (-1, 0)
        alone = not counts or count < MOSTLY * sum(counts.values())
        groups.append(place if alone else first.setdefault(commonest, place))
    return groups


def _templates(texts: Sequence[str]) -> list[int]:
    """A number for each text, the same for those that are nearly identical but for what is filled in."""
    blank = [_FILLED_IN.sub("", text) for text in texts]
    alike, short = Texts(), dict[str, int]()
    numbers = [alike.number(sketch) for sketch in fingerprints(blank)]
    # Short ones must be equal; their numbers lie below zero.
    return [
        alike.of(number) if number is not None else short.setdefault(text, -1 - len(short))
        for text, number in zip(blank, numbers, strict=True)
    ]
