"""Which addresses are one caller."""

from ipaddress import IPv4Address, ip_address, ip_network

HOUSEHOLD_BITS = 64  # what a provider gives to one customer at least: nobody has to stay at one address of it


def household(address: str) -> str:
    """Return what is counted for an address: itself, or the network of an IPv6 one; anything else as it is."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), HOUSEHOLD_BITS), strict=False))
