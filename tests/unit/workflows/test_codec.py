"""What a durable step returns is kept as JSON and comes back as it was."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gateways.paypal.errors import PayPalFailure
from gateways.paypal.messages import PaymentToken
from models import enums
from models.money import Money
from tests.factories import NOW
from use_cases.attempt_facts import AttemptFacts, read_attempt
from use_cases.claim_payment import claim_payment, release_lost_claim
from use_cases.finish_registration import RegistrationFacts, read_registration
from use_cases.handle_webhook import ReceivedEvent, read_event
from use_cases.send_email import Delivery, OwedEmail, read_owed_email
from use_cases.settle_payment import settle_payment
from workflows import engine
from workflows.emails import deliver
from workflows.engine import codec
from workflows.outbox import synchronous_url
from workflows.paypal_calls import PayPalAnswer, capture_order
from workflows.paypal_reads import Seen, read_token, read_tokens

FACTS = AttemptFacts(
    attempt_id="att_1",
    payment_id="pay_1",
    customer_id="cus_1",
    customer_kind=enums.CustomerKind.BUSINESS,
    locale="it",
    status=enums.PaymentStatus.PROCESSING,
    since=NOW,
    order_number="SAL1",
    amount=Money(3660),
    create_request_id="att_1-create",
    capture_request_id="att_1-capture-1",
    return_key="key",
    paypal_order_id=None,
    approval_expires_at=NOW + timedelta(hours=3),
    registers_account=True,
    payment_token=None,
    paypal_customer_id=None,
    approval_rounds=0,
    looks=1,
    is_newest=True,
    declined=False,
)
EMAIL = OwedEmail(
    id="eml_1",
    kind=enums.EmailKind.PAYMENT_CONFIRMATION,
    recipient="mario.rossi@example.com",
    locale="it",
    facts={"gross": {"cents": 3660, "currency": "EUR"}, "lines": []},
    created_at=NOW,
)
FAILURE = PayPalAnswer(
    failure=PayPalFailure(kind=enums.ProviderFailureKind.PAYER_MUST_ACT, issue="INSTRUMENT_DECLINED")
)
TOKEN = PaymentToken(id="nkq2y9g", customer_id="ROaPMoZUaV", payer_id="QYR5Z8XDVJNXQ", email="m@example.com")


@pytest.mark.parametrize(
    ("step", "result"),
    [
        (read_attempt, FACTS),
        (read_owed_email, EMAIL),
        (read_owed_email, None),
        (claim_payment, True),
        (claim_payment, False),
        (release_lost_claim, None),
        (settle_payment, enums.PaymentStatus.SUCCEEDED),
        (deliver, Delivery.UNAVAILABLE),
        (capture_order, FAILURE),
        (read_token, Seen[PaymentToken](found=TOKEN)),
        (read_token, Seen[PaymentToken](failure=FAILURE.failure)),
        (read_tokens, [TOKEN]),
        (read_event, ReceivedEvent(id="WH-1", event_type="A.B", resource_id="", order_id=None)),
        (read_registration, RegistrationFacts(paypal_order_id=None, payer_id="P", paypal_customer_ids=("C", "D"))),
        (read_registration, None),
    ],
)
def test_a_result_comes_back_as_it_was(step: Callable[..., Any], result: object) -> None:
    recorded = json.dumps(codec(step).dump_python(result, mode="json"))
    restored = codec(step).validate_python(json.loads(recorded))

    assert restored == result
    assert type(restored) is type(result)


def test_a_status_comes_back_as_the_member_that_a_match_compares() -> None:
    assert codec(settle_payment).validate_python("SUCCEEDED") is enums.PaymentStatus.SUCCEEDED


def test_steps_are_recorded_by_their_names() -> None:
    assert [engine.name_of(step) for step in (read_attempt, capture_order)] == ["read_attempt", "capture_order"]


def test_nothing_works_before_the_launch() -> None:
    with pytest.raises(RuntimeError, match="has not been launched"):
        engine.runtime()


@pytest.mark.parametrize(
    ("url", "synchronous"),
    [
        ("sqlite+aiosqlite:///var/saldo.db", "sqlite:///var/saldo.db"),
        ("postgresql+psycopg://saldo:p%40ss@db/saldo", "postgresql+psycopg://saldo:p%40ss@db/saldo"),
    ],
)
def test_the_engine_reaches_the_same_database(url: str, synchronous: str) -> None:
    assert synchronous_url(url) == synchronous
