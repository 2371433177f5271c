"""The network under onnxruntime."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from moderation.classifiers.bundle import BundleError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


class OnnxRunner:
    """One onnxruntime session on the CPU; safe to call from several threads."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            message = f"{path} cannot be loaded: {str(error).splitlines()[0]}"
            raise BundleError(message) from error

    def run(self, ids: NDArray[np.int64], types: NDArray[np.int64]) -> NDArray[np.float32]:
        """Logits (batch, outputs)."""
        found: NDArray[np.float32] = self._session.run(None, {"ids": ids, "types": types})[0]
        return np.asarray(found, dtype=np.float32)
