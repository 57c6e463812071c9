"""The control desk under /simulator: what no merchant and no payer can do."""
