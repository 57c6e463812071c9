"""The four steps of a payment, and giving one up."""

from typing import Annotated

import strawberry

from resolvers.context import Context, Info
from schema import results
from schema.cost import Cost
from schema.inputs import AccountChoice, ConfirmPaymentInput, SelectAccountInput, StartPaymentInput
from schema.nodes import guaranteed
from schema.orders import Order
from schema.payments import Payment
from use_cases.await_payment import await_confirmed
from use_cases.cancel_payment import cancel_payment
from use_cases.confirm_payment import Confirmation, confirm_payment
from use_cases.owe_inquiry import inquire_open
from use_cases.select_account import NewAccount, select_account
from use_cases.start_payment import PaymentRequest, start_payment
from workflows.inquiries import ask_before_cancel


@strawberry.type
class PaymentMutations:
    @strawberry.mutation(
        description="Open a payment for an order in AWAITING_PAYMENT, or hand back the one already open.",
        directives=[Cost(weight=10)],
    )
    async def start_payment(
        self,
        info: Info,
        input: Annotated[StartPaymentInput, strawberry.argument(description="What to pay and how.")],
    ) -> results.StartPaymentResult | None:
        await ask_about(info.context, order_id=input.order.id, number=input.order.number)
        async with info.context.write() as session:
            started = await start_payment(
                session,
                customer_id=info.context.customer.id,
                request=requested(input),
                allowed_origins=info.context.rules.return_origins,
                renewal_default=info.context.rules.renewal_default,
                payments_open=info.context.rules.new_payments,
                now=info.context.now,
            )
        return results.StartPaymentPayload(payment=Payment.from_model(started.payment), resumed=started.resumed)

    @strawberry.mutation(
        description="Choose a registered PayPal account, or a new one (registered when the payment succeeds).",
        directives=[Cost(weight=10)],
    )
    async def select_account(
        self,
        info: Info,
        input: Annotated[SelectAccountInput, strawberry.argument(description="Which account pays.")],
    ) -> results.SelectAccountResult | None:
        async with info.context.write() as session:
            payment = await select_account(
                session,
                customer_id=info.context.customer.id,
                payment_id=input.payment_id,
                choice=chosen(input.account),
                now=info.context.now,
            )
        return results.SelectAccountPayload(payment=Payment.from_model(payment))

    @strawberry.mutation(
        description="'Procedi': charge the chosen account, or answer where on PayPal the payer must go. "
        "Safe to repeat: a payment is captured at most once.",
        directives=[Cost(weight=20)],
    )
    async def confirm_payment(
        self,
        info: Info,
        input: Annotated[ConfirmPaymentInput, strawberry.argument(description="What the customer agrees to pay.")],
    ) -> results.ConfirmPaymentResult | None:
        await ask_about(info.context, payment_id=input.payment_id)
        return await awaited(await confirmed(input, info.context), info.context)

    @strawberry.mutation(
        description="Give up an open payment that has moved no money; the order stays payable. PayPal is asked first."
    )
    async def cancel_payment(
        self, info: Info, payment_id: Annotated[strawberry.ID, strawberry.argument(description="The open payment.")]
    ) -> results.CancelPaymentResult | None:
        await ask_before_cancel(info.context.feed, customer_id=info.context.customer.id, payment_id=payment_id)
        async with info.context.write() as session:
            payment = await cancel_payment(
                session, customer_id=info.context.customer.id, payment_id=payment_id, now=info.context.now
            )
        return results.CancelPaymentPayload(payment=Payment.from_model(payment))


async def ask_about(context: Context, **named: str | None) -> None:
    """Let PayPal be asked about an open payment, or that of an order, should it know more than we do."""
    await inquire_open(context.database, customer_id=context.customer.id, **named, now=context.now)


def requested(input: StartPaymentInput) -> PaymentRequest:
    """Return what the client asks to pay."""
    return PaymentRequest(
        order_id=input.order.id,
        order_number=input.order.number,
        method=input.method,
        return_url=input.return_url,
        idempotency_key=input.idempotency_key,
    )


async def confirmed(input: ConfirmPaymentInput, context: Context) -> Confirmation:
    """Return the payment, confirmed as the customer has agreed to it."""
    async with context.write() as session:
        return await confirm_payment(
            session,
            customer_id=context.customer.id,
            payment_id=input.payment_id,
            expected=input.expected_amount.to_money(),
            idempotency_key=input.idempotency_key,
            payments_open=context.rules.new_payments,
            watch_after=context.rules.watch_after,
            now=context.now,
        )


async def awaited(confirmation: Confirmation, context: Context) -> results.ConfirmPaymentPayload:
    """Return a confirmed payment with its outcome, if it comes before patience ends."""
    payment = await await_confirmed(
        context.feed,
        payment_id=confirmation.payment.id,
        patience=context.rules.confirm_patience,
        retry_after_seconds=context.retry_after_seconds,
    )
    order = guaranteed(await context.loaders.order.load(payment.order_id))
    return results.ConfirmPaymentPayload(
        payment=Payment.from_model(payment), order=Order.from_model(order), replayed=confirmation.replayed
    )


def chosen(choice: AccountChoice) -> str | NewAccount:
    """Return the id of a registered account, or what the new one shall be like."""
    if choice.new:
        return NewAccount(nickname=choice.new.nickname, make_default=choice.new.make_default)
    return choice.registered or ""
