"""What PayPal remembers: payers, orders, captures, refunds, tokens."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, JsonValue

from gateways.paypal.simulator.amounts import Amount

OrderStatus = Literal["CREATED", "PAYER_ACTION_REQUIRED", "APPROVED", "COMPLETED", "VOIDED"]
CaptureStatus = Literal["COMPLETED", "PENDING", "DECLINED", "PARTIALLY_REFUNDED", "REFUNDED"]
RefundStatus = Literal["COMPLETED", "PENDING", "FAILED"]
SetupStatus = Literal["PAYER_ACTION_REQUIRED", "APPROVED", "VAULTED"]
TokenStatus = Literal["SAVING", "SAVED"]


class Record(BaseModel):
    """One thing with an id, kept as a document."""

    kind: ClassVar[str]
    id: str


class Payer(Record):
    """A PayPal account; its id is the account id."""

    kind: ClassVar[str] = "payer"
    email: str
    given_name: str
    surname: str
    behaviour: str

    @property
    def full_name(self) -> str:
        """Given name and surname."""
        return f"{self.given_name} {self.surname}"


class AccessToken(Record):
    """A bearer token; its id is the token."""

    kind: ClassVar[str] = "access_token"
    client_id: str
    expires_at: datetime


class Customer(Record):
    """PayPal's name for a customer of the merchant, under which accounts are stored."""

    kind: ClassVar[str] = "customer"
    merchant_customer_id: str | None = None


class Visit(BaseModel):
    """What the payer's pages need to know: who sells, and where to go afterwards."""

    brand_name: str | None = None
    return_url: str | None = None
    cancel_url: str | None = None


class VaultWish(BaseModel):
    """The merchant's request to store the account that pays an order."""

    customer_id: str
    permit_multiple: bool = False
    description: str | None = None


class Order(Record):
    """A checkout order with its one purchase unit."""

    kind: ClassVar[str] = "order"
    status: OrderStatus
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    amount: Amount
    purchase_unit: dict[str, JsonValue]  # as sent, amounts normalised
    custom_id: str | None = None
    invoice_id: str | None = None
    description: str | None = None
    named_source: bool = False  # payment_source.paypal was sent: the payer's link is `payer-action`, else `approve`
    visit: Visit = Visit()
    vault: VaultWish | None = None
    payer_id: str | None = None
    funding: str | None = None
    declined: bool = False  # since the last approval
    declines: int = 0
    stored_credential: dict[str, JsonValue] | None = None
    capture_id: str | None = None
    saved_token_id: str | None = None


class Capture(Record):
    """Money taken for an order."""

    kind: ClassVar[str] = "capture"
    order_id: str
    status: CaptureStatus
    amount: Amount
    refunded_minor: int = 0  # given back, or about to be
    is_reversed: bool = False  # taken back by force
    pending_reason: str | None = None
    custom_id: str | None = None
    invoice_id: str | None = None
    created_at: datetime
    updated_at: datetime


class Refund(Record):
    """Money given back from a capture."""

    kind: ClassVar[str] = "refund"
    capture_id: str
    status: RefundStatus = "COMPLETED"
    is_reversal: bool = False
    amount: Amount
    total_refunded_minor: int
    custom_id: str | None = None
    invoice_id: str | None = None
    note_to_payer: str | None = None
    created_at: datetime
    updated_at: datetime | None = None  # None: as it was made


class SetupToken(Record):
    """A request to store an account without a purchase."""

    kind: ClassVar[str] = "setup_token"
    status: SetupStatus
    expires_at: datetime
    customer_id: str
    source: dict[str, JsonValue]  # payment_source.paypal as sent
    permit_multiple: bool = False
    description: str | None = None
    visit: Visit = Visit()
    payer_id: str | None = None
    funding: str | None = None


class PaymentToken(Record):
    """A stored account that the merchant may charge."""

    kind: ClassVar[str] = "payment_token"
    customer_id: str
    payer_id: str
    status: TokenStatus = "SAVED"  # from when its creation has been announced
    ready_at: datetime  # until then nobody can see it
    order_id: str | None = None  # with which it was stored
    description: str | None = None
    permit_multiple: bool = False
    revoked: bool = False  # by the payer, at PayPal
    declines: int = 0


class Authority(Record):
    """Who issues certificates; its id is its name."""

    kind: ClassVar[str] = "authority"
    root_pem: str
    issuer_pem: str
    issuer_key_pem: str


class Certificate(Record):
    """A certificate with its chain, and the key it speaks of."""

    kind: ClassVar[str] = "certificate"
    role: str
    chain_pem: str
    key_pem: str
