"""Rows of automatic renewals, with defaults that follow from the service."""

from datetime import date, datetime, timedelta
from typing import Any

from models import enums, ids, tables
from policies.renewal_calendar import schedule
from tests.factories import NOW, new_id


def expiry_of(service: tables.Service) -> date:
    assert service.expires_on is not None, "only what expires is renewed"
    return service.expires_on


def noticed_at(service: tables.Service) -> datetime:
    """Return the instant at which the notice of a renewal goes out in good order: thirty days ahead."""
    days = schedule(product=service.product, expires_on=expiry_of(service), term_years=service.term_years)
    return days.stoppable_until - timedelta(days=23)


def make_notice_email(service: tables.Service, **values: Any) -> tables.Email:
    """The mail of the notice, sent in time."""
    sent_at = noticed_at(service)
    defaults: dict[str, Any] = {
        "id": new_id(ids.EMAIL),
        "customer_id": service.customer_id,
        "kind": enums.EmailKind.RENEWAL_NOTICE,
        "subject_key": f"RENEWAL_NOTICE:{service.id}:{service.expires_on}",
        "recipient": "mario.rossi@example.com",
        "locale": "it",
        "facts": {},
        "status": enums.EmailStatus.SENT,
        "created_at": sent_at,
        "sent_at": sent_at,
    }
    return tables.Email(**defaults | values)


def make_notice(
    service: tables.Service, *, email: tables.Email, account: tables.PayPalAccount, **values: Any
) -> tables.RenewalNotice:
    """The notice of a renewal at 30.00 + VAT."""
    days = schedule(product=service.product, expires_on=expiry_of(service), term_years=service.term_years)
    defaults: dict[str, Any] = {
        "id": new_id(ids.NOTICE),
        "service_id": service.id,
        "expiry": service.expires_on,
        "account_id": account.id,
        "term_years": days.term_years,
        "net_cents": 30_00,
        "vat_cents": 6_60,
        "gross_cents": 36_60,
        "charge_on": days.charge_on,
        "stoppable_until": days.stoppable_until,
        "email_id": email.id,
        "recorded_at": email.created_at,
    }
    return tables.RenewalNotice(**defaults | values)


def make_renewal(service: tables.Service, **values: Any) -> tables.Renewal:
    """A renewal whose charge is planned."""
    days = schedule(product=service.product, expires_on=expiry_of(service), term_years=service.term_years)
    defaults: dict[str, Any] = {
        "service_id": service.id,
        "expiry": service.expires_on,
        "next_attempt_on": days.charge_on,
    }
    return tables.Renewal(**defaults | values)


def make_consent(service: tables.Service, **values: Any) -> tables.Consent:
    """The choice by which the automatic renewal of a service was switched on."""
    defaults: dict[str, Any] = {
        "id": new_id(ids.CONSENT),
        "customer_id": service.customer_id,
        "kind": enums.ConsentKind.AUTO_RENEWAL,
        "granted": True,
        "service_id": service.id,
        "account_id": service.renewal_account_id,
        "text": f"Rinnovo automatico di {service.label}.",
        "text_version": "1",
        "at": NOW,
    }
    return tables.Consent(**defaults | values)
