"""Signing in and out."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from schema import results
from schema.customers import Customer
from use_cases.sign_in import sign_in, sign_out


@strawberry.type
class SessionMutations:
    @strawberry.mutation(
        description="Sign in to the customer area; the session lives in a cookie that scripts cannot read. "
        "A wrong password and an unknown login are answered alike."
    )
    async def sign_in(
        self,
        info: Info,
        username: Annotated[str, strawberry.argument(description="The login: 123456@aruba.it.")],
        password: Annotated[str, strawberry.argument(description="Its password.")],
    ) -> results.SignInResult | None:
        context = info.context
        opened = await sign_in(
            context.database,
            context.doorkeeper,
            username=username,
            password=password,
            address=context.address,
            former_token=context.browser.token,
            now=context.now,
        )
        context.begin_session(opened)
        return results.SignInPayload(viewer=Customer.from_model(opened.customer), expires_at=opened.expires_at)

    @strawberry.mutation(description="End the session; without one, nothing happens.")
    async def sign_out(
        self,
        info: Info,
        everywhere: Annotated[
            bool, strawberry.argument(description="End the customer's sessions on all other devices, too.")
        ] = False,
    ) -> results.SignOutPayload | None:
        context = info.context
        if context.viewer is not None or context.browser.token is not None:
            async with context.write() as session:
                await sign_out(session, viewer=context.viewer, token=context.browser.token, everywhere=everywhere)
        context.end_session()
        return results.SignOutPayload(ok=True)
