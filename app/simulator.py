"""Process that serves the PayPal simulator: `python -m app.simulator`."""

from collections.abc import Callable
from datetime import datetime

import uvicorn

from app.clock import utc_now
from gateways.paypal.simulator.app import create_simulator
from gateways.paypal.simulator.settings import SimulatorSettings


def serve(clock: Callable[[], datetime]) -> None:
    """Serve the simulator, which lives in the time of this clock, until interrupted."""
    settings = SimulatorSettings()
    uvicorn.run(create_simulator(settings, clock), host=settings.host, port=settings.port, log_level="warning")


if __name__ == "__main__":
    serve(utc_now)
