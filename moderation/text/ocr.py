"""Lines of text in an image.  Needs the extra ``ocr`` (RapidOCR, whose models lie within its package)."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from moderation.text.images import grey

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_SCORE: Final = 0.5
"""Lines of which the recogniser is less sure are left out."""

MAX_SIDE: Final = 2000
"""Larger images are made smaller first: letters of a few pixels are not what adverts are written in."""


class LineReader:
    """Reads lines of Chinese and Latin text, from top to bottom."""

    def __init__(self, threads: int = 1) -> None:
        """Load the models.

        Raises:
            ImportError: the extra ``ocr`` is not installed.
        """
        from rapidocr import RapidOCR  # noqa: PLC0415 - an extra

        threads_of = {"intra_op_num_threads": threads, "inter_op_num_threads": 1}
        self._read: Any = RapidOCR(
            params={
                "Global.log_level": "error",
                **{f"EngineConfig.onnxruntime.{name}": value for name, value in threads_of.items()},
            }
        )

    def lines(self, image: bytes) -> list[str]:
        """Lines in one image, each once.

        Raises:
            ImageError: no image that can be read.
        """
        import numpy as np  # noqa: PLC0415 - most posts have no image

        picture = grey(image)
        picture.thumbnail((MAX_SIDE, MAX_SIDE))
        found = self._read(np.asarray(picture.convert("RGB")))
        texts: Sequence[str] = found.txts or ()
        scores: Sequence[float] = found.scores or ()
        return [
            text for text, score in zip(texts, scores, strict=True) if score >= LEAST_SCORE and text.strip()
        ]


def installed() -> bool:
    """Tell whether the extra is there."""
    return find_spec("rapidocr") is not None
