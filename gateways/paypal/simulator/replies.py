"""What goes back to the merchant, before it is put into HTTP."""

import json
from dataclasses import dataclass, field

from pydantic import JsonValue
from starlette.responses import Response

from gateways.paypal.simulator import ids
from gateways.paypal.simulator.transport import DroppedConnection

_HTML = "<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """An answer: JSON, or bare text, or (`lost`) none at all."""

    status: int
    body: dict[str, JsonValue] | None = None
    text: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    lost: bool = False
    comes_last: bool = False  # after the webhooks of what it answers
    replayed: bool = False  # remembered from an earlier request, nothing was done again
    spoilt: str | None = None  # the fault that makes it no answer of PayPal's application

    def render(self) -> Response:
        """Return the HTTP answer, with PayPal's debug id on it."""
        if self.lost:
            return DroppedConnection(substitute=html_page(503, "Service Unavailable").render())
        debug_id = str((self.body or {}).get("debug_id") or ids.debug_id())
        headers = {**self.headers, "Paypal-Debug-Id": debug_id}
        if self.text is not None:
            return Response(self.text, self.status, {"content-type": "text/html", **headers})
        if self.body is None:
            return Response(None, self.status, headers)
        return Response(json.dumps(self.body), self.status, {**headers, "content-type": "application/json"})


def html_page(status: int, title: str) -> Reply:
    """Return the kind of page with which a gateway in front of PayPal answers."""
    return Reply(status=status, text=_HTML.format(title=title))
