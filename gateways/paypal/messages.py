"""What we say to PayPal and what we read in its answers: the fields we use, and no others.

Answers declare where PayPal writes each field (`validation_alias`) and are stored under their own names, so that
`model_validate(model_dump(mode="json"))` gives them back. Vocabularies stay `str`: a new word must not break a payment.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError

from gateways.paypal.amounts import from_text, to_text
from models.enums import CustomerKind
from models.money import Money

USAGE_PATTERN = "SUBSCRIPTION_PREPAID"  # a fixed price for a fixed period, paid ahead
_LONGEST_DESCRIPTION = 127
_LONGEST_NOTE = 255


def approval_link(links: object) -> str | None:
    """Return the address where PayPal wants the payer, if the links hold one.

    PayPal's pages disagree on its name: `payer-action` after a create with a source, `approve` without one,
    `redirect` in a declined capture.
    """
    for link in links if isinstance(links, list) else []:
        match link:
            case {"rel": "payer-action" | "approve" | "redirect", "href": str(href)}:
                return href
    return None


def _read_amount(value: object) -> object:
    match value:
        case {"currency_code": str(currency), "value": str(text)}:
            return from_text(text, currency)
    return value


def read_links(value: object) -> object:
    """Return the payer's address out of a list of links; a stored address as it is."""
    return approval_link(value) if isinstance(value, list) else value


def _read_latest_capture(value: object) -> object:
    if not isinstance(value, list):
        return value
    by_time = sorted(
        (each for each in value if isinstance(each, Mapping)), key=lambda each: str(each.get("create_time") or "")
    )
    return by_time[-1] if by_time else None


def _read_refunds(value: object) -> object:
    """Keep what can be read: they are for the books, and an odd one must not make its order unreadable."""
    readable = []
    for each in value if isinstance(value, list | tuple) else ():
        with suppress(ValidationError):
            readable.append(Refund.model_validate(each))
    return readable


def _read_vault(value: object) -> object:
    """Leave out what says nothing, and the id of an account that is not, or not known to be, kept yet."""
    if not isinstance(value, Mapping):
        return value
    if not value.get("status"):
        return None
    return value if value["status"] == "VAULTED" else {**value, "id": None}


def _read_payer(value: object) -> object:
    identified = isinstance(value, Mapping) and (value.get("payer_id") or value.get("account_id"))
    return None if isinstance(value, Mapping) and not identified else value


def _read_up(value: object) -> object:
    """Return the id of the capture that a refund's `up` link names: nothing else in it does."""
    for link in value if isinstance(value, list) else []:
        match link:
            case {"rel": "up", "href": str(href)}:
                return href.rstrip("/").rpartition("/")[2]
    return None if isinstance(value, list) else value


def _read_id(value: object) -> object:
    return value or None  # an empty id is no id: it must never reach a path


Amount = Annotated[Money, BeforeValidator(_read_amount)]
OptionalId = Annotated[str | None, BeforeValidator(_read_id)]


class Answer(BaseModel):
    """Something PayPal told us."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", validate_by_name=True, validate_by_alias=True, hide_input_in_errors=True
    )

    @classmethod
    def parse(cls, raw: object) -> Self:
        """Read PayPal's JSON. Raises ``pydantic.ValidationError`` when what we need is not in it."""
        return cls.model_validate(raw)


class Capture(Answer):
    """Money that PayPal took, or tried to; `reason` says why it is not COMPLETED."""

    id: str
    status: str
    amount: Amount
    custom_id: str | None = None
    invoice_id: str | None = None
    reason: str | None = Field(default=None, validation_alias=AliasPath("status_details", "reason"))
    order_id: str | None = Field(
        default=None, validation_alias=AliasPath("supplementary_data", "related_ids", "order_id")
    )


