"""`make contract`: PayPal's OpenAPI files, repaired and merged into the one document that the tests hold us against.

The files are not part of the project. They lie beside it, or come from npm, where PayPal publishes them.
"""

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from tests.contract.additions import TOKEN_PATH
from tests.contract.repairs import Document, references
from tests.harness.simulator import ROOT

BESIDE = ROOT.parent / "shared" / "paypal-openapi"
BUILT = ROOT / "var" / "contract" / "paypal.json"
PACKAGE = "@paypal/paypal-rest-api-specifications@1.0.0"
SERVER = "http://127.0.0.1"
OPERATIONS: dict[str, dict[str, list[str]]] = {
    "checkout_orders_v2": {
        "/v2/checkout/orders": ["post"],
        "/v2/checkout/orders/{id}": ["get"],
        "/v2/checkout/orders/{id}/capture": ["post"],
    },
    "payments_payment_v2": {
        "/v2/payments/captures/{capture_id}": ["get"],
        "/v2/payments/captures/{capture_id}/refund": ["post"],
        "/v2/payments/refunds/{refund_id}": ["get"],
    },
    "vault_payment_tokens_v3": {
        "/v3/vault/setup-tokens": ["post"],
        "/v3/vault/setup-tokens/{id}": ["get"],
        "/v3/vault/payment-tokens": ["post", "get"],
        "/v3/vault/payment-tokens/{id}": ["get", "delete"],
    },
    "notifications_webhooks_v1": {
        "/v1/notifications/webhooks": ["post", "get"],
        "/v1/notifications/webhooks/{webhook_id}": ["get", "delete"],
        "/v1/notifications/verify-webhook-signature": ["post"],
        "/v1/notifications/webhooks-events": ["get"],
        "/v1/notifications/webhooks-events/{event_id}": ["get"],
        "/v1/notifications/webhooks-events/{event_id}/resend": ["post"],
    },
}


class NoSource(Exception):
    """PayPal's files are neither beside the project nor to be had from npm."""


def main() -> int:
    """Write the document and say where it came from; return 1 when there is no source."""
    try:
        with tempfile.TemporaryDirectory() as scratch:
            folder, origin = published_files(Path(scratch))
            contract = build(folder)
    except NoSource as reason:
        print(f"make contract: {reason}", file=sys.stderr)
        return 1
    BUILT.parent.mkdir(parents=True, exist_ok=True)
    BUILT.write_text(json.dumps(contract, indent=1), encoding="utf-8")
    operations = sum(len(methods) for methods in contract["paths"].values())
    print(f"{BUILT}: {operations} operations of PayPal, from {origin}")
    return 0


def published_files(scratch: Path) -> tuple[Path, str]:
    """Return the folder of the files, and where they are from. Raises ``NoSource``."""
    if all((BESIDE / f"{name}.json").is_file() for name in OPERATIONS):
        return BESIDE, str(BESIDE)
    command = ["npm", "pack", PACKAGE, "--ignore-scripts", "--silent", "--pack-destination", str(scratch)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    except FileNotFoundError as exc:
        raise NoSource("npm is not installed, and PayPal's files are not beside the project") from exc
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as exc:
        raise NoSource(f"npm could not fetch {PACKAGE}: {exc.stderr!r}") from exc
    [archive] = scratch.glob("*.tgz")
    with tarfile.open(archive) as packed:
        for name in OPERATIONS:
            if (member := packed.extractfile(f"package/openapi/{name}.json")) is None:
                raise NoSource(f"{PACKAGE} has no {name}")
            (scratch / f"{name}.json").write_bytes(member.read())
    return scratch, f"npm, {PACKAGE}"


def build(folder: Path) -> dict[str, Any]:
    """Return one document with the operations that we use, out of the files in ``folder``."""
    paths: dict[str, Any] = {"/v1/oauth2/token": TOKEN_PATH}
    schemas: dict[str, Any] = {}
    for name, wanted in OPERATIONS.items():
        document = Document(name, json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))
        paths |= document.operations(wanted)
        schemas |= document.components()
    return {
        "openapi": "3.0.3",
        "info": {"title": "PayPal, as far as Saldo uses it", "version": "1"},
        "servers": [{"url": SERVER}],
        "paths": paths,
        "components": {
            "schemas": reachable(schemas, from_=paths),
            "securitySchemes": {
                "Bearer": {"type": "http", "scheme": "bearer"},
                "Basic": {"type": "http", "scheme": "basic"},
            },
        },
    }


def reachable(schemas: dict[str, Any], *, from_: Any) -> dict[str, Any]:
    """Return the schemas that are needed."""
    found: dict[str, Any] = {}
    waiting = [*references(from_)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = schemas[name]
            waiting += references(schemas[name])
    return found


if __name__ == "__main__":
    sys.exit(main())
