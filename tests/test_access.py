"""Who may call, and who may log in."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from moderation.services.access import (
    CACHE_SECONDS,
    PREFIX,
    Keys,
    RevokedKeyError,
    Scope,
    UnknownKeyError,
    looks_genuine,
    new_secret,
)
from moderation.services.users import (
    MIN_PASSWORD,
    EmailTakenError,
    LoginFailedError,
    Role,
    UnknownUserError,
    Users,
    WeakPasswordError,
)
from moderation.store.tables import ApiKeyRow, UserRow
from tests.factories import NOW, SECOND, a_community
from tests.fakes import StoppedClock

if TYPE_CHECKING:
    from moderation.store.engine import Sessions

PASSWORD = "很长的密码 correct horse"


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOW)


@pytest.fixture
def keys(sessions: Sessions, clock: StoppedClock) -> Keys:
    return Keys(sessions, clock)


@pytest.fixture
def users(sessions: Sessions, clock: StoppedClock) -> Users:
    return Users(sessions, clock)


# ---------------------------------------------------------------- keys


def test_secret_has_a_checksum() -> None:
    secret = new_secret()
    assert secret.startswith(PREFIX)
    assert looks_genuine(secret)
    assert new_secret() != secret


@given(st.integers(0, len(new_secret()) - 1), st.sampled_from("0123456789abcdefxyz_"))
def test_a_typing_error_is_seen(place: int, typed: str) -> None:
    secret = new_secret()
    mistyped = secret[:place] + typed + secret[place + 1 :]
    assert looks_genuine(mistyped) == (mistyped == secret)


@pytest.mark.parametrize("secret", ["", "mod_live_", "Bearer", f"{PREFIX}{'0' * 72}", "密钥" * 40])
def test_malformed_secret(secret: str) -> None:
    assert not looks_genuine(secret)


def test_secret_of_another_length_is_malformed() -> None:
    assert not looks_genuine(new_secret()[:-1])
    assert not looks_genuine(new_secret() + "0")


def test_key_speaks_for_its_community(keys: Keys, community_id: int) -> None:
    secret, row = keys.create(community_id, name="forum", scopes=[Scope.POSTS_WRITE])
    caller = keys.check(secret)
    assert (caller.key_id, caller.community_id) == (row.id, community_id)
    assert caller.may(Scope.POSTS_WRITE)
    assert not caller.may(Scope.POSTS_READ)
    assert not caller.may(Scope.ADMIN)


@pytest.mark.parametrize("scope", list(Scope))
def test_admin_may_everything(keys: Keys, community_id: int, scope: Scope) -> None:
    secret, _ = keys.create(community_id, name="admin", scopes=[Scope.ADMIN])
    assert keys.check(secret).may(scope)


def test_secret_is_kept_as_a_hash_only(keys: Keys, sessions: Sessions, community_id: int) -> None:
    secret, _ = keys.create(community_id, name="forum")
    with sessions.read() as session:
        (row,) = session.scalars(select(ApiKeyRow))
    assert row.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in "".join(str(value) for value in vars(row).values())
    assert row.prefix == secret[: len(PREFIX) + 4]


@pytest.mark.parametrize("secret", ["", "nonsense", "键"])
def test_unknown_key(keys: Keys, secret: str) -> None:
    with pytest.raises(UnknownKeyError):
        keys.check(secret)


def test_well_formed_key_that_was_never_made(keys: Keys) -> None:
    with pytest.raises(UnknownKeyError):
        keys.check(new_secret())


def test_revoked_key_stops_at_once_where_it_was_revoked(keys: Keys, community_id: int) -> None:
    secret, row = keys.create(community_id, name="forum")
    keys.check(secret)
    assert keys.revoke(community_id, row.id)
    with pytest.raises(RevokedKeyError):
        keys.check(secret)
    assert not keys.revoke(community_id, row.id)


def test_revoked_key_stops_elsewhere_within_thirty_seconds(
    keys: Keys, sessions: Sessions, community_id: int, clock: StoppedClock
) -> None:
    elsewhere = Keys(sessions, clock)
    secret, row = keys.create(community_id, name="forum")
    elsewhere.check(secret)
    keys.revoke(community_id, row.id)
    clock.forward(CACHE_SECONDS * SECOND - 1)
    elsewhere.check(secret)
    clock.forward(1)
    with pytest.raises(RevokedKeyError):
        elsewhere.check(secret)
    assert CACHE_SECONDS <= 30


def test_using_a_key_does_not_prolong_the_belief_in_it(
    keys: Keys, sessions: Sessions, community_id: int, clock: StoppedClock
) -> None:
    elsewhere = Keys(sessions, clock)
    secret, row = keys.create(community_id, name="forum")
    elsewhere.check(secret)
    keys.revoke(community_id, row.id)
    for _ in range(CACHE_SECONDS - 1):
        clock.forward(SECOND)
        elsewhere.check(secret)
    clock.forward(SECOND)
    with pytest.raises(RevokedKeyError):
        elsewhere.check(secret)


def test_a_community_cannot_revoke_anothers_key(keys: Keys, sessions: Sessions, community_id: int) -> None:
    other = a_community(sessions, "other").id
    secret, row = keys.create(community_id, name="forum")
    assert not keys.revoke(other, row.id)
    assert keys.of(other) == []
    assert [each.id for each in keys.of(community_id)] == [row.id]
    assert keys.check(secret).community_id == community_id


# ---------------------------------------------------------------- users


def a_person(
    users: Users, community_id: int, email: str = "Wang@Example.com ", password: str = PASSWORD
) -> UserRow:
    return users.create(community_id, email=email, name="王审核", password=password, role=Role.MODERATOR)


def test_log_in(users: Users, community_id: int, clock: StoppedClock) -> None:
    made = a_person(users, community_id)
    clock.forward(SECOND)
    row = users.log_in(" WANG@example.com", PASSWORD)
    assert (row.id, row.email, row.last_login_at) == (made.id, "wang@example.com", NOW + SECOND)
    found = users.by_session(row.session_id)
    assert found is not None
    assert (found.id, found.last_login_at) == (made.id, NOW + SECOND)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("wang@example.com", PASSWORD + " "),
        ("wang@example.com", ""),
        ("li@example.com", PASSWORD),
        ("", PASSWORD),
        ("wang@example.com", "密" * 200),
    ],
)
def test_wrong_log_in(users: Users, community_id: int, email: str, password: str) -> None:
    a_person(users, community_id)
    with pytest.raises(LoginFailedError, match="do not belong together"):
        users.log_in(email, password)


def test_disabled_user_cannot_log_in(users: Users, sessions: Sessions, community_id: int) -> None:
    row = a_person(users, community_id)
    with sessions.write.begin() as session:
        session.get_one(UserRow, row.id).active = False
    with pytest.raises(LoginFailedError):
        users.log_in("wang@example.com", PASSWORD)
    assert users.by_session(row.session_id) is None


def test_short_password_is_refused(users: Users, community_id: int) -> None:
    with pytest.raises(WeakPasswordError, match=str(MIN_PASSWORD)):
        a_person(users, community_id, password="x" * (MIN_PASSWORD - 1))
    assert users.of(community_id) == []


def test_address_that_is_taken(users: Users, sessions: Sessions, community_id: int) -> None:
    a_person(users, community_id)
    other = a_community(sessions, "other").id
    with pytest.raises(EmailTakenError, match="wang@example"):
        a_person(users, other, email="WANG@example.com")
    assert len(users.of(community_id)) == 1


def test_password_is_kept_as_argon2(users: Users, community_id: int) -> None:
    assert a_person(users, community_id).password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_ending_sessions_logs_out_everywhere(users: Users, community_id: int) -> None:
    row = a_person(users, community_id)
    users.end_sessions(row.id)
    assert users.by_session(row.session_id) is None
    assert users.by_session(users.log_in("wang@example.com", PASSWORD).session_id) is not None
    users.end_sessions(999)


def test_a_new_password_logs_everybody_else_out(sessions: Sessions, community_id: int) -> None:
    users = Users(sessions, lambda: NOW)
    made = users.create(
        community_id, email="w@example.com", name="王", password="first password", role=Role.ADMIN
    )
    users.set_password("W@example.com", "second password")
    assert users.by_session(made.session_id) is None
    assert users.log_in("w@example.com", "second password").id == made.id
    with pytest.raises(LoginFailedError):
        users.log_in("w@example.com", "first password")
    with pytest.raises(WeakPasswordError):
        users.set_password("w@example.com", "short")
    with pytest.raises(UnknownUserError):
        users.set_password("nobody@example.com", "second password")
