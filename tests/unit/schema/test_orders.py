"""An order: what it contains, whether it can be paid, and who is paying it."""

from models import enums
from policies.decisions import Block, Decision
from schema.context import Page, PageKey, Window
from schema.customers import Customer
from schema.orders import Order
from tests.factories import Line, make_account, make_customer, make_order, make_payment, make_service
from tests.unit.schema.sample import Query, ask, make_context

MARIO = make_customer()


async def test_lines_are_priced_in_the_orders_currency_and_name_their_service() -> None:
    pec = make_service(MARIO)
    order, *lines = make_order(MARIO, lines=[pec, Line(net_cents=490, description="Spedizione", term_years=None)])

    data = await ask(
        """{ order {
          number kind status statusLabel payableUntil paidAt
          total { net { amount } tax { amount } gross { amount currency } vatRate }
          lines { description termYears total { gross { amount } } service { id } }
        } }""",
        Query(order=Order.from_model(order)),
        make_context(lines_of_order={order.id: lines}, service={pec.id: pec}),
    )

    assert data["order"] == {
        "number": order.number,
        "kind": "PURCHASE",
        "status": "AWAITING_PAYMENT",
        "statusLabel": "Attesa pagamento",
        "payableUntil": None,
        "paidAt": None,
        "total": {
            "net": {"amount": "34.90"},
            "tax": {"amount": "7.68"},
            "gross": {"amount": "42.58", "currency": "EUR"},
            "vatRate": "22",
        },
        "lines": [
            {
                "description": "Casella PEC",
                "termYears": 1,
                "total": {"gross": {"amount": "36.60"}},
                "service": {"id": pec.id},
            },
            {"description": "Spedizione", "termYears": None, "total": {"gross": {"amount": "5.98"}}, "service": None},
        ],
    }


PAYABILITY = "{ order { paymentMethods paymentBlocks { code message } } }"


async def test_a_payable_order_offers_paypal_and_has_no_blocks() -> None:
    order, *_ = make_order(MARIO)

    data = await ask(PAYABILITY, Query(order=Order.from_model(order)), make_context(payability={order.id: Decision()}))

    assert data["order"] == {"paymentMethods": ["PAYPAL"], "paymentBlocks": []}


async def test_a_blocked_order_offers_nothing_and_says_why() -> None:
    order, *_ = make_order(MARIO)
    gone = Decision(blocks=(Block(code=enums.OrderBlockCode.SERVICE_GONE, resolvable=False),))

    data = await ask(PAYABILITY, Query(order=Order.from_model(order)), make_context(payability={order.id: gone}))

    assert data["order"] == {
        "paymentMethods": [],
        "paymentBlocks": [
            {"code": "SERVICE_GONE", "message": "Un servizio dell'ordine è stato cancellato o revocato."}
        ],
    }


async def test_the_open_payment_leads_back_to_its_order() -> None:
    order, *_ = make_order(MARIO)
    payment = make_payment(order)

    data = await ask(
        "{ order { activePayment { id order { number } } } }",
        Query(order=Order.from_model(order)),
        make_context(active_payment={order.id: payment}, order={order.id: order}),
    )

    assert data["order"]["activePayment"] == {"id": payment.id, "order": {"number": order.number}}


async def test_without_an_open_payment_there_is_none_to_resume() -> None:
    order, *_ = make_order(MARIO)

    data = await ask("{ order { activePayment { id } } }", Query(order=Order.from_model(order)))

    assert data["order"]["activePayment"] is None


async def test_payments_are_ten_unless_told_otherwise() -> None:
    order, *_ = make_order(MARIO)
    payment = make_payment(order)
    key = PageKey(owner_id=MARIO.id, parent_id=order.id, criteria=None, window=Window(first=10))
    page = Page(rows=[payment], cursors=["cursor"], has_next=False, has_previous=False)

    data = await ask(
        "{ order { payments { nodes { id } } } }",
        Query(order=Order.from_model(order)),
        make_context(payments_of_order={key: page}),
    )

    assert data["order"]["payments"]["nodes"] == [{"id": payment.id}]


async def test_a_customer_finds_an_order_by_its_number_and_a_service_by_its_id() -> None:
    order, *_ = make_order(MARIO)
    pec = make_service(MARIO)

    data = await ask(
        """query ($number: String!, $id: ID!) { customer {
          order(number: $number) { id } service(id: $id) { id } unknown: order(number: "X") { id }
        } }""",
        Query(customer=Customer.from_model(MARIO)),
        make_context(order_by_number={order.number: order}, service={pec.id: pec}),
        {"number": order.number, "id": pec.id},
    )

    assert data["customer"] == {"order": {"id": order.id}, "service": {"id": pec.id}, "unknown": None}


async def test_a_customer_sees_active_accounts_unless_others_are_asked_for() -> None:
    active, revoked = make_account(MARIO), make_account(MARIO, status=enums.PayPalAccountStatus.REVOKED)

    data = await ask(
        """{ customer {
          usual: payPalAccounts { id } revoked: payPalAccounts(status: [REVOKED]) { id status }
          all: payPalAccounts(status: null) { id }
        } }""",
        Query(customer=Customer.from_model(MARIO)),
        make_context(accounts={MARIO.id: [active, revoked]}),
    )

    assert data["customer"] == {
        "usual": [{"id": active.id}],
        "revoked": [{"id": revoked.id, "status": "REVOKED"}],
        "all": [{"id": active.id}, {"id": revoked.id}],
    }
