"""PayPal: its REST API as the product uses it."""
