"""What the rest of the service asks of a classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from moderation.domain.scores import Scores, TargetSentiment


@runtime_checkable
class Classifier(Protocol):
    """Scores texts in batches; a list in, a list out, same order."""

    @property
    def version(self) -> str:
        """Name and version of the model, kept with every verdict."""
        ...

    def score(self, texts: Sequence[str], titles: Sequence[str | None] | None = None) -> list[Scores]:
        """Calibrated scores of each text; ``titles`` has one entry a text."""
        ...

    def target_sentiment(self, items: Sequence[tuple[str, int, int]]) -> list[TargetSentiment]:
        """Feeling of each (text, start, end) towards the target at ``[start, end)`` in code points."""
        ...


class Runner(Protocol):
    """Runs the network: the part that differs between onnxruntime and torch."""

    def run(self, ids: NDArray[np.int64], types: NDArray[np.int64]) -> NDArray[np.float32]:
        """Logits (batch, outputs) of padded ids and token types (batch, length)."""
        ...
