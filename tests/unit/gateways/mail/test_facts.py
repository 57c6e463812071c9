"""The facts of a mail while they wait in a row."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gateways.mail.messages import (
    FACTS,
    AccountLost,
    AccountRegistered,
    ExpiryWarning,
    Facts,
    Line,
    PaymentConfirmation,
    PaymentFailed,
    PaymentRefunded,
    RefundFailed,
    RenewalActivated,
    RenewalDeactivated,
    RenewalFailed,
    RenewalNotActivated,
    RenewalNotice,
    from_json,
    to_json,
)
from models.enums import EmailKind
from models.money import Money

INSTANTS = st.datetimes(timezones=st.just(UTC))
SUMS = st.builds(Money, st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "USD"]))
LINES = st.builds(Line, description=st.text(), total=SUMS)
PAYMENTS = st.builds(
    PaymentConfirmation, paid_at=INSTANTS, lines=st.lists(LINES).map(tuple), net=SUMS, vat=SUMS, gross=SUMS
)
RENEWALS = st.builds(RenewalActivated, stoppable_until=st.none() | INSTANTS)
REFUSED_RENEWALS = st.builds(RenewalNotActivated) | st.builds(RenewalDeactivated)
LOST_ACCOUNTS = st.builds(AccountLost) | st.builds(AccountRegistered)
REFUNDS = st.builds(PaymentRefunded, amount=SUMS) | st.builds(RefundFailed, amount=SUMS)
FAILURES = st.builds(PaymentFailed, amount=SUMS)
WARNINGS = st.builds(ExpiryWarning)
NOTICES = st.builds(RenewalNotice, stoppable_until=INSTANTS, vat=SUMS, gross=SUMS)
FAILED_RENEWALS = st.builds(RenewalFailed, gross=st.none() | SUMS)
EVERYTHING = PAYMENTS | RENEWALS | REFUSED_RENEWALS | REFUNDS | LOST_ACCOUNTS | FAILURES | WARNINGS | NOTICES


@settings(deadline=None)
@given(facts=EVERYTHING | FAILED_RENEWALS)
def test_facts_survive_the_row_they_wait_in(facts: Facts) -> None:
    kind = next(kind for kind, of_kind in FACTS.items() if type(facts) is of_kind)

    stored = json.dumps(to_json(facts), ensure_ascii=False).encode()

    assert from_json(kind, json.loads(stored)) == facts


def test_facts_are_stored_as_plain_json() -> None:
    facts = RenewalActivated(
        holder="Mario Rossi",
        service_label="mario.rossi@pec.example",
        product_name="PEC",
        expires_on=date(2027, 12, 1),
        charge_on=None,
        stoppable_until=datetime(2027, 11, 23, 23, 0, tzinfo=UTC),
        term_years=2,
        account="m•••@example.com",
        consumer=True,
    )

    assert to_json(facts) == {
        "holder": "Mario Rossi",
        "service_label": "mario.rossi@pec.example",
        "product_name": "PEC",
        "expires_on": "2027-12-01",
        "charge_on": None,
        "stoppable_until": "2027-11-23T23:00:00Z",
        "term_years": 2,
        "account": "m•••@example.com",
        "consumer": True,
        "retry": False,
    }


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Mario\r\nBcc: a@b.example", "Mario Bcc: a@b.example"),
        ("Mario\u2028Rossi\x85\x00\x1b[31m", "Mario Rossi [31m"),
        ("\u202egnp.exe", "gnp.exe"),
        ("  città \t d'Este \ud800 ", "città d'Este"),
    ],
)
def test_a_name_is_one_visible_line(written: str, kept: str) -> None:
    assert RenewalNotActivated(holder=written, order_number="1", services=(written,)).model_dump() == {
        "holder": kept,
        "order_number": "1",
        "services": (kept,),
    }


@pytest.mark.parametrize(
    "data", [{}, {"holder": "M", "order_number": "1"}, {"holder": 1, "order_number": "1", "services": []}]
)
def test_facts_of_another_shape_are_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        from_json(EmailKind.RENEWAL_NOT_ACTIVATED, data)


def test_a_time_without_a_zone_is_refused() -> None:
    euro = {"cents": 1, "currency": "EUR"}
    named = dict.fromkeys(("holder", "order_number", "vat_rate", "account", "capture_id"), "x")
    data = {**named, "lines": [], "net": euro, "vat": euro, "gross": euro}

    with pytest.raises(ValidationError, match="timezone"):
        from_json(EmailKind.PAYMENT_CONFIRMATION, {**data, "paid_at": "2026-11-24T00:14:09"})
