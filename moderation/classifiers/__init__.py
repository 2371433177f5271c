"""Text to scores: knows nothing of posts, policy or database.

:func:`load_classifier` opens a bundle of ``models/`` with onnxruntime alone; torch and transformers are
reached only through :mod:`moderation.classifiers.torch_backend`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from moderation.classifiers.bundle import BundleError, read_bundle
from moderation.classifiers.protocol import Classifier

if TYPE_CHECKING:
    from moderation.classifiers.transformer import TransformerClassifier

__all__ = ["BundleError", "Classifier", "load_classifier", "read_bundle"]


def load_classifier(path: str | Path, threads: int = 1) -> TransformerClassifier:
    """Open a bundle for scoring on the CPU.

    Args:
        path: the bundle's folder, such as ``models/zh-base``.
        threads: of onnxruntime within one call; one thread a process is the fastest for many workers.

    Raises:
        BundleError: a file is missing or damaged, or a label is unknown.
    """
    from moderation.classifiers.onnx_backend import OnnxRunner  # noqa: PLC0415 - onnxruntime is an extra
    from moderation.classifiers.transformer import TransformerClassifier  # noqa: PLC0415

    bundle = read_bundle(Path(path))
    return TransformerClassifier(bundle, OnnxRunner(bundle.folder / "model.onnx", threads))
