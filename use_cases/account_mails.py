"""Owe the mails about registered accounts that no payment brings with it."""

from collections.abc import Iterable
from datetime import datetime

from gateways.mail.messages import AccountRegistered
from models import enums, tables
from models.database import Session
from use_cases.owe_emails import owe_email


async def owe_account_registered(
    session: Session,
    *,
    customer: tables.Customer,
    account: tables.PayPalAccount,
    setup_id: str,
    renewed: Iterable[tables.Service],
    left_out: Iterable[tables.Service],
    now: datetime,
) -> None:
    """Owe the news that an account was registered, with the renewals that go on with it and those that could not."""
    await owe_email(
        session,
        customer=customer,
        kind=enums.EmailKind.ACCOUNT_REGISTERED,
        about=setup_id,
        facts=AccountRegistered(
            holder=customer.display_name,
            account=account.masked_email,
            nickname=account.nickname,
            renewed=tuple(service.label for service in renewed),
            left_out=tuple(service.label for service in left_out),
        ),
        payment_id=None,
        now=now,
    )
