"""The flag "Rinnovo automatico"."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from schema import results
from schema.cost import Cost
from schema.inputs import SetAutoRenewalInput
from schema.payments import Payment
from schema.services import Service
from use_cases.set_auto_renewal import RenewalSetting, set_auto_renewal


@strawberry.type
class RenewalMutations:
    @strawberry.mutation(
        description="Switch automatic renewal of one service, now or together with a payment.",
        directives=[Cost(weight=5)],
    )
    async def set_auto_renewal(
        self,
        info: Info,
        input: Annotated[SetAutoRenewalInput, strawberry.argument(description="Which service, on or off.")],
    ) -> results.SetAutoRenewalResult | None:
        async with info.context.write() as session:
            setting = await set_auto_renewal(
                session,
                customer=info.context.customer,
                service_id=input.service_id,
                enabled=input.enabled,
                account_id=input.account_id,
                payment_id=input.payment_id,
                guard=input.guard(),
                now=info.context.now,
            )
        return as_payload(setting)


def as_payload(setting: RenewalSetting) -> results.SetAutoRenewalPayload:
    return results.SetAutoRenewalPayload(
        service=Service.from_model(setting.service),
        payment=Payment.from_model(setting.payment) if setting.payment else None,
        effect=setting.effect,
    )
