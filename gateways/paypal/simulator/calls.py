"""One call of the API: what it asks, who asks, and when."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from gateways.paypal.simulator.errors import refusal, refusal_of_schema
from gateways.paypal.simulator.replies import Reply
from gateways.paypal.simulator.settings import SimulatorSettings
from gateways.paypal.simulator.state import Ledger

B = TypeVar("B", bound=BaseModel)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What every operation works with: the memory, the settings and the present instant."""

    ledger: Ledger
    settings: SimulatorSettings
    now: datetime

    def url(self, path: str) -> str:
        """Return the full address of a path of the simulator."""
        return self.settings.base_url + path

    def link(self, rel: str, path: str, method: str = "GET") -> dict[str, JsonValue]:
        """Return an entry of `links`."""
        return {"href": self.url(path), "rel": rel, "method": method}


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A request as it arrived."""

    desk: Desk
    method: str
    path: str
    ids: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw_body: bytes

    @property
    def request_id(self) -> str | None:
        """The key under which PayPal remembers its answer."""
        return self.headers.get("paypal-request-id")

    def read(self, body: type[B]) -> B:
        """Return the body, checked; an empty one counts as `{}`.

        Raises:
            RefusalError: 400, with one issue for each fault.
        """
        try:
            return body.model_validate_json(self.raw_body or b"{}")
        except ValidationError as error:
            raise refusal_of_schema(error) from error

    def json(self) -> dict[str, JsonValue]:
        """Return the body as it was sent, once `read` has found it well formed."""
        sent: dict[str, JsonValue] = json.loads(self.raw_body)
        return sent

    def number(self, name: str, *, default: int) -> int:
        """Return a parameter that counts from one.

        Raises:
            RefusalError: 400 when it is none.
        """
        text = self.query.get(name, str(default))
        if not text.isdecimal() or int(text) < 1:
            raise refusal("INVALID_PARAMETER_VALUE", field=name, value=text)
        return int(text)

    def require_request_id(self) -> str:
        """Return the PayPal-Request-Id.

        Raises:
            RefusalError: 400 when there is none.
        """
        if not self.request_id:
            raise refusal("PAYPAL_REQUEST_ID_REQUIRED")
        return self.request_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """An entry of PayPal's API."""

    method: str
    path: str
    run: Callable[[Call], Reply]
    key_life: timedelta | None = None  # how long PayPal remembers the answer to a PayPal-Request-Id
    public: bool = False  # needs no bearer token
    content_type: str = "application/json"
    mockable: bool = False  # honours PayPal-Mock-Response
    minimal: tuple[str, ...] = ()  # fields that remain without `Prefer: return=representation`
