"""An inbox in one SQLite file of its own, or in memory for tests and trials."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from bot.inbox.protocol import COUNTED, KEPT
from bot.store.database import Database
from bot.types import OpenQuestion

_TABLES = """
CREATE TABLE IF NOT EXISTS questions (code TEXT PRIMARY KEY, language TEXT NOT NULL, text TEXT NOT NULL,
                                      day TEXT NOT NULL, ends REAL NOT NULL);
CREATE TABLE IF NOT EXISTS reports (link TEXT NOT NULL, person TEXT NOT NULL, ends REAL NOT NULL,
                                    PRIMARY KEY (link, person));
"""


class SqliteInbox:
    """`path` is None for an inbox in memory. `clock` gives seconds since 1970. Raises StoreError; see Database."""

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._database = Database(path, _TABLES)

    async def submit(self, question: OpenQuestion) -> None:
        """See Inbox."""
        values = (question.code, question.language, question.text, question.day.isoformat(), self._clock() + KEPT)
        query = "INSERT OR IGNORE INTO questions VALUES (?, ?, ?, ?, ?)"
        await self._database.write(lambda db: db.execute(query, values))

    async def questions(self) -> list[OpenQuestion]:
        """See Inbox."""
        query = "SELECT code, language, text, day FROM questions WHERE ends > ? ORDER BY ends, code"
        rows = await self._database.read(lambda db: db.execute(query, (self._clock(),)).fetchall())
        return [OpenQuestion(code, language, text, date.fromisoformat(day)) for code, language, text, day in rows]

    async def erase(self, code: str) -> bool:
        """See Inbox."""
        query = "DELETE FROM questions WHERE code = ? AND ends > ?"
        found = await self._database.write(lambda db: db.execute(query, (code, self._clock())).rowcount == 1)
        await self._database.empty_log()
        return found

    async def report(self, link: str, person: str) -> int:
        """See Inbox."""

        def work(db: sqlite3.Connection) -> int:
            now = self._clock()
            db.execute("INSERT OR REPLACE INTO reports VALUES (?, ?, ?)", (link, person, now + COUNTED))
            query = "SELECT count(*) FROM reports WHERE link = ? AND ends > ?"
            return int(db.execute(query, (link, now)).fetchone()[0])

        return await self._database.write(work)

    async def reports(self) -> dict[str, int]:
        """See Inbox."""
        query = "SELECT link, count(*) FROM reports WHERE ends > ? GROUP BY link ORDER BY link"
        return dict(await self._database.read(lambda db: db.execute(query, (self._clock(),)).fetchall()))

    async def reported_by(self, person: str) -> list[str]:
        """See Inbox."""
        query = "SELECT link FROM reports WHERE person = ? AND ends > ? ORDER BY link"
        rows = await self._database.read(lambda db: db.execute(query, (person, self._clock())).fetchall())
        return [link for (link,) in rows]

    async def forget(self, person: str) -> None:
        """See Inbox."""
        query = "DELETE FROM reports WHERE person = ?"
        if await self._database.write(lambda db: db.execute(query, (person,)).rowcount):
            await self._database.empty_log()

    async def tend(self) -> None:
        """See Inbox."""

        def work(db: sqlite3.Connection) -> int:
            now = self._clock()
            over = db.execute("DELETE FROM questions WHERE ends <= ?", (now,)).rowcount
            return over + db.execute("DELETE FROM reports WHERE ends <= ?", (now,)).rowcount

        if await self._database.write(work):
            await self._database.empty_log()

    async def close(self) -> None:
        """See Inbox."""
        await self._database.close()
