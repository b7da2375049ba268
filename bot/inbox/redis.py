"""An inbox in Redis, for several processes. Needs the extra `redis`.

A question is a key that ends by itself; a sorted set lists the codes by the moment of their end. Those who report a
link are a sorted set by the moment until which they count, and a set names the links.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from bot.inbox.protocol import COUNTED, KEPT
from bot.store.server import Server
from bot.types import OpenQuestion

# The set ends with its last question; a code whose question is gone is dropped when the list is read.
_SUBMIT = """
if not redis.call('SET', KEYS[1], ARGV[2], 'NX', 'PX', ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return 1
"""
_REPORT = """
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return redis.call('ZCARD', KEYS[2])
"""


class RedisInbox:
    """`url` as redis-py reads it, `name` as for Server, `clock` in seconds since 1970."""

    def __init__(self, url: str, name: str = "bot", clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._server = Server(url, name)

    async def submit(self, question: OpenQuestion) -> None:
        """See Inbox."""
        content = json.dumps([question.language, question.text, question.day.isoformat()])
        keys = (self._server.key("q", question.code), self._server.key("questions", ""))
        await self._server.script(
            _SUBMIT, keys, question.code, content, round(1000 * KEPT), repr(self._clock() + KEPT)
        )

    async def questions(self) -> list[OpenQuestion]:
        """See Inbox."""
        listed = self._server.key("questions", "")
        await self._call("zremrangebyscore", listed, "-inf", self._clock())
        found = []
        for code in await self._call("zrange", listed, 0, -1):
            content = await self._call("get", self._server.key("q", code.decode()))
            if content is not None:
                language, text, day = json.loads(content)
                found.append(OpenQuestion(code.decode(), language, text, date.fromisoformat(day)))
        return found

    async def erase(self, code: str) -> bool:
        """See Inbox."""
        await self._call("zrem", self._server.key("questions", ""), code)
        return bool(await self._call("delete", self._server.key("q", code)))

    async def report(self, link: str, person: str) -> int:
        """See Inbox."""
        now = self._clock()
        keys = (self._server.key("links", ""), self._server.key("r", link))
        values = (link, person, repr(now), repr(now + COUNTED), round(1000 * COUNTED))
        return int(await self._server.script(_REPORT, keys, *values))

    async def reports(self) -> dict[str, int]:
        """See Inbox."""
        now = self._clock()
        counts = {
            link: int(await self._call("zcount", self._server.key("r", link), f"({now!r}", "+inf"))
            for link in await self._links()
        }
        return {link: count for link, count in counts.items() if count}

    async def reported_by(self, person: str) -> list[str]:
        """See Inbox."""
        now = self._clock()
        ends = {link: await self._call("zscore", self._server.key("r", link), person) for link in await self._links()}
        return [link for link, end in ends.items() if end is not None and end > now]

    async def forget(self, person: str) -> None:
        """See Inbox."""
        for link in await self._links():
            await self._call("zrem", self._server.key("r", link), person)

    async def tend(self) -> None:
        """See Inbox; Redis erases most by itself."""
        now = self._clock()
        for link in await self._links():
            await self._call("zremrangebyscore", self._server.key("r", link), "-inf", now)

    async def close(self) -> None:
        """See Inbox."""
        await self._server.close()

    async def _links(self) -> list[str]:
        return sorted(link.decode() for link in await self._call("smembers", self._server.key("links", "")))

    async def _call(self, name: str, *values: Any) -> Any:
        return await self._server.answer(getattr(self._server.redis, name)(*values))
