"""The owner's browser comes back from PayPal, having let us keep the account or not; its parameters are claims."""

from datetime import datetime
from secrets import compare_digest

from models import enums, ids, setup_rows, tables
from models.database import Session
from use_cases.account_setups import end_setup
from use_cases.errors import NotFound


async def welcome_owner(
    session: Session, *, return_key: str, setup_token: str | None, now: datetime
) -> tables.AccountSetup:
    """Owe a look at PayPal, which alone knows whether the owner approved. Raises ``NotFound``."""
    setup = await find_visited(session, return_key=return_key, setup_token=setup_token)
    if setup.ended_at is None:
        key = ids.new_id(f"setup-return-{setup.id}", now=now)  # a visit too early must not use up the one that counts
        await session.later(enums.Job.REGISTER_ACCOUNT, key, setup.id)
    return setup


async def take_refusal(
    session: Session, *, return_key: str, setup_token: str | None, now: datetime
) -> tables.AccountSetup:
    """Give up the registration because the owner chose "Annulla e torna". Raises ``NotFound``."""
    setup = await find_visited(session, return_key=return_key, setup_token=setup_token)
    await end_setup(session, setup, outcome=enums.SetupOutcome.REFUSED, now=now)
    return setup


async def find_visited(session: Session, *, return_key: str, setup_token: str | None) -> tables.AccountSetup:
    """Find the registration that the return address names. Raises ``NotFound`` for a key or a token that is not ours.

    PayPal does not document the parameters that it adds: without any, the key, which nobody can guess, is enough.
    """
    setup = await setup_rows.setup_by_return_key(session, return_key=return_key)
    if setup is None or (
        setup_token is not None and not compare_digest((setup.setup_token or "-").encode(), setup_token.encode())
    ):
        raise NotFound("setup")
    return setup
