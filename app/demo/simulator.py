"""The simulated PayPal of the demo: it lives in the demo's time; `python -m app.demo.simulator`."""

from pathlib import Path

from app.demo.clock import CLOCK_FILE, MovableClock
from app.simulator import serve

if __name__ == "__main__":
    serve(MovableClock(Path(CLOCK_FILE)))
