"""Choices that are refused: the flag where the product has none, an account that cannot pay, a step out of turn."""

from datetime import date
from typing import Any

import pytest

from models import tables
from models.enums import PaymentStatus, PayPalAccountStatus, ServiceStatus
from models.enums import Product as Sold
from policies.payment_transitions import SELECTABLE
from tests.factories import make_account, make_customer, make_order, make_service
from tests.harness.journeys import begin, confirm, start
from tests.harness.pages import FRONT_END
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk, payment_in, unchanged

EXCLUDED = {
    "code": "PRODUCT_EXCLUDED",
    "message": "Il rinnovo automatico non è previsto per questo prodotto.",
    "resolvable": False,
    "helpUrl": None,
}
UNUSABLE: list[dict[str, Any]] = [
    {"status": PayPalAccountStatus.REVOKED},
    {
        "status": PayPalAccountStatus.REMOVED,
        "payment_token": None,
    },  # with one, the sweep at the start would go after it
    {"status": PayPalAccountStatus.PENDING_APPROVAL},
]
OUT_OF_TURN = [status for status in PaymentStatus if status not in SELECTABLE]
NOT_CONFIRMABLE = [PaymentStatus.AWAITING_ACCOUNT, PaymentStatus.FAILED, PaymentStatus.CANCELED, PaymentStatus.EXPIRED]


def not_found(*path: str) -> dict[str, Any]:
    return {
        "__typename": "NotFoundError",
        "path": list(path),
        "code": "NOT_FOUND",
        "message": "Non trovato.",
        "retryable": False,
    }


def invalid(*path: str, message: str) -> dict[str, Any]:
    return {
        "__typename": "InvalidInputError",
        "path": list(path),
        "code": "INVALID_INPUT",
        "message": message,
        "retryable": False,
    }


def out_of_turn(payment: tables.Payment, *allowed_in: str) -> dict[str, Any]:
    return {
        "__typename": "PaymentStateError",
        "allowedIn": list(allowed_in),
        "payment": {"id": payment.id, "status": payment.status.value},
        "code": "PAYMENT_STATE",
        "message": "Il pagamento è in una fase che non consente questa operazione.",
        "retryable": False,
    }


async def set_renewal(desk: Desk, *, enabled: bool = True, **more: Any) -> Any:
    return await desk.client.run("set_auto_renewal", **{"serviceId": desk.service.id, "enabled": enabled, **more})


@pytest.mark.parametrize("product_name", [Sold.FIRMA_DIGITALE, Sold.MARCA_TEMPORALE])
async def test_the_flag_is_absent_and_refused_where_the_product_has_no_automatic_renewal(
    product: Product, product_name: Sold
) -> None:
    desk = await open_desk(product, service={"product": product_name})
    started = await start(desk.client, desk.order)
    payment_id = started["payment"]["id"]

    async with unchanged(product):
        refused = [
            await set_renewal(desk, enabled=True, paymentId=payment_id),
            await set_renewal(desk, enabled=False, paymentId=payment_id),
            await set_renewal(desk, enabled=True, accountId=desk.account.id),
        ]

    assert started["payment"]["renewalChoices"] == []
    assert (
        refused
        == [
            {
                "__typename": "AutoRenewalNotAllowedError",
                "service": {"id": desk.service.id, "product": product_name.value},
                "blocks": [EXCLUDED],
                "code": "AUTO_RENEWAL_NOT_ALLOWED",
                "message": "Il rinnovo automatico di questo servizio non può essere modificato.",
                "retryable": False,
            }
        ]
        * 3
    )


async def test_the_flag_of_a_service_outside_the_order_is_refused(product: Product) -> None:
    desk = await open_desk(product)
    other = make_service(desk.customer)
    await product.save(other)
    payment_id = await begin(desk.client, desk.order)

    async with unchanged(product):
        refused = await set_renewal(desk, serviceId=other.id, paymentId=payment_id)

    assert refused == not_found("input", "serviceId")


