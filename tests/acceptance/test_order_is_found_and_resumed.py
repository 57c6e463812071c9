"""From the services to the order to pay, and on from there however often a step is repeated."""

import asyncio
from typing import Any

from models import enums, tables
from tests.factories import make_account, make_customer, make_order, make_service
from tests.harness.evidence import paypal_calls, renewals
from tests.harness.journeys import RETURN_URL, begin, confirm, start
from tests.harness.product import Client, Product


async def prepared(product: Product) -> tuple[tables.Customer, tables.Order, tables.PayPalAccount]:
    """Store a customer with a PEC, its unpaid renewal order and a registered account."""
    customer = make_customer()
    service = make_service(customer)
    order, *lines = make_order(customer, renews=service, number="SAL7654321")
    account = make_account(customer)
    await product.save(customer, service, order, *lines)
    await product.register(account)
    return customer, order, account


async def ready_to_confirm(product: Product) -> tuple[Client, tables.Order, str]:
    """Prepare a payment for which only "Procedi" is missing."""
    customer, order, account = await prepared(product)
    client = await product.signed_in(customer)
    payment_id = await begin(client, order)
    await client.run("select_registered_account", paymentId=payment_id, accountId=account.id)
    return client, order, payment_id


def typed(number: str, **more: Any) -> dict[str, Any]:
    return {"input": {"order": {"number": number}, "returnUrl": RETURN_URL, **more}}


async def test_a_service_leads_to_its_orders_and_only_the_unpaid_one_can_be_paid(product: Product) -> None:
    customer, order, _ = await prepared(product)
    [service] = await product.rows(tables.Service)
    paid, *paid_lines = make_order(customer, lines=[service], status=enums.OrderStatus.PAID, number="SAL0000042")
    await product.save(paid, *paid_lines)
    client = await product.signed_in(customer)

    viewer = await client.run("services")
    listed = await client.run("orders_to_pay")

    [seen] = viewer["services"]["nodes"]
    assert (seen["id"], seen["product"], seen["label"]) == (service.id, "PEC", service.label)
    assert {
        each["number"]: (each["status"], each["statusLabel"], each["paymentBlocks"]) for each in seen["orders"]["nodes"]
    } == {
        "SAL7654321": ("AWAITING_PAYMENT", "Attesa pagamento", []),
        "SAL0000042": ("PAID", "Pagato", [{"code": "ALREADY_PAID"}]),
    }
    [unpaid] = listed["orders"]["nodes"]
    assert (unpaid["id"], unpaid["number"], unpaid["paymentMethods"]) == (order.id, "SAL7654321", ["PAYPAL"])
    assert unpaid["total"] == {
        "net": {"amount": "30.00"},
        "tax": {"amount": "6.60"},
        "gross": {"amount": "36.60", "currency": "EUR"},
        "vatRate": "22",
    }


async def test_a_number_typed_with_spaces_and_in_lower_case_finds_the_order(product: Product) -> None:
    customer, order, account = await prepared(product)
    client = await product.signed_in(customer)

    looked_up = await client.run("order", number=" sal 7654 321 ")
    started = await client.run("start_payment", **typed(" sal 7654 321 "))

    assert looked_up["order"]["id"] == order.id
    assert (started["resumed"], started["payment"]["order"]) == (False, {"id": order.id, "number": "SAL7654321"})
    assert started["payment"]["amount"] == {"amount": "36.60", "currency": "EUR"}
    assert started["payment"]["nextAction"] == {
        "__typename": "SelectAccountAction",
        "accounts": [{"id": account.id, "maskedEmail": "m•••@example.com", "nickname": None, "isDefault": False}],
        "suggested": None,
    }


async def test_the_typed_number_decides_whatever_order_was_opened_before(product: Product) -> None:
    customer, clicked, _ = await prepared(product)
    wanted, *lines = make_order(customer)
    await product.save(wanted, *lines)
    client = await product.signed_in(customer)
    await client.run("order", number=clicked.number)

    started = await start(client, wanted)

    assert (started["resumed"], started["payment"]["order"]["id"]) == (False, wanted.id)
    assert [row.order_id for row in await product.rows(tables.Payment)] == [wanted.id]


async def test_a_foreign_number_and_an_unknown_one_are_answered_alike(product: Product) -> None:
    _, foreign, _ = await prepared(product)
    stranger = make_customer()
    await product.save(stranger)
    client = await product.signed_in(stranger)
    before = await product.snapshot()

    answers = [await client.run("start_payment", **typed(number)) for number in (foreign.number, "SAL9999999")]

    assert [answer["__typename"] for answer in answers] == ["NotFoundError", "NotFoundError"]
    assert answers[0] == answers[1]
    assert await product.snapshot() == before


async def test_starting_again_hands_back_the_same_payment_in_every_session(product: Product) -> None:
    customer, order, account = await prepared(product)
    desktop, phone = await product.signed_in(customer), await product.signed_in(customer)
    payment_id = await begin(desktop, order)

    again, elsewhere = await start(desktop, order), await start(phone, order)
    await phone.run("select_registered_account", paymentId=payment_id, accountId=account.id)
    confirmed = await confirm(phone, payment_id, order)

    assert [(each["resumed"], each["payment"]["id"]) for each in (again, elsewhere)] == [(True, payment_id)] * 2
    assert (confirmed["payment"]["id"], confirmed["payment"]["status"]) == (payment_id, "SUCCEEDED")
    assert (await desktop.payment(payment_id))["status"] == "SUCCEEDED"


