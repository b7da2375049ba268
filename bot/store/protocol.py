"""What a store does. Each engine passes the same contract tests (tests/test_store.py).

Three things are held, and no text of a person: claims on updates (`update_id`), sessions under `chat:user`, and who
leads. Each has an end: claims by their lease, what was done and sessions after a day.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.errors import BotError
from bot.types import Session

DAY = 24 * 3600.0  # seconds; Telegram keeps updates that long (Bot API, getting updates), and a session lasts a day
NONE = 0  # the version of a session that is not there


class StoreError(BotError):
    """The store cannot be used now; the text says what to do. Nothing was lost: Telegram repeats the update."""


@dataclass(frozen=True)
class Claim:
    """What came of a claim on an update.

    `yours`: it is to be handled now, for the `tries`-th time. `held`: another worker is at it, or died less than a
    lease ago. `done`: nothing is left to do.
    """

    state: Literal["yours", "held", "done"]
    tries: int = 0


class Store(Protocol):
    """An engine. Every method may raise StoreError. `worker` names one process and is never used twice."""

    async def claim(self, update_id: int, worker: str) -> Claim:
        """Claims one update for the length of the lease."""

    async def extend(self, update_id: int, worker: str) -> bool:
        """Gives a claim of this worker its full lease again; False where it is this worker's no longer."""

    async def done(self, update_id: int) -> None:
        """Marks an update as done for a day, whoever held it."""

    async def give_back(self, update_id: int, worker: str) -> None:
        """Ends a claim of this worker, so that the next one need not wait for the lease."""

    async def load(self, key: str) -> tuple[Session, int]:
        """The session of `key` and its version; a new one and NONE where there is none, or it is a day old."""

    async def save(self, key: str, session: Session, version: int) -> bool:
        """Keeps a session if `version` is still the one that is held; False if not, and nothing is changed.

        A session that was forgotten in between counts as changed: what is erased does not come back.
        """

    async def forget(self, key: str) -> None:
        """Erases what is held for `key`."""

    async def held(self, key: str) -> bytes:
        """What is held for `key`, byte for byte; empty where that is nothing."""

    async def lead(self, worker: str) -> bool:
        """Takes or renews the lead for the length of the lease; False where another worker has it."""

    async def resign(self, worker: str) -> None:
        """Gives the lead back, if this worker has it."""

    async def tend(self) -> None:
        """Erases what is over. To be called every now and then; it also shows that the store answers."""

    async def close(self) -> None:
        """Frees what the engine uses."""


def new_version() -> int:
    """A version that was never used before, so that a stale one never fits by chance."""
    return secrets.randbits(52) + 1
