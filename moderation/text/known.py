"""Words that the lists have already: cut out of texts, and found again by their sound."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from ahocorasick_rs import AhoCorasick, MatchKind

from moderation.domain.nearness import nearness
from moderation.text.entries import Kind, parse_combination, plain_word
from moderation.text.pinyin import sound_of_word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moderation.text.entries import Entry

_KINDS: Final = frozenset({Kind.NORMAL, Kind.PINYIN, Kind.ALLOW})
_SHORTEST: Final = 2


class KnownWords:
    """Ordinary words of the lists."""

    def __init__(self, given: Iterable[Entry]) -> None:
        """Take ordinary and allowed words; patterns and parts of combinations mean nothing alone."""
        entries = list(given)
        self._clauses = {plain_word(one.word): one.clause for one in entries if one.kind in _KINDS}
        words = [word for word in self._clauses if len(word) >= _SHORTEST]
        self._innocent = {plain_word(one.word) for one in entries if one.kind is Kind.ALLOW}
        self._combinations = {
            plain_word(choice): one.word
            for one in entries
            if one.kind is Kind.COMBINATION
            for part in parse_combination(one.word)
            for choice, _ in part
        }
        self._words = AhoCorasick(words, matchkind=MatchKind.LeftmostLongest) if words else None
        self._sounds = {word: sound_of_word(word) for word in words}
        self._by_symbol: defaultdict[str, set[str]] = defaultdict(set)
        for word, sound in self._sounds.items():
            for symbol in sound:
                self._by_symbol[symbol].add(word)

    def __contains__(self, word: str) -> bool:
        """Whether a word, in its light form, stands in a list."""
        return word in self._clauses

    def without(self, text: str) -> str:
        """The text with every known word cut out; what stands before and after does not join."""
        if self._words is None:
            return text
        parts, at = [], 0
        for _, start, end in self._words.find_matches_as_indexes(text):
            parts.append(text[at:start])
            at = end
        return "\n".join((*parts, text[at:]))

    def combination_with(self, word: str) -> str:
        """A combination that has a word as one of its parts; empty where there is none."""
        return self._combinations.get(plain_word(word), "")

    def nearest(self, word: str) -> tuple[str, str]:
        """The known word whose sound is nearest, and its clause; empty where none is near."""
        sound = sound_of_word(word)
        alike = {other for symbol in sound for other in self._by_symbol.get(symbol, ())}
        measured = sorted((nearness(sound, self._sounds[other]), other) for other in alike)
        near = [other for distance, other in measured if distance.near and other not in self._innocent]
        return (near[0], self._clauses[near[0]]) if near else ("", "")
