"""Builds what the recounting worker needs: no text library and no model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.outbound.bell import Bell
from moderation.services.brand_statistics import BrandStatistics
from moderation.wiring.common import connect_database, connect_redis

if TYPE_CHECKING:
    from moderation.settings import Settings


def build_statistics(settings: Settings) -> BrandStatistics:
    """Choose and connect the parts of the recounting worker."""
    return BrandStatistics(connect_database(settings, pool_size=2), Bell(connect_redis(settings.redis_url)))
