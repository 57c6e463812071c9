"""Certificates: an authority of our own, and what it has to say about the key that signs webhooks."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateways.paypal.simulator.records import Authority, Certificate
from gateways.paypal.simulator.state import Ledger

CertificateKind = Literal["genuine", "expired", "foreign", "misnamed"]
Period = tuple[datetime, datetime]

_COMMON_NAME = "messageverificationcerts.simulator.paypal.com"
_ALWAYS = (datetime(2015, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC))  # whatever the clocks are set to
_LONG_AGO = (datetime(2016, 1, 1, tzinfo=UTC), datetime(2017, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Leaf:
    authority: str = "Saldo Simulator"
    common_name: str = _COMMON_NAME
    period: Period = _ALWAYS


_LEAVES: dict[CertificateKind, _Leaf] = {
    "genuine": _Leaf(),
    "expired": _Leaf(period=_LONG_AGO),
    "foreign": _Leaf(authority="Somebody Else"),  # who calls itself PayPal
    "misnamed": _Leaf(common_name=f"{_COMMON_NAME}.example.net"),
}


def trusted_root(ledger: Ledger) -> str:
    """Return the root certificate, PEM, that a merchant of the simulator trusts."""
    return _authority(ledger, _LEAVES["genuine"].authority).root_pem


def certificate_of(ledger: Ledger, kind: CertificateKind) -> Certificate:
    """Return the certificate of that kind, made and kept when it is first asked for."""
    known = ledger.find(Certificate, role=kind)
    if known:
        return known[0]
    leaf = _LEAVES[kind]
    certificate = _issue(_authority(ledger, leaf.authority), leaf, role=kind)
    ledger.save(certificate)
    return certificate


def _authority(ledger: Ledger, name: str) -> Authority:
    authority = ledger.get(Authority, name)
    if authority is None:
        authority = _found(name)
        ledger.save(authority)
    return authority


def _found(name: str) -> Authority:
    """Make a root and, below it, the certificate that issues; the root's key is not needed again."""
    root_key, issuer_key = _new_key(), _new_key()
    root_name, issuer_name = _named(f"{name} Root CA"), _named(f"{name} Issuing CA")
    root = _sign(_draft(root_name, root_key, _ALWAYS), root_name, root_key, _authority_extensions())
    issuer = _sign(_draft(issuer_name, issuer_key, _ALWAYS), root_name, root_key, _authority_extensions(path_length=0))
    return Authority(id=name, root_pem=_pem(root), issuer_pem=_pem(issuer), issuer_key_pem=_key_pem(issuer_key))


def _issue(authority: Authority, leaf: _Leaf, *, role: str) -> Certificate:
    key = _new_key()
    issuer = x509.load_pem_x509_certificate(authority.issuer_pem.encode())
    issuer_key = serialization.load_pem_private_key(authority.issuer_key_pem.encode(), password=None)
    assert isinstance(issuer_key, rsa.RSAPrivateKey)
    draft = _draft(_named(leaf.common_name), key, leaf.period)
    signed = _sign(draft, issuer.subject, issuer_key, _leaf_extensions(leaf.common_name))
    return Certificate(
        id=_id_of(signed), role=role, chain_pem=_pem(signed) + authority.issuer_pem, key_pem=_key_pem(key)
    )


def _id_of(certificate: x509.Certificate) -> str:
    """Return the name under which PayPal serves a certificate: CERT and three groups of eight digits."""
    digits = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()
    return f"CERT-{digits[:8]}-{digits[8:16]}-{digits[16:24]}"


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _draft(subject: x509.Name, key: rsa.RSAPrivateKey, period: Period) -> x509.CertificateBuilder:
    not_before, not_after = period
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _sign(
    draft: x509.CertificateBuilder,
    issuer: x509.Name,
    issuer_key: rsa.RSAPrivateKey,
    extensions: Sequence[tuple[x509.ExtensionType, bool]],
) -> x509.Certificate:
    for extension, critical in extensions:
        draft = draft.add_extension(extension, critical=critical)
    issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return draft.issuer_name(issuer).add_extension(issued_by, critical=False).sign(issuer_key, hashes.SHA256())


def _authority_extensions(path_length: int | None = None) -> Sequence[tuple[x509.ExtensionType, bool]]:
    return ((x509.BasicConstraints(ca=True, path_length=path_length), True), (_usage(authority=True), True))


def _leaf_extensions(common_name: str) -> Sequence[tuple[x509.ExtensionType, bool]]:
    return (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(authority=False), True),
        (x509.SubjectAlternativeName([x509.DNSName(common_name)]), False),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False),
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_encipherment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
