"""Signatures read a second time, by somebody who has seen nothing of the simulator but what it sends."""

import base64
import json
import zlib
from datetime import datetime

import httpx2
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from tests.integration.simulator.driving import Json, Merchant, Webhook

NAME = "messageverificationcerts.simulator.paypal.com"


async def chain_of(http: httpx2.AsyncClient, headers: dict[str, str]) -> list[x509.Certificate]:
    """Return the certificates to which the headers point, the signing one first."""
    answer = await http.get(headers["PAYPAL-CERT-URL"])
    assert answer.status_code == 200
    return x509.load_pem_x509_certificates(answer.content)


def is_signed_with(certificate: x509.Certificate, webhook: Webhook, *, webhook_id: str) -> bool:
    """Say whether the key of the certificate has signed the webhook for that webhook id."""
    key, sent = certificate.public_key(), webhook.headers
    assert isinstance(key, RSAPublicKey)
    parts = (sent["PAYPAL-TRANSMISSION-ID"], sent["PAYPAL-TRANSMISSION-TIME"], webhook_id, zlib.crc32(webhook.body))
    line = "|".join(map(str, parts)).encode()
    try:
        key.verify(base64.b64decode(sent["PAYPAL-TRANSMISSION-SIG"]), line, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def is_trusted(chain: list[x509.Certificate], root: str, *, now: datetime) -> bool:
    """Say whether the chain leads from PayPal's name to the root."""
    store = Store([x509.load_pem_x509_certificate(root.encode())])
    verifier = PolicyBuilder().store(store).time(now).build_server_verifier(x509.DNSName(NAME))
    try:
        verifier.verify(chain[0], chain[1:])
    except VerificationError:
        return False
    return True


async def verified_online(merchant: Merchant, webhook: Webhook, *, webhook_id: str, body: bytes | None = None) -> str:
    """Ask PayPal whether it has sent the webhook, the body spliced in as it is, and return the status."""
    sent, event = webhook.headers, body or webhook.body
    fields: Json = {
        "auth_algo": sent["PAYPAL-AUTH-ALGO"],
        "cert_url": sent["PAYPAL-CERT-URL"],
        "transmission_id": sent["PAYPAL-TRANSMISSION-ID"],
        "transmission_sig": sent["PAYPAL-TRANSMISSION-SIG"],
        "transmission_time": sent["PAYPAL-TRANSMISSION-TIME"],
        "webhook_id": webhook_id,
    }
    spliced = json.dumps(fields).encode()[:-1] + b' , "webhook_event" :\n' + event + b"}"
    answer = await merchant.http.post(
        "/v1/notifications/verify-webhook-signature",
        content=spliced,
        headers={"Authorization": f"Bearer {merchant.bearer}", "Content-Type": "application/json"},
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["verification_status"])
