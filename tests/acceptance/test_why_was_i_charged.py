"""Why was I charged? One question about an automatic charge has it all: consent, notice, order, payment, history."""

from datetime import date
from typing import Any

from policies.consents import TEXT_VERSION, renewal_text
from tests.acceptance.renewing import CHARGE, SECOND, renewing
from tests.factories import make_account, make_customer, make_order, make_price, make_service
from tests.harness.calendar import automatic_payments, comes
from tests.harness.journeys import pay_with_registered
from tests.harness.product import Client, Product


async def asked(client: Client, number: str) -> Any:
    """Ask about an order; the answer may be null."""
    return (await client.run("why_was_i_charged", number=number))["order"]


async def test_one_question_leads_from_the_consent_to_the_charge(product: Product) -> None:
    mario = make_customer()
    pec = make_service(mario)
    first, *lines = make_order(mario, renews=pec)
    await product.save(mario, pec, first, *lines, make_price())
    account = await product.register(make_account(mario, payer_id="PAYER0000000A"))
    paid_by_hand = await pay_with_registered(await product.signed_in(mario), first, account)
    await product.mails(2)
    for day in (date(2026, 12, 8), date(2027, 2, 6), date(2027, 3, 1)):
        await comes(product, day)
    [charge] = await automatic_payments(product)
    [renewal] = [order for order in await product.rows(type(first)) if order.id == charge.order_id]

    answer = await asked(await product.signed_in(mario), renewal.number)

    shown_account = {"id": account.id, "maskedEmail": "m•••@example.com"}
    [payment] = answer.pop("payments")["nodes"]
    assert answer == {
        "id": renewal.id,
        "number": renewal.number,
        "kind": "RENEWAL",
        "status": "PAID",
        "paidAt": "2027-03-01T05:00:00Z",
        "total": {
            "net": {"amount": "30.00"},
            "tax": {"amount": "6.60"},
            "gross": {"amount": "36.60", "currency": "EUR"},
        },
        "lines": [
            {
                "description": f"Rinnovo PEC {pec.label}, 1 anno",
                "termYears": 1,
                "service": {"id": pec.id, "label": pec.label, "expiresOn": "2028-03-08"},
            }
        ],
    }
    assert payment == {
        "id": charge.id,
        "initiator": "AUTOMATIC_RENEWAL",
        "createdAt": "2027-03-01T05:00:00Z",
        "amount": {"amount": "36.60", "currency": "EUR"},
        "mandate": {
            "service": {"id": pec.id, "label": pec.label},
            "consent": {
                "granted": True,
                "text": renewal_text(locale="it", service=pec.label, term_years=1, maximum=None),
                "version": TEXT_VERSION,
                "at": "2025-03-08T09:30:00Z",
                "account": shown_account,
                "payment": {"id": paid_by_hand["payment"]["id"], "order": {"id": first.id, "number": first.number}},
            },
            "notice": {
                "sentAt": "2027-02-06T05:00:00Z",
                "expiry": "2027-03-08",
                "chargeOn": "2027-03-01",
                "stoppableUntil": "2027-02-28T23:00:00Z",
                "termYears": 1,
                "amount": {"gross": {"amount": "36.60", "currency": "EUR"}},
                "account": shown_account,
            },
        },
        "outcome": {
            "__typename": "PaymentSucceeded",
            "at": "2027-03-01T05:00:00Z",
            "payPalReference": charge.capture_id,
            "account": {"maskedEmail": charge.payer_email, "payerId": charge.payer_id},
            "confirmationEmail": {"to": mario.email, "status": "SENT", "at": "2027-03-01T05:00:00Z"},
        },
        "refunds": [],
        "history": [
            {"at": "2027-03-01T05:00:00Z", "status": status, "source": "SCHEDULER", "note": None}
            for status in ("AWAITING_CONFIRMATION", "PROCESSING", "SUCCEEDED")
        ],
    }


async def test_what_somebody_paid_by_hand_rests_on_no_mandate(product: Product) -> None:
    scene = await renewing(product, payer="declined")
    await scene.announced()
    for day in (CHARGE, SECOND):
        await comes(product, day)
    order = await scene.order_row()
    product.clock.advance(minutes=1)
    await pay_with_registered(await scene.client(), order, scene.other_account)

    answer = await asked(await scene.client(), order.number)

    attempts = [(each["initiator"], each["mandate"] is not None) for each in answer["payments"]["nodes"]]
    assert attempts == [("CUSTOMER", False), ("AUTOMATIC_RENEWAL", True), ("AUTOMATIC_RENEWAL", True)]
    [refused, _] = [each["mandate"] for each in answer["payments"]["nodes"][1:]]
    assert refused["consent"] is None  # stored as if from before choices were recorded
    assert refused["notice"]["sentAt"] == "2026-02-06T05:00:00Z"


async def test_a_choice_made_after_the_charge_does_not_stand_for_it(product: Product) -> None:
    scene = await renewing(product)
    switched = {"serviceId": scene.service.id, "enabled": True}
    client = await scene.client()
    await client.run("set_auto_renewal", accountId=scene.other_account.id, **switched)
    product.clock.advance(seconds=1)
    await client.run("set_auto_renewal", accountId=scene.account.id, **switched)
    await scene.announced()
    await comes(product, CHARGE)
    product.clock.advance(seconds=1)
    later = await scene.client()
    await later.run("set_auto_renewal", accountId=scene.other_account.id, **switched)

    answer = await asked(later, (await scene.order_row()).number)

    [payment] = answer["payments"]["nodes"]
    assert payment["mandate"]["consent"]["account"]["id"] == scene.account.id
    assert payment["mandate"]["consent"]["at"] == "2025-03-08T09:30:01Z"
    assert payment["mandate"]["consent"]["payment"] is None


async def test_the_order_of_somebody_else_is_as_if_it_did_not_exist(product: Product) -> None:
    scene = await renewing(product)
    await scene.announced()
    await comes(product, CHARGE)
    stranger = make_customer()
    await product.save(stranger)

    answer = await asked(await product.signed_in(stranger), (await scene.order_row()).number)

    assert answer is None
