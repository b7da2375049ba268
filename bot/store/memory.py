"""A store in memory, for tests and for trying the bot out: gone with the process."""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.store.codec import decode, encode
from bot.store.protocol import DAY, NONE, Claim, new_version
from bot.types import Session


class MemoryStore:
    """Keeps everything in dictionaries. `clock` gives seconds and never goes back."""

    def __init__(self, lease: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._lease = lease
        self._clock = clock
        self._claims: dict[int, tuple[str | None, int, float]] = {}  # worker (None: done), tries, end
        self._sessions: dict[str, tuple[bytes, int, float]] = {}  # content, version, end
        self._leader: tuple[str, float] = ("", float("-inf"))

    async def claim(self, update_id: int, worker: str) -> Claim:
        """See Store."""
        now = self._clock()
        holder, tries, end = self._claims.get(update_id, ("", 0, now))
        if holder is None and end > now:
            return Claim("done")
        if holder and end > now:
            return Claim("held")
        tries = 1 if holder is None else tries + 1
        self._claims[update_id] = (worker, tries, now + self._lease)
        return Claim("yours", tries)

    async def extend(self, update_id: int, worker: str) -> bool:
        """See Store."""
        holder, tries, _ = self._claims.get(update_id, ("", 0, 0.0))
        if holder != worker:
            return False
        self._claims[update_id] = (worker, tries, self._clock() + self._lease)
        return True

    async def done(self, update_id: int) -> None:
        """See Store."""
        self._claims[update_id] = (None, 0, self._clock() + DAY)

    async def give_back(self, update_id: int, worker: str) -> None:
        """See Store."""
        holder, tries, end = self._claims.get(update_id, ("", 0, 0.0))
        if holder == worker:
            self._claims[update_id] = ("", tries, end + DAY)

    async def load(self, key: str) -> tuple[Session, int]:
        """See Store."""
        content, version, end = self._sessions.get(key, (b"", NONE, 0.0))
        if version == NONE or end <= self._clock():
            return Session(), NONE
        return decode(content), version

    async def save(self, key: str, session: Session, version: int) -> bool:
        """See Store."""
        if (await self.load(key))[1] != version:
            return False
        now = self._clock()
        self._sessions[key] = (encode(session), new_version(), now + DAY)
        return True

    async def forget(self, key: str) -> None:
        """See Store."""
        self._sessions.pop(key, None)

    async def held(self, key: str) -> bytes:
        """See Store."""
        content, _, end = self._sessions.get(key, (b"", NONE, 0.0))
        return content if end > self._clock() else b""

    async def lead(self, worker: str) -> bool:
        """See Store."""
        leader, end = self._leader
        now = self._clock()
        if leader != worker and end > now:
            return False
        self._leader = (worker, now + self._lease)
        return True

    async def resign(self, worker: str) -> None:
        """See Store."""
        if self._leader[0] == worker:
            self._leader = ("", float("-inf"))

    async def tend(self) -> None:
        """See Store."""
        now = self._clock()
        # A claim without its `done` is kept a day longer: its tries have to outlive the one who died of it.
        self._claims = {k: v for k, v in self._claims.items() if v[2] + (DAY if v[0] else 0.0) > now}
        self._sessions = {k: v for k, v in self._sessions.items() if v[2] > now}

    async def close(self) -> None:
        """See Store."""
