"""What every driver of a registration without a purchase does with it: read it, put it off, end it."""

from datetime import datetime, timedelta

import structlog
from pydantic import BaseModel, ConfigDict

from models import account_rows, enums, rows, setup_rows, tables
from models.database import Session
from models.enums import PayPalAccountStatus, SetupOutcome

log = structlog.get_logger(__name__)


class SetupFacts(BaseModel):
    """A registration under way as it was when it was read; plain values that a durable step can keep."""

    model_config = ConfigDict(frozen=True)

    setup_id: str
    customer_id: str
    customer_kind: enums.CustomerKind
    locale: str
    create_request_id: str
    keep_request_id: str
    return_key: str
    setup_token: str | None
    paypal_customer_id: str | None  # under which PayPal keeps the customer's accounts, if there is one
    known_tokens: tuple[str, ...]  # of accounts registered before
    looks: int


async def read_setup(session: Session, setup_id: str) -> SetupFacts | None:
    """Gather the facts of a registration, unless it has ended."""
    setup = await session.get_one(tables.AccountSetup, setup_id)
    if setup.ended_at is not None:
        return None
    customer = await session.get_one(tables.Customer, setup.customer_id)
    accounts = await rows.accounts_of(session, customer_id=customer.id)
    known = [account.paypal_customer_id for account in accounts if account.paypal_customer_id]
    return SetupFacts(
        setup_id=setup.id,
        customer_id=customer.id,
        customer_kind=customer.kind,
        locale=customer.locale,
        create_request_id=setup.create_request_id,
        keep_request_id=setup.keep_request_id,
        return_key=setup.return_key,
        setup_token=setup.setup_token,
        paypal_customer_id=setup.paypal_customer_id or next(reversed(known), None),
        known_tokens=tuple(account.payment_token for account in accounts if account.payment_token),
        looks=setup.looks,
    )


async def schedule_setup_look(session: Session, setup: tables.AccountSetup, *, after: timedelta, now: datetime) -> None:
    """Owe one more look at the registration; it overtakes earlier ones."""
    setup.looks += 1
    setup.look_due_at = now + after
    key = f"setup-look-{setup.id}-{setup.looks}"
    await session.later(enums.Job.REGISTER_ACCOUNT, key, setup.id, setup.looks, delay=after or None)


async def owe_overdue_setup_looks(session: Session, *, before: datetime, now: datetime) -> int:
    """Owe a look at each registration whose next one is overdue; one that was only late is overtaken by it."""
    overdue = await setup_rows.overdue_setups(session, before=before)
    for setup in overdue:
        await schedule_setup_look(session, setup, after=timedelta(0), now=now)
        log.warning("sweep.setup_overdue", setup_id=setup.id)
    return len(overdue)


async def end_setup(session: Session, setup: tables.AccountSetup, *, outcome: SetupOutcome, now: datetime) -> None:
    """End a registration that came to nothing: the account that waited for it is gone, and nothing else happens."""
    if setup.ended_at is not None:
        return
    setup.ended_at, setup.outcome = now, outcome
    account = await account_rows.take_account(session, account_id=setup.account_id)
    if account.status is PayPalAccountStatus.PENDING_APPROVAL:
        account.status = PayPalAccountStatus.REMOVED
    await session.flush()
    log.info("account_setup.ended", setup_id=setup.id, account_id=account.id, outcome=outcome)
