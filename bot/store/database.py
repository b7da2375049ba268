"""One SQLite file and the thread that works on it. Nothing that was erased stays in its bytes.

The write-ahead log survives a killed process. `secure_delete` overwrites what is erased, and `empty_log` empties the
log too. A power cut may take the last moments.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from bot.store.protocol import StoreError

T = TypeVar("T")
WAIT_SECONDS = 5.0  # for another process that writes; each write takes well below a millisecond


class Database:
    """The file is made at once, readable for its owner only; None is a database in memory.

    `tables` is the SQL that makes what is not there yet. Every method may raise StoreError.
    """

    def __init__(self, path: Path | None, tables: str) -> None:
        self._path = path
        self._tables = tables
        # One thread does all the work, so calls never overlap and the event loop never waits for the disk.
        self._thread = ThreadPoolExecutor(1, "sqlite")
        self._db = self._guarded(self._open)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Does `work`, which only reads."""
        return await self._do(lambda: work(self._db))

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Does `work` in one transaction: all of it or nothing."""
        return await self._do(lambda: self._transaction(work))

    async def empty_log(self) -> None:
        """What was erased stands in the write-ahead log until that is emptied."""
        await self._do(lambda: self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())

    async def close(self) -> None:
        """Closes the file and ends the thread."""
        await self._do(self._db.close)
        self._thread.shutdown()

    def _open(self) -> sqlite3.Connection:
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        name = ":memory:" if self._path is None else self._path
        db = sqlite3.connect(name, WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA secure_delete = ON")
        db.executescript(self._tables)
        return db

    def _transaction(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._db)
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        return result

    async def _do(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._guarded, work)

    def _guarded(self, work: Callable[[], T], *_: Any) -> T:
        try:
            return work()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"The store {self._path} cannot be used: {_advice(error)}") from error


def _advice(error: Exception) -> str:
    """What is wrong in words and what to do; SQLite's own texts hold no values."""
    text = str(error) if isinstance(error, sqlite3.Error) else type(error).__name__
    if "full" in text:
        return "the disk is full. Free some space; updates wait at Telegram until then."
    if "locked" in text:
        return "another process holds it for too long. Is a backup or an editor open on it?"
    if "readonly" in text or "unable to open" in text or "Permission" in text:
        return "it cannot be written. Name a folder that the bot may write to in DATA_RIGHTS_STORE."
    if "malformed" in text or "not a database" in text:
        return "the file is damaged. Move it away and start again: sessions are lost, messages are not."
    return f"{text}."
