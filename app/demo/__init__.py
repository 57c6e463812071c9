"""The demo: the product, a simulated PayPal and a mail catcher as child processes, and customers to sign in as."""
