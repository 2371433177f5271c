"""How new words reach a worker that scores meanwhile."""

from __future__ import annotations

import itertools
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench.filling import keep_words, open_database
from moderation.assessment import Subject
from moderation.own_lexicons import OwnLexicons
from moderation.rulebooks import Rulebooks
from moderation.wiring.common import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from moderation.assessment import Assessment
    from moderation.text.entries import Entry
    from moderation.text.lexicon import Lexicon
    from moderation.wiring.scoring import Shipped

BATCH: Final = 64


@dataclass(frozen=True, slots=True)
class Scorer:
    """Texts, and what scores them."""

    shipped: Shipped
    texts: Sequence[str]

    def batch(self, texts: Sequence[str], lexicon: Lexicon) -> list[Assessment]:
        """Score a batch."""
        subjects = [Subject(text, self.shipped.policy, lexicon) for text in texts]
        return self.shipped.assessor.assess(subjects, now=clock())

    def batches(self) -> list[Sequence[str]]:
        """The texts in batches."""
        return [self.texts[start : start + BATCH] for start in range(0, len(self.texts), BATCH)]

    def all(self, lexicon: Lexicon) -> list[Assessment]:
        """Score everything."""
        return [one for batch in self.batches() for one in self.batch(batch, lexicon)]

    def with_and_without(self, small: Lexicon, large: Lexicon) -> tuple[float, float]:
        """Posts per CPU second with the large lexicon and with the small one, each batch with both in turn."""
        spent = {id(small): 0.0, id(large): 0.0}
        for number, batch in enumerate(self.batches()):
            for lexicon in (small, large) if number % 2 else (large, small):
                spent[id(lexicon)] += timed(lambda batch=batch, lexicon=lexicon: self.batch(batch, lexicon))
        return len(self.texts) / spent[id(large)], len(self.texts) / spent[id(small)]


def timed(run: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    began = time.process_time()
    run()
    return time.process_time() - began


@dataclass(frozen=True, slots=True)
class Arrival:
    """Seconds from publishing to use, of the longest batch until then and of a usual one; batches until then."""

    taken: float
    longest: float
    usual: float
    batches: int


def arrival(scorer: Scorer, words: Sequence[Entry], path: Path, **more: int) -> Arrival:
    """Publish words while a worker scores batch after batch, until it uses them."""
    shipped = scorer.shipped
    sessions, community = open_database(path)
    books = Rulebooks(sessions, shipped.policy, shipped.entries, shipped.calibrated)
    books.own = OwnLexicons(sessions, books.default.lexicon, shipped.policy.corroborated, **more)
    old = books.current(clock()).of(community).lexicon
    batches = itertools.cycle(scorer.batches())
    usual = statistics.median(timed_wall(lambda: scorer.batch(next(batches), old)) for _ in range(12))
    books.words.watch()
    keep_words(sessions, community, words)
    published = last = time.monotonic()
    gaps = []
    while (lexicon := books.current(clock()).of(community).lexicon) is old:
        scorer.batch(next(batches), lexicon)
        gaps.append(time.monotonic() - last)
        last = time.monotonic()
    gaps.append(time.monotonic() - last)
    return Arrival(time.monotonic() - published, max(gaps), usual, len(gaps) - 1)


def timed_wall(run: Callable[[], object]) -> float:
    """Seconds on the clock."""
    began = time.monotonic()
    run()
    return time.monotonic() - began


def load_seconds(scorer: Scorer, words: Sequence[Entry], path: Path, rounds: int) -> list[float]:
    """CPU seconds to read and compile the words, as a worker does that starts."""
    sessions, community = open_database(path)
    keep_words(sessions, community, words)
    plain = scorer.shipped.lexicon
    return [timed(OwnLexicons(sessions, plain).current) for _ in range(rounds)]


def print_arrival(name: str, found: Arrival) -> None:
    """One arrival."""
    kept = found.batches * found.usual / found.taken
    print(
        f"{found.taken:7.1f} s  from publishing to use, compiled {name}; scoring went on at {kept:.0%} of its rate"
    )
    print(f"{found.longest:7.1f} s  longest batch of {BATCH} until then, usually {found.usual:.2f} s")
