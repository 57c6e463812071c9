"""The failures to sign in that this process remembers; which logins exist makes no difference to them."""

import hashlib
from collections import OrderedDict
from datetime import datetime, timedelta

from policies.sign_in_attempts import BY_ADDRESS, BY_LOGIN, Failures, Tolerance, after_failure, wait_before_next

MOST_REMEMBERED = 100_000


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

    def failed(self, *, username: str, address: str, now: datetime) -> None:
        """Count a failure."""
        for key, tolerance in self._counted(username, address):
            self._failures[key] = after_failure(self._failures.get(key), tolerance=tolerance, now=now)
            self._failures.move_to_end(key)
        while len(self._failures) > MOST_REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, *, username: str) -> None:
        """Forget the failures of a login; those of the address stay, or one own login would buy guesses at others."""
        self._failures.pop(_key("login", username), None)

    def _counted(self, username: str, address: str) -> tuple[tuple[bytes, Tolerance], ...]:
        return (_key("login", username), BY_LOGIN), (_key("address", address), BY_ADDRESS)


def _key(kind: str, value: str) -> bytes:
    """Return a short name for a login or an address, so that a long one takes no more room."""
    return hashlib.blake2b(f"{kind}:{value}".encode(errors="replace"), digest_size=16).digest()
