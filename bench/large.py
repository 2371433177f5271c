"""What size costs: 100,000 own words in scoring, their arrival at a worker, and backtests against scoring.

    python -m bench.large [TEXTS] [--words 100000] [--posts 512] [--rounds 7]

TEXTS is JSON lines with a field ``text``; without it the posts of the corpus' test part.  The words are made up, three
to five frequent characters each.  Rates are per CPU second of this process, on one thread, the two sides of a ratio in
turn: with and without the words batch by batch, scoring and backtest round by round.  The arrival is in seconds on the
clock, with the worker scoring all the while, once as it is and once as if every list were compiled by the batch that
finds it changed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

os.environ.setdefault("OMP_NUM_THREADS", "1")

from bench.arriving import Scorer, arrival, load_seconds, print_arrival, timed
from bench.filling import keep_posts, open_database
from moderation.services.backtesting import Backtesting
from moderation.settings import Settings
from moderation.text.entries import Entry, Kind
from moderation.text.lexicon import Lexicon
from moderation.text.pinyin import sounds
from moderation.wiring.common import clock
from moderation.wiring.scoring import load_shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

CORPUS: Final = Path(__file__).parents[1] / "models" / "corpus" / "posts.jsonl"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.large", description=__doc__.splitlines()[0])
    parser.add_argument("texts", type=Path, nargs="?")
    parser.add_argument("--words", type=int, default=100_000)
    parser.add_argument("--posts", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    shipped = load_shipped(Settings())
    texts = read(options.texts, options.posts)
    words = made_up(options.words)
    print(
        f"{len(texts)} posts, {len(words):,} own words, {options.rounds} rounds, load {os.getloadavg()[0]:.1f}"
    )
    small, large = shipped.lexicon, Lexicon.compile((*shipped.entries, *words))
    scoring = Scorer(shipped, texts)
    scoring.all(small)
    print_ratio(
        "scoring with the words / without",
        [scoring.with_and_without(small, large) for _ in range(options.rounds)],
    )
    with tempfile.TemporaryDirectory() as folder:
        spent = load_seconds(scoring, words, Path(folder) / "load.db", options.rounds)
        spread = f"[{min(spent):.1f} – {max(spent):.1f}]"
        print(f"{statistics.median(spent):7.1f} s  {spread} of CPU time to read and compile the words")
        print_arrival("beside the worker", arrival(scoring, words, Path(folder) / "beside.db"))
        print_arrival("by the batch", arrival(scoring, words, Path(folder) / "batch.db", at_once=10**9))
        print_ratio(
            "backtest / scoring", list(backtests(scoring, small, Path(folder) / "posts.db", options.rounds))
        )


def read(path: Path | None, limit: int) -> list[str]:
    """The texts to score."""
    rows = map(json.loads, (path or CORPUS).read_text(encoding="utf-8").splitlines())
    found = (row["text"] for row in rows if path or row["split"] == "test")
    return list(itertools.islice(found, limit))


def made_up(count: int) -> list[Entry]:
    """Words of frequent characters, the same ones each time."""
    rng = random.Random(7)  # noqa: S311 - test words, no secrets
    characters = "".join(sounds().frequent.values())
    words: dict[str, None] = {}
    while len(words) < count:
        words["".join(rng.choices(characters, k=rng.randint(3, 5)))] = None
    return [Entry(word, Kind.NORMAL, "3.1", library="own") for word in words]


def backtests(scorer: Scorer, lexicon: Lexicon, path: Path, rounds: int) -> list[tuple[float, float]]:
    """Posts per CPU second that a backtest decides again, and that are scored."""
    sessions, community = open_database(path)
    verdicts = [one.verdict for one in scorer.all(lexicon)]
    keep_posts(sessions, community, list(zip(scorer.texts, verdicts, strict=True)), copies=8)
    live = scorer.shipped.policy
    draft = replace(live, rules=tuple(replace(rule, review=0.3) for rule in live.rules)).with_reviews({})
    backtesting = Backtesting(sessions, "", scorer.shipped.calibrated)
    found = []
    for _ in range(rounds):
        began = time.process_time()
        posts = backtesting.run(community, before=live, after=draft, since=0, until=clock()).posts
        again = posts / (time.process_time() - began)
        found.append((again, len(scorer.texts) / timed(lambda: scorer.all(lexicon))))
    return found


def print_ratio(name: str, rounds: Sequence[tuple[float, float]]) -> None:
    """Median of the rounds' ratios, lowest and highest, and both rates."""
    ratios = [first / second for first, second in rounds]
    first, second = (statistics.median(side) for side in zip(*rounds, strict=True))
    rates = f"{first:,.0f} / {second:,.0f} posts per CPU second"
    print(f"{statistics.median(ratios):7.3f} ×  [{min(ratios):.3f} – {max(ratios):.3f}]  {name}: {rates}")


if __name__ == "__main__":
    main()
