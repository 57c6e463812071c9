"""What may be shown of an address that identifies somebody."""


def mask_email(address: str) -> str:
    """Return the first letter and the domain, ``m•••@example.com``; a text without a domain is hidden whole."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}" if at and domain else "•••"
