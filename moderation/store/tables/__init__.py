"""Every table.  Instants are UTC integer microseconds; classes are called ``*Row``.

Kinds are stored as short strings, not database enums, so that a new kind needs no migration of the type.
"""

from moderation.store.tables.base import Base
from moderation.store.tables.brands import BrandBucketRow, BrandMarkRow, BrandRow, MentionRow
from moderation.store.tables.people import ApiKeyRow, CommunityRow, MetaRow, UserRow
from moderation.store.tables.posts import OutboxEventRow, PostKeyRow, PostRow, VerdictRow
from moderation.store.tables.reviews import DecisionRow, ReviewItemRow
from moderation.store.tables.rules import (
    LexiconEntryRow,
    PolicyMoveRow,
    PolicyRow,
    PublishingRuleRow,
    ShadowRow,
)
from moderation.store.tables.sweeps import SweepPostRow, SweepRow

__all__ = [
    "ApiKeyRow",
    "Base",
    "BrandBucketRow",
    "BrandMarkRow",
    "BrandRow",
    "CommunityRow",
    "DecisionRow",
    "LexiconEntryRow",
    "MentionRow",
    "MetaRow",
    "OutboxEventRow",
    "PolicyMoveRow",
    "PolicyRow",
    "PostKeyRow",
    "PostRow",
    "PublishingRuleRow",
    "ReviewItemRow",
    "ShadowRow",
    "SweepPostRow",
    "SweepRow",
    "UserRow",
    "VerdictRow",
]
