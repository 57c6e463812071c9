"""PayPal's REST API, one method per call; whatever moves money or state needs a request id."""

from collections.abc import Mapping

import httpx2
from pydantic_core import to_json

from gateways.paypal.connection import Connection, checked, keyed, read
from gateways.paypal.errors import PayPalUnavailable, ResourceMissing
from gateways.paypal.exchange import Request
from gateways.paypal.messages import (
    Capture,
    OrderRequest,
    PaymentToken,
    PaymentTokenPage,
    PayPalOrder,
    Refund,
    RefundRequest,
    StoredCharge,
    WebhookVerdict,
)
from gateways.paypal.setup_tokens import SetupToken, SetupTokenRequest, to_payment_token

_ORDERS = "/v2/checkout/orders"
_CAPTURES = "/v2/payments/captures"
_SETUPS = "/v3/vault/setup-tokens"
_TOKENS = "/v3/vault/payment-tokens"
_PAGE_SIZE = 5  # PayPal's largest


class PayPalClient(Connection):
    """The merchant's side of PayPal.

    Every method raises a ``PayPalError``; `errors.py` says which one and who must act. Nothing is retried here except
    a call refused for its access token, once: repeating is for the durable workflow, which knows the request id. While
    the breaker is open nothing is even tried.
    """

    async def create_order(self, order: OrderRequest, *, request_id: str) -> PayPalOrder:
        """Open an order; the same request id gives the same order, for six hours."""
        request = Request(
            call="create_order", method="POST", path=_ORDERS, headers=keyed(request_id), body=order.to_wire()
        )
        return read(PayPalOrder, await self.send(request))

    async def get_order(self, order_id: str) -> PayPalOrder:
        """Return the order as it is now. Raises ``ResourceMissing`` once an unapproved one has lapsed."""
        request = Request(call="get_order", method="GET", path=f"{_ORDERS}/{{id}}", resource_id=checked(order_id))
        return read(PayPalOrder, await self.send(request))

    async def capture_order(
        self,
        order_id: str,
        *,
        request_id: str,
        charge: StoredCharge | None = None,
        client_metadata_id: str | None = None,
    ) -> PayPalOrder:
        """Take the money of an approved order, or of a new one from the stored account of `charge`.

        An answer is not yet a payment: look at `capture`, which may be absent, PENDING or DECLINED.
        `client_metadata_id` is what PayPal's risk script gave the browser of a customer who pays with a stored account.
        """
        risk = {"PayPal-Client-Metadata-Id": checked(client_metadata_id)} if client_metadata_id is not None else {}
        if charge is not None:
            checked(charge.payment_token)
        request = Request(
            call="capture_order",
            method="POST",
            path=f"{_ORDERS}/{{id}}/capture",
            resource_id=checked(order_id),
            headers={**keyed(request_id), **risk},
            body=charge.to_wire() if charge else {},
        )
        return read(PayPalOrder, await self.send(request))

    async def get_capture(self, capture_id: str) -> Capture:
        """Return the capture as it is now: the truth about a pending one."""
        request = Request(call="get_capture", method="GET", path=f"{_CAPTURES}/{{id}}", resource_id=checked(capture_id))
        return read(Capture, await self.send(request))

    async def refund_capture(self, capture_id: str, refund: RefundRequest, *, request_id: str) -> Refund:
        """Give a sum back; the same request id gives the same refund, for forty-five days."""
        request = Request(
            call="refund_capture",
            method="POST",
            path=f"{_CAPTURES}/{{id}}/refund",
            resource_id=checked(capture_id),
            headers=keyed(request_id),
            body=refund.to_wire(),
        )
        return read(Refund, await self.send(request))

    async def get_refund(self, refund_id: str) -> Refund:
        """Return the refund as it is now."""
        request = Request(
            call="get_refund", method="GET", path="/v2/payments/refunds/{id}", resource_id=checked(refund_id)
        )
        return read(Refund, await self.send(request))

    async def create_setup_token(self, account: SetupTokenRequest, *, request_id: str) -> SetupToken:
        """Ask to keep an account without a purchase; the same request id gives the same token, for three hours."""
        request = Request(
            call="create_setup_token", method="POST", path=_SETUPS, headers=keyed(request_id), body=account.to_wire()
        )
        return read(SetupToken, await self.send(request))

    async def get_setup_token(self, setup_token: str) -> SetupToken:
        """Return how far its approval has come. Raises ``ResourceMissing`` once it has lapsed."""
        request = Request(
            call="get_setup_token", method="GET", path=f"{_SETUPS}/{{id}}", resource_id=checked(setup_token)
        )
        return read(SetupToken, await self.send(request))

    async def create_payment_token(self, setup_token: str, *, request_id: str) -> PaymentToken:
        """Store the account of an approved setup token.

        Raises ``PayerMustAct`` before its approval, ``AlreadyDone`` when it was used under another request id (the
        account is then among those listed for its PayPal customer), ``ResourceMissing`` once it has lapsed.
        """
        request = Request(
            call="create_payment_token",
            method="POST",
            path=_TOKENS,
            headers=keyed(request_id),
            body=to_payment_token(checked(setup_token)),
        )
        return read(PaymentToken, await self.send(request))

    async def list_payment_tokens(self, customer_id: str) -> list[PaymentToken]:
        """Return all stored accounts of PayPal's customer id (not ours)."""
        tokens: list[PaymentToken] = []
        page_number, total_pages = 0, 1
        while page_number < total_pages:
            page_number += 1
            page = read(PaymentTokenPage, await self.send(_page_request(customer_id, page_number)))
            tokens += page.tokens
            total_pages = page.total_pages
        return tokens

    async def get_payment_token(self, payment_token: str) -> PaymentToken:
        """Return a stored account. Raises ``ResourceMissing`` when its owner or we have removed it."""
        request = Request(
            call="get_payment_token", method="GET", path=f"{_TOKENS}/{{id}}", resource_id=checked(payment_token)
        )
        return read(PaymentToken, await self.send(request))

    async def delete_payment_token(self, payment_token: str) -> None:
        """Remove a stored account; one that PayPal does not know is removed already."""
        request = Request(
            call="delete_payment_token", method="DELETE", path=f"{_TOKENS}/{{id}}", resource_id=checked(payment_token)
        )
        try:
            response = await self.send(request)
        except ResourceMissing:
            return
        if response.status_code != httpx2.codes.NO_CONTENT:  # a gateway's page, not PayPal's word
            raise PayPalUnavailable("not deleted", status=response.status_code)

    async def verify_webhook(self, event: bytes, question: Mapping[str, str]) -> bool:
        """Tell whether PayPal sent this event, whose bytes go back as they came, with these headers of its delivery."""
        content = b'{"webhook_event":' + event + b"," + to_json(question)[1:]  # ours come last: of two, the last counts
        request = Request(
            call="verify_webhook",
            method="POST",
            path="/v1/notifications/verify-webhook-signature",
            headers={"Content-Type": "application/json"},
            content=content,
        )
        return read(WebhookVerdict, await self.send(request)).verification_status == "SUCCESS"


def _page_request(customer_id: str, page: int) -> Request:
    return Request(
        call="list_payment_tokens",
        method="GET",
        path=_TOKENS,
        params={
            "customer_id": checked(customer_id),
            "page": page,
            "page_size": _PAGE_SIZE,
            "total_required": "true",
        },
    )