async def test_the_last_account_chosen_replaces_the_earlier_ones(product: Product) -> None:
    customer, order, first = await prepared(product)
    second = await product.register(make_account(customer, masked_email="u•••@example.com"))
    [service] = await product.rows(tables.Service)
    client = await product.signed_in(customer)
    payment_id = await begin(client, order)

    await client.run("select_new_account", paymentId=payment_id, nickname="Ufficio", makeDefault=True)
    await client.run("select_registered_account", paymentId=payment_id, accountId=first.id)
    await client.run("select_registered_account", paymentId=payment_id, accountId=second.id)
    confirmed = await confirm(client, payment_id, order)

    assert confirmed["payment"]["outcome"]["account"] == {
        "maskedEmail": "u•••@example.com",
        "payerId": second.payer_id,
    }
    assert await renewals(client) == {service.label: ("ON", second.id, "2027-03-08")}
    assert len(await product.rows(tables.PayPalAccount)) == 2


async def test_a_second_confirmation_is_told_that_the_charge_was_made(product: Product) -> None:
    client, order, payment_id = await ready_to_confirm(product)
    first = await confirm(client, payment_id, order)
    await product.mails(2)
    before = await product.snapshot()

    second = await confirm(client, payment_id, order)

    assert (first["replayed"], second["replayed"]) == (False, True)
    assert (second["payment"]["id"], second["payment"]["status"]) == (payment_id, "SUCCEEDED")
    assert second["payment"]["outcome"]["payPalReference"] == first["payment"]["outcome"]["payPalReference"]
    assert await product.snapshot() == before


async def test_twenty_confirmations_at_once_charge_once(product: Product) -> None:
    client, order, payment_id = await ready_to_confirm(product)

    answers = await asyncio.gather(*(confirm(client, payment_id, order) for _ in range(20)))

    assert sorted(answer["replayed"] for answer in answers) == [False] + [True] * 19
    assert {answer["payment"]["status"] for answer in answers} == {"SUCCEEDED"}
    assert len({answer["payment"]["outcome"]["payPalReference"] for answer in answers}) == 1
    assert [(method, status) for method, _, _, status in await paypal_calls(product)] == [("POST", 201)] * 2
    assert await asyncio.to_thread(lambda: len(product.simulator.captures())) == 1
    assert [subject.partition(" per ")[0] for subject in await product.mails(2)] == [
        "Attivazione rinnovo automatico",
        "Conferma pagamento",
    ]


async def test_a_repeated_key_gets_the_first_answer_again(product: Product) -> None:
    customer, order, account = await prepared(product)
    client = await product.signed_in(customer)

    started = [await start(client, order, idempotencyKey="start-1") for _ in range(2)]
    resumed = [await start(client, order, idempotencyKey="start-2") for _ in range(2)]
    payment_id = started[0]["payment"]["id"]
    await client.run("select_registered_account", paymentId=payment_id, accountId=account.id)
    confirmed = [await confirm(client, payment_id, order, idempotencyKey="go-1") for _ in range(2)]
    replayed = [await confirm(client, payment_id, order, idempotencyKey="go-2") for _ in range(2)]

    assert [each["resumed"] for each in started + resumed] == [False, False, True, True]
    assert [each["replayed"] for each in confirmed + replayed] == [False, False, True, True]
    assert {each["payment"]["id"] for each in started + resumed + confirmed + replayed} == {payment_id}
    assert len(await asyncio.to_thread(product.simulator.captures)) == 1


async def test_a_key_used_for_another_input_is_refused(product: Product) -> None:
    client, order, payment_id = await ready_to_confirm(product)
    await start(client, order, idempotencyKey="one")
    [customer] = await product.rows(tables.Customer)
    other, *lines = make_order(customer)
    await product.save(other, *lines)
    other_payment = await begin(client, other)
    await confirm(client, payment_id, order, idempotencyKey="one")
    await product.mails(2)
    before = await product.snapshot()

    refused = [
        await start(client, other, idempotencyKey="one"),
        await confirm(client, other_payment, other, idempotencyKey="one"),
    ]

    assert [(each["__typename"], each["code"], each["key"]) for each in refused] == [
        ("IdempotencyConflictError", "IDEMPOTENCY_CONFLICT", "one")
    ] * 2
    assert await product.snapshot() == before


async def test_a_key_whose_confirmation_could_not_reach_paypal_may_be_used_again(product: Product) -> None:
    client, order, payment_id = await ready_to_confirm(product)
    await asyncio.to_thread(product.simulator.fail, "html_503", pattern="/v2/checkout/orders", times=50)
    unreachable = await confirm(client, payment_id, order, idempotencyKey="go")
    await asyncio.to_thread(product.simulator.recover)

    confirmed = await confirm(client, payment_id, order, idempotencyKey="go")

    assert (unreachable["__typename"], unreachable["retryable"]) == ("ProviderUnavailableError", True)
    assert (confirmed["payment"]["status"], confirmed["replayed"]) == ("SUCCEEDED", False)
    assert len(await asyncio.to_thread(product.simulator.captures)) == 1
