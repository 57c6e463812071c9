"""The worker that carries webhooks to the merchant, again and again until they are taken."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import httpx2
import structlog

from gateways.paypal.simulator.calls import Desk
from gateways.paypal.simulator.webhooks import deliveries
from gateways.paypal.simulator.webhooks.records import Delivery

log = structlog.get_logger(__name__)

_ANSWER_SECONDS = 10.0  # a merchant that answers later has not answered
_PATIENCE_SECONDS = 5.0  # how long a payer or a caller waits for the merchant to be told
_LONGEST_NAP_SECONDS = 1.0  # the clock may be moved, and time alone changes things


class Courier:
    """Delivers what is due, one after the other; nothing unless it runs."""

    def __init__(self, tick: Callable[[], Desk]) -> None:
        self._tick = tick
        self._bell = asyncio.Event()
        self._tried = asyncio.Event()
        self._is_running = False

    def wake(self) -> None:
        """Say that something may be due."""
        self._bell.set()

    async def hurry(self) -> None:
        """Return when everything due has been tried once, or patience has ended."""
        self.wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while self._is_running and deliveries.due(self._tick()):
                    self._tried.clear()
                    await self._tried.wait()

    async def run(self) -> None:
        """Deliver until cancelled."""
        self._is_running = True
        async with httpx2.AsyncClient(timeout=_ANSWER_SECONDS, trust_env=False) as http:
            while True:
                self._bell.clear()
                try:
                    await self._make_a_round(http)
                except Exception:  # one bad record must not end all deliveries
                    log.exception("webhook.round_failed")
                    await asyncio.sleep(_LONGEST_NAP_SECONDS)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._nap()):  # `wait_for` of Python 3.11 may swallow a cancellation
                        await self._bell.wait()

    async def _make_a_round(self, http: httpx2.AsyncClient) -> None:
        for delivery in deliveries.due(self._tick()):
            await self._deliver(http, delivery.id)
            self._tried.set()

    async def _deliver(self, http: httpx2.AsyncClient, delivery_id: str) -> None:
        desk = self._tick()
        delivery = desk.ledger.get(Delivery, delivery_id)
        if delivery is None or delivery.status != "WAITING":
            return  # a reset has come between, or somebody has taken it
        transmission = deliveries.prepare(desk, delivery)
        if transmission is None:
            return
        try:
            answer = await http.post(transmission.url, content=transmission.body, headers=transmission.headers)
            status: int | None = answer.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL):
            status = None
        deliveries.note(self._tick(), delivery_id, status)
        log.info("webhook.sent", event_id=delivery.event_id, event_type=delivery.event_type, status=status)

    def _nap(self) -> float:
        desk = self._tick()
        pauses = [(delivery.due_at - desk.now).total_seconds() for delivery in deliveries.waiting(desk.ledger)[:1]]
        return max(0.0, min([*pauses, _LONGEST_NAP_SECONDS]))
