"""What the jobs of this process work with, built once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from moderation.settings import Settings
from moderation.wiring.counting import build_statistics

if TYPE_CHECKING:
    from moderation.services.behaviour_pass import BehaviourPass
    from moderation.services.brand_statistics import BrandStatistics
    from moderation.services.scoring import Scoring
    from moderation.services.trying import Trying
    from moderation.wiring.maintenance import Maintenance


@cache
def settings() -> Settings:
    """This process's settings."""
    return Settings()


@cache
def scoring() -> Scoring:
    """Parts of scoring, with the bundle loaded."""
    # Only scoring workers pay for the text libraries and the model runtime.
    from moderation.wiring.scoring import build_scoring  # noqa: PLC0415

    return build_scoring(settings())


@cache
def trying() -> Trying:
    """Scoring of tried texts, with the parts that scoring has loaded."""
    from moderation.wiring.scoring import build_trying  # noqa: PLC0415

    return build_trying(scoring())


@cache
def behaviour() -> BehaviourPass:
    """Parts of the behaviour pass: those that scoring has loaded."""
    from moderation.wiring.scoring import build_behaviour  # noqa: PLC0415

    return build_behaviour(scoring())


@cache
def statistics() -> BrandStatistics:
    """Parts of brand statistics."""
    return build_statistics(settings())


@cache
def maintenance() -> Maintenance:
    """Parts of maintenance: the text libraries, no model; a general worker pays for them with its first such job."""
    from moderation.wiring.sweeps import build_maintenance  # noqa: PLC0415

    return build_maintenance(settings())
