"""Who is told by mail that a payment has failed: whoever is not there to see it."""

from typing import Any

import pytest

from gateways.paypal.errors import PayPalFailure
from models import tables
from models.enums import EmailKind, EventSource, PaymentInitiator, PaymentStatus, ProviderFailureKind
from tests.factories import NOW
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.scene import WATCH, Scene, settling
from use_cases.record_paypal_order import abandon_opening
from use_cases.settle_payment import settle_payment

LONG_GONE = [EventSource.RECONCILER, EventSource.PAYPAL_WEBHOOK]
PRESENT = [EventSource.PAYPAL_REPLY, EventSource.CUSTOMER]


async def letters(books: Books) -> list[tuple[EmailKind, Any, Any]]:
    return [(mail.kind, mail.facts["code"], mail.facts["advice"]) for mail in await books.rows(tables.Email)]


@pytest.mark.parametrize("source", [*LONG_GONE, *PRESENT])
@pytest.mark.parametrize("status", [PaymentStatus.PENDING, PaymentStatus.VERIFYING, PaymentStatus.PROCESSING])
async def test_a_decline_is_told_when_nobody_waits_for_it(
    books: Books, status: PaymentStatus, source: EventSource
) -> None:
    scene = Scene(status)
    await scene.begin(books)

    for _ in range(2):
        await books.apply(settle_payment, **settling(scene, paypal=scene.answer("DECLINED")) | {"source": source})

    told = [("PAYMENT_FAILED", "FUNDING_DECLINED", "USE_ANOTHER_ACCOUNT")]
    assert await letters(books) == (told if source in LONG_GONE else [])


@pytest.mark.parametrize("source", [*LONG_GONE, *PRESENT])
async def test_an_order_that_paypal_will_not_open_is_told_of_in_the_same_way(books: Books, source: EventSource) -> None:
    scene = Scene(PaymentStatus.PROCESSING)
    await scene.begin(books, paypal_order_id=None)

    failure = PayPalFailure(kind=ProviderFailureKind.REQUEST_REJECTED)
    await books.apply(
        abandon_opening, attempt_id=scene.attempt.id, failure=failure, source=source, watch=WATCH, now=NOW
    )

    told = [("PAYMENT_FAILED", "PROVIDER_ERROR", "CONTACT_US")]
    assert await letters(books) == (told if source in LONG_GONE else [])


async def test_an_automatic_renewal_has_mails_of_its_own(books: Books) -> None:
    scene = Scene(PaymentStatus.PENDING)
    scene.payment.initiator = PaymentInitiator.AUTOMATIC_RENEWAL
    await scene.begin(books)

    declined = settling(scene, paypal=scene.answer("DECLINED")) | {"source": EventSource.RECONCILER}
    await books.apply(settle_payment, **declined)

    assert "PAYMENT_FAILED" not in [mail.kind for mail in await books.rows(tables.Email)]
