"""Every mail that we send: the facts it reports, its text in two languages, and its form on the wire.

A mail is owed as `kind` and `to_json(facts)`, rendered later from the files in `templates/`. A text template opens
with the subject and a blank line, as a commit message does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

from gateways.mail import formats
from gateways.mail.errors import MailRefused
from gateways.mail.formats import Language
from gateways.mail.headers import POLICY
from models.enums import EmailKind, FailureAdvice, PaymentFailureCode, RefundReason, RenewalObstacle
from models.money import Money


def _one_line(text: str) -> str:
    """Turn line breaks and invisible characters into spaces, so that no name can add a line to a mail or a header."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


OneLine: TypeAlias = Annotated[str, AfterValidator(_one_line)]


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True)


class Line(_Facts):
    """One service of a paid order; `total` includes VAT."""

    description: OneLine
    total: Money


class PaymentConfirmation(_Facts):
    """An order was paid. `account` is the masked e-mail of the PayPal account, `vat_rate` a percentage: ``"22"``."""

    holder: OneLine
    order_number: OneLine
    paid_at: AwareDatetime
    lines: tuple[Line, ...]
    net: Money
    vat: Money
    vat_rate: OneLine
    gross: Money
    account: OneLine
    capture_id: OneLine


class RenewalActivated(_Facts):
    """Automatic renewal is on for one service; the dates are unknown until the service has been activated.

    With an expiry and no `charge_on` nothing is charged before this expiry any more, but at the following ones. A
    charge was refused before when it is a `retry`.
    """

    holder: OneLine
    service_label: OneLine
    product_name: OneLine
    expires_on: date | None
    charge_on: date | None
    stoppable_until: AwareDatetime | None
    term_years: int
    account: OneLine
    consumer: bool
    retry: bool = False


class RenewalNotActivated(_Facts):
    """An order was paid, but PayPal did not keep the account: the renewal that was chosen stays off."""

    holder: OneLine
    order_number: OneLine
    services: tuple[OneLine, ...]


class RenewalDeactivated(_Facts):
    """Automatic renewal was switched off; with `under_way`, a payment of the service has begun that this does not stop.

    `account` is the masked e-mail of the account that would have been charged.
    """

    holder: OneLine
    service_label: OneLine
    product_name: OneLine
    expires_on: date | None
    account: OneLine | None
    under_way: bool


class PaymentRefunded(_Facts):
    """A sum is on its way back. `account` is the masked e-mail of who paid, if we know it."""

    holder: OneLine
    order_number: OneLine
    amount: Money
    reason: RefundReason
    account: OneLine | None
    refund_id: OneLine


class RefundFailed(_Facts):
    """A sum that we owe its payer could not be given back by PayPal: a person will."""

    holder: OneLine
    order_number: OneLine
    amount: Money


class AccountRegistered(_Facts):
    """An account was registered by itself; `renewed` go on with it, `left_out` could not. `account` is masked."""

    holder: OneLine
    account: OneLine
    nickname: OneLine | None
    renewed: tuple[OneLine, ...]
    left_out: tuple[OneLine, ...]


class AccountLost(_Facts):
    """PayPal will not charge a registered account any more; these services renewed on it. `account` is masked."""

    holder: OneLine
    account: OneLine
    services: tuple[OneLine, ...]


class PaymentFailed(_Facts):
    """A payment whose outcome was open has failed; the customer does not know yet."""

    holder: OneLine
    order_number: OneLine
    amount: Money
    code: PaymentFailureCode
    advice: FailureAdvice


class ExpiryWarning(_Facts):
    """A service expires; with `charge_on` and `account` it renews itself. `renewable_until` is the end of its grace."""

    holder: OneLine
    service_label: OneLine
    product_name: OneLine
    expires_on: date
    renewable_until: date
    charge_on: date | None
    account: OneLine | None


class RenewalNotice(_Facts):
    """A service will renew itself: how much, when, and until when the customer can stop it."""

    holder: OneLine
    service_label: OneLine
    product_name: OneLine
    expires_on: date
    charge_on: date
    stoppable_until: AwareDatetime
    vat: Money
    vat_rate: OneLine
    gross: Money
    term_years: int
    new_expiry: date
    account: OneLine
    consumer: bool


