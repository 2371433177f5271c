"""Publishing rules of each community: its own table first, then its live policy's, else the shipped policy's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from moderation.domain.policy_versions import PolicyState
from moderation.policy_document import PolicyDocumentError, parse_policy
from moderation.store import identities, policies

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from moderation.domain.post import PublishingRule

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Publishing:
    """Reads the rules of live policies again when a version has moved; asking costs two small queries."""

    shipped: tuple[PublishingRule, ...] = ()
    _version: tuple[int, int] | None = None
    _live: dict[int, tuple[PublishingRule, ...]] = field(default_factory=dict)

    def rules(self, session: Session, community_id: int) -> tuple[PublishingRule, ...]:
        """A community's rules, the most binding first."""
        version = policies.version(session)
        if version != self._version:
            self._live = _read(session)
            self._version = version
        own = identities.publishing_rules(session, community_id)
        return (*own, *self._live.get(community_id, self.shipped))


def _read(session: Session) -> dict[int, tuple[PublishingRule, ...]]:
    found = {}
    for row in policies.active(session):
        if row.state != PolicyState.LIVE.value:
            continue
        try:
            found[row.community_id] = parse_policy(row.document, f"policy v{row.number}").publishing
        except PolicyDocumentError as error:
            log.error("policy.unreadable", number=row.number, error=str(error))  # noqa: TRY400 - the message says all
    return found
