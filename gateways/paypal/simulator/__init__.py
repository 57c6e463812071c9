"""A stand-in for PayPal: its REST answers and its payer's pages, served by a process of its own."""
