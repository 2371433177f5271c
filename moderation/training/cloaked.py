"""How much a cloak costs: recall and false alarms of a head on plain and cloaked texts, by family."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from moderation.text.variants import Family, cloak
from moderation.training.calibrate import probabilities
from moderation.training.held import judge
from moderation.training.labels import BINARY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.classifiers.transformer import TransformerClassifier
    from moderation.training.labels import Example

Figures = dict[str, Any]
_LEAST: Final = 20
_MOST: Final = 1000


def cloaked_figures(
    classifier: TransformerClassifier, examples: Sequence[Example], head: str, seed: int = 5
) -> Figures:
    """Recall and false alarms of a head on plain and cloaked texts, by family (up to 1,000 texts each).

    Only texts that a family can change are compared, with themselves.
    """
    known = [each for each in examples if head in each.binary][: 4 * _MOST]
    threshold = classifier.bundle.thresholds[head].review or 0.5
    column, found = BINARY.index(head), {}
    for family in Family:
        rng = random.Random(seed)  # noqa: S311 - a test draw
        pairs = [(each, cloak(each.text, family, rng)) for each in known]
        pairs = [(each, text) for each, text in pairs if text != each.text][:_MOST]
        if len(pairs) < _LEAST:
            continue
        labels = np.asarray([int(each.binary[head][0]) for each, _ in pairs])
        said = []
        for own_texts in ([each for each, _ in pairs], [replace(each, text=text) for each, text in pairs]):
            logits = judge(classifier, own_texts).logits[:, column].astype(np.float64)
            pair = classifier.bundle.calibration.binary.get(head, (1.0, 0.0))
            said.append(probabilities(logits, pair) >= threshold)
        own: Figures = {"posts": len(pairs)}
        for what, rows in (("recall", labels == 1), ("false_alarms", labels == 0)):
            if rows.any():
                own[what] = {
                    "plain": round(float(said[0][rows].mean()), 4),
                    "cloaked": round(float(said[1][rows].mean()), 4),
                }
        found[family.value] = own
    return found
