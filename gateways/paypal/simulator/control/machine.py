"""The machine itself: its clock, its faults, its memory."""

from pydantic import AwareDatetime, Field, JsonValue

from gateways.paypal.simulator.control.requests import Asked, Body, ControlError, Entry
from gateways.paypal.simulator.faults import Fault
from gateways.paypal.simulator.webhooks.subscriptions import subscribe_by_settings


class ClockBody(Body):
    """How to set the clock, which goes on from there: by so much ahead, or to an instant, be it in the past."""

    advance_seconds: float = Field(default=0, ge=0)
    now: AwareDatetime | None = None


def _health(asked: Asked) -> JsonValue:
    return {"status": "ok", "now": asked.desk.now.isoformat()}


def _calls(asked: Asked) -> JsonValue:
    since = asked.query.get("since", "0")
    if not since.isdecimal():
        raise ControlError(422, "since is a number")
    return {"calls": [entry.model_dump(mode="json") for entry in asked.api.journal.since(int(since))]}


def _reset(asked: Asked) -> JsonValue:
    asked.desk.ledger.reset()
    asked.api.faults.clear()
    subscribe_by_settings(asked.desk.ledger, asked.desk.settings)
    return {"status": "ok"}


def _move_clock(asked: Asked) -> JsonValue:
    body = asked.read(ClockBody)
    jump = (body.now - asked.desk.now).total_seconds() if body.now is not None else 0
    asked.desk.ledger.advance_clock(jump + body.advance_seconds)
    return {"now": asked.api.desk().now.isoformat()}


def _show_faults(asked: Asked) -> JsonValue:
    return {"faults": [fault.model_dump(mode="json") for fault in asked.api.faults.waiting()]}


def _add_fault(asked: Asked) -> JsonValue:
    asked.api.faults.add(asked.read(Fault))
    return _show_faults(asked)


def _clear_faults(asked: Asked) -> JsonValue:
    asked.api.faults.clear()
    return {"faults": []}


ENTRIES: tuple[Entry, ...] = (
    ("GET", "/health", _health),
    ("GET", "/calls", _calls),
    ("POST", "/reset", _reset),
    ("POST", "/clock", _move_clock),
    ("GET", "/faults", _show_faults),
    ("POST", "/faults", _add_fault),
    ("DELETE", "/faults", _clear_faults),
)
