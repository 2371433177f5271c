"""``make bench`` or ``python -m bench TEXTS``: the scoring rate against its peers, in one run.

TEXTS is JSON lines with a field ``text`` (also .xz).  Without it the demo community's posts are repeated.
Peers: the same weights in the bare runtime with the best batching, and a BERT-base-shaped classifier in
``transformers.pipeline`` at batch 32.  All of them run on one thread, turn by turn, several rounds.
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
import os
import platform
import statistics
import time
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("OMP_NUM_THREADS", "1")

from bench.peers import bare_runtime, pipeline
from moderation.assessment import Subject
from moderation.settings import Settings
from moderation.wiring.common import clock
from moderation.wiring.scoring import load_shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PEER_SHARE = 40
"""The pipeline is slow: it gets every so-manieth text."""


def main() -> None:
    """Time everything and print the ratios."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("texts", type=Path, nargs="?", help="JSON lines, also .xz")
    parser.add_argument("--limit", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    texts = read(options.texts, options.limit)
    shipped = load_shipped(Settings())
    lexicon = shipped.lexicon

    def ours(batch: Sequence[str]) -> None:
        shipped.assessor.assess([Subject(text, shipped.policy, lexicon) for text in batch], now=clock())

    few = texts[::PEER_SHARE]
    runs: dict[str, tuple[Callable[[Sequence[str]], object], list[str]]] = {
        "ours: normalise, segment, words, model, policy": (ours, texts),
        "bare runtime, same weights": (bare_runtime(shipped.assessor.classifier), texts),
        "transformers.pipeline, BERT-base shape, batch 32": (pipeline(), few),
    }
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for run, given in runs.values():
        run(given[:64])
    for _ in range(options.rounds):
        for name, (run, given) in runs.items():
            began = time.process_time()
            run(given)
            rates[name].append(len(given) / (time.process_time() - began))
    report(texts, rates)


def read(path: Path | None, limit: int) -> list[str]:
    """The texts to score."""
    if path is None:
        lines = (files("moderation.demo") / "posts.jsonl").read_text(encoding="utf-8").splitlines()
        return list(itertools.islice(itertools.cycle(json.loads(line)["text"] for line in lines), limit))
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line)["text"] for line in itertools.islice(stream, limit)]


def report(texts: Sequence[str], rates: dict[str, list[float]]) -> None:
    """Print medians per CPU second with their spread, and the ratios round by round."""
    characters = sum(map(len, texts)) / len(texts)
    print(
        f"{platform.processor() or platform.machine()}, one thread; {len(texts)} texts of {characters:.0f} characters"
    )
    for name, found in rates.items():
        print(
            f"{statistics.median(found):9.1f} posts per CPU second  [{min(found):.1f} – {max(found):.1f}]  {name}"
        )
    first, *peers = rates
    for peer in peers:
        ratios = [own / other for own, other in zip(rates[first], rates[peer], strict=True)]
        print(f"{statistics.median(ratios):9.2f} ×  [{min(ratios):.2f} – {max(ratios):.2f}]  {peer}")


if __name__ == "__main__":
    main()