@pytest.mark.parametrize("gone", UNUSABLE, ids=lambda gone: gone["status"].value)
async def test_an_account_that_cannot_be_charged_is_refused_at_every_step(
    product: Product, gone: dict[str, Any]
) -> None:
    desk = await open_desk(product)
    unusable, free = make_account(desk.customer, **gone), make_service(desk.customer)
    await product.save(unusable, free)
    payment = await payment_in(product, desk, PaymentStatus.AWAITING_ACCOUNT)
    chosen_before = await open_desk(product, customer=desk.customer)
    confirmable = await payment_in(product, chosen_before, PaymentStatus.AWAITING_CONFIRMATION)
    await product.change(chosen_before.account, **gone)

    async with unchanged(product):
        refused = [
            await desk.client.run("select_registered_account", paymentId=payment.id, accountId=unusable.id),
            await set_renewal(desk, serviceId=free.id, accountId=unusable.id),
            await confirm(chosen_before.client, confirmable.id, chosen_before.order),
        ]

    assert refused == [
        {
            "__typename": "AccountNotUsableError",
            "account": {"id": account.id, "status": gone["status"].value},
            "code": "ACCOUNT_NOT_USABLE",
            "message": "Questo conto PayPal non può essere utilizzato: scegline un altro.",
            "retryable": False,
        }
        for account in (unusable, unusable, chosen_before.account)
    ]


async def test_no_choice_is_taken_once_the_payment_was_confirmed_or_has_ended(product: Product) -> None:
    desks = [await open_desk(product) for _ in OUT_OF_TURN]
    payments = [await payment_in(product, desk, status) for desk, status in zip(desks, OUT_OF_TURN, strict=True)]

    async with unchanged(product):
        refused = [
            [
                await desk.client.run("select_registered_account", paymentId=payment.id, accountId=desk.account.id),
                await desk.client.run("select_new_account", paymentId=payment.id),
                await set_renewal(desk, enabled=False, paymentId=payment.id),
            ]
            for desk, payment in zip(desks, payments, strict=True)
        ]

    assert refused == [[out_of_turn(payment, "AWAITING_ACCOUNT", "AWAITING_CONFIRMATION")] * 3 for payment in payments]


async def test_nothing_is_confirmed_before_an_account_is_chosen_or_after_the_end(product: Product) -> None:
    desks = [await open_desk(product) for _ in NOT_CONFIRMABLE]
    payments = [await payment_in(product, desk, status) for desk, status in zip(desks, NOT_CONFIRMABLE, strict=True)]

    async with unchanged(product):
        refused = [
            await confirm(desk.client, payment.id, desk.order) for desk, payment in zip(desks, payments, strict=True)
        ]

    assert refused == [out_of_turn(payment, "AWAITING_CONFIRMATION") for payment in payments]


async def test_a_name_for_the_new_account_has_at_most_sixty_characters(product: Product) -> None:
    desk = await open_desk(product)
    payment = await payment_in(product, desk, PaymentStatus.AWAITING_ACCOUNT)

    async with unchanged(product):
        refused = await desk.client.run("select_new_account", paymentId=payment.id, nickname="è" * 61)
    accepted = await desk.client.run("select_new_account", paymentId=payment.id, nickname=f" {'è' * 60} ")

    assert refused == invalid(
        *("input", "account", "new", "nickname"), message="Il nome scelto per il conto supera i 60 caratteri."
    )
    assert accepted["payment"]["status"] == "AWAITING_CONFIRMATION"
    assert (await product.row(payment)).new_account_nickname == "è" * 60


