"""What the radar counts: terms of a text, and which of them are no news.  Pure."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHORTEST: Final = 2
LONGEST: Final = 6
"""Characters of an n-gram."""

MOST_PIECES: Final = 2
"""Dictionary words that an everyday term is made of at most."""

MOST_CHARACTERS: Final = 2_000
"""Code points of a post that are looked at: a slang word of a longer post stands in others too."""

FIRST_CHINESE: Final = "\u3400"
_RUN: Final = re.compile(r"[\u3400-\u9fff]+|[a-z0-9_]+")
_TOKEN: Final = re.compile(r"[a-z0-9_]{2,20}")
_NUMBER: Final = re.compile(r"[0-9]+")
_ADDRESS: Final = re.compile(r"(?:[a-z]{3,6}://)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)+(?:[/?#][a-z0-9_./?=&%#-]*)?")
"""What reads like a web address: its parts (http, www, com) rise with every one of them and mean nothing."""


def runs(text: str) -> list[str]:
    """Runs of Chinese characters, and of Latin letters and digits, in order."""
    return _RUN.findall(text)


def terms(text: str) -> set[str]:
    """Chinese n-grams of 2 to 6 characters, and whole Latin words, of a text in its light form.

    Bare numbers and web addresses are left out: prices and dates mean nothing, and numbers and addresses that are
    contacts come as contacts.
    """
    found: set[str] = set()
    for run in runs(_ADDRESS.sub(" ", text[:MOST_CHARACTERS])):
        if run[0] < FIRST_CHINESE:
            if _TOKEN.fullmatch(run) and not _NUMBER.fullmatch(run):
                found.add(run)
            continue
        for size in range(SHORTEST, min(LONGEST, len(run)) + 1):
            found.update(run[at : at + size] for at in range(len(run) - size + 1))
    return found


def is_everyday(pieces: Sequence[str]) -> bool:
    """Tell whether a term is everyday language, by the dictionary words that it is cut into.

    What the dictionary lacks falls into single characters: two of them side by side are a word that it does not
    know, one alone is a particle or the end of a neighbour.  Three words and more are a slogan, however plain.
    """
    alone = [len(piece) == 1 for piece in pieces]
    return len(pieces) <= MOST_PIECES and not any(one and other for one, other in pairwise(alone))


def beside_contacts(found: Iterable[str], contacts: Iterable[str]) -> set[str]:
    """The terms without Latin ones that are part of a contact, however it is written: the contact says it."""
    values = [value.replace("_", "") for value in contacts]
    return {
        term
        for term in found
        if term[0] >= FIRST_CHINESE or not any(term.replace("_", "") in value for value in values)
    }
