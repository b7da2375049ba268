"""Several processes behind one port: they share it by SO_REUSEPORT, and what they hold by the store.

They are forked after the knowledge is loaded, so that it is read once and its memory is shared.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable

from bot.telegram import logs

AGAIN_SECONDS = 1.0  # between the end of a worker and its successor
STOP_SECONDS = 30.0


def supervise(count: int, work: Callable[[int], int]) -> int:
    """Runs `work(number)` in `count` processes, replaces those that die, and ends all on SIGINT or SIGTERM.

    SIGHUP is passed on to them.

    With one process there is nothing to supervise: it runs here. Returns the exit code.
    """
    if count == 1:
        return work(0)
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        tell(signal.SIGTERM)

    def tell(number: int, *_: object) -> None:
        for pid in running:
            os.kill(pid, number)

    running: dict[int, int] = {}
    with tempfile.TemporaryDirectory(prefix="data-rights-bot-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # see metrics.py
        for number in range(count):
            running[_start(number, work)] = number
        for kind in (signal.SIGINT, signal.SIGTERM):
            signal.signal(kind, stop)
        signal.signal(signal.SIGHUP, tell)  # each reads the knowledge anew
        while running:
            pid, status = os.wait()  # a signal's handler runs in between
            number = running.pop(pid, -1)
            if number < 0 or stopping:
                continue
            logs.event("worker-ended", error=f"exit {os.waitstatus_to_exitcode(status)}")
            time.sleep(AGAIN_SECONDS)
            if not stopping:
                running[_start(number, work)] = number
    return 0


def _start(number: int, work: Callable[[int], int]) -> int:
    """The process id of a new worker."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        for kind in (signal.SIGINT, signal.SIGTERM):
            signal.signal(kind, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until it can: what it starts with is new
        code = work(number)
    except BaseException as error:  # noqa: BLE001 - must not run the parent's code
        logs.event("failed", error=type(error).__name__)
    os._exit(code)
