"""How a part of the demo runs: `python -m app.demo.child app.main` is `app.main`, ended with its parent."""

import os
import runpy
import signal
import sys
import threading


def end_with_parent() -> None:
    """Wait for the end of standard input, which only the parent's end or wish brings, and stop."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    runpy.run_module(sys.argv[1], run_name="__main__")
