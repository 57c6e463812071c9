"""Signing in and out."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from schema import results
from schema.customers import Customer
from use_cases.sign_in import close_session, sign_in


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
            context.passwords,
            username=username,
            password=password,
            former_token=context.browser.token,
            limits=context.rules.session_limits,
            now=context.now,
        )
        context.begin_session(opened)
        return results.SignInPayload(viewer=Customer.from_model(opened.customer), expires_at=opened.expires_at)

    @strawberry.mutation(description="End the session; without one, nothing happens.")
    async def sign_out(self, info: Info) -> results.SignOutPayload | None:
        if info.context.browser.token is not None:
            async with info.context.write() as session:
                await close_session(session, token=info.context.browser.token)
        info.context.end_session()
        return results.SignOutPayload(ok=True)
