"""News from PayPal: who sent it, proved over the raw bytes, and which things it points at.

A genuine signature proves little: it covers the body's CRC32 alone, which anybody can steer. What an event says is
never believed; it only tells where to look.
"""

import re
import zlib
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import AliasChoices, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import from_json

from gateways.paypal.certificates import CertificateRefused, Certificates, CertificateUnavailable
from gateways.paypal.client import PayPalClient
from gateways.paypal.errors import PayPalError, RequestRejected

ALGORITHM = "SHA256withRSA"
OLDEST = timedelta(days=3, hours=6)  # PayPal redelivers for three days
_WORD = re.compile(r"[\x21-\x7e]{1,500}")
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_ORDER_ADDRESS = re.compile(r".*/checkout/orders/([0-9A-Z]{1,36})")


class DeliveryRefused(Exception):
    """It was not PayPal who sent this, or it cannot be read; the message is for the log."""


class DeliveryUndecided(Exception):
    """Whether PayPal sent this cannot be told now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What came: the headers that PayPal signs with, which must not be logged, and the body byte for byte."""

    transmission_id: str = field(repr=False)
    transmission_time: str = field(repr=False)
    signature: str = field(repr=False)
    certificate_url: str = field(repr=False)
    algorithm: str
    body: bytes = field(repr=False)

    @classmethod
    def read(cls, headers: Mapping[str, str], body: bytes) -> Self:
        """Return the delivery. Raises ``DeliveryRefused`` when a header is missing or odd."""
        found = {name: headers.get(header, "") for name, header in _HEADERS.items()}
        for name, value in found.items():
            if not _WORD.fullmatch(value):
                raise DeliveryRefused(f"{name} is missing or odd")
        return cls(**found, body=body)

    @property
    def sent_at(self) -> datetime:
        """The instant of the transmission. Raises ``DeliveryRefused`` when it is none."""
        try:
            instant = datetime.fromisoformat(self.transmission_time)
        except ValueError as exc:
            raise DeliveryRefused("transmission_time is not an instant") from exc
        if instant.tzinfo is None:
            raise DeliveryRefused("transmission_time has no zone")
        return instant

    def signed(self, webhook_id: str) -> bytes:
        """Return what PayPal signs: of the body, only its CRC32."""
        checksum = zlib.crc32(self.body)
        return f"{self.transmission_id}|{self.transmission_time}|{webhook_id}|{checksum}".encode()


_HEADERS: Mapping[str, str] = {
    "transmission_id": "paypal-transmission-id",
    "transmission_time": "paypal-transmission-time",
    "signature": "paypal-transmission-sig",
    "certificate_url": "paypal-cert-url",
    "algorithm": "paypal-auth-algo",
}


def check_signature(delivery: Delivery, *, webhook_id: str, key: RSAPublicKey) -> None:
    """Raise ``DeliveryRefused`` unless the owner of the key has signed this delivery to this webhook."""
    try:
        signature = b64decode(delivery.signature, validate=True)
        key.verify(signature, delivery.signed(webhook_id), PKCS1v15(), SHA256())
    except (ValueError, InvalidSignature) as exc:  # ValueError: not base64
        raise DeliveryRefused("the signature does not fit") from exc


class Proof(Protocol):
    """A way of telling PayPal's deliveries from others'."""

    async def demand(self, delivery: Delivery, *, webhook_id: str) -> None:
        """Raise ``DeliveryRefused`` for somebody else's delivery, ``DeliveryUndecided`` when nobody can tell now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OfflineProof:
    """PayPal's certificate proves the signature here, without a call for each delivery."""

    certificates: Certificates

    async def demand(self, delivery: Delivery, *, webhook_id: str) -> None:
        """Check the signature with the certificate that the delivery names."""
        try:
            key = await self.certificates.key(delivery.certificate_url)
        except CertificateRefused as exc:
            raise DeliveryRefused(f"certificate: {exc}") from exc
        except CertificateUnavailable as exc:
            raise DeliveryUndecided(f"certificate: {exc}") from exc
        check_signature(delivery, webhook_id=webhook_id, key=key)


