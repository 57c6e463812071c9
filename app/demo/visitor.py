"""Signs a visitor of the demo's GraphiQL in as its first customer: there is nothing to protect, and much to try."""

from collections.abc import Callable
from datetime import datetime

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.graphql.context import COOKIE
from models.database import Database
from models.rows import find_customer
from use_cases.sign_in import SessionLimits, open_session


class SignVisitorsIn:
    """Middleware of the demo alone: GraphiQL comes with the cookie of a new session, unless there is one."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        database: Database,
        username: str,
        limits: SessionLimits,
        clock: Callable[[], datetime],
    ) -> None:
        self.app = app
        self.database = database
        self.username = username
        self.limits = limits
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_first_visit(scope):
            await self.app(scope, receive, send)
            return
        cookie = await self.cookie()

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200 and cookie is not None:
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self.app(scope, receive, send_with_cookie)

    async def cookie(self) -> str | None:
        """Open a session and return its cookie; None when the customer is not there."""
        async with self.database.write() as session:
            customer = await find_customer(session, username=self.username)
            if customer is None:
                return None
            opened = await open_session(
                session, customer=customer, former_token=None, limits=self.limits, now=self.clock()
            )
        return f"{COOKIE}={opened.token}; Path=/; HttpOnly; SameSite=lax"


def is_first_visit(scope: Scope) -> bool:
    """Tell whether a browser opens the page without a session."""
    if scope["type"] != "http" or scope["path"] != "/graphql" or scope["method"] != "GET":
        return False
    headers = Headers(scope=scope)
    return "text/html" in headers.get("accept", "") and COOKIE not in headers.get("cookie", "")
