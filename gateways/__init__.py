"""The outside world: PayPal and mail."""
