"""Wait for the token of an account that PayPal was still saving when its payment succeeded."""

from gateways.paypal.messages import Vault
from models.enums import Job
from use_cases.finish_registration import RegistrationFacts, finish_registration, read_registration
from workflows.engine import ask, durable, now, runtime, transact
from workflows.paypal_calls import read_order
from workflows.paypal_reads import read_tokens


@durable(Job.FINISH_REGISTRATION)
async def look_for_token(account_id: str, payment_id: str, looks: int) -> None:
    """Ask PayPal whether the account has been kept by now."""
    facts = await transact(read_registration, account_id=account_id, payment_id=payment_id)
    if facts is None:
        return
    await transact(
        finish_registration,
        account_id=account_id,
        payment_id=payment_id,
        vault=await find_vault(facts),
        looks=looks,
        watch=runtime().watch,
        now=now(),
    )


async def find_vault(facts: RegistrationFacts) -> Vault | None:
    """Look where PayPal shows a token: in the order that stored it, else among the accounts of its customer."""
    seen = await ask(read_order, facts.paypal_order_id) if facts.paypal_order_id else None
    vault = seen.order.vault if seen and seen.order else None
    if vault and vault.payment_token:
        return vault
    named = [vault.customer_id] if vault and vault.customer_id else []
    for customer_id in dict.fromkeys([*named, *facts.paypal_customer_ids] if facts.payer_id else []):
        for token in await ask(read_tokens, customer_id):
            if token.payer_id == facts.payer_id:
                return Vault(status="VAULTED", payment_token=token.id, customer_id=token.customer_id or customer_id)
    return None
