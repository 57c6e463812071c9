"""The API and its worker as one ASGI application; `python -m app.main` serves it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from app.context import ContextFactory
from app.graphiql import asset_routes, render_graphiql
from app.graphql import schema
from app.logging import configure_logging
from app.migrate import migrate
from app.old_sqlite import teach_subsec
from app.routes import create_routes
from app.settings import Settings
from gateways.mail.smtp import SmtpMailer
from gateways.paypal.breaker import Breaker
from gateways.paypal.client import PayPalClient
from models.database import Database
from policies.watching import Backoff, Watch
from resolvers.context import Context
from workflows import emails, engine, payments, registrations
from workflows.engine import Runtime

log = structlog.get_logger(__name__)

JOBS = (payments.advance_payment, registrations.look_for_token, emails.send_email)  # imported, hence carried out


def utc_now() -> datetime:
    """Return the present instant: the one place where the product reads the clock."""
    return datetime.now(UTC)


class GraphQLEndpoint(GraphQL[Context, None]):
    """`/graphql`: operations by POST, and GraphiQL for a browser that asks for HTML."""

    def __init__(self, contexts: ContextFactory) -> None:
        super().__init__(schema, subscription_protocols=())
        self.contexts = contexts

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        if not isinstance(response, Response):
            raise TypeError("GraphQL is not served over WebSocket")
        return await self.contexts.build(request, response)

    async def render_graphql_ide(self, request: Request) -> Response:
        return render_graphiql()


def create_app(
    settings: Settings, *, clock: Callable[[], datetime] = utc_now, ticks: Callable[[], float] = monotonic
) -> Starlette:
    """Wire one process: GraphQL, the payer's return, and the worker that shares its event loop and database.

    `ticks` returns seconds that never run backwards, for pauses.
    """
    teach_subsec()
    database = Database(settings.database_url)
    breaker = Breaker(
        failures=settings.paypal_breaker_failures, rest_seconds=settings.paypal_breaker_seconds, ticks=ticks
    )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        database.hold()
        runtime = create_runtime(settings, database=database, clock=clock, breaker=breaker)
        await engine.launch(runtime)
        log.info("app.started")
        try:
            yield
        finally:
            await engine.shut_down()
            await runtime.paypal.aclose()
            await database.close()
            log.info("app.stopped")

    endpoint = GraphQLEndpoint(ContextFactory.of(settings, database=database, clock=clock, breaker=breaker))
    patience = timedelta(seconds=settings.return_patience_seconds)
    routes = create_routes(database=database, clock=clock, return_patience=patience, breaker=breaker)
    return Starlette(routes=[Route("/graphql", endpoint), *asset_routes(), *routes], lifespan=lifespan)


def create_runtime(
    settings: Settings, *, database: Database, clock: Callable[[], datetime], breaker: Breaker
) -> Runtime:
    """Wire what the workflows work with."""
    password = settings.smtp_password
    return Runtime(
        database=database,
        paypal=create_paypal(settings, clock=clock, breaker=breaker),
        mailer=SmtpMailer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username,
            password=password.get_secret_value() if password else None,
            starttls=settings.smtp_starttls,
            timeout_seconds=settings.smtp_timeout_seconds,
        ),
        clock=clock,
        watch=Watch(
            first=timedelta(seconds=settings.watch_first_seconds),
            ceiling=timedelta(seconds=settings.watch_ceiling_seconds),
            approval_life=timedelta(minutes=settings.approval_minutes),
            worker_lost_after=timedelta(seconds=settings.worker_lost_seconds),
            registration_looks=settings.registration_looks,
        ),
        mail_retry=Backoff(
            first=timedelta(seconds=settings.mail_retry_first_seconds),
            ceiling=timedelta(seconds=settings.mail_retry_ceiling_seconds),
        ),
        retry_delays=tuple(timedelta(seconds=seconds) for seconds in settings.paypal_retry_seconds),
        public_url=settings.public_url,
        customer_area_url=settings.customer_area_url,
        brand_name=settings.brand_name,
        mail_sender=settings.mail_sender,
    )


def create_paypal(settings: Settings, *, clock: Callable[[], datetime], breaker: Breaker) -> PayPalClient:
    """Wire the one client of the process."""
    return PayPalClient(
        base_url=settings.paypal_base_url,
        client_id=settings.paypal_client_id,
        client_secret=settings.paypal_client_secret.get_secret_value(),
        clock=clock,
        breaker=breaker,
        read_timeout_seconds=settings.paypal_read_timeout_seconds,
    )


def main() -> None:
    """Migrate the database and serve until told to stop."""
    settings = Settings()
    configure_logging(log_format=settings.log_format)
    migrate(settings.database_url)
    uvicorn.run(create_app(settings), host=settings.host, port=settings.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
