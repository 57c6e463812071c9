"""PayPal's webhooks: what is announced, how it is signed, and how it reaches the merchant."""
