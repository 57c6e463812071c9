"""The report of our books against PayPal's."""
