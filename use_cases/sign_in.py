"""Sign in with login and password, sign out, and find who a session belongs to."""

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from math import ceil

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models import ids, rows, tables
from models.database import Database, Session
from models.repositories.watched import OpenSession
from use_cases.errors import InvalidCredentials
from use_cases.sign_in_attempts import SignInAttempts


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionLimits:
    """How long a session lives without a request, and at most."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedSession:
    """A new session; ``token`` is for the cookie alone and is stored nowhere."""

    customer: tables.Customer
    token: str
    expires_at: datetime


HASHER = PasswordHasher()
HASHES_AT_ONCE = 4  # each takes 64 MiB
HASHING = ThreadPoolExecutor(HASHES_AT_ONCE, thread_name_prefix="argon2")  # other work in threads does not wait for it


@cache
def hash_of_nobody(hasher: PasswordHasher) -> str:
    """Return the hash of a password that nobody knows, made once in a process."""
    return hasher.hash(ids.new_secret())


class Passwords:
    """argon2id, with a hash of nothing to check unknown logins against: they take as long as known ones."""

    def __init__(self, hasher: PasswordHasher = HASHER) -> None:
        self.hasher = hasher
        self.nobody = hash_of_nobody(hasher)

    def hash(self, password: str) -> str:
        """Return the argon2id hash to store. Takes tens of milliseconds: keep it off the event loop."""
        return self.hasher.hash(password)

    def match(self, password: str, *, stored: str | None) -> bool:
        """Tell whether the password is the one; no stored hash never matches. Keep it off the event loop."""
        try:
            self.hasher.verify(stored or self.nobody, password)
        except (VerificationError, InvalidHashError):  # a hash that cannot be read is nobody's
            return False
        return stored is not None

    async def matched(self, password: str, *, stored: str | None) -> bool:
        """Tell whether the password is the one, in the few threads that hash for the whole process."""
        return await asyncio.get_running_loop().run_in_executor(HASHING, partial(self.match, password, stored=stored))


@dataclass(frozen=True, kw_only=True, slots=True)
class Doorkeeper:
    """What decides about a sign-in: the password, how often it went wrong before, and how long a session lives."""

    passwords: Passwords
    attempts: SignInAttempts
    limits: SessionLimits


def digest(token: str) -> str:
    """Return what is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def sign_in(
    database: Database,
    doorkeeper: Doorkeeper,
    *,
    username: str,
    password: str,
    address: str,
    former_token: str | None,
    now: datetime,
) -> OpenedSession:
    """Check the password outside any transaction, then open a session.

    Raises ``InvalidCredentials``, the same and after the same work for an unknown login and a wrong password; a login
    or an ``address`` that failed too often has to wait, whatever the password.
    """
    login, attempts = username.strip().lower(), doorkeeper.attempts
    require_no_wait(attempts, username=login, address=address, now=now)
    # in one breath: guesses that are sent at once are counted, too
    attempt = attempts.begin(username=login, address=address, now=now)
    async with database.read() as session:
        customer = await rows.find_customer(session, username=login)
    matched = await doorkeeper.passwords.matched(password, stored=customer.password_hash if customer else None)
    if customer is None or not matched:
        require_no_wait(attempts, username=login, address=address, now=now)
        raise InvalidCredentials
    attempts.succeeded(attempt)
    async with database.write() as writing:
        return await open_session(
            writing, customer=customer, former_token=former_token, limits=doorkeeper.limits, now=now
        )


def require_no_wait(attempts: SignInAttempts, *, username: str, address: str, now: datetime) -> None:
    """Raise ``InvalidCredentials`` with the seconds to wait, if there are any."""
    wait = attempts.wait(username=username, address=address, now=now)
    if wait:
        raise InvalidCredentials(retry_after_seconds=ceil(wait.total_seconds()))


async def open_session(
    session: Session, *, customer: tables.Customer, former_token: str | None, limits: SessionLimits, now: datetime
) -> OpenedSession:
    """Open a new session; the browser's former one ends with it."""
    if former_token is not None:
        await close_session(session, token=former_token)
    token, expires_at = ids.new_secret(), now + limits.absolute
    session.add(
        tables.Session(
            token_hash=digest(token),
            customer_id=customer.id,
            created_at=now,
            last_seen_at=now,
            expires_at=expires_at,
        )
    )
    return OpenedSession(customer=customer, token=token, expires_at=expires_at)


async def sign_out(session: Session, *, viewer: tables.Customer | None, token: str | None, everywhere: bool) -> None:
    """End the session of the token, or all sessions of the viewer on all devices."""
    if everywhere and viewer is not None:
        await rows.delete_sessions_of(session, customer_id=viewer.id)
    if token is not None:
        await close_session(session, token=token)


async def close_session(session: Session, *, token: str) -> None:
    """End the session; one that is over already stays over."""
    await rows.delete_session(session, token_hash=digest(token))


async def find_viewer(
    session: Session, *, token: str, limits: SessionLimits, now: datetime
) -> tuple[tables.Customer, tables.Session] | None:
    """Return whose session it is, unless it was idle too long or is too old."""
    found = await rows.find_session(session, token_hash=digest(token))
    return None if found is None or is_over(found[1], limits=limits, now=now) else found


def is_over(opened: tables.Session | OpenSession, *, limits: SessionLimits, now: datetime) -> bool:
    """Tell whether the session was idle too long or is too old."""
    return now >= opened.expires_at or now - opened.last_seen_at >= limits.idle


async def touch_session(session: Session, *, token: str, now: datetime) -> None:
    """Record that the session is in use."""
    opened = await session.get(tables.Session, digest(token))
    if opened is not None:
        opened.last_seen_at = now
