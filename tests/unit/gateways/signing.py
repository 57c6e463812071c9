"""Somebody who signs as PayPal does: an authority, certificates good and bad, and signed deliveries."""

import base64
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from gateways.paypal.webhooks import ALGORITHM, Delivery

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WEBHOOK_ID = "1JE4291016473214C"
SIGNER = "messageverificationcerts.paypal.com"
ADDRESS = "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77"
EVENT = b'{"id":"WH-1","event_type":"CHECKOUT.ORDER.APPROVED", "attributes":{},"weight": 1.0,"note":"Perch\\u00e9"}'
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return the key of that name, the same throughout the tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@dataclass(frozen=True, kw_only=True)
class Authority:
    """Who issues certificates, directly or through an intermediate one."""

    name: str = "Trusted Root"

    @property
    def root(self) -> x509.Certificate:
        return self.certify(self.name, rsa_key(self.name), is_authority=True)

    def certify(
        self,
        subject: str,
        key: PrivateKey,
        *,
        names: Sequence[str] = (),
        is_authority: bool = False,
        start: datetime = NOON - timedelta(days=30),
        end: datetime = NOON + timedelta(days=30),
    ) -> x509.Certificate:
        """Return a certificate of the subject's key, signed by this authority."""
        own = rsa_key(self.name)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_named(subject))
            .issuer_name(_named(self.name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(own.public_key()), critical=False)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(list(map(x509.DNSName, names))), critical=False)
        if is_authority:
            builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            builder = builder.add_extension(_SIGNS_CERTIFICATES, critical=True)
        return builder.sign(own, hashes.SHA256())

    def signer(self, name: str = SIGNER, *, key: PrivateKey | None = None, **period: Any) -> x509.Certificate:
        """Return the certificate of PayPal's signing service, or of somebody else's."""
        return self.certify(name, key or rsa_key("signer"), names=[name], **period)


_SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def _named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates)


@dataclass(frozen=True, kw_only=True)
class Unsigned:
    """A delivery before it is signed."""

    body: bytes = EVENT
    transmission_id: str = "69cd13f0-d67a-11e5-baa3-778b53f4ae55"
    transmission_time: str = "2026-11-24T11:59:58Z"
    certificate_url: str = ADDRESS
    algorithm: str = ALGORITHM
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa_key("signer"))

    def signed(self, webhook_id: str = WEBHOOK_ID) -> Delivery:
        """Return the delivery as PayPal would send it."""
        line = f"{self.transmission_id}|{self.transmission_time}|{webhook_id}|{zlib.crc32(self.body)}"
        signature = self.key.sign(line.encode(), padding.PKCS1v15(), hashes.SHA256())
        return Delivery(
            transmission_id=self.transmission_id,
            transmission_time=self.transmission_time,
            signature=base64.b64encode(signature).decode(),
            certificate_url=self.certificate_url,
            algorithm=self.algorithm,
            body=self.body,
        )


def changed(delivery: Delivery, **values: object) -> Delivery:
    """Return the delivery with something in it changed after it was signed."""
    return replace(delivery, **values)  # type: ignore[arg-type]
