"""Codes in images: what a QR code or bar code says joins the text of its post.

Needs the packages zxing-cpp and Pillow.
"""

from __future__ import annotations

import io
import warnings
from typing import Final

MAX_PIXELS: Final = 40_000_000
"""Larger images are refused before they are decompressed (an A4 page at 400 dpi has 15 million)."""

MAX_CODES: Final = 20
"""Codes taken from one image."""

_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP")


class ImageError(ValueError):
    """Bytes that are no image, or one too large to look at."""


def read_codes(image: bytes) -> list[str]:
    """Texts of the codes in an image, each once, in the order they were found; at most :data:`MAX_CODES`.

    Only the first frame of an animation is read.

    Raises:
        ImageError: not an image of a known format, damaged, or of more than :data:`MAX_PIXELS`.
    """
    import zxingcpp  # noqa: PLC0415 - most posts have no image
    from PIL import Image  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(image), formats=_FORMATS) as opened:
                pixels = opened.width * opened.height
                grey = opened.convert("L") if pixels <= MAX_PIXELS else None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        grey = None
    except (OSError, SyntaxError, ValueError) as error:
        raise ImageError("not an image of a known format, or a damaged one") from error
    if grey is None:
        raise ImageError(f"an image of more than {MAX_PIXELS} pixels")
    found = dict.fromkeys(code.text for code in zxingcpp.read_barcodes(grey) if code.text)
    return list(found)[:MAX_CODES]
