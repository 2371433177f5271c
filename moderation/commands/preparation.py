"""What is done before the service runs: files and servers checked, the schema brought up to date, the first login made.

Called in a process of its own (:mod:`moderation.commands.apart`).
"""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING, Final

from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from moderation.classifiers.bundle import read_bundle
from moderation.commands.access import ADMIN_EMAIL, Access
from moderation.commands.demo import is_loaded, load_demo
from moderation.domain.coverage import said, uncovered
from moderation.domain.failures import UserError
from moderation.policy_file.document import read_policy
from moderation.services.access import Keys, Scope
from moderation.services.users import Role, Users
from moderation.settings import Settings
from moderation.store import identities, schema
from moderation.wiring.common import clock, connect_database, connect_redis
from moderation.wiring.lexicon_files import read_lexicons

if TYPE_CHECKING:
    from moderation.domain.policy import Policy
    from moderation.store.engine import Sessions

COMMUNITY: Final = "default"
BOOTSTRAP_KEY: Final = "bootstrap"


class ServerError(UserError):
    """A configured server does not answer."""


def check_files(settings: Settings) -> None:
    """Read policy, bundle and lexicons, and say what the policy leaves uncovered.

    Raises:
        UserError: one of them is missing or wrong.
    """
    _warn_of_gaps(read_policy(settings.policy).policy)
    read_bundle(settings.bundle)
    read_lexicons(settings.lexicons)


def _warn_of_gaps(policy: Policy) -> None:
    """Say what a policy file of one's own no longer looks for: that may be meant, but is never silent."""
    shipped = Settings.model_fields["policy"].default
    gaps = uncovered(read_policy(shipped).policy, policy)
    if gaps:
        sys.stderr.write(
            f"Warning: the policy file has no rule for {said(gaps)}: nothing is looked for there.\n"
        )


def check_servers(settings: Settings) -> None:
    """Say in one line which configured server does not answer, before a dozen processes say it in many.

    Raises:
        ServerError: which one, and why.
    """
    try:
        with connect_redis(settings.redis_url) as redis:
            redis.ping()
    except (RedisError, ValueError) as error:
        raise ServerError(f"MODERATION_REDIS_URL: the server does not answer: {error}") from error
    sessions = connect_database(settings, pool_size=1)
    try:
        with sessions.read() as session:
            session.execute(select(1))
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise ServerError(f"MODERATION_DATABASE_URL: the database does not answer: {reason}") from error
    finally:
        sessions.close()


def prepare(settings: Settings, url: str, *, wants_key: bool) -> Access:
    """Check the servers, bring the database up to date; on the first start make the community, an admin and a key.

    Raises:
        ServerError: a configured server does not answer.
    """
    check_servers(settings)
    sessions = connect_database(settings, pool_size=1)
    try:
        schema.upgrade(sessions)
        with sessions.write.begin() as session:
            known = identities.community(session, COMMUNITY)
            community_id = (
                known or identities.add_community(session, slug=COMMUNITY, name="社区", now=clock())
            ).id
        return _first_access(sessions, community_id, url, first=known is None, wants_key=wants_key)
    finally:
        sessions.close()


def _first_access(sessions: Sessions, community_id: int, url: str, *, first: bool, wants_key: bool) -> Access:
    keys, key, password = Keys(sessions, clock), "", ""
    if first:
        password = secrets.token_urlsafe(12)
        Users(sessions, clock).create(
            community_id, email=ADMIN_EMAIL, name="管理员", password=password, role=Role.ADMIN
        )
    if wants_key:
        # The file is the only place that had the last one: a new file makes it worthless.
        for row in keys.of(community_id):
            if row.name == BOOTSTRAP_KEY:
                keys.revoke(community_id, row.id)
    if first or wants_key:
        name = BOOTSTRAP_KEY if wants_key else "first key"
        key, _ = keys.create(community_id, name=name, scopes=[Scope.ADMIN])
    return Access(url, key, ADMIN_EMAIL, password)


def demo(url: str, settings: Settings) -> None:
    """Load the demo, unless it is there already, with a key of its own, which ends with it."""
    if is_loaded(settings):
        return
    sessions = connect_database(settings, pool_size=1)
    with sessions.read() as session:
        community = identities.community(session, COMMUNITY)
    assert community is not None  # noqa: S101 - made before the children started
    keys = Keys(sessions, clock)
    secret, row = keys.create(community.id, name="demo", scopes=[Scope.ADMIN])
    try:
        load_demo(url, secret, settings)
    finally:
        keys.revoke(community.id, row.id)
        sessions.close()
