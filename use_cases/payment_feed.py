"""Follow payments: every change of those that are watched, whoever made it, in whichever process.

The truth is read from the database, in one statement for all watched payments of this process and only while there
are any; what has changed is then loaded once for all who watch it. A change made in this process is announced after
its commit, so that nobody waits for the next look; announcements are a shortcut and never needed.
"""

import asyncio
import contextvars
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Set
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import tables
from models.database import Database
from models.repositories.watched import Sighting, payments, sightings
from policies.payment_transitions import FINAL
from use_cases.errors import NotFound
from use_cases.sign_in import SessionLimits, digest, is_over


class SessionOver(Exception):
    """Whoever watches has signed out, or their session has ended by itself."""


class TooManyWatches(Exception):
    """The customer, or everybody together, watches as many payments as this process allows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What says who somebody is: the token of a session, or a bearer token that is good until an instant."""

    token: str | None = None
    good_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """On whose behalf a payment is watched: it must be theirs, and the watch ends when the proof is good no more."""

    customer_id: str
    proof: Proof


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedLimits:
    """How often the database is looked at for subscribers, and how many of them there may be."""

    pause: timedelta
    per_customer: int
    in_all: int = 5000  # keeps the one statement within what databases take


class Watch:
    """One who watches one payment: shown the newest state after each change, never a queue of older ones."""

    def __init__(self, payment_id: str, *, seat: Seat | None, pause: timedelta) -> None:
        self.payment_id = payment_id
        self.seat = seat
        self.token_hash = digest(seat.proof.token) if seat and seat.proof.token is not None else None
        self.pause = pause
        self.mark: tuple[object, ...] = ()  # of the state that was shown last
        self.news: tables.Payment | BaseException | None = None
        self.woken = asyncio.Event()
        self.ended = False

    def may_see(self, found: Sighting) -> bool:
        return self.seat is None or self.seat.customer_id == found.customer_id

    def is_over(self, *, sessions: Set[str], now: datetime) -> bool:
        """Tell whether whoever watches is signed in no more; ``sessions`` are the hashed tokens of those that live."""
        if self.seat is None:
            return False
        if self.seat.proof.good_until is not None:
            return now >= self.seat.proof.good_until
        return self.token_hash not in sessions

    def show(self, news: tables.Payment | BaseException, *, mark: tuple[object, ...] = ()) -> None:
        """Let the watcher have the state, or meet the failure, instead of what it has not taken yet."""
        self.news, self.mark = news, mark
        self.woken.set()

    def __aiter__(self) -> "Watch":
        return self

    async def __anext__(self) -> tables.Payment:
        """Return the present state, then the newest after each change, and end after a final one.

        Raises ``NotFound``, ``SessionOver``.
        """
        if self.ended:
            raise StopAsyncIteration
        await self.woken.wait()
        self.woken.clear()
        if not isinstance(self.news, tables.Payment):
            raise self.news or LookupError(self.payment_id)
        self.ended = self.news.status in FINAL
        return self.news


class PaymentFeed:
    """Shows the payments that are watched in this process to their watchers."""

    def __init__(
        self, database: Database, *, clock: Callable[[], datetime], sessions: SessionLimits, limits: FeedLimits
    ) -> None:
        self.database = database
        self.clock = clock
        self.sessions = sessions
        self.limits = limits
        self.watches: set[Watch] = set()
        self.stir = asyncio.Event()
        self.looking: asyncio.Task[None] | None = None
        database.on_change(self.hear)

    @asynccontextmanager
    async def subscribe(self, payment_id: str, seat: Seat) -> AsyncIterator[Watch]:
        """Watch a payment for a customer while the block lasts. Raises ``TooManyWatches``."""
        seated = Counter(watch.seat.customer_id for watch in self.watches if watch.seat)
        if seated[seat.customer_id] >= self.limits.per_customer or seated.total() >= self.limits.in_all:
            raise TooManyWatches
        async with self.watch(payment_id, pause=self.limits.pause, seat=seat) as watch:
            yield watch

    @asynccontextmanager
    async def watch(self, payment_id: str, *, pause: timedelta, seat: Seat | None = None) -> AsyncIterator[Watch]:
        """Watch a payment while the block lasts; it is looked at now, and again at the latest after each ``pause``."""
        watch = Watch(payment_id, seat=seat, pause=pause)
        self.watches.add(watch)
        self.stir.set()
        if self.looking is None or self.looking.done():
            self.looking = asyncio.create_task(self.look_around(), context=contextvars.Context())
            self.looking.add_done_callback(self.tell_failure)
        try:
            yield watch
        finally:
            self.watches.discard(watch)
            if not self.watches:
                self.stir.set()  # the looking ends

    def hear(self, payment_ids: Set[str]) -> None:
        """Look at once if one of these payments is watched."""
        if any(watch.payment_id in payment_ids for watch in self.watches):
            self.stir.set()

    async def look_around(self) -> None:
        """Look again and again while anybody watches."""
        while self.watches:
            pause = min(watch.pause for watch in self.watches)
            self.stir.clear()
            await self.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause.total_seconds()):
                    await self.stir.wait()

    async def look(self) -> None:
        """Show every watcher what is new to it."""
        watches = tuple(self.watches)
        async with self.database.read() as session:
            seen = await sightings(
                session,
                payment_ids={watch.payment_id for watch in watches},
                token_hashes={watch.token_hash for watch in watches if watch.token_hash},
            )
            now, present = self.clock(), {each.payment_id: each for each in seen}
            living = set(self.living(seen, now=now))
            behind = []
            for watch in watches:
                found = present.get(watch.payment_id)
                if found is None or not watch.may_see(found):
                    watch.show(NotFound("paymentId"))
                elif watch.is_over(sessions=living, now=now):
                    watch.show(SessionOver())
                elif watch.mark != found.mark:
                    behind.append((watch, found))
            rows = await payments(session, payment_ids={found.payment_id for _, found in behind}) if behind else {}
        for watch, found in behind:
            if found.payment_id in rows:  # or it went between the two statements
                watch.show(rows[found.payment_id], mark=found.mark)

    def living(self, seen: Iterable[Sighting], *, now: datetime) -> Iterable[str]:
        """Yield the hashed tokens of the sessions seen that are not over."""
        for each in seen:
            if each.session is not None and not is_over(each.session, limits=self.sessions, now=now):
                yield each.session.token_hash

    def tell_failure(self, looking: asyncio.Task[None]) -> None:
        """Let all watchers meet the error that ended the looking."""
        error = None if looking.cancelled() else looking.exception()
        if error is not None:
            for watch in self.watches:
                watch.show(error)
