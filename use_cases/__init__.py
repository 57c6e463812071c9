"""One business operation per file; each runs inside the transaction of its caller."""
