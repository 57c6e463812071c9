"""What the calendar has for a service on a day, and when it looks again."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import AutoRenewalStatus, Product, ServiceStatus
from policies.renewal_terms import TERMS
from policies.service_calendar import CalendarFacts, Look, RenewalProgress, Step, look_at

EXPIRY = date(2026, 6, 30)
ON, OFF, RETRYING, LOST = (
    AutoRenewalStatus.ON,
    AutoRenewalStatus.OFF,
    AutoRenewalStatus.RETRYING,
    AutoRenewalStatus.ACCOUNT_LOST,
)
PLANNED = RenewalProgress(next_attempt_on=date(2026, 6, 23))
SETTLED = RenewalProgress(next_attempt_on=None)


def facts(**values: Any) -> CalendarFacts:
    defaults: dict[str, Any] = {
        "product": Product.PEC,
        "status": ServiceStatus.ACTIVE,
        "expires_on": EXPIRY,
        "auto_renewal": OFF,
        "warned": False,
        "noticed": False,
        "progress": None,
        "payment_in_progress": False,
    }
    return CalendarFacts(**defaults | values)


EXPIRING, EXPIRED = ServiceStatus.EXPIRING, ServiceStatus.EXPIRED
SEEN = {"status": EXPIRING, "warned": True}
TOLD = SEEN | {"noticed": True, "progress": PLANNED}


@pytest.mark.parametrize(
    ("today", "known", "steps", "next_on"),
    [
        # renewal off: warned at ninety days, expired the day after the last one, gone after the grace
        ("2026-03-31", {}, [], "2026-04-01"),
        ("2026-04-01", {}, [Step.MARK_EXPIRING, Step.WARN], "2026-07-01"),
        ("2026-04-01", SEEN, [], "2026-07-01"),
        ("2026-06-30", {}, [Step.MARK_EXPIRING, Step.WARN], "2026-07-01"),  # never looked at before
        ("2026-06-30", SEEN, [], "2026-07-01"),
        ("2026-07-01", SEEN, [Step.MARK_EXPIRED], "2026-09-29"),
        ("2026-09-28", {"status": EXPIRED, "warned": True}, [], "2026-09-29"),
        ("2026-09-29", {"status": EXPIRED, "warned": True}, [Step.END], None),
        ("2026-09-29", {"status": EXPIRED, "payment_in_progress": True}, [], "2026-09-30"),
        # renewal on: notice at thirty days, charge at seven
        ("2026-04-01", {"auto_renewal": ON}, [Step.MARK_EXPIRING, Step.WARN], "2026-05-31"),
        ("2026-05-31", SEEN | {"auto_renewal": ON}, [Step.GIVE_NOTICE], "2026-06-23"),
        ("2026-06-01", SEEN | {"auto_renewal": ON, "progress": SETTLED}, [], "2026-07-01"),  # left to the customer
        ("2026-05-31", {"auto_renewal": ON}, [Step.MARK_EXPIRING, Step.GIVE_NOTICE], "2026-06-23"),
        ("2026-06-22", SEEN | {"auto_renewal": ON}, [Step.GIVE_NOTICE], "2026-06-23"),
        ("2026-06-22", TOLD | {"auto_renewal": ON}, [], "2026-06-23"),
        ("2026-06-23", TOLD | {"auto_renewal": ON}, [Step.CHARGE], "2026-06-24"),
        ("2026-06-23", SEEN | {"auto_renewal": ON}, [Step.CHARGE], "2026-06-24"),  # nobody told: the claim says so
        ("2026-06-26", TOLD | {"auto_renewal": ON}, [Step.CHARGE], "2026-06-27"),  # nobody was there for three days
        ("2026-07-02", TOLD | {"auto_renewal": ON}, [Step.CHARGE, Step.MARK_EXPIRED], "2026-07-03"),
        ("2026-06-23", TOLD | {"auto_renewal": OFF}, [], "2026-07-01"),
        ("2026-06-23", TOLD | {"auto_renewal": AutoRenewalStatus.PENDING}, [], "2026-07-01"),
        # an account lost: nothing to announce, and on the day of the charge the customer hears that none will come
        ("2026-05-31", SEEN | {"auto_renewal": LOST}, [], "2026-06-23"),
        ("2026-06-23", SEEN | {"auto_renewal": LOST}, [Step.CHARGE], "2026-06-24"),
        # retries, and a renewal that is settled
        (
            "2026-06-24",
            TOLD | {"auto_renewal": RETRYING, "progress": RenewalProgress(next_attempt_on=date(2026, 6, 25))},
            [],
            "2026-06-25",
        ),
        (
            "2026-06-25",
            TOLD | {"auto_renewal": RETRYING, "progress": RenewalProgress(next_attempt_on=date(2026, 6, 25))},
            [Step.CHARGE],
            "2026-06-26",
        ),
        ("2026-06-25", TOLD | {"auto_renewal": ON, "progress": SETTLED}, [], "2026-07-01"),
        # states that are not the calendar's
        ("2026-07-01", {"status": ServiceStatus.SUSPENDED, "warned": True}, [], "2026-09-29"),
        ("2026-09-29", {"status": ServiceStatus.SUSPENDED}, [Step.END], None),
        ("2026-06-23", {"status": ServiceStatus.CANCELED, "auto_renewal": ON}, [], None),
        ("2026-06-23", {"expires_on": None, "status": ServiceStatus.PENDING_ACTIVATION}, [], None),
    ],
)
def test_a_pec_on_one_day(today: str, known: dict[str, Any], steps: list[Step], next_on: str | None) -> None:
    look = look_at(facts(**known), today=date.fromisoformat(today))

    assert look == Look(steps=tuple(steps), next_on=date.fromisoformat(next_on) if next_on else None)


def test_an_identity_without_grace_ends_the_day_after_its_last() -> None:
    spid = facts(product=Product.SPID, **SEEN)

    assert look_at(spid, today=date(2026, 6, 30)) == Look(steps=(), next_on=date(2026, 7, 1))
    assert look_at(spid, today=date(2026, 7, 1)) == Look(steps=(Step.END,), next_on=None)


def test_a_signature_is_warned_of_two_months_ahead_and_never_charged() -> None:
    signature = facts(product=Product.FIRMA_DIGITALE, auto_renewal=ON, progress=PLANNED)

    seen = {day: look_at(signature, today=EXPIRY - timedelta(days=day)).steps for day in range(200, -3, -1)}

    assert {step for steps in seen.values() for step in steps} == {Step.MARK_EXPIRING, Step.WARN, Step.END}
    assert (Step.WARN in seen[61], Step.WARN in seen[60]) == (False, True)
    assert seen[-1] == (Step.END,)


@pytest.mark.parametrize(
    ("expires_on", "charge_on", "notice_on", "warning_on"),
    [
        (date(2028, 2, 29), date(2028, 2, 22), date(2028, 1, 30), date(2027, 12, 1)),
        (date(2028, 3, 5), date(2028, 2, 27), date(2028, 2, 4), date(2027, 12, 6)),  # through a leap February
        (date(2027, 3, 5), date(2027, 2, 26), date(2027, 2, 3), date(2026, 12, 5)),
        (date(2026, 4, 2), date(2026, 3, 26), date(2026, 3, 3), date(2026, 1, 2)),  # the clocks change between them
        (date(2026, 10, 31), date(2026, 10, 24), date(2026, 10, 1), date(2026, 8, 2)),
        (date(2027, 1, 3), date(2026, 12, 27), date(2026, 12, 4), date(2026, 10, 5)),
    ],
)
def test_days_are_days_of_the_calendar(expires_on: date, charge_on: date, notice_on: date, warning_on: date) -> None:
    on = facts(expires_on=expires_on, auto_renewal=ON)
    one_day = timedelta(days=1)

    def due(step: Step, day: date) -> bool:
        return step in look_at(on, today=day).steps

    for step, first in ((Step.WARN, warning_on), (Step.GIVE_NOTICE, notice_on), (Step.CHARGE, charge_on)):
        assert (due(step, first - one_day), due(step, first)) == (False, True)


PRODUCTS = st.sampled_from([product for product in Product if product is not Product.MARCA_TEMPORALE])


@given(
    product=PRODUCTS,
    status=st.sampled_from(list(ServiceStatus)),
    auto_renewal=st.sampled_from([status for status in AutoRenewalStatus if status.value != "UNAVAILABLE"]),
    warned=st.booleans(),
    noticed=st.booleans(),
    progress=st.none() | st.builds(RenewalProgress, next_attempt_on=st.none() | st.dates(date(2026, 6, 1), EXPIRY)),
    days=st.integers(-400, 400),
)
def test_the_next_look_is_always_ahead_and_none_only_when_nothing_is_left(days: int, **known: Any) -> None:
    today = EXPIRY + timedelta(days=days)

    look = look_at(facts(**known), today=today)

    gone = known["status"] is ServiceStatus.CANCELED or days > TERMS[known["product"]].grace_days
    assert (look.next_on is None) == gone
    assert look.next_on is None or look.next_on > today
    if not TERMS[known["product"]].offered:
        assert not {Step.GIVE_NOTICE, Step.CHARGE} & set(look.steps)