class Refund(Answer):
    """Money given back from a capture; `capture_id` is absent from short answers."""

    id: str
    status: str
    amount: Amount
    custom_id: str | None = None
    capture_id: Annotated[OptionalId, BeforeValidator(_read_up)] = Field(default=None, validation_alias="links")
    reason: str | None = Field(default=None, validation_alias=AliasPath("status_details", "reason"))


class Vault(Answer):
    """The payer's account being kept: VAULTED with a token, or APPROVED while PayPal is still saving it."""

    status: str
    payment_token: OptionalId = Field(default=None, validation_alias="id", repr=False)
    customer_id: OptionalId = Field(default=None, validation_alias=AliasPath("customer", "id"))


class Payer(Answer):
    """Whose PayPal account it is."""

    payer_id: str = Field(validation_alias="account_id")
    email: str | None = Field(default=None, validation_alias="email_address", repr=False)


class PayPalOrder(Answer):
    """An order at PayPal; COMPLETED does not mean paid: look at `capture`.

    `intent` and the fields of the purchase unit are absent from short answers (create, replays).
    """

    id: str
    status: str
    intent: str | None = None
    amount: Amount | None = Field(default=None, validation_alias=AliasPath("purchase_units", 0, "amount"))
    custom_id: str | None = Field(default=None, validation_alias=AliasPath("purchase_units", 0, "custom_id"))
    invoice_id: str | None = Field(default=None, validation_alias=AliasPath("purchase_units", 0, "invoice_id"))
    approve_url: Annotated[str | None, BeforeValidator(read_links)] = Field(default=None, validation_alias="links")
    capture: Annotated[Capture | None, BeforeValidator(_read_latest_capture)] = Field(
        default=None, validation_alias=AliasPath("purchase_units", 0, "payments", "captures")
    )
    refunds: Annotated[tuple[Refund, ...], BeforeValidator(_read_refunds)] = Field(
        default=(), validation_alias=AliasPath("purchase_units", 0, "payments", "refunds")
    )
    vault: Annotated[Vault | None, BeforeValidator(_read_vault)] = Field(
        default=None,
        validation_alias=AliasChoices(
            AliasPath("payment_source", "paypal", "attributes", "vault"),
            AliasPath("payment_source", "paypal", "attribute", "vault"),  # so spelt in one of PayPal's own samples
        ),
    )
    payer: Annotated[Payer | None, BeforeValidator(_read_payer)] = Field(
        default=None, validation_alias=AliasChoices("payer", AliasPath("payment_source", "paypal"))
    )


class PaymentToken(Answer):
    """A PayPal account that the payer allowed us to charge again."""

    id: str = Field(repr=False)
    customer_id: OptionalId = Field(default=None, validation_alias=AliasPath("customer", "id"))
    payer_id: str | None = Field(
        default=None,
        validation_alias=AliasChoices(
            AliasPath("payment_source", "paypal", "payer_id"), AliasPath("payment_source", "paypal", "account_id")
        ),
    )
    email: str | None = Field(
        default=None, validation_alias=AliasPath("payment_source", "paypal", "email_address"), repr=False
    )


class PaymentTokenPage(Answer):
    """One page of the tokens of a customer."""

    tokens: list[PaymentToken] = Field(default_factory=list, validation_alias="payment_tokens")
    total_pages: int = 1


