"""`python -m app.demo`: everything a stranger needs to pay an order, until Ctrl-C."""

import argparse
import asyncio
import signal
import sys
from contextlib import AsyncExitStack

from pydantic import ValidationError

from app.demo import parts
from app.demo.children import Child, DemoError, Part, start
from app.demo.clock import CLOCK_FILE, MovableClock
from app.demo.premises import require_free_ports, take_files
from app.demo.seed import introduce_accounts, seed
from app.demo.settings import DemoSettings
from app.demo.terminal import last_mail, say, tell_mails, welcome
from app.migrate import migrate

STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Run the demo and return its exit code: 0 when it was told to stop, 1 when it cannot go on."""
    parser = argparse.ArgumentParser(prog="python -m app.demo", description="Run Saldo with a simulated PayPal.")
    parser.add_argument("--reset", action="store_true", help="forget the data of the last time and begin anew")
    reset = parser.parse_args().reset
    try:
        asyncio.run(run(DemoSettings(), reset=reset))
    except (KeyboardInterrupt, asyncio.CancelledError):
        say("Saldo has stopped.")
    except (DemoError, ValidationError) as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


async def run(settings: DemoSettings, *, reset: bool) -> None:
    """Start every part and tell about it; when told to stop, or when a part ends, stop them in reverse order.

    Raises ``DemoError``, or ``CancelledError`` when told to stop.
    """
    stop_when_told()
    require_free_ports(settings)
    say("Saldo is starting …")
    async with AsyncExitStack() as stack:

        async def begin(part: Part) -> Child:
            child = await start(part, directory=settings.directory)
            stack.push_async_callback(child.stop)
            return child

        database = take_files(settings, reset=reset)
        stack.push_async_callback(database.close)
        simulator, catcher = await begin(parts.simulator(settings)), await begin(parts.mail_catcher(settings))
        await asyncio.to_thread(migrate, settings.database_url)
        await seed(database, now=MovableClock(settings.directory / CLOCK_FILE)())
        await simulator.until_ready()
        await introduce_accounts(database, simulator_url=settings.simulator_url)
        await database.close()
        await catcher.until_ready()
        told = await last_mail(settings.catcher_url)
        api = await begin(parts.api(settings))
        await api.until_ready()
        say(welcome(settings))
        await asyncio.gather(
            tell_mails(settings.catcher_url, told=told), *(child.until_dead() for child in (simulator, catcher, api))
        )


def stop_when_told() -> None:
    """Cancel the current task at the first signal to stop, and let it finish in peace: further ones change nothing."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def stop() -> None:
        for number in STOPPED_BY:
            loop.add_signal_handler(number, lambda: None)
        if task is not None:
            task.cancel()
        say("\nSaldo is stopping …")

    for number in STOPPED_BY:
        loop.add_signal_handler(number, stop)


if __name__ == "__main__":
    sys.exit(main())
