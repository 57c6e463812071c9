"""Wait for the token of an account that PayPal was still saving when its payment succeeded."""

from gateways.paypal.messages import Vault
from models.enums import Job
from use_cases.attempt_facts import paying_order_id
from use_cases.finish_registration import finish_registration
from workflows.engine import ask, durable, now, runtime, transact
from workflows.paypal_calls import read_order


@durable(Job.FINISH_REGISTRATION)
async def look_for_token(account_id: str, payment_id: str, looks: int) -> None:
    """Ask PayPal whether the account has been kept by now."""
    order_id = await transact(paying_order_id, payment_id)
    seen = await ask(read_order, order_id)
    vault: Vault | None = seen.order.vault if seen.order else None
    await transact(
        finish_registration,
        account_id=account_id,
        payment_id=payment_id,
        vault=vault,
        looks=looks,
        watch=runtime().watch,
        now=now(),
    )
