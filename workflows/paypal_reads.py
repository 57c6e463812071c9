"""What durable steps read at PayPal: the thing, or why it could not be read."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from gateways.paypal.errors import PayPalFailure
from gateways.paypal.messages import Answer, Capture, PaymentToken, Refund
from models.enums import ProviderFailureKind
from workflows.engine import runtime
from workflows.paypal_calls import persist

GONE = frozenset({ProviderFailureKind.RESOURCE_MISSING, ProviderFailureKind.MANDATE_DEAD})
ANSWERED = GONE | {ProviderFailureKind.REQUEST_REJECTED}  # finally: asking again would not help

Thing = TypeVar("Thing", bound=Answer)


class Seen(BaseModel, Generic[Thing]):
    """Something as it is at PayPal now, nothing, or an open question."""

    model_config = ConfigDict(frozen=True)

    found: Thing | None = None
    failure: PayPalFailure | None = None

    @property
    def is_open(self) -> bool:
        """Whether PayPal has not told what is there."""
        return self.failure is not None and self.failure.kind not in ANSWERED

    @property
    def is_gone(self) -> bool:
        """Whether PayPal has said that there is no such thing, or not any more."""
        return self.failure is not None and self.failure.kind in GONE


async def read_capture(capture_id: str) -> Seen[Capture]:
    """Read a capture."""
    paypal = runtime().paypal
    return await seen(Seen[Capture], lambda: paypal.get_capture(capture_id))


async def read_refund(refund_id: str) -> Seen[Refund]:
    """Read a refund."""
    paypal = runtime().paypal
    return await seen(Seen[Refund], lambda: paypal.get_refund(refund_id))


async def read_token(payment_token: str) -> Seen[PaymentToken]:
    """Read a stored account."""
    paypal = runtime().paypal
    return await seen(Seen[PaymentToken], lambda: paypal.get_payment_token(payment_token))


async def read_tokens(paypal_customer_id: str) -> list[PaymentToken]:
    """Read all accounts stored under PayPal's customer; none while PayPal does not answer."""
    paypal = runtime().paypal

    async def listed() -> TokenList:
        return TokenList(tokens=await paypal.list_payment_tokens(paypal_customer_id))

    answered = await persist(runtime(), listed)
    return answered.tokens if isinstance(answered, TokenList) else []


class TokenList(Answer):
    """All pages of a list in one."""

    tokens: list[PaymentToken]


async def seen(kind: type[Seen[Thing]], call: Callable[[], Awaitable[Thing]]) -> Seen[Thing]:
    """Make the call, patiently, and return what came."""
    came = await persist(runtime(), call)
    return kind(failure=came) if isinstance(came, PayPalFailure) else kind(found=came)
