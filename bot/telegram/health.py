"""What a supervisor wants to know of this process, and how systemd is told (sd_notify)."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable

FRESH = 90.0  # seconds; a long poll takes 30


class Health:
    """Whether the process does its work. `clock` gives seconds and never goes back."""

    def __init__(self, polls: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self.leads = False
        self.stopping = False
        self._polls = polls
        self._clock = clock
        self._heard: float | None = None
        self._store_heard: float | None = None

    def heard(self) -> None:
        """Telegram answered a poll, or sent an update that was answered."""
        self._heard = self._clock()

    def store_heard(self) -> None:
        """The store answered."""
        self._store_heard = self._clock()

    def report(self) -> tuple[bool, dict[str, object]]:
        """Whether this process is ready, and what that rests on.

        A leading poller is ready while its polls succeed; a process that stands by, or that is called by webhook and
        may be called by nobody at night, while its store answers.
        """
        now = self._clock()
        store = self._store_heard is not None and now - self._store_heard < FRESH
        poll = not (self._polls and self.leads) or (self._heard is not None and now - self._heard < FRESH)
        report: dict[str, object] = {
            "ready": store and poll and not self.stopping,
            "store": store,
            "stopping": self.stopping,
            "seconds_since_telegram": None if self._heard is None else round(now - self._heard, 1),
        }
        if self._polls:
            report["leads"] = self.leads
        return bool(report["ready"]), report


def notify(state: str) -> None:
    """Tells systemd, where it has started this process: `READY=1`, `WATCHDOG=1`, `STOPPING=1`."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        try:
            sock.sendto(state.encode(), address)
        except OSError:
            return  # systemd is not there any more; there is nobody to tell
