"""The failures to sign in that this process remembers; which logins exist makes no difference to them."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.sign_in_attempts import (
    BY_ADDRESS,
    BY_LOGIN,
    Failures,
    Tolerance,
    after_failure,
    wait_before_next,
    without_one,
)

MOST_REMEMBERED = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """An attempt under way, counted as a failure until it succeeds."""

    login: bytes
    address: bytes
    before: Failures | None  # of the address


class SignInAttempts:
    """Counts failures by login and by address, bounded: the ones not met for longest are forgotten first."""

    def __init__(self) -> None:
        self._failures: OrderedDict[bytes, Failures] = OrderedDict()

    def wait(self, *, username: str, address: str, now: datetime) -> timedelta:
        """Return how long this login from this address has to wait before its password is even looked at."""
        return max(
            wait_before_next(self._failures.get(key), tolerance=tolerance, now=now)
            for key, tolerance in self._counted(username, address)
        )

    def begin(self, *, username: str, address: str, now: datetime) -> Attempt:
        """Count a failure before the password is looked at: whatever cuts the attempt short, it stays counted."""
        login_key, address_key = (key for key, _ in self._counted(username, address))
        attempt = Attempt(login=login_key, address=address_key, before=self._failures.get(address_key))
        for key, tolerance in self._counted(username, address):
            self._failures[key] = after_failure(self._failures.get(key), tolerance=tolerance, now=now)
            self._failures.move_to_end(key)
        while len(self._failures) > MOST_REMEMBERED:
            self._failures.popitem(last=False)
        return attempt

    def succeeded(self, attempt: Attempt) -> None:
        """Forget the failures of the login; those of the address stay, or one own login would buy guesses at others."""
        self._failures.pop(attempt.login, None)
        counted = self._failures.pop(attempt.address, None)
        if counted is not None and (left := without_one(counted, before=attempt.before)):
            self._failures[attempt.address] = left

    def _counted(self, username: str, address: str) -> tuple[tuple[bytes, Tolerance], ...]:
        return (_key("login", username), BY_LOGIN), (_key("address", address), BY_ADDRESS)


def _key(kind: str, value: str) -> bytes:
    """Return a short name for a login or an address, so that a long one takes no more room."""
    return hashlib.blake2b(f"{kind}:{value}".encode(errors="replace"), digest_size=16).digest()