async def test_switching_on_needs_an_account_and_within_a_payment_takes_none(product: Product) -> None:
    desk = await open_desk(product)
    payment_id = await begin(desk.client, desk.order)
    free = make_service(desk.customer)
    await product.save(free)

    async with unchanged(product):
        refused = [
            await set_renewal(desk, serviceId=free.id),
            await set_renewal(desk, paymentId=payment_id, accountId=desk.account.id),
            await set_renewal(desk, enabled=False, paymentId=payment_id, accountId=desk.account.id),
        ]

    belongs = "Con questo pagamento il rinnovo usa il conto che paga: non indicarne un altro."
    assert refused == [
        invalid("input", "accountId", message="Indica il conto PayPal su cui addebitare il rinnovo."),
        invalid("input", "accountId", message=belongs),
        invalid("input", "accountId", message=belongs),
    ]


@pytest.mark.parametrize(
    ("service", "blocks"),
    [
        pytest.param(
            {"status": ServiceStatus.EXPIRED, "expires_on": date(2025, 2, 20)},
            [("SERVICE_EXPIRED", "Il servizio è scaduto.", True)],
            id="expired, still within grace",
        ),
        pytest.param(
            {"status": ServiceStatus.EXPIRED, "expires_on": date(2024, 11, 1)},
            [("SERVICE_EXPIRED", "Il servizio è scaduto.", False)],
            id="expired, grace over",
        ),
        pytest.param(
            {"status": ServiceStatus.CANCELED},
            [("SERVICE_NOT_ACTIVE", "Il servizio non è attivo.", False)],
            id="deleted",
        ),
        pytest.param(
            {"status": ServiceStatus.PENDING_ACTIVATION, "expires_on": None},
            [("SERVICE_NOT_ACTIVE", "Il servizio non è attivo.", True)],
            id="not activated yet",
        ),
        pytest.param(
            {"status": ServiceStatus.EXPIRING, "expires_on": date(2025, 3, 15)},
            [
                (
                    "CHANGE_WINDOW_CLOSED",
                    "La scadenza è troppo vicina per attivare il rinnovo automatico: rinnova il servizio.",
                    True,
                )
            ],
            id="a week before the expiry",
        ),
    ],
)
async def test_switching_on_is_refused_with_every_reason(
    product: Product, service: dict[str, Any], blocks: list[tuple[str, str, bool]]
) -> None:
    desk = await open_desk(product, order={"renews": None})
    wanted = make_service(desk.customer, **service)
    await product.save(wanted)

    async with unchanged(product):
        refused = await set_renewal(desk, serviceId=wanted.id, accountId=desk.account.id)

    assert (refused["__typename"], refused["retryable"]) == ("AutoRenewalNotAllowedError", False)
    assert [tuple(block.values()) for block in refused["blocks"]] == [
        (*block, FRONT_END if block[2] else None) for block in blocks
    ]


async def test_switching_on_without_any_account_that_can_be_charged_is_refused(product: Product) -> None:
    customer = make_customer()
    service, revoked = make_service(customer), make_account(customer, status=PayPalAccountStatus.REVOKED)
    await product.save(customer, service, revoked)
    client = await product.signed_in(customer)

    async with unchanged(product):
        refused = await client.run("set_auto_renewal", serviceId=service.id, enabled=True, accountId=revoked.id)

    assert [(block["code"], block["resolvable"], block["helpUrl"]) for block in refused["blocks"]] == [
        ("NO_USABLE_ACCOUNT", True, FRONT_END)
    ]


async def test_switching_on_while_a_payment_or_a_renewal_order_is_open_is_refused(product: Product) -> None:
    renewing, buying = await open_desk(product), await open_desk(product)
    bought = make_service(buying.customer)
    order, *lines = make_order(buying.customer, lines=[bought])
    await product.save(bought, order, *lines)
    at_paypal = Desk(
        client=buying.client, customer=buying.customer, service=bought, order=order, account=buying.account
    )
    await payment_in(product, at_paypal, PaymentStatus.PENDING)

    async with unchanged(product):
        refused = [await set_renewal(desk, accountId=desk.account.id) for desk in (renewing, at_paypal)]

    assert [([block["code"] for block in each["blocks"]], each["retryable"]) for each in refused] == [
        (["RENEWAL_ORDER_OPEN"], False),
        (["CHARGE_IN_PROGRESS"], True),
    ]
