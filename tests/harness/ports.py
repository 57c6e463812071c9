"""Ports that nobody listens on."""

import os
import random
import socket
from collections.abc import Iterator
from itertools import cycle

BELOW_EPHEMERAL = range(20_000, 32_000)  # a port of the ephemeral range may become some client's before we listen
WORKERS = 16  # side by side; each has ports of its own, or two would meet now and then before they listen


def ports_of(worker: str) -> Iterator[int]:
    """Return the ports of the test process that pytest-xdist calls so ("gw0"), each again after all the others."""
    number = int(worker.removeprefix("gw")) % WORKERS
    own = BELOW_EPHEMERAL[number::WORKERS]
    return cycle(random.sample(own, len(own)))


PORTS = ports_of(os.environ.get("PYTEST_XDIST_WORKER", "gw0"))


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on, and that nobody else in this run is given meanwhile."""
    while True:
        port = next(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
