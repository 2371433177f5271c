"""Logits of held-out examples through the serving code, as the served model gives them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from moderation.training.calibrate import Judged
from moderation.training.labels import SERVED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from moderation.classifiers.transformer import TransformerClassifier
    from moderation.training.labels import Example


def judge(classifier: TransformerClassifier, examples: Sequence[Example], workers: int = 4) -> Judged:
    """Run the classifier on the examples, in several threads; those with a span go through as targets."""
    logits: NDArray[np.float32] = np.zeros((len(examples), SERVED), dtype=np.float32)
    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(lambda n: _logits(classifier, examples[n::workers]), range(workers)))
    for n, part in enumerate(parts):
        logits[n::workers] = part
    return Judged(examples, logits)


def _logits(classifier: TransformerClassifier, examples: Sequence[Example]) -> NDArray[np.float32]:
    logits: NDArray[np.float32] = np.zeros((len(examples), SERVED), dtype=np.float32)
    spans = [n for n, each in enumerate(examples) if each.span is not None]
    texts = [n for n, each in enumerate(examples) if each.span is None]
    if texts:
        found, _ = classifier.logits([examples[n].text for n in texts], [examples[n].title for n in texts])
        logits[texts] = found
    if spans:
        items = [(examples[n].text, *(examples[n].span or (0, 0))) for n in spans]
        logits[spans] = classifier.target_logits(items)
    return logits


def joined(parts: Sequence[Judged]) -> Judged:
    """Several as one."""
    return Judged(
        [each for part in parts for each in part.examples], np.concatenate([part.logits for part in parts])
    )
