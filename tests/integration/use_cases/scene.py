"""One payment in the middle of its life, stored with everything around it."""

from datetime import timedelta
from typing import Any

from gateways.paypal.errors import PayPalFailure
from gateways.paypal.messages import PayPalOrder
from models.enums import EventSource, PaymentStatus
from policies.watching import Watch
from tests.factories import (
    NOW,
    make_account,
    make_attempt,
    make_choice,
    make_customer,
    make_event,
    make_order,
    make_payment,
    make_service,
    store,
)
from tests.integration.use_cases.books import Books

WATCH = Watch(
    first=timedelta(seconds=20),
    ceiling=timedelta(hours=1),
    approval_life=timedelta(hours=3),
    worker_lost_after=timedelta(minutes=5),
    registration_looks=2,
)


class Scene:
    """A renewal of a PEC, 36.60, in the middle of being paid."""

    def __init__(self, status: PaymentStatus, *, registers: bool = False) -> None:
        self.customer = make_customer()
        self.account = make_account(self.customer, is_default=True)
        self.service = make_service(self.customer)
        self.order, *self.lines = make_order(self.customer, renews=self.service)
        account = None if registers else self.account
        self.payment = make_payment(self.order, account=account, registers_account=registers, status=status)
        self.choice = make_choice(self.payment, self.service)
        self.attempt = make_attempt(self.payment)

    async def begin(self, books: Books, *, attempted: bool = True, **attempt: Any) -> None:
        """Store the scene; ``attempt`` are changes to the attempt."""
        for name, value in attempt.items():
            setattr(self.attempt, name, value)
        people = (self.customer, self.account, self.service, self.order, *self.lines)
        await store(books.database, *people, self.payment, self.choice, make_event(self.payment))
        if attempted:
            await store(books.database, self.attempt)

    def answer(
        self, capture_status: str | None, *, capture: dict[str, str] | None = None, **source: Any
    ) -> PayPalOrder:
        """Return PayPal's order with a capture in that status; ``capture`` is what shall be different in it."""
        changed = capture or {}
        taken = {
            "id": changed.get("id", "CAPTURE-1"),
            "status": capture_status,
            "amount": {"currency_code": "EUR", "value": changed.get("amount", "36.60")},
            "custom_id": changed.get("custom_id", self.attempt.id),
        }
        unit = {"payments": {"captures": [taken]}} if capture_status else {}
        return PayPalOrder.model_validate(
            {
                "id": self.attempt.paypal_order_id or "PAYPAL-ORDER",
                "status": "COMPLETED" if capture_status else "PAYER_ACTION_REQUIRED",
                "purchase_units": [unit],
                "links": [{"rel": "payer-action", "href": "https://paypal.example/approve", "method": "GET"}],
                "payment_source": {"paypal": {"account_id": "PAYER", "email_address": "m@example.com"} | source},
            }
        )


def settling(
    scene: Scene, *, paypal: PayPalOrder | None = None, failure: PayPalFailure | None = None
) -> dict[str, Any]:
    return {
        "attempt_id": scene.attempt.id,
        "paypal": paypal,
        "failure": failure,
        "source": EventSource.PAYPAL_REPLY,
        "watch": WATCH,
        "now": NOW,
    }
