"""Each refusal: its code, its words in the reader's language, and what the client needs to go on."""

from collections.abc import Callable

import pytest

from models import enums
from models.money import Money
from policies.decisions import Block, Decision
from schema import refusals, texts
from schema.context import Locale
from schema.errors import UserError
from tests.factories import make_account, make_customer, make_order, make_payment, make_service
from tests.unit.schema.sample import Query, ask, make_context

MARIO = make_customer()
ACCOUNT, PEC = make_account(MARIO), make_service(MARIO)
ORDER, *_ = make_order(MARIO, lines=[PEC])
PAYMENT = make_payment(ORDER)
VERIFYING = Block(code=enums.OrderBlockCode.PAYMENT_BEING_VERIFIED, resolvable=False)
PAID = Block(code=enums.OrderBlockCode.ALREADY_PAID, resolvable=False)
CHARGING = Block(code=enums.AutoRenewalBlockCode.CHARGE_IN_PROGRESS, resolvable=True)
EXPIRED = Block(code=enums.AutoRenewalBlockCode.SERVICE_EXPIRED, resolvable=True)
Code = enums.UserErrorCode

REFUSALS: dict[enums.UserErrorCode, Callable[[Locale], UserError]] = {
    Code.NOT_FOUND: lambda locale: refusals.NotFoundError.of(("input", "paymentId"), locale=locale),
    Code.INVALID_CREDENTIALS: lambda locale: refusals.InvalidCredentialsError.of(locale=locale),
    Code.ORDER_NOT_PAYABLE: lambda locale: refusals.OrderNotPayableError.of(
        ORDER, Decision(blocks=(PAID,)), locale=locale
    ),
    Code.ORDER_NOT_CANCELABLE: lambda locale: refusals.OrderNotCancelableError.of(ORDER, locale=locale),
    Code.PAYMENT_STATE: lambda locale: refusals.PaymentStateError.of(
        PAYMENT, allowed_in=frozenset({enums.PaymentStatus.AWAITING_CONFIRMATION}), locale=locale
    ),
    Code.AUTO_RENEWAL_NOT_ALLOWED: lambda locale: refusals.AutoRenewalNotAllowedError.of(
        PEC, Decision(blocks=(EXPIRED,)), locale=locale
    ),
    Code.ACCOUNT_NOT_USABLE: lambda locale: refusals.AccountNotUsableError.of(ACCOUNT, locale=locale),
    Code.ACCOUNT_IN_USE: lambda locale: refusals.AccountInUseError.of(ACCOUNT, [PEC], locale=locale),
    Code.AMOUNT_CHANGED: lambda locale: refusals.AmountChangedError.of(
        PAYMENT, expected=Money(3000), actual=Money(3660), locale=locale
    ),
    Code.IDEMPOTENCY_CONFLICT: lambda locale: refusals.IdempotencyConflictError.of("key", locale=locale),
    Code.PROVIDER_UNAVAILABLE: lambda locale: refusals.ProviderUnavailableError.of(
        PAYMENT, retry_after_seconds=30, locale=locale
    ),
}


@pytest.mark.parametrize("locale", ["it", "en"])
@pytest.mark.parametrize("code", REFUSALS)
def test_a_refusal_carries_its_code_and_words(code: enums.UserErrorCode, locale: Locale) -> None:
    refusal = REFUSALS[code](locale)

    assert refusal.code is code
    assert refusal.message == texts.USER_ERROR[code].to(locale)
    assert refusal.retryable is (code is Code.PROVIDER_UNAVAILABLE)


@pytest.mark.parametrize("locale", ["it", "en"])
def test_an_account_that_is_being_charged_may_be_asked_for_again(locale: Locale) -> None:
    refusal = refusals.AccountNotUsableError.of(ACCOUNT, being_charged=True, locale=locale)

    assert (refusal.message, refusal.retryable) == (texts.ACCOUNT_BEING_CHARGED.to(locale), True)


@pytest.mark.parametrize("reason", texts.INVALID_INPUT)
def test_an_invalid_value_says_which_and_why(reason: str) -> None:
    refusal = refusals.InvalidInputError.of(("input", "returnUrl"), reason=reason, locale="it")

    assert refusal.code is Code.INVALID_INPUT
    assert refusal.path == ["input", "returnUrl"]
    assert refusal.message == texts.INVALID_INPUT[reason].it


def test_every_kind_of_refusal_is_constructed_here() -> None:
    assert {*REFUSALS, Code.INVALID_INPUT} == set(Code)
    assert len(UserError.__subclasses__()) == len(Code)


@pytest.mark.parametrize(("blocks", "retryable"), [((VERIFYING,), True), ((VERIFYING, PAID), False)])
def test_an_order_may_be_payable_later_when_all_reasons_pass_by_themselves(
    blocks: tuple[Block[enums.OrderBlockCode], ...], retryable: bool
) -> None:
    assert refusals.OrderNotPayableError.of(ORDER, Decision(blocks=blocks), locale="it").retryable is retryable


@pytest.mark.parametrize(("blocks", "retryable"), [((CHARGING,), True), ((CHARGING, EXPIRED), False)])
def test_renewal_may_be_allowed_later_when_all_reasons_pass_by_themselves(
    blocks: tuple[Block[enums.AutoRenewalBlockCode], ...], retryable: bool
) -> None:
    refusal = refusals.AutoRenewalNotAllowedError.of(PEC, Decision(blocks=blocks), locale="it")

    assert refusal.retryable is retryable


def test_allowed_states_come_in_the_order_of_the_life_of_a_payment() -> None:
    allowed = {enums.PaymentStatus.AWAITING_CONFIRMATION, enums.PaymentStatus.AWAITING_ACCOUNT}

    refusal = refusals.PaymentStateError.of(PAYMENT, allowed_in=allowed, locale="it")

    assert refusal.allowed_in == [enums.PaymentStatus.AWAITING_ACCOUNT, enums.PaymentStatus.AWAITING_CONFIRMATION]


async def test_one_fragment_catches_any_refusal_of_a_result() -> None:
    refusal = refusals.AmountChangedError.of(PAYMENT, expected=Money(3000), actual=Money(3660), locale="it")

    data = await ask(
        """{ refusal { __typename
          ... on UserError { code message retryable }
          ... on AmountChangedError { expected { amount } actual { amount } payment { id } }
        } }""",
        Query(refusal=refusal),
    )

    assert data["refusal"] == {
        "__typename": "AmountChangedError",
        "code": "AMOUNT_CHANGED",
        "message": "L'importo è cambiato: verifica e conferma di nuovo. Nulla è stato addebitato.",
        "retryable": False,
        "expected": {"amount": "30.00"},
        "actual": {"amount": "36.60"},
        "payment": {"id": PAYMENT.id},
    }


async def test_the_blocks_of_a_refusal_speak_the_language_of_the_reader() -> None:
    refusal = refusals.OrderNotPayableError.of(ORDER, Decision(blocks=(PAID, VERIFYING)), locale="en")

    data = await ask(
        "{ refusal { ... on OrderNotPayableError { order { number } blocks { code message } } } }",
        Query(refusal=refusal),
        make_context(locale="en"),
    )

    assert data["refusal"] == {
        "order": {"number": ORDER.number},
        "blocks": [
            {"code": "ALREADY_PAID", "message": "The order has already been paid."},
            {
                "code": "PAYMENT_BEING_VERIFIED",
                "message": "We are checking with PayPal a payment already sent: do not pay again.",
            },
        ],
    }
