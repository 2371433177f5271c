"""Images: whether bytes are one, and what a QR code or bar code in them says.

Needs the packages zxing-cpp and Pillow.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS: Final = 40_000_000
"""Larger images are refused before they are decompressed (an A4 page at 400 dpi has 15 million)."""

MAX_CODES: Final = 20
"""Codes taken from one image."""

_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
_NO_IMAGE: Final = "not an image of a known format (PNG, JPEG, GIF, WebP, BMP), or a damaged one"
_DAMAGED: Final = "a damaged image: it cannot be decoded to its end; send the whole file"
_BROKEN: Final = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)
"""What decoders raise where the bytes are not what their head promises."""

_TOO_LARGE: Final = f"an image of more than {MAX_PIXELS} pixels"


class ImageError(ValueError):
    """Bytes that are no image, or one too large to look at."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Kind and size in pixels of an image."""

    media_type: str
    width: int
    height: int


def frame(image: bytes) -> Frame:
    """Kind and size of an image that can be decoded to its end; of an animation its first frame is.

    Raises:
        ImageError: not an image of a known format, damaged, or of more than :data:`MAX_PIXELS`.
    """
    opened = _open(image)
    shape = Frame(f"image/{(opened.format or '').lower()}", opened.width, opened.height)
    try:
        opened.verify()  # checks of PNG's parts; it leaves nothing that could be decoded
        again = _open(image)
        # A JPEG is unpacked to an eighth of its size: all of its bytes are read, a fraction of the memory is needed.
        again.draft("L", (max(1, shape.width // 8), max(1, shape.height // 8)))
        again.load()
    except _BROKEN as error:
        raise ImageError(_DAMAGED) from error
    return shape


def grey(image: bytes) -> Image:
    """The image in grey, its first frame if it moves.

    Raises:
        ImageError: not an image of a known format, damaged, or of more than :data:`MAX_PIXELS`.
    """
    opened = _open(image)
    try:
        return opened.convert("L")
    except _BROKEN as error:
        raise ImageError(_DAMAGED) from error


def _open(image: bytes) -> Image:
    from PIL import Image  # noqa: PLC0415 - most posts have no image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we count for ourselves
            opened = Image.open(io.BytesIO(image), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise ImageError(_TOO_LARGE) from error
    except _BROKEN as error:
        raise ImageError(_NO_IMAGE) from error
    if opened.width * opened.height > MAX_PIXELS:
        raise ImageError(_TOO_LARGE)
    return opened


def read_codes(image: bytes) -> list[str]:
    """Texts of the codes in an image, each once, in the order they were found; at most :data:`MAX_CODES`.

    Only the first frame of an animation is read.

    Raises:
        ImageError: not an image of a known format, damaged, or of more than :data:`MAX_PIXELS`.
    """
    import zxingcpp  # noqa: PLC0415 - most posts have no image

    found = dict.fromkeys(code.text for code in zxingcpp.read_barcodes(grey(image)) if code.text)
    return list(found)[:MAX_CODES]
