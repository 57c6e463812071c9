"""What a payment shows in each of its states."""

from datetime import date

import pytest

from models import enums, tables
from policies.decisions import Block, Decision
from schema.context import RenewalChoiceFacts
from schema.payments import Payment
from tests.factories import (
    NOW,
    make_account,
    make_attempt,
    make_customer,
    make_email,
    make_event,
    make_order,
    make_payment,
    make_service,
)
from tests.unit.schema.sample import Query, ask, make_context

Status = enums.PaymentStatus
STEPS = {
    Status.AWAITING_ACCOUNT: ("SelectAccountAction", None),
    Status.AWAITING_CONFIRMATION: ("ConfirmAction", None),
    Status.AWAITING_APPROVAL: ("ApproveOnPayPalAction", None),
    Status.PROCESSING: ("WaitAction", None),
    Status.VERIFYING: ("WaitAction", None),
    Status.PENDING: ("WaitAction", None),
    Status.SUCCEEDED: (None, "PaymentSucceeded"),
    Status.FAILED: (None, "PaymentFailed"),
    Status.CANCELED: (None, "PaymentCanceled"),
    Status.EXPIRED: (None, "PaymentExpired"),
}
MARIO = make_customer()
ACCOUNT = make_account(MARIO, is_default=True)
ORDER, *_ = make_order(MARIO)


def payment_in(status: enums.PaymentStatus) -> tables.Payment:
    return make_payment(ORDER, status=status, account=ACCOUNT)


def approval_of(payment: tables.Payment) -> tables.PaymentAttempt:
    return make_attempt(payment, approve_url="https://paypal.example/approve?token=1", approval_expires_at=NOW)


@pytest.mark.parametrize("status", Status)
async def test_shows_what_comes_next_or_how_it_ended_and_never_both(status: enums.PaymentStatus) -> None:
    payment = payment_in(status)
    context = make_context(
        accounts={MARIO.id: [ACCOUNT]}, attempt_of_payment={payment.id: approval_of(payment)}, order={ORDER.id: ORDER}
    )

    data = await ask(
        "{ payment { nextAction { __typename } outcome { __typename } } }",
        Query(payment=Payment.from_model(payment)),
        context,
    )

    names = tuple(part and part["__typename"] for part in (data["payment"]["nextAction"], data["payment"]["outcome"]))
    assert names == STEPS[status]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.PROCESSING, "PROCESSING"),
        (Status.VERIFYING, "OUTCOME_UNKNOWN"),
        (Status.PENDING, "PAYPAL_REVIEW"),
    ],
)
async def test_waiting_says_for_what_and_when_to_ask_again(status: enums.PaymentStatus, reason: str) -> None:
    payment = payment_in(status)

    data = await ask(
        "{ payment { nextAction { ... on WaitAction { reason pollAfterMs } } } }",
        Query(payment=Payment.from_model(payment)),
    )

    assert data["payment"]["nextAction"] == {"reason": reason, "pollAfterMs": 1500}


async def test_only_accounts_that_can_be_charged_are_offered() -> None:
    revoked = make_account(MARIO, status=enums.PayPalAccountStatus.REVOKED)
    payment = payment_in(Status.AWAITING_ACCOUNT)

    data = await ask(
        "{ payment { nextAction { ... on SelectAccountAction { accounts { id } suggested { id } } } } }",
        Query(payment=Payment.from_model(payment)),
        make_context(accounts={MARIO.id: [ACCOUNT, revoked]}),
    )

    assert data["payment"]["nextAction"] == {"accounts": [{"id": ACCOUNT.id}], "suggested": {"id": ACCOUNT.id}}


async def test_without_a_default_nothing_is_suggested() -> None:
    plain = make_account(MARIO)
    payment = payment_in(Status.AWAITING_ACCOUNT)

    data = await ask(
        "{ payment { nextAction { ... on SelectAccountAction { accounts { id } suggested { id } } } } }",
        Query(payment=Payment.from_model(payment)),
        make_context(accounts={MARIO.id: [plain]}),
    )

    assert data["payment"]["nextAction"] == {"accounts": [{"id": plain.id}], "suggested": None}


CONFIRMATION = """
{ payment { nextAction { ... on ConfirmAction {
  amount { amount currency minorUnits } account { maskedEmail payerId }
} } } }
"""


async def test_confirmation_names_the_sum_and_the_registered_account() -> None:
    payment = payment_in(Status.AWAITING_CONFIRMATION)

    data = await ask(
        CONFIRMATION,
        Query(payment=Payment.from_model(payment)),
        make_context(account={ACCOUNT.id: ACCOUNT}, order={ORDER.id: ORDER}),
    )

    assert data["payment"]["nextAction"] == {
        "amount": {"amount": "36.60", "currency": "EUR", "minorUnits": 3660},
        "account": {"maskedEmail": "m•••@example.com", "payerId": ACCOUNT.payer_id},
    }


async def test_confirmation_of_a_new_account_names_none() -> None:
    payment = make_payment(ORDER, status=Status.AWAITING_CONFIRMATION, registers_account=True)

    data = await ask(CONFIRMATION, Query(payment=Payment.from_model(payment)), make_context(order={ORDER.id: ORDER}))

    assert data["payment"]["nextAction"]["account"] is None


@pytest.mark.parametrize(
    ("status", "sum_shown"), [(Status.AWAITING_CONFIRMATION, "40.26"), (Status.PROCESSING, "36.60")]
)
async def test_the_sum_is_the_orders_present_price_until_the_confirmation_freezes_it(
    status: enums.PaymentStatus, sum_shown: str
) -> None:
    payment = payment_in(status)
    dearer, *_ = make_order(MARIO, id=ORDER.id, net_cents=3300, vat_cents=726, gross_cents=4026)

    data = await ask(
        "{ payment { amount { amount } } }",
        Query(payment=Payment.from_model(payment)),
        make_context(order={ORDER.id: dearer}),
    )

    assert data == {"payment": {"amount": {"amount": sum_shown}}}


