"""What RQ calls, by name.  A job carries no facts: it asks the database what waits."""

from __future__ import annotations

from workers import context


def score_pending() -> int:
    """Decide one batch of waiting posts, then texts that are tried; answers how many there were."""
    # Posts first: scoring answers the bell, so that what is tried from then on rings anew.
    return context.scoring().score_pending() + context.trying().answer()


def look_at_behaviour() -> int:
    """Look at what posts decided lately show together; answers how many were looked at."""
    return context.behaviour().look()


def recount_brands() -> int:
    """Count the brand buckets that were marked; answers how many marks there were."""
    return context.statistics().recount()


def maintain() -> int:
    """Do a little of each sweep, count and look back that waits; answers how many kinds of work there were."""
    return context.maintenance().run()
