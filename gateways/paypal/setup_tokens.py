"""Registering an account without a purchase: what we ask the payer to approve, and how far that has come."""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AliasPath, BeforeValidator, Field, JsonValue

from gateways.paypal.messages import USAGE_PATTERN, Answer, OptionalId, experience, read_links
from models.enums import CustomerKind

_DESCRIPTION = re.compile(r"""[a-zA-Z0-9_'\-., :;!?"]{1,128}""")  # PayPal's, no accented letter among them


class SetupToken(Answer):
    """An account that its owner may let us keep: PAYER_ACTION_REQUIRED, then APPROVED, then VAULTED; for three days."""

    id: str = Field(repr=False)
    status: str
    customer_id: OptionalId = Field(default=None, validation_alias=AliasPath("customer", "id"))
    approve_url: Annotated[str | None, BeforeValidator(read_links)] = Field(
        default=None, validation_alias="links", repr=False
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupTokenRequest:
    """An account to keep for later charges, which its owner approves on PayPal's pages; no money moves.

    Raises ``ValueError`` for a description that PayPal would refuse.
    """

    return_url: str
    cancel_url: str
    locale: str  # "it-IT"
    brand_name: str
    merchant_customer_id: str
    paypal_customer_id: str | None = None
    description: str
    customer_type: CustomerKind

    def __post_init__(self) -> None:
        if not _DESCRIPTION.fullmatch(self.description):
            raise ValueError("PayPal takes 1 to 128 plain letters, digits and signs here")

    def to_wire(self) -> dict[str, JsonValue]:
        """Return the body of the call."""
        known: dict[str, JsonValue] = {"id": self.paypal_customer_id} if self.paypal_customer_id else {}
        wallet: dict[str, JsonValue] = {
            "description": self.description,
            "usage_type": "MERCHANT",
            "usage_pattern": USAGE_PATTERN,
            "customer_type": str(self.customer_type),
            "permit_multiple_payment_tokens": False,
            "experience_context": {
                **experience(return_url=self.return_url, cancel_url=self.cancel_url, user_action="SETUP_NOW"),
                "locale": self.locale,
                "brand_name": self.brand_name,
            },
        }
        return {
            "customer": {**known, "merchant_customer_id": self.merchant_customer_id},
            "payment_source": {"paypal": wallet},
        }


def to_payment_token(setup_token: str) -> dict[str, JsonValue]:
    """Return the body of the call that turns an approved setup token into a stored account."""
    return {"payment_source": {"token": {"id": setup_token, "type": "SETUP_TOKEN"}}}
