"""Torch backends: a bundle's own network on CUDA or CPU, and any Hugging Face sequence classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer, BertConfig

from moderation.classifiers.batching import Budget, batches
from moderation.classifiers.bundle import SENTIMENTS, BundleError, read_bundle
from moderation.classifiers.network import Network, from_weights
from moderation.classifiers.transformer import EMPTY, TransformerClassifier
from moderation.domain.convention import Category
from moderation.domain.scores import NEUTRAL, Polarity, Scores, Sentiment, TargetSentiment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_AROUND: Final = 60
_LARGE: Final = Budget(tokens=16_384, padding=16)


def default_device() -> str:
    """``cuda`` where there is one, else ``cpu``."""
    return "cuda" if torch.cuda.is_available() else "cpu"


class TorchRunner:
    """A network as a :class:`moderation.classifiers.protocol.Runner`; bf16 on CUDA, fp32 on the CPU."""

    def __init__(self, network: Network, device: str) -> None:
        self._device = torch.device(device)
        kind = torch.bfloat16 if self._device.type == "cuda" else torch.float32
        self._network = network.to(self._device, kind).eval()

    @torch.inference_mode()
    def run(self, ids: NDArray[np.int64], types: NDArray[np.int64]) -> NDArray[np.float32]:
        """Logits (batch, outputs)."""
        found = self._network(
            torch.from_numpy(ids).to(self._device), torch.from_numpy(types).to(self._device)
        )
        return np.asarray(found.float().cpu().numpy(), dtype=np.float32)


def load_torch_classifier(folder: Path, device: str | None = None) -> TransformerClassifier:
    """A bundle's network under torch.

    Args:
        folder: a bundle that holds ``network.safetensors`` and ``config.json``.
        device: ``cuda``, ``cpu``; None chooses.

    Raises:
        BundleError: the bundle is damaged or carries no torch weights.
    """
    bundle = read_bundle(folder)
    if not (folder / "network.safetensors").exists():
        message = f"bundle {folder} has no network.safetensors: it can only be served by onnxruntime"
        raise BundleError(message)
    place = device or default_device()
    config = BertConfig.from_pretrained(folder)
    config._attn_implementation = "sdpa" if place.startswith("cuda") else "eager"  # noqa: SLF001 - the only way after reading a config
    network = from_weights(config, load_file(folder / "network.safetensors"))
    return TransformerClassifier(bundle, TorchRunner(network, place), _LARGE if place != "cpu" else None)


class HuggingFaceClassifier:
    """Any sequence-classification checkpoint, by hub id or path.

    Args:
        checkpoint: hub id or folder.
        labels: checkpoint's label to ours: a category, ``offence``, or a sentiment class.  Labels that are
            called like ours need no entry; a label that is neither is left out of the scores.
        device: as above.

    Raises:
        BundleError: the checkpoint cannot be loaded, or none of its labels means anything here.
    """

    def __init__(
        self, checkpoint: str, labels: Mapping[str, str] | None = None, device: str | None = None
    ) -> None:
        try:
            self._tokenise = AutoTokenizer.from_pretrained(checkpoint)
            self._model = AutoModelForSequenceClassification.from_pretrained(checkpoint)
        except (OSError, ValueError, KeyError) as error:
            message = f"checkpoint {checkpoint} cannot be loaded: {str(error).splitlines()[0]}"
            raise BundleError(message) from error
        self._device = torch.device(device or default_device())
        self._model = self._model.to(self._device).eval()
        self._checkpoint = checkpoint
        ours = {"offence", *SENTIMENTS, *(category.value for category in Category)}
        given = {int(n): str(label) for n, label in self._model.config.id2label.items()}
        named = {n: (labels or {}).get(label, label.lower()) for n, label in given.items()}
        self._columns = {name: n for n, name in named.items() if name in ours}
        if not self._columns:
            message = (
                f"checkpoint {checkpoint}: none of its labels ({', '.join(given.values())}) is mapped to ours"
            )
            raise BundleError(message)
        self._several = self._model.config.problem_type == "multi_label_classification"

    @property
    def version(self) -> str:
        """The checkpoint's name."""
        return self._checkpoint

    def score(self, texts: Sequence[str], titles: Sequence[str | None] | None = None) -> list[Scores]:
        """Scores of each text; what the checkpoint has no label for stays 0 (sentiment: neutral)."""
        heads = titles or [None] * len(texts)
        whole = [f"{title}\n{text}" if title else text for text, title in zip(texts, heads, strict=True)]
        rows = self._probabilities(whole)
        return [
            self._scores(row) if text.strip() else EMPTY
            for text, row in zip(whole, rows.tolist(), strict=True)
        ]

    def target_sentiment(self, items: Sequence[tuple[str, int, int]]) -> list[TargetSentiment]:
        """The sentiment of the words around the target: such a checkpoint knows no targets."""
        if not set(SENTIMENTS) & set(self._columns):
            return [TargetSentiment(Polarity.UNRATED, 0.0) for _ in items]
        near = [text[max(0, start - _AROUND) : end + _AROUND] for text, start, end in items]
        found = [each.sentiment for each in self.score(near)]
        return [
            TargetSentiment(each.label, max(each.negative, each.neutral, each.positive)) for each in found
        ]

    @torch.inference_mode()
    def _probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        out = np.zeros((len(texts), self._model.config.num_labels), dtype=np.float32)
        limit = min(512, getattr(self._model.config, "max_position_embeddings", 512))
        for members in batches([min(len(text), limit) for text in texts], _LARGE):
            encoded = self._tokenise(
                [texts[n] for n in members],
                padding=True,
                truncation=True,
                max_length=limit,
                return_tensors="pt",
            )
            logits = self._model(**encoded.to(self._device)).logits.float()
            found = logits.sigmoid() if self._several else logits.softmax(-1)
            out[members] = found.cpu().numpy()
        return out

    def _scores(self, row: list[float]) -> Scores:
        by_name = {name: row[column] for name, column in self._columns.items()}
        sentiment = NEUTRAL
        if set(SENTIMENTS) & set(by_name):
            parts = [by_name.get(name, 0.0) for name in SENTIMENTS]
            total = sum(parts) or 1.0
            sentiment = Sentiment(*(part / total for part in parts))
        return Scores(
            ad=by_name.get("ad", 0.0),
            negativity=by_name.get("offence", 0.0),
            sentiment=sentiment,
            categories={category: by_name.get(category, 0.0) for category in Category},
        )
