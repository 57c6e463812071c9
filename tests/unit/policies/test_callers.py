"""An IPv4 address is one caller; an IPv6 caller is a network, which its customer has to itself."""

import pytest

from policies.callers import household


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:0:1::", "2001:db8:0:1::/64"),
        ("2001:db8:0:1::7", "2001:db8:0:1::/64"),
        ("2001:DB8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::7", "2001:db8:0:2::/64"),
        ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::ffff:cb00:7107", "203.0.113.7"),
        ("unknown", "unknown"),
        ("' OR 1=1", "' OR 1=1"),
        ("", ""),
    ],
)
def test_what_is_counted_for_an_address(address: str, counted: str) -> None:
    assert household(address) == counted
