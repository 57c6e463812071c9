"""Register an account without a purchase: one path for the customer's wish, the owner's return and every look."""

from gateways.paypal.errors import PayPalFailure
from gateways.paypal.messages import PaymentToken
from gateways.paypal.setup_tokens import SetupToken, SetupTokenRequest
from models.enums import Job, ProviderFailureKind, SetupOutcome
from use_cases.account_setups import SetupFacts, read_setup
from use_cases.settle_setup import await_setup_longer, complete_setup, give_up_setup, record_setup_token
from workflows.engine import ask, durable, now, runtime, transact
from workflows.paypal_calls import PAGE_LOCALES, VAULT_DESCRIPTION
from workflows.paypal_reads import Seen, read_tokens, seen

APPROVED = frozenset({"APPROVED", "VAULTED"})
LAPSED = frozenset({ProviderFailureKind.RESOURCE_MISSING, ProviderFailureKind.MANDATE_DEAD})


@durable(Job.REGISTER_ACCOUNT)
async def advance_setup(setup_id: str, look: int | None = None) -> None:
    """Do the next thing for the registration, if there is one; a look that was overtaken does nothing."""
    facts = await transact(read_setup, setup_id)
    if facts is None or (look is not None and look != facts.looks):
        return
    if facts.setup_token is None:
        opened = await ask(create_setup_token, facts)
        await transact(
            record_setup_token,
            setup_id=setup_id,
            opened=opened.found,
            failure=opened.failure,
            watch=runtime().watch,
            now=now(),
        )
        return
    approval = await ask(read_approval, facts.setup_token)
    if approval.found is not None and approval.found.status in APPROVED:
        await keep(facts, customer_id=approval.found.customer_id, is_look=look is not None)
    elif approval.failure is not None and approval.failure.kind in LAPSED:
        await transact(give_up_setup, setup_id=setup_id, outcome=SetupOutcome.EXPIRED, now=now())
    elif look is not None:  # a visit in vain does not put off the look that is owed
        await put_off(facts)


async def keep(facts: SetupFacts, *, customer_id: str | None, is_look: bool) -> None:
    """Have the approved account kept, and act on what PayPal says to it."""
    kept = await ask(create_payment_token, facts)
    if kept.failure is not None and kept.failure.kind is ProviderFailureKind.ALREADY_DONE:
        kept = await find_kept(facts, customer_id=customer_id, failure=kept.failure)
    if kept.found is not None:
        await transact(complete_setup, setup_id=facts.setup_id, token=kept.found, now=now())
        return
    kind = kept.failure.kind if kept.failure else ProviderFailureKind.UNAVAILABLE
    match kind:
        case ProviderFailureKind.PAYER_MUST_ACT:  # PayPal contradicts itself: it has called the token approved
            await put_off(facts, renew_key=True)
        case ProviderFailureKind.UNAVAILABLE:
            if is_look:
                await put_off(facts)
        case _:
            outcome = SetupOutcome.EXPIRED if kind in LAPSED else SetupOutcome.FAILED
            await transact(give_up_setup, setup_id=facts.setup_id, outcome=outcome, now=now())


async def find_kept(facts: SetupFacts, *, customer_id: str | None, failure: PayPalFailure) -> Seen[PaymentToken]:
    """Find the account that was kept under a request id which PayPal has forgotten: the only one it can be."""
    listed = await ask(read_tokens, customer_id) if customer_id else []
    unknown = [token for token in listed if token.id not in facts.known_tokens]
    candidates = unknown or listed
    return Seen[PaymentToken](found=candidates[0]) if len(candidates) == 1 else Seen[PaymentToken](failure=failure)


async def put_off(facts: SetupFacts, *, renew_key: bool = False) -> None:
    await transact(await_setup_longer, setup_id=facts.setup_id, renew_key=renew_key, watch=runtime().watch, now=now())


async def create_setup_token(facts: SetupFacts) -> Seen[SetupToken]:
    """Ask PayPal for the page on which the owner approves, under the stored request id."""
    working = runtime()
    request = SetupTokenRequest(
        return_url=f"{working.public_url}/paypal/accounts/return?setup={facts.return_key}",
        cancel_url=f"{working.public_url}/paypal/accounts/cancel?setup={facts.return_key}",
        locale=PAGE_LOCALES[facts.locale],
        brand_name=working.brand_name,
        merchant_customer_id=facts.customer_id,
        paypal_customer_id=facts.paypal_customer_id,
        description=VAULT_DESCRIPTION,
        customer_type=facts.customer_kind,
    )
    return await seen(
        Seen[SetupToken],
        lambda: working.paypal.create_setup_token(request, request_id=facts.create_request_id),
    )


async def read_approval(setup_token: str) -> Seen[SetupToken]:
    """Read how far the approval has come."""
    paypal = runtime().paypal
    return await seen(Seen[SetupToken], lambda: paypal.get_setup_token(setup_token))


async def create_payment_token(facts: SetupFacts) -> Seen[PaymentToken]:
    """Have the approved account kept, under the stored request id."""
    paypal = runtime().paypal
    return await seen(
        Seen[PaymentToken],
        lambda: paypal.create_payment_token(facts.setup_token or "", request_id=facts.keep_request_id),
    )