class WebhookVerdict(Answer):
    """Whether PayPal recognises a delivery as its own."""

    verification_status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """How the payer is asked on PayPal's pages, and whether the account is kept afterwards."""

    return_url: str
    cancel_url: str
    locale: str  # "it-IT"
    brand_name: str
    store_in_vault: bool
    merchant_customer_id: str
    paypal_customer_id: str | None = None
    vault_description: str = ""
    customer_type: CustomerKind

    def to_wire(self) -> dict[str, JsonValue]:
        """Return the `payment_source` of an order that the payer will approve."""
        context: dict[str, JsonValue] = {
            **experience(return_url=self.return_url, cancel_url=self.cancel_url),
            "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",  # no eChecks, which stay pending for days
            "landing_page": "LOGIN",
            "locale": self.locale,
            "brand_name": self.brand_name,
        }
        if not self.store_in_vault:
            return {"paypal": {"experience_context": context}}
        return {"paypal": {"attributes": self._attributes(), "experience_context": context}}

    def _attributes(self) -> dict[str, JsonValue]:
        known: dict[str, JsonValue] = {"id": self.paypal_customer_id} if self.paypal_customer_id else {}
        vault: dict[str, JsonValue] = {
            "store_in_vault": "ON_SUCCESS",
            "usage_type": "MERCHANT",
            "customer_type": str(self.customer_type),
            "usage_pattern": USAGE_PATTERN,
            "permit_multiple_payment_tokens": False,
        }
        if self.vault_description:
            vault["description"] = self.vault_description[:_LONGEST_DESCRIPTION]
        return {"customer": {**known, "merchant_customer_id": self.merchant_customer_id}, "vault": vault}


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRequest:
    """An order to open at PayPal; without `approval` it has no source yet and a stored account pays its capture."""

    reference: str  # of the attempt: PayPal gives it back as `custom_id`
    invoice_id: str  # the number of our order
    description: str
    amount: Money
    approval: Approval | None = None

    def to_wire(self) -> dict[str, JsonValue]:
        """Return the body of the create call."""
        unit: dict[str, JsonValue] = {
            "reference_id": "default",
            "custom_id": self.reference,
            "invoice_id": self.invoice_id,
            "description": self.description[:_LONGEST_DESCRIPTION],
            "amount": {"currency_code": self.amount.currency, "value": to_text(self.amount)},
        }
        order: dict[str, JsonValue] = {"intent": "CAPTURE", "purchase_units": [unit]}
        return order if self.approval is None else {**order, "payment_source": self.approval.to_wire()}


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundRequest:
    """A sum to give back; `note` is shown to the payer."""

    amount: Money
    reference: str  # of the refund: PayPal gives it back as `custom_id`
    note: str | None = None

    def to_wire(self) -> dict[str, JsonValue]:
        """Return the body of the refund call."""
        note: dict[str, JsonValue] = {"note_to_payer": self.note[:_LONGEST_NOTE]} if self.note else {}
        amount: dict[str, JsonValue] = {"currency_code": self.amount.currency, "value": to_text(self.amount)}
        return {"amount": amount, "custom_id": self.reference, **note}


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredCharge:
    """The stored account that pays a capture, and who asked: the CUSTOMER, present, or the MERCHANT, renewing.

    Raises ``ValueError`` for a customer without the addresses to come back to, should PayPal want to see them.
    """

    payment_token: str = field(repr=False)
    initiator: Literal["CUSTOMER", "MERCHANT"]
    return_url: str | None = None
    cancel_url: str | None = None

    def __post_init__(self) -> None:
        if self.initiator == "CUSTOMER" and not (self.return_url and self.cancel_url):
            raise ValueError("a customer needs addresses to come back to")

    def to_wire(self) -> dict[str, JsonValue]:
        """Return the body of the capture call."""
        credential: dict[str, JsonValue] = {"payment_initiator": self.initiator, "usage": "SUBSEQUENT"}
        wallet: dict[str, JsonValue] = {"vault_id": self.payment_token, "stored_credential": credential}
        if self.initiator == "MERCHANT":
            credential["usage_pattern"] = USAGE_PATTERN
        elif self.return_url and self.cancel_url:
            wallet["experience_context"] = experience(return_url=self.return_url, cancel_url=self.cancel_url)
        return {"payment_source": {"paypal": wallet}}


def experience(*, return_url: str, cancel_url: str, user_action: str = "PAY_NOW") -> dict[str, JsonValue]:
    """Return what every visit of a payer has in common."""
    return {
        "return_url": return_url,
        "cancel_url": cancel_url,
        "user_action": user_action,
        "shipping_preference": "NO_SHIPPING",
    }
