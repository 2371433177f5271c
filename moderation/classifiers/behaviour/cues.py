"""Cues: words and short patterns that point one way, found in one pass over a text."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ahocorasick_rs import AhoCorasick

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = Path(__file__).parent / "cues.toml"

_LATIN: Final = re.compile(r"[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Cues:
    """Words of each class that occur in a text, each once."""

    found: Mapping[str, frozenset[str]]
    text: str

    def has(self, *names: str) -> bool:
        """Tell whether any of the classes occurs."""
        return any(name in self.found for name in names)

    def count(self, *names: str) -> int:
        """How many different words of the classes occur; a word inside a longer one of its class does not count."""
        return sum(len(self.found.get(name, ())) for name in names)

    def classes(self, *names: str) -> int:
        """How many of the classes occur."""
        return sum(name in self.found for name in names)

    def matches(self, pattern: str) -> bool:
        """Tell whether a named pattern occurs."""
        return _patterns()[pattern].search(self.text) is not None


def read_cues(text: str) -> Cues:
    """Cues of a text in light form."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    automaton, classes, words = _automaton()
    for index, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
        if _whole(text, words[index], start, end):
            for name in classes[index]:
                found[name].add(words[index])
    return Cues({name: _longest(kept) for name, kept in found.items()}, text)


def without(text: str, pattern: str) -> str:
    """The text with every occurrence of a named pattern blanked."""
    return _patterns()[pattern].sub("　", text)


def is_water(core: str) -> bool:
    """Tell whether the whole text is one of the words that fill a thread and say nothing."""
    return core in _whole_words()


def _whole(text: str, word: str, start: int, end: int) -> bool:
    """A Latin word stands alone: ``dd`` is none in ``add``."""
    if _LATIN.match(word) and start and _LATIN.match(text[start - 1]):
        return False
    return not (_LATIN.match(word[-1]) and end < len(text) and _LATIN.match(text[end]) and word.isascii())


def _longest(words: set[str]) -> frozenset[str]:
    """Words that lie in no longer one: 加微 is 加 and 微信 only once."""
    if len(words) == 1:
        return frozenset(words)
    return frozenset(word for word in words if not any(word != other and word in other for other in words))


@cache
def _content() -> tuple[dict[str, list[str]], dict[str, str]]:
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: words.split() for name, words in content["words"].items()}, content["patterns"]


@cache
def _automaton() -> tuple[AhoCorasick, list[tuple[str, ...]], list[str]]:
    classes: defaultdict[str, list[str]] = defaultdict(list)
    for name, words in _content()[0].items():
        if name != "water":
            for word in words:
                classes[word].append(name)
    return AhoCorasick(list(classes)), [tuple(names) for names in classes.values()], list(classes)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for name, pattern in _content()[1].items()}


@cache
def _whole_words() -> frozenset[str]:
    return frozenset(_content()[0]["water"])