@dataclass(frozen=True, kw_only=True, slots=True)
class OnlineProof:
    """PayPal is asked about each delivery; it checks the same signature."""

    paypal: PayPalClient

    async def demand(self, delivery: Delivery, *, webhook_id: str) -> None:
        """Ask PayPal, handing over the body as it came: written anew, it would have another checksum."""
        read_object(delivery.body)  # spliced into ours, anything but one object could add fields to the question
        question = {
            "auth_algo": delivery.algorithm,
            "cert_url": delivery.certificate_url,
            "transmission_id": delivery.transmission_id,
            "transmission_sig": delivery.signature,
            "transmission_time": delivery.transmission_time,
            "webhook_id": webhook_id,
        }
        try:
            genuine = await self.paypal.verify_webhook(delivery.body, question)
        except RequestRejected as exc:
            raise DeliveryRefused(f"PayPal: {exc.issue}") from exc
        except PayPalError as exc:
            raise DeliveryUndecided(f"PayPal: {exc.kind}") from exc
        if not genuine:
            raise DeliveryRefused("the signature does not fit")


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookVerifier:
    """Knows our webhook at PayPal, and lets nobody else's deliveries through."""

    webhook_id: str
    certificates: Certificates
    proof: Proof
    clock: Callable[[], datetime]

    async def aclose(self) -> None:
        """Close the connections."""
        await self.certificates.aclose()

    async def verify(self, delivery: Delivery) -> None:
        """Raise ``DeliveryRefused`` unless PayPal sent this lately, ``DeliveryUndecided`` when that cannot be told."""
        if delivery.algorithm != ALGORITHM:
            raise DeliveryRefused("algorithm")
        if abs(self.clock() - delivery.sent_at) > OLDEST:
            raise DeliveryRefused("too old, or from the future")
        if not self.certificates.may_be_at(delivery.certificate_url):
            raise DeliveryRefused("certificate: address")
        await self.proof.demand(delivery, webhook_id=self.webhook_id)


def read_object(body: bytes) -> dict[str, object]:
    """Return the JSON object. Raises ``DeliveryRefused`` when the body is anything else."""
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as exc:
        raise DeliveryRefused("not JSON") from exc
    if not isinstance(value, dict):
        raise DeliveryRefused("not an object")
    return value


def _pointer(value: object) -> object:
    """Return an id that may be asked for, and nothing else: what comes here goes into rows and addresses."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _order_of_links(value: object) -> object:
    for link in value if isinstance(value, list) else []:
        match link:
            case {"rel": "up", "href": str(href)} if found := _ORDER_ADDRESS.fullmatch(href):
                return found[1]
    return _pointer(value)


Pointer = Annotated[str | None, BeforeValidator(_pointer)]


class WebhookEvent(BaseModel):
    """Where an event tells us to look; the rest of it is not even read."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    id: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
    event_type: Annotated[str, Field(pattern=r"^[0-9A-Z._-]{1,100}$")]
    resource_id: Pointer = Field(
        default=None,
        validation_alias=AliasChoices(
            AliasPath("resource", "id"), AliasPath("resource", "order_id"), AliasPath("resource", "dispute_id")
        ),
    )
    order_id: Annotated[str | None, BeforeValidator(_order_of_links)] = Field(
        default=None,
        validation_alias=AliasChoices(
            AliasPath("resource", "supplementary_data", "related_ids", "order_id"),
            AliasPath("resource", "metadata", "order_id"),
            AliasPath("resource", "order_id"),
            AliasPath("resource", "links"),
        ),
    )

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the body of a delivery. Raises ``DeliveryRefused`` when it names no event."""
        try:
            return cls.model_validate(read_object(body))
        except ValueError as exc:
            raise DeliveryRefused("not an event") from exc
