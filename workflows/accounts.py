"""What registered accounts need of PayPal between payments: to be forgotten, and to be looked after."""

from gateways.paypal.errors import PayPalFailure
from gateways.paypal.messages import Answer
from models.enums import Job
from use_cases.check_accounts import read_checked, record_check
from use_cases.forget_account import read_forgotten, record_forgotten
from workflows.engine import ask, durable, now, runtime, transact
from workflows.paypal_calls import persist
from workflows.paypal_reads import GONE, read_token


class Done(Answer):
    """An answer that says nothing more."""


@durable(Job.FORGET_ACCOUNT)
async def forget_account(account_id: str, tries: int = 0) -> None:
    """Let PayPal forget an account that was removed here, however often it takes."""
    payment_token = await transact(read_forgotten, account_id)
    if payment_token is None:
        return
    await transact(
        record_forgotten,
        account_id=account_id,
        failure=await ask(delete_token, payment_token),
        tries=tries,
        backoff=runtime().watch,
        now=now(),
    )


async def delete_token(payment_token: str) -> PayPalFailure | None:
    """Remove a stored account at PayPal; one that is not there is removed."""
    paypal = runtime().paypal

    async def deleted() -> Done:
        await paypal.delete_payment_token(payment_token)
        return Done()

    came = await persist(runtime(), deleted)
    return came if isinstance(came, PayPalFailure) and came.kind not in GONE else None


@durable(Job.CHECK_ACCOUNT)
async def check_account(account_id: str) -> None:
    """Look whether PayPal still has the account."""
    payment_token = await transact(read_checked, account_id)
    if payment_token is None:
        return
    seen = await ask(read_token, payment_token)
    await transact(
        record_check,
        account_id=account_id,
        is_open=seen.is_open,
        is_gone=seen.is_gone,
        every=runtime().account_check_every,
        now=now(),
    )
