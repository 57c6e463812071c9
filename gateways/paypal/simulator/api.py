"""The way of a call through PayPal: recognised, recalled or carried out, perhaps spoilt, written down."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import Response

from gateways.paypal.simulator.calls import Call, Desk, Operation
from gateways.paypal.simulator.credentials import INVALID_TOKEN, client_of
from gateways.paypal.simulator.errors import RefusalError, refusal
from gateways.paypal.simulator.faults import FaultKind, Faults
from gateways.paypal.simulator.idempotency import IdempotencyMemory, Key
from gateways.paypal.simulator.journal import Journal
from gateways.paypal.simulator.lapses import pass_time
from gateways.paypal.simulator.links import payer_link
from gateways.paypal.simulator.recording import Recording
from gateways.paypal.simulator.replies import Reply
from gateways.paypal.simulator.settings import SimulatorSettings
from gateways.paypal.simulator.state import Ledger
from gateways.paypal.simulator.webhooks.courier import Courier
from gateways.paypal.simulator.webhooks.deliveries import mode_of

log = structlog.get_logger(__name__)

_NOTIFICATIONS = "/v1/notifications/"  # asked for by who is taking a delivery, and must not wait for it


class Api:
    """PayPal behind its addresses."""

    def __init__(self, *, ledger: Ledger, settings: SimulatorSettings, clock: Callable[[], datetime]) -> None:
        self.ledger = ledger
        self.settings = settings
        self.faults = Faults()
        self.journal = Journal(ledger)
        self.courier = Courier(self.tick)
        self.recording = Recording(settings.recording)
        self._memory = IdempotencyMemory(ledger)
        self._clock = clock

    def desk(self) -> Desk:
        """Return what an operation needs, at this instant of the simulator's clock."""
        return Desk(ledger=self.ledger, settings=self.settings, now=self._clock() + self.ledger.clock_advance())

    def tick(self) -> Desk:
        """Let time do its work up to this instant, and return what an operation needs."""
        desk = self.desk()
        with self.ledger.transaction():
            pass_time(desk)
        return desk

    async def answer(self, operation: Operation, request: Request) -> Response:
        """Answer a call of an operation, and write it down."""
        call = await self._read(request)
        client_id = None if operation.public else client_of(call)
        if client_id is None and not operation.public:
            reply = INVALID_TOKEN
        else:
            reply = await self._answer(operation, call, _key(operation, call, client_id))
        self.journal.add(call, reply)
        self.recording.add(call, reply)
        log.info(
            "call.answered",
            method=call.method,
            path=operation.path,  # not the one called: it may hold the token of an account
            request_id=call.request_id,
            status=None if reply.lost else reply.status,
        )
        self.courier.wake()
        is_waited_for = reply.comes_last or mode_of(self.ledger).before_answer
        if is_waited_for and not call.path.startswith(_NOTIFICATIONS):
            await self.courier.hurry()
        return reply.render()

    async def _read(self, request: Request) -> Call:
        raw_body = await request.body()
        return Call(
            desk=self.desk(),
            method=request.method,
            path=request.url.path,
            ids=request.path_params,
            query=request.query_params,
            headers=request.headers,
            raw_body=raw_body,
        )

    async def _answer(self, operation: Operation, call: Call, key: Key | None) -> Reply:
        fault = self.faults.take(call.method, call.path)
        try:
            with self._memory.claim(key):
                if fault is not None and fault.kind is FaultKind.SLOW:
                    await asyncio.sleep(fault.seconds)
                reply = self._settle(operation, call, key) if fault is None or fault.processes else None
        except RefusalError as refused:
            return refused.reply()
        if fault is not None:
            return fault.spoil(reply)
        return reply or INVALID_TOKEN

    def _settle(self, operation: Operation, call: Call, key: Key | None) -> Reply:
        """Return the answer remembered under the key, else carry the operation out and remember its answer."""
        recalled = self._memory.recall(key, call.desk.now) if key is not None else None
        if recalled is not None:
            return _in_asked_form(operation, call, recalled)
        with self.ledger.transaction():
            reply = _carry_out(operation, call)
            pass_time(call.desk)
            if key is not None and operation.key_life is not None and reply.status < 500:
                self._memory.keep(key, reply, until=call.desk.now + operation.key_life)
        return _in_asked_form(operation, call, reply)


def _key(operation: Operation, call: Call, client_id: str | None) -> Key | None:
    if client_id is None or call.request_id is None or operation.key_life is None:
        return None
    return Key(client_id=client_id, operation=f"{call.method} {call.path}", request_id=call.request_id)


def _carry_out(operation: Operation, call: Call) -> Reply:
    try:
        if operation.mockable:
            _refuse_on_demand(call)
        if call.method == "POST" and not call.headers.get("content-type", "").startswith(operation.content_type):
            raise refusal("UNSUPPORTED_MEDIA_TYPE")
        return operation.run(call)
    except RefusalError as refused:
        return refused.reply()


def _refuse_on_demand(call: Call) -> None:
    """Honour PayPal's header for negative tests: nothing is done, the issue it names is the answer."""
    asked = call.headers.get("paypal-mock-response")
    if asked is None:
        return
    try:
        issue = str(json.loads(asked)["mock_application_codes"])
    except (ValueError, KeyError, TypeError) as error:
        raise refusal("INVALID_PARAMETER_SYNTAX", field="PayPal-Mock-Response", value=asked) from error
    rel = {"INSTRUMENT_DECLINED": "redirect", "PAYER_ACTION_REQUIRED": "payer-action"}.get(issue)
    order_id = call.ids.get("id")
    raise refusal(issue, links=payer_link(call.desk, order_id, rel) if rel and order_id else ())


def _in_asked_form(operation: Operation, call: Call, reply: Reply) -> Reply:
    """Cut a successful answer down to what `Prefer: return=minimal`, the default, leaves of it."""
    full = call.headers.get("prefer", "").replace(" ", "") == "return=representation"
    if reply.body is None or reply.status >= 300 or full or not operation.minimal:
        return reply
    return replace(reply, body={name: reply.body[name] for name in operation.minimal if name in reply.body})
