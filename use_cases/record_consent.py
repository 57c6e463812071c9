"""Keep what the customer was shown and what was chosen."""

from datetime import datetime

from models import enums, ids, tables
from models.database import Session
from models.money import Money
from policies.consents import TEXT_VERSION, registration_text, renewal_text


def record_renewal_consent(
    session: Session,
    *,
    customer: tables.Customer,
    service: tables.Service,
    granted: bool,
    account_id: str | None,
    payment_id: str | None,
    now: datetime,
) -> None:
    """Record the choice on automatic renewal of one service, given or withdrawn."""
    maximum = service.renewal_maximum_cents
    session.add(
        tables.Consent(
            id=ids.new_id(ids.CONSENT, now=now),
            customer_id=customer.id,
            kind=enums.ConsentKind.AUTO_RENEWAL,
            granted=granted,
            service_id=service.id,
            account_id=account_id,
            payment_id=payment_id,
            text=renewal_text(
                locale=customer.locale,
                service=service.label,
                term_years=service.term_years,
                maximum=Money(maximum) if maximum else None,
            ),
            text_version=TEXT_VERSION,
            at=now,
        )
    )


def record_registration_consent(
    session: Session, *, customer: tables.Customer, account_id: str, payment_id: str | None, now: datetime
) -> None:
    """Record that the customer let us keep a PayPal account, with a payment or without one."""
    session.add(
        tables.Consent(
            id=ids.new_id(ids.CONSENT, now=now),
            customer_id=customer.id,
            kind=enums.ConsentKind.ACCOUNT_REGISTRATION,
            granted=True,
            account_id=account_id,
            payment_id=payment_id,
            text=registration_text(locale=customer.locale, with_payment=payment_id is not None),
            text_version=TEXT_VERSION,
            at=now,
        )
    )
