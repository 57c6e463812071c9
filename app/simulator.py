"""Process that serves the PayPal simulator: `python -m app.simulator`."""

from datetime import UTC, datetime

import uvicorn

from gateways.paypal.simulator.app import create_simulator
from gateways.paypal.simulator.settings import SimulatorSettings


def main() -> None:
    """Serve the simulator until interrupted."""
    settings = SimulatorSettings()
    simulator = create_simulator(settings, lambda: datetime.now(UTC))
    uvicorn.run(simulator, host=settings.host, port=settings.port, log_level="warning")


if __name__ == "__main__":
    main()
