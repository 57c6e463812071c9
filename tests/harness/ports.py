"""Ports that nobody listens on."""

import random
import socket

BELOW_EPHEMERAL = range(20_000, 32_000)  # a port of the ephemeral range may become some client's before we listen


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on; two test processes are unlikely to get the same."""
    while True:
        port = random.choice(BELOW_EPHEMERAL)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
