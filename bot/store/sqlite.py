"""A store in one SQLite file: the engine for one machine, for one process or several.

A power cut may take the last moments: then an answer is repeated, as nothing was acknowledged to Telegram that was
not done.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from bot.store.codec import decode, encode
from bot.store.database import Database
from bot.store.protocol import DAY, NONE, Claim, new_version
from bot.types import Session

_TABLES = """
CREATE TABLE IF NOT EXISTS claims (id INTEGER PRIMARY KEY, worker TEXT, tries INTEGER NOT NULL, ends REAL NOT NULL);
CREATE INDEX IF NOT EXISTS claims_end ON claims (ends);
CREATE TABLE IF NOT EXISTS sessions (key TEXT PRIMARY KEY, content BLOB NOT NULL, version INTEGER NOT NULL,
                                     ends REAL NOT NULL);
CREATE INDEX IF NOT EXISTS sessions_end ON sessions (ends);
CREATE TABLE IF NOT EXISTS leader (only INTEGER PRIMARY KEY CHECK (only = 1), worker TEXT NOT NULL,
                                   ends REAL NOT NULL);
"""


class SqliteStore:
    """See Database for the file. Raises StoreError where that cannot be made.

    `clock` gives seconds since 1970, so that it means the same after a restart. It may jump: a lease never
    holds longer than twice its length, whatever the clock did.
    """

    def __init__(self, path: Path, lease: float, clock: Callable[[], float] = time.time) -> None:
        self._lease = lease
        self._clock = clock
        self._database = Database(path, _TABLES)

    async def claim(self, update_id: int, worker: str) -> Claim:
        """See Store."""

        def work(db: sqlite3.Connection) -> Claim:
            now = self._clock()
            row = db.execute("SELECT worker, tries, ends FROM claims WHERE id = ?", (update_id,)).fetchone()
            holder, tries, ends = row or ("", 0, now)
            if holder is None and ends > now:
                return Claim("done")
            if holder and self._lasts(ends, now):
                return Claim("held")
            tries = 1 if holder is None else tries + 1
            values = (update_id, worker, tries, now + self._lease)
            db.execute("INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?)", values)
            return Claim("yours", tries)

        return await self._database.write(work)

    async def extend(self, update_id: int, worker: str) -> bool:
        """See Store."""
        values = (self._clock() + self._lease, update_id, worker)
        query = "UPDATE claims SET ends = ? WHERE id = ? AND worker = ?"
        return await self._database.write(lambda db: db.execute(query, values).rowcount == 1)

    async def done(self, update_id: int) -> None:
        """See Store."""
        values = (update_id, None, 0, self._clock() + DAY)
        await self._database.write(lambda db: db.execute("INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?)", values))

    async def give_back(self, update_id: int, worker: str) -> None:
        """See Store."""
        values = (self._clock() + DAY, update_id, worker)
        query = "UPDATE claims SET worker = '', ends = ? WHERE id = ? AND worker = ?"
        await self._database.write(lambda db: db.execute(query, values))

    async def load(self, key: str) -> tuple[Session, int]:
        """See Store."""
        row = await self._read(key)
        return (decode(row[0]), row[1]) if row else (Session(), NONE)

    async def save(self, key: str, session: Session, version: int) -> bool:
        """See Store."""
        content = encode(session)

        def work(db: sqlite3.Connection) -> bool:
            row = self._session(db, key)
            if (row[1] if row else NONE) != version:
                return False
            values = (key, content, new_version(), self._clock() + DAY)
            db.execute("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?)", values)
            return True

        return await self._database.write(work)

    async def forget(self, key: str) -> None:
        """See Store."""
        await self._database.write(lambda db: db.execute("DELETE FROM sessions WHERE key = ?", (key,)))
        await self._database.empty_log()

    async def held(self, key: str) -> bytes:
        """See Store."""
        row = await self._read(key)
        return row[0] if row else b""

    async def lead(self, worker: str) -> bool:
        """See Store."""

        def work(db: sqlite3.Connection) -> bool:
            now = self._clock()
            row = db.execute("SELECT worker, ends FROM leader").fetchone()
            if row and row[0] != worker and self._lasts(row[1], now):
                return False
            db.execute("INSERT OR REPLACE INTO leader VALUES (1, ?, ?)", (worker, now + self._lease))
            return True

        return await self._database.write(work)

    async def resign(self, worker: str) -> None:
        """See Store."""
        await self._database.write(lambda db: db.execute("DELETE FROM leader WHERE worker = ?", (worker,)))

    async def tend(self) -> None:
        """See Store."""

        def work(db: sqlite3.Connection) -> int:
            now = self._clock()
            # A claim without its `done` is kept a day longer: its tries have to outlive the one who died of it.
            db.execute("DELETE FROM claims WHERE ends < ? AND (worker IS NULL OR ends < ?)", (now, now - DAY))
            return db.execute("DELETE FROM sessions WHERE ends < ?", (now,)).rowcount

        if await self._database.write(work):
            await self._database.empty_log()

    async def close(self) -> None:
        """See Store."""
        await self._database.close()

    def _lasts(self, ends: float, now: float) -> bool:
        """Whether a lease is running. One that ends later than a new one would was made by another clock."""
        return now < ends <= now + self._lease + 1

    def _session(self, db: sqlite3.Connection, key: str) -> tuple[bytes, int] | None:
        query = "SELECT content, version FROM sessions WHERE key = ? AND ends > ?"
        row: tuple[bytes, int] | None = db.execute(query, (key, self._clock())).fetchone()
        return row

    async def _read(self, key: str) -> tuple[bytes, int] | None:
        return await self._database.read(lambda db: self._session(db, key))
