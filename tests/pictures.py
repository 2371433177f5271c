"""Images made for a test."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
"""Debian's fonts-noto-cjk, installed with Chromium."""


def plain(width: int = 40, height: int = 30, kind: str = "PNG") -> bytes:
    return _stored(Image.new("RGB", (width, height), "white"), kind)


def noise(kind: str = "JPEG", width: int = 320, height: int = 240) -> bytes:
    """An image that no format makes small."""
    return _stored(Image.effect_noise((width, height), 80).convert("RGB"), kind)


def coded(text: str) -> bytes:
    """A QR code."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    return _stored(Image.fromarray(code.to_image(scale=5)))


def written(*lines: str) -> bytes:
    """Lines of text, black on white."""
    picture = Image.new("RGB", (640, 40 + 70 * len(lines)), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(FONT, 36)
    for number, line in enumerate(lines):
        draw.text((20, 20 + 70 * number), line, font=font, fill="black")
    return _stored(picture)


def _stored(picture: Image.Image, kind: str = "PNG") -> bytes:
    stored = io.BytesIO()
    picture.save(stored, kind)
    return stored.getvalue()
