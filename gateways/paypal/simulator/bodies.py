"""Request bodies, with what PayPal requires of them; unknown fields are ignored, as PayPal ignores them."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

Text127 = Annotated[str, StringConstraints(min_length=1, max_length=127)]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://", max_length=4000)]
UsagePattern = Literal[
    "IMMEDIATE", "DEFERRED", "RECURRING_PREPAID", "RECURRING_POSTPAID", "THRESHOLD_PREPAID", "THRESHOLD_POSTPAID",
    "SUBSCRIPTION_PREPAID", "SUBSCRIPTION_POSTPAID", "UNSCHEDULED_PREPAID", "UNSCHEDULED_POSTPAID",
    "INSTALLMENT_PREPAID", "INSTALLMENT_POSTPAID",
]  # fmt: skip


class MoneyBody(BaseModel):
    """A currency and a decimal text, never a number."""

    currency_code: Annotated[str, StringConstraints(min_length=3, max_length=3)]
    value: Annotated[str, StringConstraints(pattern=r"^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$", max_length=32)]


class AmountBody(MoneyBody):
    """The total of a purchase unit, perhaps broken down."""

    breakdown: dict[str, MoneyBody] | None = None


class ItemBody(BaseModel):
    """One line of a purchase."""

    name: Text127
    unit_amount: MoneyBody
    quantity: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,9}$")]


class PurchaseUnitBody(BaseModel):
    """What is bought."""

    reference_id: Annotated[str, StringConstraints(min_length=1, max_length=256)] = "default"
    amount: AmountBody
    description: Text127 | None = None
    custom_id: Text127 | None = None
    invoice_id: Text127 | None = None
    soft_descriptor: Annotated[str, StringConstraints(min_length=1, max_length=22)] | None = None
    items: list[ItemBody] | None = None


class ExperienceBody(BaseModel):
    """How the payer's pages look and where they lead."""

    brand_name: Text127 | None = None
    locale: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")] | None = (
        None
    )
    return_url: WebAddress | None = None
    cancel_url: WebAddress | None = None
    shipping_preference: Literal["GET_FROM_FILE", "NO_SHIPPING", "SET_PROVIDED_ADDRESS"] | None = None
    user_action: Literal["CONTINUE", "PAY_NOW"] | None = None
    landing_page: Literal["LOGIN", "GUEST_CHECKOUT", "BILLING", "NO_PREFERENCE"] | None = None
    payment_method_preference: Literal["UNRESTRICTED", "IMMEDIATE_PAYMENT_REQUIRED"] | None = None


class SetupExperienceBody(BaseModel):
    """How the pages look that store an account without a purchase."""

    brand_name: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    return_url: WebAddress | None = None
    cancel_url: WebAddress | None = None


class CustomerBody(BaseModel):
    """Whose account is stored: PayPal's id for the merchant's customer, the merchant's own, or both."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z_-]{1,22}$")] | None = None
    merchant_customer_id: (
        Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z\-_.^*$@#]+$", max_length=64)] | None
    ) = None


class VaultBody(BaseModel):
    """The request to store the account that pays."""

    store_in_vault: Literal["ON_SUCCESS"] | None = None
    usage_type: Literal["MERCHANT", "PLATFORM"]
    usage_pattern: UsagePattern | None = None
    customer_type: Literal["CONSUMER", "BUSINESS"] | None = None
    description: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    permit_multiple_payment_tokens: bool = False


class AttributesBody(BaseModel):
    """What else the merchant wants of the payment source."""

    customer: CustomerBody = CustomerBody()
    vault: VaultBody | None = None


class StoredCredentialBody(BaseModel):
    """Who starts a charge of a stored account, and how it is used."""

    payment_initiator: Literal["CUSTOMER", "MERCHANT"]
    usage: Literal["FIRST", "SUBSEQUENT", "DERIVED"] | None = None
    usage_pattern: UsagePattern | None = None


class WalletBody(BaseModel):
    """payment_source.paypal of an order or a capture."""

    vault_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z_-]+$", max_length=255)] | None = None
    stored_credential: StoredCredentialBody | None = None
    attributes: AttributesBody = AttributesBody()
    experience_context: ExperienceBody = ExperienceBody()


class OrderSourceBody(BaseModel):
    """The payment source of an order: the PayPal wallet only."""

    paypal: WalletBody


class OrderBody(BaseModel):
    """POST /v2/checkout/orders."""

    intent: Literal["CAPTURE"]
    purchase_units: Annotated[list[PurchaseUnitBody], Field(min_length=1, max_length=1)]
    payment_source: OrderSourceBody | None = None
    application_context: ExperienceBody = ExperienceBody()


class CaptureBody(BaseModel):
    """POST /v2/checkout/orders/{id}/capture."""

    payment_source: OrderSourceBody | None = None


class RefundBody(BaseModel):
    """POST /v2/payments/captures/{id}/refund: everything when no amount is given."""

    amount: MoneyBody | None = None
    custom_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9\-_.,]*$", max_length=127)] | None = None
    invoice_id: Text127 | None = None
    note_to_payer: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None


class SetupWalletBody(BaseModel):
    """payment_source.paypal of a setup token; its description admits no accented letters."""

    description: (
        Annotated[str, StringConstraints(pattern=r"""^[a-zA-Z0-9_'\-., :;!?"]*$""", min_length=1, max_length=128)]
        | None
    ) = None
    usage_type: Literal["MERCHANT", "PLATFORM"]
    usage_pattern: UsagePattern | None = None
    customer_type: Literal["CONSUMER", "BUSINESS"] | None = None
    permit_multiple_payment_tokens: bool = False
    experience_context: SetupExperienceBody = SetupExperienceBody()


class SetupSourceBody(BaseModel):
    """The payment source of a setup token."""

    paypal: SetupWalletBody


class SetupTokenBody(BaseModel):
    """POST /v3/vault/setup-tokens."""

    customer: CustomerBody = CustomerBody()
    payment_source: SetupSourceBody


class TokenReferenceBody(BaseModel):
    """The setup token that becomes a payment token."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    type: Literal["SETUP_TOKEN"]


class TokenSourceBody(BaseModel):
    """The payment source of a payment token."""

    token: TokenReferenceBody


class PaymentTokenBody(BaseModel):
    """POST /v3/vault/payment-tokens."""

    payment_source: TokenSourceBody
