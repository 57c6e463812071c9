"""What the tests hurry by: nothing of it changes what the product does."""

from pathlib import Path

import certifi

POLLING_SECONDS = 0.1  # of every queue


def one_certificate(directory: Path) -> Path:
    """Return a file with one certificate: each client would read some hundred, and trust none of them here."""
    end = "-----END CERTIFICATE-----\n"
    path = directory / "certificate.pem"
    path.write_text(Path(certifi.where()).read_text(encoding="utf-8").partition(end)[0] + end, encoding="utf-8")
    return path
