"""Mail: what a message says, and how it reaches the SMTP server."""