async def test_approval_names_the_page_and_its_end() -> None:
    payment = payment_in(Status.AWAITING_APPROVAL)

    data = await ask(
        "{ payment { nextAction { ... on ApproveOnPayPalAction { redirectUrl expiresAt } } } }",
        Query(payment=Payment.from_model(payment)),
        make_context(attempt_of_payment={payment.id: approval_of(payment)}),
    )

    assert data["payment"]["nextAction"] == {
        "redirectUrl": "https://paypal.example/approve?token=1",
        "expiresAt": "2025-03-08T09:30:00Z",
    }


async def test_success_keeps_the_account_as_it_was_and_tells_about_the_mail() -> None:
    payment = payment_in(Status.SUCCEEDED)
    renamed = make_account(MARIO, id=ACCOUNT.id, masked_email="x•••@example.com")

    data = await ask(
        """{ payment { outcome { ... on PaymentSucceeded {
          at account { maskedEmail } payPalReference confirmationEmail { to status at }
        } } } }""",
        Query(payment=Payment.from_model(payment)),
        make_context(account={ACCOUNT.id: renamed}, confirmation_of_payment={payment.id: make_email(payment)}),
    )

    assert data["payment"]["outcome"] == {
        "at": "2025-03-08T09:30:00Z",
        "account": {"maskedEmail": "m•••@example.com"},
        "payPalReference": payment.capture_id,
        "confirmationEmail": {"to": "mario.rossi@example.com", "status": "QUEUED", "at": "2025-03-08T09:30:00Z"},
    }


async def test_failure_gives_code_advice_and_words_in_the_readers_language() -> None:
    payment = payment_in(Status.FAILED)

    data = await ask(
        "{ payment { outcome { ... on PaymentFailed { code advice message } } } }",
        Query(payment=Payment.from_model(payment)),
        make_context(locale="en"),
    )

    assert data["payment"]["outcome"] == {
        "code": "FUNDING_DECLINED",
        "advice": "USE_ANOTHER_ACCOUNT",
        "message": "PayPal could not take the sum from the account. Nothing was charged.",
    }


@pytest.mark.parametrize(
    ("initiator", "shown"),
    [(enums.PaymentInitiator.AUTOMATIC_RENEWAL, "2026-03-03"), (enums.PaymentInitiator.CUSTOMER, None)],
)
async def test_the_next_attempt_is_shown_of_renewals_alone(
    initiator: enums.PaymentInitiator, shown: str | None
) -> None:
    payment = payment_in(Status.FAILED)
    payment.initiator = initiator

    data = await ask(
        "{ payment { outcome { ... on PaymentFailed { nextAttemptOn } } } }",
        Query(payment=Payment.from_model(payment)),
        make_context(next_attempt_of_payment={payment.id: date(2026, 3, 3)}),
    )

    assert data["payment"]["outcome"] == {"nextAttemptOn": shown}


async def test_cancellation_says_who() -> None:
    payment = payment_in(Status.CANCELED)

    data = await ask(
        "{ payment { outcome { ... on PaymentCanceled { at by } } } }", Query(payment=Payment.from_model(payment))
    )

    assert data["payment"]["outcome"] == {"at": "2025-03-08T09:30:00Z", "by": "CUSTOMER"}


@pytest.mark.parametrize("status", enums.PayPalAccountStatus)
async def test_a_removed_account_is_no_longer_shown(status: enums.PayPalAccountStatus) -> None:
    account = make_account(MARIO, status=status)
    payment = make_payment(ORDER, account=account)

    data = await ask(
        "{ payment { account { id } } }",
        Query(payment=Payment.from_model(payment)),
        make_context(account={account.id: account}),
    )

    gone = status is enums.PayPalAccountStatus.REMOVED
    assert data["payment"]["account"] == (None if gone else {"id": account.id})


async def test_choices_and_history_come_in_the_order_of_the_loaders() -> None:
    payment = payment_in(Status.AWAITING_ACCOUNT)
    pec, firma = make_service(MARIO), make_service(MARIO, product=enums.Product.FIRMA_DIGITALE)
    excluded = Block(code=enums.AutoRenewalBlockCode.PRODUCT_EXCLUDED, resolvable=False)
    choices = [
        RenewalChoiceFacts(service=pec, enabled=True, maximum_cents=None, decision=Decision()),
        RenewalChoiceFacts(service=firma, enabled=False, maximum_cents=None, decision=Decision(blocks=(excluded,))),
    ]

    data = await ask(
        """{ payment {
          renewalChoices { service { id } enabled eligibility { allowed blocks { code resolvable message helpUrl } } }
          history { at status source note }
        } }""",
        Query(payment=Payment.from_model(payment)),
        make_context(choices_of_payment={payment.id: choices}, history_of_payment={payment.id: [make_event(payment)]}),
    )

    assert data["payment"] == {
        "renewalChoices": [
            {"service": {"id": pec.id}, "enabled": True, "eligibility": {"allowed": True, "blocks": []}},
            {
                "service": {"id": firma.id},
                "enabled": False,
                "eligibility": {
                    "allowed": False,
                    "blocks": [
                        {
                            "code": "PRODUCT_EXCLUDED",
                            "resolvable": False,
                            "message": "Il rinnovo automatico non è previsto per questo prodotto.",
                            "helpUrl": None,
                        }
                    ],
                },
            },
        ],
        "history": [{"at": "2025-03-08T09:30:00Z", "status": "AWAITING_ACCOUNT", "source": "CUSTOMER", "note": None}],
    }
