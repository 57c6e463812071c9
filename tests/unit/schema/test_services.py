"""A service and its automatic renewal: what is on, what may be, what is coming."""

from datetime import date
from typing import Any

import pytest

from models import enums, tables
from policies.decisions import Block, Decision
from schema.context import RenewalStanding
from schema.services import Service
from tests.factories import make_account, make_customer, make_service
from tests.renewals import make_notice, make_notice_email, make_renewal
from tests.unit.schema.sample import Query, ask, make_context

MARIO = make_customer()
ACCOUNT = make_account(MARIO)
Status = enums.AutoRenewalStatus
CHARGE = (
    "{ noticeOn noticeSentAt chargeOn retryOn amount { net { amount } tax { amount } gross { amount } vatRate } "
    "termYears newExpiry stoppableUntil }"
)
RENEWAL = f"{{ service {{ autoRenewal {{ status account {{ id }} nextCharge {CHARGE} preview {CHARGE} }} }} }}"
COMING = {
    "noticeOn": "2026-02-06",
    "noticeSentAt": None,
    "amount": None,
    "chargeOn": "2026-03-01",
    "retryOn": ["2026-03-03", "2026-03-05", "2026-03-07"],
    "termYears": 1,
    "newExpiry": "2027-03-08",
    "stoppableUntil": "2026-02-28T23:00:00Z",
}


async def renewal_of(service: tables.Service, standing: RenewalStanding | None = None) -> Any:
    context = make_context(account={ACCOUNT.id: ACCOUNT}, renewal_standing={service.id: standing} if standing else {})
    data = await ask(RENEWAL, Query(service=Service.from_model(service)), context)
    return data["service"]["autoRenewal"]


def standing_of(service: tables.Service, **renewal: Any) -> RenewalStanding:
    """A renewal that was announced."""
    email = make_notice_email(service)
    notice = make_notice(service, email=email, account=ACCOUNT)
    return RenewalStanding(notice=notice, notice_sent_at=email.sent_at, renewal=make_renewal(service, **renewal))


async def test_once_announced_the_amount_is_fixed_and_it_says_when_it_was_told() -> None:
    service = make_service(MARIO, renews_on=ACCOUNT)

    renewal = await renewal_of(service, standing_of(service))

    announced = {
        "noticeSentAt": "2026-02-05T23:00:00Z",
        "amount": {
            "net": {"amount": "30.00"},
            "tax": {"amount": "6.60"},
            "gross": {"amount": "36.60"},
            "vatRate": "22",
        },
    }
    assert renewal["nextCharge"] == renewal["preview"] == COMING | announced


async def test_while_retrying_the_coming_charge_is_the_next_attempt() -> None:
    service = make_service(MARIO, renews_on=ACCOUNT, auto_renewal=Status.RETRYING)

    renewal = await renewal_of(service, standing_of(service, next_attempt_on=date(2026, 3, 5)))

    assert (renewal["nextCharge"]["chargeOn"], renewal["nextCharge"]["retryOn"]) == ("2026-03-05", ["2026-03-07"])


async def test_a_renewal_left_to_the_customer_has_no_coming_charge() -> None:
    service = make_service(MARIO, renews_on=ACCOUNT)

    renewal = await renewal_of(service, standing_of(service, next_attempt_on=None))

    assert (renewal["status"], renewal["nextCharge"]) == ("ON", None)


@pytest.mark.parametrize("status", [Status.ON, Status.RETRYING, Status.ACCOUNT_LOST])
async def test_while_on_the_account_and_the_planned_charge_are_shown(status: enums.AutoRenewalStatus) -> None:
    renewal = await renewal_of(make_service(MARIO, auto_renewal=status, renewal_account_id=ACCOUNT.id))

    assert renewal == {"status": status, "account": {"id": ACCOUNT.id}, "nextCharge": COMING, "preview": COMING}


async def test_while_off_only_the_preview_is_shown() -> None:
    renewal = await renewal_of(make_service(MARIO, auto_renewal=Status.OFF, renewal_account_id=ACCOUNT.id))

    assert renewal == {"status": "OFF", "account": None, "nextCharge": None, "preview": COMING}


async def test_while_pending_the_charge_is_planned_on_an_account_that_is_still_to_come() -> None:
    renewal = await renewal_of(make_service(MARIO, auto_renewal=Status.PENDING))

    assert renewal == {"status": "PENDING", "account": None, "nextCharge": COMING, "preview": COMING}


@pytest.mark.parametrize("product", [enums.Product.FIRMA_DIGITALE, enums.Product.MARCA_TEMPORALE])
async def test_a_product_without_renewal_shows_nothing_of_it(product: enums.Product) -> None:
    renewal = await renewal_of(make_service(MARIO, product=product))

    assert renewal == {"status": "UNAVAILABLE", "account": None, "nextCharge": None, "preview": None}


async def test_without_an_expiry_there_is_no_date_to_show() -> None:
    renewal = await renewal_of(make_service(MARIO, renews_on=ACCOUNT, expires_on=None))

    assert renewal == {"status": "ON", "account": {"id": ACCOUNT.id}, "nextCharge": None, "preview": None}


async def test_the_reasons_against_say_whether_and_where_the_customer_can_lift_them() -> None:
    pec = make_service(MARIO)
    decision = Decision(blocks=(Block(code=enums.AutoRenewalBlockCode.NO_USABLE_ACCOUNT, resolvable=True),))

    data = await ask(
        "{ service { autoRenewal { eligibility { allowed blocks { code message resolvable helpUrl } } } } }",
        Query(service=Service.from_model(pec)),
        make_context(locale="en", renewal_eligibility={pec.id: decision}),
    )

    assert data["service"]["autoRenewal"]["eligibility"] == {
        "allowed": False,
        "blocks": [
            {
                "code": "NO_USABLE_ACCOUNT",
                "message": "There is no registered PayPal account to charge the renewal to.",
                "resolvable": True,
                "helpUrl": "https://area.example",
            }
        ],
    }


@pytest.mark.parametrize(("locale", "label"), [("it", "In scadenza"), ("en", "Expiring soon")])
async def test_the_status_is_written_in_the_readers_language(locale: Any, label: str) -> None:
    pec = make_service(MARIO, status=enums.ServiceStatus.EXPIRING)

    data = await ask(
        "{ service { product label status statusLabel activatedOn expiresOn } }",
        Query(service=Service.from_model(pec)),
        make_context(locale=locale),
    )

    assert data["service"] == {
        "product": "PEC",
        "label": pec.label,
        "status": "EXPIRING",
        "statusLabel": label,
        "activatedOn": "2025-03-08",
        "expiresOn": "2026-03-08",
    }
