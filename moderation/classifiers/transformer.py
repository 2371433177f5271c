"""The transformer of a bundle as a classifier: tokenise, window, batch, run, calibrate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from moderation.classifiers.batching import Budget, batches, pad, windows
from moderation.classifiers.bundle import SENTIMENTS, BundleError
from moderation.classifiers.tokenise import CLS, SEP, TARGET_START, Tokeniser, Vocabulary
from moderation.domain.convention import Category
from moderation.domain.scores import NEUTRAL, Intent, Polarity, Scores, Sentiment, TargetSentiment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from moderation.classifiers.bundle import Bundle
    from moderation.classifiers.protocol import Runner
    from moderation.classifiers.tokenise import Encoded

    Floats = NDArray[np.float32]

_POLARITIES: Final = (Polarity.NEGATIVE, Polarity.NEUTRAL, Polarity.POSITIVE)
EMPTY: Final = Scores(ad=0.0, negativity=0.0, sentiment=NEUTRAL)


def sigmoid(values: Floats) -> Floats:
    """Logistic function, safe for large values."""
    found: Floats = np.reciprocal(np.exp(-np.clip(values, -30.0, 30.0)) + np.float32(1.0))
    return found


def softmax(values: Floats) -> Floats:
    """Softmax over the last axis."""
    shifted = np.exp(values - values.max(axis=-1, keepdims=True))
    found: Floats = shifted / shifted.sum(axis=-1, keepdims=True)
    return found


class TransformerClassifier:
    """Implements :class:`moderation.classifiers.protocol.Classifier` over any :class:`Runner`."""

    def __init__(self, bundle: Bundle, runner: Runner, budget: Budget | None = None) -> None:
        try:
            vocabulary = Vocabulary.read(bundle.folder / "vocab.json")
        except (OSError, ValueError, KeyError, TypeError) as error:
            message = f"bundle {bundle.folder}: {error}"
            raise BundleError(message) from None
        self.bundle, self.tokeniser = bundle, Tokeniser(vocabulary)
        self._runner, self._budget = runner, budget or Budget()
        size = len(bundle.binary)
        self._sentiment = slice(size, size + 3)
        self._intent = slice(size + 3, size + 3 + len(bundle.intents))
        self._target = slice(self._intent.stop, self._intent.stop + 3)
        pairs = [bundle.calibration.binary.get(name, (1.0, 0.0)) for name in bundle.binary]
        self._scale = np.asarray([pair[0] for pair in pairs], dtype=np.float32)
        self._shift = np.asarray([pair[1] for pair in pairs], dtype=np.float32)

    @property
    def version(self) -> str:
        """Such as ``zh-base 1.0.0``."""
        return f"{self.bundle.name} {self.bundle.version}"

    def score(self, texts: Sequence[str], titles: Sequence[str | None] | None = None) -> list[Scores]:
        """Calibrated scores of each text; a text without a single character is neutral."""
        if titles is not None and len(titles) != len(texts):
            message = f"{len(texts)} texts but {len(titles)} titles"
            raise ValueError(message)
        logits, filled = self.logits(texts, titles)
        size = len(self.bundle.binary)
        binary = sigmoid(logits[:, :size] * self._scale + self._shift).tolist()
        heat = self.bundle.calibration.temperatures
        sentiment = softmax(logits[:, self._sentiment] / heat.get("sentiment", 1.0)).tolist()
        intent = softmax(logits[:, self._intent] / heat.get("intent", 1.0)).tolist()
        rows = zip(filled, binary, sentiment, intent, strict=True)
        return [self._scores(*row[1:]) if row[0] else EMPTY for row in rows]

    def _scores(self, binary: list[float], sentiment: list[float], intent: list[float]) -> Scores:
        by_name = dict(zip(self.bundle.binary, binary, strict=True))
        return Scores(
            ad=by_name[Category.AD],
            negativity=by_name["offence"],
            sentiment=Sentiment(**dict(zip(SENTIMENTS, sentiment, strict=True))),
            categories={category: by_name[category] for category in Category},
            intent={Intent(name): value for name, value in zip(self.bundle.intents, intent, strict=True)},
        )

    def target_sentiment(self, items: Sequence[tuple[str, int, int]]) -> list[TargetSentiment]:
        """Feeling of each (text, start, end) towards the target at ``[start, end)``."""
        logits = self.target_logits(items)[:, self._target]
        found = softmax(logits / self.bundle.calibration.temperatures.get("target", 1.0))
        return [TargetSentiment(_POLARITIES[int(row.argmax())], float(row.max())) for row in found]

    def target_logits(self, items: Sequence[tuple[str, int, int]]) -> Floats:
        """Logits (items, outputs) of texts with their target marked."""
        return self._run([self._encode_target(*item) for item in items])

    def _encode_target(self, text: str, start: int, end: int) -> Encoded:
        ids, limit = self.tokeniser.ids_with_target(text, start, end), self.bundle.max_length - 2
        if len(ids) > limit:
            first = min(max(0, ids.index(TARGET_START) - limit // 2), len(ids) - limit)
            ids = ids[first : first + limit]
        return [CLS, *ids, SEP], [0] * (len(ids) + 2)

    def logits(
        self, texts: Sequence[str], titles: Sequence[str | None] | None = None
    ) -> tuple[Floats, list[bool]]:
        """Logits (texts, outputs) before calibration, and which texts had any character at all.

        Long texts run as overlapping windows: the binary heads take the highest window (one advert is
        enough), the others the mean.
        """
        encoded: list[Encoded] = []
        owners: list[int] = []
        limit, filled = self.bundle.max_length, [True] * len(texts)
        for owner, text in enumerate(texts):
            title = (titles[owner] or "") if titles else ""
            head = self.tokeniser.ids(title) if title else None
            ids = self.tokeniser.ids(text)
            filled[owner] = bool(ids or head)
            room = limit - 2 if not head else limit - 3 - min(len(head), limit // 3)
            for window in windows(ids, room):
                encoded.append(self.tokeniser.assemble(window, head, limit))
                owners.append(owner)
        found = self._run(encoded)
        if len(owners) == len(texts):
            return found, filled
        return self._pool(found, np.asarray(owners), len(texts)), filled

    def _pool(self, found: Floats, owners: NDArray[np.int64], size: int) -> Floats:
        starts = np.searchsorted(owners, np.arange(size))
        out: Floats = np.add.reduceat(found, starts, axis=0)
        out /= np.bincount(owners, minlength=size)[:, None]
        kept = len(self.bundle.binary)
        out[:, :kept] = np.maximum.reduceat(found[:, :kept], starts, axis=0)
        return out

    def _run(self, encoded: Sequence[Encoded]) -> Floats:
        lengths = [len(ids) for ids, _ in encoded]
        out = np.zeros((len(encoded), self._target.stop), dtype=np.float32)
        for members in batches(lengths, self._budget):
            ids, types = pad([encoded[n] for n in members])
            out[members] = self._runner.run(ids, types)[:, : self._target.stop]
        return out
