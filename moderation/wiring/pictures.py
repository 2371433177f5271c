"""Builds what looks at images: scoring workers fetch and read them, the web only takes uploads in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.domain.failures import UserError
from moderation.images.keeping import Pictures
from moderation.images.looking import Looking
from moderation.outbound.fetching import Fetcher
from moderation.text import ocr
from moderation.wiring.common import clock

if TYPE_CHECKING:
    from moderation.settings import Settings
    from moderation.store.engine import Sessions


class OcrMissingError(UserError):
    """Reading text in images was asked for without the extra that does it."""


def build_looking(settings: Settings, sessions: Sessions) -> Looking:
    """Parts of a scoring worker.

    Raises:
        OcrMissingError: ``MODERATION_OCR`` is set and the extra ``ocr`` is not installed.
    """
    if settings.ocr and not ocr.installed():
        raise OcrMissingError(
            "MODERATION_OCR is set, but the extra is not installed: pip install 'moderation[ocr]'"
        )
    return Looking(
        Pictures(sessions, clock),
        fetcher=Fetcher(_names(settings.image_hosts), _names(settings.internal_image_hosts)),
        reader=ocr.LineReader(settings.threads_per_worker) if settings.ocr else None,
    )


def _names(listed: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in listed.split(",") if each.strip())
