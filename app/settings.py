"""All settings: one frozen class, read from the environment (`SALDO_…`) or a `.env` file, checked at the start."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from policies.schedules import cron_every


def checked_origin(value: str) -> str:
    """Return the origin in lower case. Raises ``ValueError`` for anything but scheme, host and port."""
    parts = urlsplit(value)
    is_web = parts.scheme in {"http", "https"} and parts.netloc and "@" not in parts.netloc
    if not is_web or value != f"{parts.scheme}://{parts.netloc}":
        raise ValueError(f"{value!r} is not an origin such as https://area.example.com")
    return value.lower()


def checked_base(value: str) -> str:
    """Return an address without its closing slash. Raises ``ValueError`` for a relative one."""
    if urlsplit(value).scheme not in {"http", "https"}:
        raise ValueError(f"{value!r} is not an absolute http address")
    return value.rstrip("/")


def checked_network(value: str) -> str:
    """Return an address or a network in its usual form. Raises ``ValueError`` for anything else."""
    return str(ip_network(value))


WEBHOOK_ID = "^[A-Za-z0-9]{1,50}$"
DATABASE_URL = r"^(sqlite\+aiosqlite|postgresql\+psycopg):"  # another driver's collisions are not repeated


def checked_interval(seconds: int) -> int:
    """Return the interval. Raises ``ValueError`` for one that cron cannot keep."""
    cron_every(seconds)
    return seconds


Origin = Annotated[str, AfterValidator(checked_origin)]
Network = Annotated[str, AfterValidator(checked_network)]
BaseUrl = Annotated[str, AfterValidator(checked_base)]


def split_at_commas(value: object) -> object:
    """Return the parts of a text such as ``a, b``; anything else as it is."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


CommaSeparated = BeforeValidator(split_at_commas)


