"""The product as the demo runs it: what `app.main` runs, with a clock that can be moved and its visitors signed in.

`python -m app.demo.product`
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware

from app.demo.clock import CLOCK_FILE, MovableClock
from app.demo.customers import CUSTOMERS
from app.demo.days import Days
from app.demo.settings import DemoSettings
from app.demo.time_page import create_time_routes
from app.demo.visitor import SignVisitorsIn
from app.main import create_app, prepare, serve
from app.settings import Settings
from models.database import Database
from use_cases.sign_in import SessionLimits


def main() -> None:
    """Migrate the database and serve until told to stop."""
    settings = prepare()
    serve(create_demo(settings, clock=MovableClock(Path(CLOCK_FILE))), settings)


def create_demo(settings: Settings, *, clock: MovableClock) -> Starlette:
    """Wire the product with what the demo adds to it."""
    app, days, places = create_app(settings, clock=clock), Days(clock), DemoSettings()
    visitors = Middleware(
        SignVisitorsIn,
        database=Database(settings.database_url),
        username=CUSTOMERS[0].username,
        limits=SessionLimits(idle=settings.session_idle, absolute=settings.session_absolute),
        clock=clock,
    )
    app.user_middleware.append(visitors)
    app.routes.extend(create_time_routes(days, mails=places.catcher_url, graphiql=f"{places.api_url}/graphql"))
    run = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(running: Starlette) -> AsyncIterator[None]:
        async with run(running):
            yield
            await days.stop()

    app.router.lifespan_context = lifespan
    return app


if __name__ == "__main__":
    main()
