"""The product as the demo runs it: what `app.main` runs, with its visitors signed in; `python -m app.demo.product`."""

from starlette.middleware import Middleware

from app.clock import utc_now
from app.demo.customers import CUSTOMERS
from app.demo.visitor import SignVisitorsIn
from app.main import create_app, prepare, serve
from models.database import Database
from use_cases.sign_in import SessionLimits


def main() -> None:
    """Migrate the database and serve until told to stop."""
    settings = prepare()
    app = create_app(settings)
    visitors = Middleware(
        SignVisitorsIn,
        database=Database(settings.database_url),
        username=CUSTOMERS[0].username,
        limits=SessionLimits(idle=settings.session_idle, absolute=settings.session_absolute),
        clock=utc_now,
    )
    app.user_middleware.append(visitors)
    serve(app, settings)


if __name__ == "__main__":
    main()