class Settings(BaseSettings):
    """What an operator decides; a missing secret stops the start with the name of its variable."""

    model_config = SettingsConfigDict(
        env_prefix="SALDO_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # some of it is secret
    )

    database_url: str = Field(
        "sqlite+aiosqlite:///var/saldo.db", description="SQLAlchemy address of the database.", pattern=DATABASE_URL
    )
    host: str = Field("127.0.0.1", description="Address the API listens on.")
    port: int = Field(8000, description="Port the API listens on.")
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, CommaSeparated] = Field(
        (),
        description="Addresses or networks of our own proxies, whose X-Forwarded-For is believed, separated by commas.",
    )
    public_url: BaseUrl = Field(
        "http://127.0.0.1:8000", description="How browsers reach this server; PayPal sends them back here."
    )
    customer_area_url: BaseUrl = Field(
        "http://127.0.0.1:8000", description="The front end's address, as it stands in mails."
    )
    return_origins: Annotated[tuple[Origin, ...], NoDecode, CommaSeparated] = Field(
        ("http://127.0.0.1:8000",), description="Origins a front end may name in returnUrl, separated by commas."
    )
    secret_key: SecretStr = Field(
        description="Signs cursors; at least 32 characters, the same on all machines.", min_length=32
    )
    brand_name: str = Field("Saldo", description="The name the payer reads on PayPal's pages.", max_length=127)

    paypal_base_url: BaseUrl = Field(
        "https://api-m.paypal.com", description="PayPal's REST API, its sandbox, or the simulator."
    )
    paypal_client_id: str = Field(description="Client id of the PayPal application.")
    paypal_client_secret: SecretStr = Field(description="Secret of the PayPal application.")
    paypal_read_timeout_seconds: float = Field(45, description="How long one answer of PayPal is waited for.", gt=0)
    paypal_breaker_failures: int = Field(
        5, description="Unanswered calls in a row after which PayPal is left alone for a while.", gt=0
    )
    paypal_breaker_seconds: float = Field(30, description="How long PayPal is left alone before one call tries.", gt=0)
    paypal_webhook_id: str | None = Field(
        None,
        description="Id that PayPal gave our webhook; without it news from PayPal is answered 503.",
        pattern=WEBHOOK_ID,
    )
    paypal_webhook_check: Literal["offline", "online"] = Field(
        "offline", description="offline proves signatures by PayPal's certificate; online asks PayPal about each."
    )
    paypal_webhook_ca_file: Path | None = Field(
        None, description="Roots trusted to certify PayPal's signing keys, PEM; by default those of certifi."
    )

    smtp_host: str = Field("127.0.0.1", description="Mail server.")
    smtp_port: int = Field(1025, description="Port of the mail server.")
    smtp_username: str | None = Field(None, description="Login at the mail server, if it wants one.")
    smtp_password: SecretStr | None = Field(None, description="Password at the mail server.")
    smtp_starttls: bool = Field(True, description="Demand encryption towards the mail server.")
    smtp_timeout_seconds: float = Field(20, description="How long one exchange with the mail server may take.", gt=0)
    mail_sender: str = Field("Saldo <assistenza@saldo.example>", description="From line of every mail.")

    cookie_secure: bool = Field(True, description="Send the session cookie over HTTPS only.")
    session_idle_minutes: int = Field(30, description="A session without requests ends after this.", gt=0)
    session_hours: int = Field(12, description="A session ends after this, used or not.", gt=0)

    cors_origins: Annotated[tuple[Origin, ...], NoDecode, CommaSeparated] = Field(
        (), description="Other origins whose pages may call the API with the session's cookie, separated by commas."
    )
    oidc_issuer: str | None = Field(None, description="OpenID Connect provider whose bearer tokens are accepted.")
    oidc_audience: str = Field("saldo", description="The audience that such a token must name.")
    oidc_username_claim: str = Field(
        "preferred_username", description="The claim of such a token that names the customer's login."
    )

    paypal_new_payments: bool = Field(
        True, description="Whether customers may begin payments by PayPal; renewals that charge themselves go on."
    )
    renewal_default: bool = Field(True, description="Whether the flag 'Rinnovo automatico' is on when first shown.")
    confirm_patience_seconds: float = Field(
        8, description="How long confirmPayment waits for the outcome before WaitAction.", ge=0
    )
    return_patience_seconds: float = Field(4, description="How long the payer's return waits for the outcome.", ge=0)
    poll_after_ms: int = Field(1500, description="How long a client is told to wait between two looks.", gt=0)
    live_poll_ms: int = Field(
        250, description="How often the database is looked at for those who follow a payment live.", gt=0
    )
    live_per_customer: int = Field(20, description="How many payments a customer may follow live at once.", gt=0)
    live_minutes: float = Field(
        15, description="How long a live stream lasts at most; its client then connects again.", gt=0
    )
    live_heartbeat_seconds: float = Field(
        12, description="How often a live stream gives a sign, so that proxies keep it open.", gt=0
    )
    paypal_retry_seconds: Annotated[tuple[float, ...], NoDecode, CommaSeparated] = Field(
        (0.5, 2.0), description="Pauses before an unanswered call to PayPal is repeated, separated by commas."
    )
    watch_first_seconds: float = Field(
        20, description="First look at a payment whose outcome is open; the pauses double.", gt=0
    )
    watch_ceiling_seconds: float = Field(3600, description="Longest pause between two looks.", gt=0)
    approval_minutes: float = Field(180, description="How long PayPal keeps an order that nobody approved.", gt=0)
    worker_lost_seconds: float = Field(300, description="A worker silent for this long has lost its payment.", gt=0)
    registration_looks: int = Field(
        12, description="How often PayPal is asked for the token of an account it is still saving.", gt=0
    )
    mail_retry_first_seconds: float = Field(
        15, description="First pause before a mail is tried again; the pauses double.", gt=0
    )
    mail_retry_ceiling_seconds: float = Field(900, description="Longest pause between two tries of a mail.", gt=0)
    graphiql: bool = Field(False, description="Serve GraphiQL to a browser that opens /graphql.")
    trusted_manifests: Annotated[tuple[Path, ...], NoDecode, CommaSeparated] = Field(
        (), description="Manifests of trusted documents besides our own queries/, separated by commas."
    )
    free_text: bool = Field(True, description="Run documents that are not trusted, for signed-in callers.")
    budget_points: int = Field(50_000, description="What a caller may spend per window on trusted documents.", gt=0)
    free_text_budget_points: int = Field(
        20_000, description="What a caller may spend per window on other documents.", gt=0
    )
    budget_window_seconds: int = Field(60, description="How long such a window is.", gt=0)
    requests_at_once: int = Field(20, description="How many requests of one caller are answered at a time.", gt=0)
    request_seconds: float = Field(30, description="How long the answer to one request may take.", gt=0)
    calendar_cron: str = Field(
        "0 6 * * *",
        description="When the calendar's round and the purge begin, as five fields of cron, in the time of Rome.",
        pattern=r"^\S+( \S+){4}$",
    )
    sweep_seconds: Annotated[int, AfterValidator(checked_interval)] = Field(
        300, description="How often work that was lost is looked for; a divisor of a minute, an hour or a day."
    )
    renewal_charges_per_second: int = Field(
        5, description="How many automatic renewals are begun in a second, on all machines together.", gt=0
    )
    account_check_days: int = Field(
        30, description="How many days apart PayPal is asked whether it still has an account that renews.", gt=0
    )
    account_checks_per_second: int = Field(
        5, description="How many accounts are looked after at PayPal in a second, on all machines together.", gt=0
    )
    log_format: str = Field("json", description="json or console.", pattern="^(json|console)$")

    @property
    def session_idle(self) -> timedelta:
        return timedelta(minutes=self.session_idle_minutes)

    @property
    def session_absolute(self) -> timedelta:
        return timedelta(hours=self.session_hours)
