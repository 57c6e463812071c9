"""How many stories are tried, and which: both can be set from outside."""

import os

EXAMPLES = int(os.environ.get("SALDO_PROPERTY_EXAMPLES", "2000"))
SEED = int(os.environ.get("SALDO_TEST_SEED", "20261125"))


def profile() -> str:
    """Return the profile as a shell takes it."""
    return f"SALDO_TEST_SEED={SEED} SALDO_PROPERTY_EXAMPLES={EXAMPLES}"
