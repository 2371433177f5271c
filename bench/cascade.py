"""What a cascade would save: how many posts the wide part alone could pass, for how many flagged ones lost.

    python -m bench.cascade --labelled LABELLED --unlabelled TEXT/part-2.txt.xz --experts build/run/wide.safetensors

The first stage is a logistic regression on the logits of the wide part's experts (linear n-gram models, all but
free), fitted on one half of dev texts to say whether the whole model would ask for review or more; measured on the
other half.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.console import Console
from rich.table import Table
from safetensors.torch import load_file
from sklearn.linear_model import LogisticRegression

from bench.rules import POSTS
from moderation.classifiers import load_classifier
from moderation.settings import Settings
from moderation.training.assemble import Sources
from moderation.training.calibrate import probabilities
from moderation.training.held import judge
from moderation.training.labels import BINARY
from moderation.training.ngrams import expert_logits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moderation.classifiers.transformer import TransformerClassifier
    from moderation.training.held import Judged
    from moderation.training.labels import Example

SOURCES: Final = ("posts", "cold", "ewect", "weibo_8moods", "conv_sentiment", "tg_spam", "mc_qq_ads")
MOST: Final = 1500
LOST: Final = (0.002, 0.005, 0.01, 0.02, 0.05)
_EXPERTS: Final = ("all", "posts")


def texts(sources: Sources) -> list[Example]:
    """Dev texts of the sources that look most like posts, and unlabelled ones."""
    dev = sources.dev()
    own = [each for name in SOURCES for each in dev.get(name, [])[:MOST] if each.target is None]
    return own + sources.ordinary(4000)


def flagged(classifier: TransformerClassifier, judged: Judged) -> NDArray[np.bool_]:
    """Whether any head of the whole model reaches its review threshold, shape (texts,)."""
    found = np.zeros(len(judged.examples), dtype=bool)
    for column, name in enumerate(BINARY):
        pair = classifier.bundle.calibration.binary[name]
        limit = classifier.bundle.thresholds[name].review
        if limit is not None:
            found |= probabilities(judged.logits[:, column].astype(np.float64), pair) >= limit
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.cascade", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument("--labelled", type=Path, required=True)
    parser.add_argument("--unlabelled", type=Path, required=True)
    parser.add_argument("--experts", type=Path, required=True)
    parser.add_argument("--posts", type=Path, default=POSTS)
    given = parser.parse_args()
    classifier = load_classifier(Settings().bundle)
    examples = texts(Sources(given.labelled, given.posts, given.unlabelled))
    said = flagged(classifier, judge(classifier, examples))
    logits = expert_logits(load_file(given.experts), classifier.tokeniser, examples)
    features = np.concatenate([logits[name][:, : len(BINARY)].numpy() for name in _EXPERTS], axis=1)
    seen = np.arange(len(examples)) % 2 == 0
    first = LogisticRegression(C=0.1, max_iter=2000).fit(features[seen], said[seen])
    suspicion = first.predict_proba(features)[:, 1]
    unlabelled = np.asarray([each.source == "unlabelled" for each in examples]) & ~seen
    table = Table(
        "flagged posts given up on the first half", "lost on the other half", "unlabelled passed early"
    )
    for share in LOST:
        cut = float(np.quantile(suspicion[seen & said], share))
        lost = suspicion[~seen & said] < cut
        table.add_row(
            f"{share:.1%}",
            f"{lost.mean():.2%} ({int(lost.sum())} of {len(lost)})",
            f"{(suspicion[unlabelled] < cut).mean():.1%}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
