"""Which processes the demo consists of, and how each is set."""

import secrets

from app.demo.children import Part
from app.demo.settings import DemoSettings

WEBHOOK_ID = "SALDODEMO00000001"
ROOTS = "paypal-roots.pem"  # written by the simulated PayPal, trusted by the product


def simulator(settings: DemoSettings) -> Part:
    """Return the simulated PayPal."""
    return Part(
        name="The simulated PayPal",
        module="app.demo.simulator",
        health=f"{settings.simulator_url}/simulator/health",
        environment={
            "SALDO_SIMULATOR_HOST": settings.host,
            "SALDO_SIMULATOR_PORT": str(settings.simulator_port),
            "SALDO_SIMULATOR_DATABASE": "simulator.db",
            "SALDO_SIMULATOR_WEBHOOK_URL": f"{settings.api_url}/webhooks/paypal",
            "SALDO_SIMULATOR_WEBHOOK_ID": WEBHOOK_ID,
            "SALDO_SIMULATOR_REDELIVERY_SECONDS": "5",
            "SALDO_SIMULATOR_CA_FILE": ROOTS,
        },
    )


def mail_catcher(settings: DemoSettings) -> Part:
    """Return the mail server that keeps what it is sent."""
    return Part(
        name="The mail catcher",
        module="app.mail_catcher",
        health=f"{settings.catcher_url}/api/mails",
        environment={
            "SALDO_CATCHER_HOST": settings.host,
            "SALDO_CATCHER_PORT": str(settings.catcher_port),
            "SALDO_CATCHER_SMTP_PORT": str(settings.catcher_smtp_port),
            "SALDO_CATCHER_DIRECTORY": "mails",
        },
    )


def api(settings: DemoSettings) -> Part:
    """Return the product itself: the API and its worker."""
    return Part(
        name="The API",
        module="app.demo.product",
        health=f"{settings.api_url}/health",
        environment={
            "SALDO_DATABASE_URL": settings.database_url,
            "SALDO_HOST": settings.host,
            "SALDO_PORT": str(settings.port),
            "SALDO_PUBLIC_URL": settings.api_url,
            "SALDO_CUSTOMER_AREA_URL": settings.api_url,
            "SALDO_RETURN_ORIGINS": f"{settings.api_url},http://localhost:{settings.port}",
            "SALDO_SECRET_KEY": secrets.token_urlsafe(32),
            "SALDO_PAYPAL_BASE_URL": settings.simulator_url,
            "SALDO_PAYPAL_CLIENT_ID": "saldo-demo",
            "SALDO_PAYPAL_CLIENT_SECRET": "saldo-demo-secret",
            "SALDO_PAYPAL_WEBHOOK_ID": WEBHOOK_ID,
            "SALDO_PAYPAL_WEBHOOK_CA_FILE": str(settings.directory / ROOTS),
            "SALDO_SMTP_HOST": settings.host,
            "SALDO_SMTP_PORT": str(settings.catcher_smtp_port),
            "SALDO_SMTP_STARTTLS": "false",
            "SALDO_COOKIE_SECURE": "false",
            "SALDO_GRAPHIQL": "true",
        },
    )
