"""Publishing of each community: its threads and own table first, then its live policy's rules, else those shipped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from moderation.domain.policy_versions import PolicyState
from moderation.domain.publishing import DEFAULT_TIMEOUT, PublishingTable
from moderation.domain.windows import Phase
from moderation.policy_file.document import PolicyDocumentError, parse_policy
from moderation.store import identities, policies, threads

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from moderation.domain.post import PublishingRule, Timeout
    from moderation.domain.windows import Window

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Live:
    """What a live policy says about publishing."""

    rules: tuple[PublishingRule, ...]
    windows: tuple[Window, ...]
    timeout: Timeout


@dataclass(slots=True)
class Publishing:
    """Reads the rules of live policies again when a version has moved; asking costs two or three small queries."""

    shipped: tuple[PublishingRule, ...] = ()
    windows: tuple[Window, ...] = ()
    timeout: Timeout = DEFAULT_TIMEOUT
    _version: tuple[int, int] | None = None
    _live: dict[int, _Live] = field(default_factory=dict)

    def table(
        self, session: Session, community_id: int, *, now: int, threads_of: Collection[str] = ()
    ) -> PublishingTable:
        """What decides about publishing now: ``threads_of`` are the threads that are asked about."""
        version = policies.version(session)
        if version != self._version:
            self._live = _read(session)
            self._version = version
        live = self._live.get(community_id) or _Live(self.shipped, self.windows, self.timeout)
        named = threads.modes(session, community_id, threads_of) if threads_of else []
        own = identities.publishing_rules(session, community_id)
        return PublishingTable(
            (*named, *own, *live.rules),
            tuple(one for one in live.windows if one.phase(now) is Phase.OPEN),
            live.timeout,
        )


def _read(session: Session) -> dict[int, _Live]:
    found = {}
    for row in policies.active(session):
        if row.state != PolicyState.LIVE.value:
            continue
        try:
            document = parse_policy(row.document, f"policy v{row.number}")
        except PolicyDocumentError as error:
            log.error("policy.unreadable", number=row.number, error=str(error))  # noqa: TRY400 - the message says all
            continue
        found[row.community_id] = _Live(document.publishing, document.policy.windows, document.timeout)
    return found
