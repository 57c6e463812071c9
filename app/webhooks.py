"""The address to which PayPal brings its news: proved, kept, and answered at once; the work comes later."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import certifi
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.settings import Settings
from gateways.paypal.certificates import Certificates, load_roots
from gateways.paypal.client import PayPalClient
from gateways.paypal.webhooks import (
    Delivery,
    DeliveryRefused,
    DeliveryUndecided,
    OfflineProof,
    OnlineProof,
    WebhookEvent,
    WebhookVerifier,
)
from models.database import Database
from use_cases.receive_webhook import receive_webhook
from workflows.engine import runtime

log = structlog.get_logger(__name__)

LARGEST_BYTES = 256 * 1024
RETRY_AFTER_SECONDS = 30


def create_verifier(
    settings: Settings, *, paypal: PayPalClient, clock: Callable[[], datetime]
) -> WebhookVerifier | None:
    """Return who tells PayPal's deliveries from others'; None, and a warning, when no webhook was named.

    Raises ``OSError`` or ``ValueError`` when the trusted roots cannot be loaded.
    """
    if settings.paypal_webhook_id is None:
        log.warning("webhooks.not_configured", setting="SALDO_PAYPAL_WEBHOOK_ID")
        return None
    roots = load_roots(settings.paypal_webhook_ca_file or Path(certifi.where()))
    certificates = Certificates(base_url=settings.paypal_base_url, roots=roots, clock=clock)
    is_online = settings.paypal_webhook_check == "online"
    proof = OnlineProof(paypal=paypal) if is_online else OfflineProof(certificates=certificates)
    return WebhookVerifier(webhook_id=settings.paypal_webhook_id, certificates=certificates, proof=proof, clock=clock)


def create_webhook_route(*, database: Database, clock: Callable[[], datetime]) -> Route:
    """Return the route of `POST /webhooks/paypal`."""

    async def receive(request: Request) -> Response:
        verifier = runtime().webhooks
        if verifier is None:
            return refuse(503, "NOT_CONFIGURED", "This server does not know its webhook yet.")
        body = await read_body(request)
        if body is None:
            return refuse(413, "BODY_TOO_LARGE", f"A delivery has at most {LARGEST_BYTES} bytes.")
        try:
            delivery = Delivery.read(request.headers, body)
            await verifier.verify(delivery)
            event = WebhookEvent.parse(body)
        except DeliveryRefused as exc:
            log.warning("webhook.refused", reason=str(exc))
            return refuse(400, "DELIVERY_REFUSED", "This is not a delivery of PayPal's to this webhook.")
        except DeliveryUndecided as exc:
            log.warning("webhook.undecided", reason=str(exc))
            return refuse(503, "DELIVERY_UNDECIDED", "Who sent this cannot be told now; deliver it again later.")
        return await keep(event, delivery)

    async def keep(event: WebhookEvent, delivery: Delivery) -> Response:
        async with database.write() as session:
            is_new = await receive_webhook(
                session,
                event=event,
                transmission_id=delivery.transmission_id,
                transmitted_at=delivery.sent_at,
                now=clock(),
            )
        log.info("webhook.received", event_id=event.id, event_type=event.event_type, is_new=is_new)
        return JSONResponse({"code": "TAKEN" if is_new else "KNOWN"})

    return Route("/webhooks/paypal", receive, methods=["POST"])


async def read_body(request: Request) -> bytes | None:
    """Return the body, or None as soon as it is known to be too large; one that breaks off is empty."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > LARGEST_BYTES:
        return None
    body = b""
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST_BYTES:
                return None
    except ClientDisconnect:
        return b""
    return body


def refuse(status: int, code: str, message: str) -> Response:
    """Answer without having stored anything; PayPal delivers again whatever is not answered 2xx."""
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 503 else None
    return JSONResponse({"code": code, "message": message}, status, headers=headers)
