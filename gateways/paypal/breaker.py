"""The breaker before PayPal: while it gives no answers, or asks for quiet, calls fail at once instead of waiting."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from time import monotonic

import httpx2
import structlog

from gateways.paypal.errors import PayPalUnavailable, is_from_paypal, retry_after

log = structlog.get_logger(__name__)

LONGEST_REST_SECONDS = 600  # whatever PayPal's Retry-After says
FIRST_QUIET_SECONDS = 1.0  # after a 429 that does not say how long; doubles
LONGEST_DOUBLING = 16
PROBE_SECONDS = 1  # when to come back while somebody else is trying


class BreakerState(StrEnum):
    """Whether calls to PayPal are made."""

    CLOSED = "closed"  # they are
    OPEN = "open"  # none is
    HALF_OPEN = "half-open"  # one at a time is, to see whether PayPal is back


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A call that was let through. What it met says nothing once the breaker has opened or closed meanwhile."""

    epoch: int


class Breaker:
    """Opens after ``failures`` consecutive calls without an answer from PayPal, and after every 429.

    Open, it refuses all calls of the process for ``rest_seconds``, or for as long as PayPal asked; then it lets one
    call through at a time, and the first that is answered closes it. `ticks` returns seconds that never run backwards.
    """

    def __init__(self, *, failures: int = 5, rest_seconds: float = 30, ticks: Callable[[], float] = monotonic) -> None:
        self._allowed_failures = failures
        self._rest_seconds = rest_seconds
        self._ticks = ticks
        self._failures = 0
        self._throttled = 0  # answers 429 since the last other one
        self._rests_until: float | None = None  # then a probe may pass; None while closed
        self._probing = False
        self._epoch = 0

    @property
    def state(self) -> BreakerState:
        """Whether calls are made at this instant."""
        if self._rests_until is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self._ticks() < self._rests_until else BreakerState.HALF_OPEN

    @property
    def retry_after_seconds(self) -> int:
        """In how many seconds a call may be tried, rounded up; 0 when now."""
        match self.state:
            case BreakerState.OPEN:
                return ceil((self._rests_until or 0) - self._ticks())
            case BreakerState.HALF_OPEN if self._probing:
                return PROBE_SECONDS
            case _:
                return 0

    @contextmanager
    def passage(self, call: str) -> Iterator[Passage]:
        """Let a call through, and take a ``PayPalUnavailable`` out of the block as its having got no answer.

        Raises ``PayPalUnavailable`` (`sent` false, with the seconds to wait) when the call is not to be made.
        """
        if seconds := self.retry_after_seconds:
            log.info("paypal.not_called", call=call, state=self.state.value, retry_after_seconds=seconds)
            raise PayPalUnavailable(f"{call} was not tried", sent=False, retry_after_seconds=seconds)
        passage = Passage(epoch=self._epoch)
        self._probing = self._rests_until is not None
        try:
            yield passage
        except PayPalUnavailable:
            self._fail(passage)
            raise
        finally:
            if passage.epoch == self._epoch:
                self._probing = False  # a probe that was canceled: the next call is one

    def learn(self, passage: Passage, response: httpx2.Response) -> None:
        """Take the answer to a call that was let through."""
        if response.status_code == httpx2.codes.TOO_MANY_REQUESTS:
            self._keep_quiet(passage, asked_seconds=retry_after(response))
        elif is_from_paypal(response):
            self._succeed(passage)
        else:
            self._fail(passage)

    def _succeed(self, passage: Passage) -> None:
        if passage.epoch != self._epoch:
            return
        self._failures = self._throttled = 0
        if self._rests_until is not None:
            self._turn(rests_until=None)
            log.info("paypal.breaker_closed")

    def _fail(self, passage: Passage) -> None:
        if passage.epoch != self._epoch:
            return
        self._failures += 1
        if self._rests_until is not None or self._failures >= self._allowed_failures:
            self._open(self._rest_seconds, cause="unanswered")

    def _keep_quiet(self, passage: Passage, *, asked_seconds: int | None) -> None:
        """Open for as long as PayPal asks, also when it asks late; without a word of it, twice as long each time."""
        if asked_seconds is not None:
            seconds = float(min(asked_seconds, LONGEST_REST_SECONDS))
        elif passage.epoch == self._epoch:
            doublings: int = 2 ** min(self._throttled, LONGEST_DOUBLING)
            seconds = min(FIRST_QUIET_SECONDS * doublings, LONGEST_REST_SECONDS)
        else:
            return
        self._throttled += passage.epoch == self._epoch
        self._open(seconds, cause="rate_limited")

    def _open(self, seconds: float, *, cause: str) -> None:
        self._turn(rests_until=max(self._ticks() + seconds, self._rests_until or 0))
        log.warning("paypal.breaker_opened", cause=cause, failures=self._failures, seconds=seconds)

    def _turn(self, *, rests_until: float | None) -> None:
        self._rests_until = rests_until
        self._probing = False
        self._epoch += 1