class RenewalFailed(_Facts):
    """A renewal was not charged and will not be; with an order the customer can pay it until `renewable_until`."""

    holder: OneLine
    service_label: OneLine
    product_name: OneLine
    expires_on: date
    renewable_until: date
    obstacle: RenewalObstacle
    failure: PaymentFailureCode | None
    account: OneLine | None
    account_lost: bool
    order_number: OneLine | None
    gross: Money | None
    maximum: Money | None = None  # that the customer has set, when the price is above it
    switched_off: bool = False  # while the charge was under way


Facts: TypeAlias = (
    PaymentConfirmation
    | RenewalActivated
    | RenewalNotActivated
    | RenewalDeactivated
    | PaymentRefunded
    | RefundFailed
    | PaymentFailed
    | AccountRegistered
    | AccountLost
    | ExpiryWarning
    | RenewalNotice
    | RenewalFailed
)

FACTS: Mapping[EmailKind, type[Facts]] = {
    EmailKind.PAYMENT_CONFIRMATION: PaymentConfirmation,
    EmailKind.RENEWAL_ACTIVATED: RenewalActivated,
    EmailKind.RENEWAL_NOT_ACTIVATED: RenewalNotActivated,
    EmailKind.RENEWAL_DEACTIVATED: RenewalDeactivated,
    EmailKind.PAYMENT_REFUNDED: PaymentRefunded,
    EmailKind.REFUND_FAILED: RefundFailed,
    EmailKind.ACCOUNT_REGISTERED: AccountRegistered,
    EmailKind.ACCOUNT_LOST: AccountLost,
    EmailKind.PAYMENT_FAILED: PaymentFailed,
    EmailKind.EXPIRY_WARNING: ExpiryWarning,
    EmailKind.RENEWAL_NOTICE: RenewalNotice,
    EmailKind.RENEWAL_FAILED: RenewalFailed,
}


def to_json(facts: Facts) -> dict[str, Any]:
    """Return the facts as a JSON object."""
    return facts.model_dump(mode="json")


def from_json(kind: EmailKind, data: Mapping[str, Any]) -> Facts:
    """Return the facts that `to_json` wrote. Raises ``pydantic.ValidationError`` when they are not of this kind."""
    return FACTS[kind].model_validate(data)


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedMail:
    """What the recipient reads; both bodies say the same."""

    subject: str
    text: str
    html: str


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["language"] = language
    for style in (formats.amount, formats.day, formats.moment, formats.deadline):
        environment.filters[style.__name__] = partial(style, language=language)
    return environment


_ENVIRONMENTS: Mapping[Language, Environment] = {"it": _environment("it"), "en": _environment("en")}


def render(kind: EmailKind, facts: Facts, *, locale: str, customer_area_url: str) -> RenderedMail:
    """Return the mail in the language of the locale, Italian unless it is English.

    Raises ``TypeError`` when the facts are of another kind.
    """
    if not isinstance(facts, FACTS[kind]):
        raise TypeError(f"{kind} does not report {type(facts).__name__}")
    language: Language = "en" if locale.lower().startswith("en") else "it"
    environment, name = _ENVIRONMENTS[language], f"{kind.lower()}.{language}"
    known = dict(facts) | {"customer_area_url": customer_area_url}
    subject, _, text = environment.get_template(f"{name}.txt").render(known).partition("\n\n")
    html = environment.get_template(f"{name}.html").render(known, subject=subject)
    return RenderedMail(subject=subject, text=text, html=html)


def compose(rendered: RenderedMail, *, sender: str, to: str, message_id: str, date: datetime) -> EmailMessage:
    """Return the message, byte for byte the same whenever its arguments are, so that a repetition is recognisable.

    Raises ``MailRefused`` when `to` is not one address.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = sender
    message["To"] = _recipient(to)
    message["Subject"] = rendered.subject
    message["Date"] = date
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{sha256(message_id.encode()).hexdigest()[:32]}")
    return message


def _recipient(to: str) -> Address:
    try:
        return Address(addr_spec=to)
    except (ValueError, IndexError, MessageError) as exc:  # all of them: the parser of the standard library is careless
        raise MailRefused("the recipient is not an address") from exc
