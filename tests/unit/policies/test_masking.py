"""What may be shown of an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.masking import mask_email


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("mario.rossi@example.com", "m•••@example.com"),
        ("m@example.com", "m•••@example.com"),
        ('"a@b"@example.com', '"•••@example.com'),
        ("@example.com", "•••@example.com"),
        ("mario.rossi@", "•••"),
        ("mario.rossi", "•••"),
        ("", "•••"),
    ],
)
def test_the_first_letter_and_the_domain_are_shown(address: str, shown: str) -> None:
    assert mask_email(address) == shown


@given(local=st.text(min_size=2, alphabet="abcdefghij."), domain=st.sampled_from(["example.com", "pec.example"]))
def test_names_of_all_lengths_look_alike(local: str, domain: str) -> None:
    assert mask_email(f"{local}@{domain}") == f"{local[0]}•••@{domain}"
