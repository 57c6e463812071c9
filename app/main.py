"""The API and its worker as one ASGI application; `python -m app.main` serves it."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from time import monotonic

import structlog
from starlette.applications import Starlette
from starlette.routing import Route

from app.clock import utc_now
from app.graphiql import asset_routes
from app.graphql.event_stream import Streams
from app.graphql.wiring import create_endpoint, create_middleware
from app.logging import configure_logging
from app.migrate import migrate
from app.old_sqlite import teach_subsec
from app.routes import create_routes
from app.server import Server
from app.settings import Settings
from app.webhooks import create_verifier, create_webhook_route
from gateways.mail.smtp import SmtpMailer
from gateways.paypal.breaker import Breaker
from gateways.paypal.client import PayPalClient
from models import ids
from models.database import Database
from models.enums import Job
from policies.schedules import cron_every
from policies.watching import Backoff, Watch
from use_cases.payment_feed import FeedLimits, PaymentFeed
from use_cases.sign_in import SessionLimits
from workflows import (
    account_setups,
    accounts,
    emails,
    engine,
    inquiries,
    payments,
    reconciliation,
    refunds,
    registrations,
    renewals,
    schedule,
    webhooks,
)
from workflows.engine import Runtime

log = structlog.get_logger(__name__)

STARTUP_FAILURE = 3  # the status with which uvicorn, too, says that it could not start

JOBS = (
    payments.advance_payment,
    inquiries.inquire,
    registrations.look_for_token,
    refunds.advance_refund,
    webhooks.handle_webhook,
    emails.send_email,
    renewals.charge_renewal,
    account_setups.advance_setup,
    accounts.forget_account,
    accounts.check_account,
    schedule.run_calendar,
    schedule.purge,
    reconciliation.sweep,
)  # imported, hence carried out


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
        await database.hold()
        runtime = create_runtime(settings, database=database, clock=clock, breaker=breaker)
        await engine.launch(runtime)
        await sweep_at_start(database, now=clock())
        log.info("app.started")
        try:
            yield
        finally:
            await engine.shut_down()
            await runtime.aclose()
            await endpoint.contexts.aclose()
            await database.close()
            log.info("app.stopped")

    feed = create_feed(settings, database=database, clock=clock)
    streams = create_streams(settings)
    endpoint = create_endpoint(settings, feed=feed, streams=streams, breaker=breaker, clock=clock)
    patience = timedelta(seconds=settings.return_patience_seconds)
    routes = create_routes(feed=feed, clock=clock, return_patience=patience, breaker=breaker)
    routes.append(create_webhook_route(database=database, clock=clock))
    paths = [Route("/graphql", endpoint), *(asset_routes() if settings.graphiql else []), *routes]
    app = Starlette(routes=paths, lifespan=lifespan, middleware=create_middleware(settings))
    app.state.streams, app.state.feed = streams, feed
    return app


async def sweep_at_start(database: Database, *, now: datetime) -> None:
    """Owe a sweep: what was lost before this start is not left to the next round."""
    async with database.write() as session:
        await session.later(Job.RECONCILE, ids.new_id("reconcile", now=now))


def create_feed(settings: Settings, *, database: Database, clock: Callable[[], datetime]) -> PaymentFeed:
    """Wire what shows payments to those who follow them."""
    return PaymentFeed(
        database,
        clock=clock,
        sessions=SessionLimits(idle=settings.session_idle, absolute=settings.session_absolute),
        limits=FeedLimits(pause=timedelta(milliseconds=settings.live_poll_ms), per_customer=settings.live_per_customer),
    )


def create_streams(settings: Settings) -> Streams:
    """Wire what all live streams of the process have in common."""
    return Streams(
        longest=timedelta(minutes=settings.live_minutes), heartbeat=timedelta(seconds=settings.live_heartbeat_seconds)
    )


def create_runtime(
    settings: Settings, *, database: Database, clock: Callable[[], datetime], breaker: Breaker
) -> Runtime:
    """Wire what the workflows work with."""
    paypal = create_paypal(settings, clock=clock, breaker=breaker)
    return Runtime(
        database=database,
        paypal=paypal,
        webhooks=create_verifier(settings, paypal=paypal, clock=clock),
        mailer=create_mailer(settings),
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
        renewal_charges_per_second=settings.renewal_charges_per_second,
        account_checks_per_second=settings.account_checks_per_second,
        account_check_every=timedelta(days=settings.account_check_days),
        schedules=create_timetable(settings),
        sweep_margin=timedelta(seconds=settings.sweep_seconds),
    )


def create_timetable(settings: Settings) -> dict[Job, str]:
    """Say which jobs come up by themselves, and when."""
    return {
        Job.RUN_CALENDAR: settings.calendar_cron,
        Job.PURGE: settings.calendar_cron,
        Job.RECONCILE: cron_every(settings.sweep_seconds),
    }


def create_mailer(settings: Settings) -> SmtpMailer:
    """Wire the way to the mail server."""
    password = settings.smtp_password
    return SmtpMailer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=password.get_secret_value() if password else None,
        starttls=settings.smtp_starttls,
        timeout_seconds=settings.smtp_timeout_seconds,
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


def prepare() -> Settings:
    """Return the settings, once logs are written as they say and the database has the newest schema."""
    settings = Settings()
    configure_logging(log_format=settings.log_format)
    migrate(settings.database_url)
    return settings


def serve(app: Starlette, settings: Settings) -> None:
    """Serve until told to stop."""
    server = Server(
        app, host=settings.host, port=settings.port, trusted_proxies=settings.trusted_proxies, for_good=True
    )
    with suppress(KeyboardInterrupt):  # uvicorn has shut down in order and raises it once more
        server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


def main() -> None:
    """Migrate the database and serve until told to stop."""
    settings = prepare()
    serve(create_app(settings), settings)


if __name__ == "__main__":
    main()
