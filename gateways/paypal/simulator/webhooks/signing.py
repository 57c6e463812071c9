"""Signatures as PayPal makes them: over a line that contains no more of the body than its CRC32."""

import base64
import binascii
import zlib
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from gateways.paypal.simulator import ids
from gateways.paypal.simulator.calls import Desk
from gateways.paypal.simulator.records import Certificate
from gateways.paypal.simulator.webhooks.certificates import CertificateKind, certificate_of

CERTIFICATES = "/v1/notifications/certs"
ALGORITHM = "SHA256withRSA"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What is signed."""

    transmission_id: str
    transmission_time: str
    webhook_id: str
    body: bytes

    def line(self) -> bytes:
        """Return the text under the signature."""
        crc = zlib.crc32(self.body)
        return f"{self.transmission_id}|{self.transmission_time}|{self.webhook_id}|{crc}".encode()


def headers_of(desk: Desk, message: Message, *, certificate: CertificateKind) -> dict[str, str]:
    """Return the headers with which PayPal sends a message."""
    signed_by = certificate_of(desk.ledger, certificate)
    signature = _key(signed_by.key_pem).sign(message.line(), padding.PKCS1v15(), hashes.SHA256())
    return {
        "Content-Type": "application/json",
        "User-Agent": "PayPal/AUHD-214.0-58843443",
        "PAYPAL-AUTH-ALGO": ALGORITHM,
        "PAYPAL-AUTH-VERSION": "v2",
        "PAYPAL-CERT-URL": certificate_url(desk, signed_by),
        "PAYPAL-TRANSMISSION-ID": message.transmission_id,
        "PAYPAL-TRANSMISSION-SIG": base64.b64encode(signature).decode(),
        "PAYPAL-TRANSMISSION-TIME": message.transmission_time,
        "correlation-id": ids.debug_id(),
    }


def is_signed(desk: Desk, message: Message, *, signature: str, cert_url: str, algorithm: str) -> bool:
    """Say whether that is PayPal's own signature of the message."""
    genuine = certificate_of(desk.ledger, "genuine")
    if algorithm != ALGORITHM or cert_url != certificate_url(desk, genuine):
        return False
    try:
        decoded = base64.b64decode(signature, validate=True)
        _key(genuine.key_pem).public_key().verify(decoded, message.line(), padding.PKCS1v15(), hashes.SHA256())
    except (binascii.Error, InvalidSignature):
        return False
    return True


def certificate_url(desk: Desk, certificate: Certificate) -> str:
    """Return where the merchant finds a certificate."""
    return desk.url(f"{CERTIFICATES}/{certificate.id}")


@lru_cache(maxsize=8)
def _key(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key
