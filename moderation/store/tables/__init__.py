"""Every table.  Instants are UTC integer microseconds; classes are called ``*Row``.

Kinds are stored as short strings, not database enums, so that a new kind needs no migration of the type.
"""

from moderation.store.tables.base import Base
from moderation.store.tables.behaviour import (
    BehaviourFactRow,
    BehaviourFindingPostRow,
    BehaviourFindingRow,
    BehaviourLinkRow,
    BehaviourMarkRow,
    BehaviourPassRow,
)
from moderation.store.tables.brands import BrandBucketRow, BrandMarkRow, BrandRow, MentionRow
from moderation.store.tables.guidance import HeadReviewRow, ThreadModeRow, TimeoutRow
from moderation.store.tables.images import ImageAddressRow, ImageRow
from moderation.store.tables.people import ApiKeyRow, CommunityRow, MetaRow, UserRow
from moderation.store.tables.posts import OutboxEventRow, PostKeyRow, PostRow, VerdictRow
from moderation.store.tables.readings import GuidanceReadRow, GuidanceRow
from moderation.store.tables.rehearsals import RehearsalRow
from moderation.store.tables.reviews import DecisionRow, ReviewItemRow
from moderation.store.tables.rules import (
    LexiconEntryRow,
    LexiconImportRow,
    LexiconReplacedRow,
    LexiconTakenBackRow,
    PolicyMoveRow,
    PolicyRow,
    PublishingRuleRow,
    ShadowCountRow,
    ShadowRow,
)
from moderation.store.tables.sweeps import SweepPostRow, SweepRow
from moderation.store.tables.trials import TrialRow
from moderation.store.tables.watching import (
    EmergencyHitRow,
    EmergencyProlongationRow,
    EmergencyWordRow,
    GroupDecisionRow,
    LookRow,
    RadarDismissalRow,
)

__all__ = [
    "ApiKeyRow",
    "Base",
    "BehaviourFactRow",
    "BehaviourFindingPostRow",
    "BehaviourFindingRow",
    "BehaviourLinkRow",
    "BehaviourMarkRow",
    "BehaviourPassRow",
    "BrandBucketRow",
    "BrandMarkRow",
    "BrandRow",
    "CommunityRow",
    "DecisionRow",
    "EmergencyHitRow",
    "EmergencyProlongationRow",
    "EmergencyWordRow",
    "GroupDecisionRow",
    "GuidanceReadRow",
    "GuidanceRow",
    "HeadReviewRow",
    "ImageAddressRow",
    "ImageRow",
    "LexiconEntryRow",
    "LexiconImportRow",
    "LexiconReplacedRow",
    "LexiconTakenBackRow",
    "LookRow",
    "MentionRow",
    "MetaRow",
    "OutboxEventRow",
    "PolicyMoveRow",
    "PolicyRow",
    "PostKeyRow",
    "PostRow",
    "PublishingRuleRow",
    "RadarDismissalRow",
    "RehearsalRow",
    "ReviewItemRow",
    "ShadowCountRow",
    "ShadowRow",
    "SweepPostRow",
    "SweepRow",
    "ThreadModeRow",
    "TimeoutRow",
    "TrialRow",
    "UserRow",
    "VerdictRow",
]
