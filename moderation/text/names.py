"""Finds names of things (brands) in normalised text: every place where one stands, judged by others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from ahocorasick_rs import AhoCorasick

from moderation.text.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")


class NameFinder(Generic[T]):
    """An automaton over names, each of which stands for an owner.  Built once, used for every text."""

    def __init__(self, names: Iterable[tuple[str, T]]) -> None:
        """Compile ``(name, owner)`` pairs; a name may have several owners.  Empty names are left out."""
        owners: dict[str, list[T]] = {}
        for name, owner in names:
            folded = normalise(name).text.strip()
            if folded:
                owners.setdefault(folded, []).append(owner)
        self._names = list(owners)
        self._owners = list(owners.values())
        self._automaton = AhoCorasick(self._names) if self._names else None

    def find(self, text: str) -> Iterator[tuple[T, str, int, int]]:
        """Yield ``(owner, name, start, end)`` for every place in normalised ``text``, overlapping ones too."""
        if self._automaton is None:
            return
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            for owner in self._owners[index]:
                yield owner, self._names[index], start, end
