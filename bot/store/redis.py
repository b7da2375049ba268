"""A store in Redis, for several processes on one or more machines. Needs the extra `redis`.

Every change that depends on what is held is one Lua script, so no two workers ever see half of it.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import cast

from bot.store.codec import decode, encode
from bot.store.protocol import DAY, NONE, Claim, new_version
from bot.store.server import Server
from bot.types import Session

DAY_MS = round(1000 * DAY)
_DONE = b"done"
# A claim is `SET NX PX`. The tries stand in a key of their own, which outlives the lease.
_CLAIM = """
local held = redis.call('GET', KEYS[1])
if held == 'done' then return {'done', 0} end
if held then return {'held', 0} end
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
local tries = redis.call('INCR', KEYS[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return {'yours', tries}
"""
_EXTEND = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"
_GIVE_BACK = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
_SAVE = """
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'content', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
"""
_LEAD = """
local leader = redis.call('GET', KEYS[1])
if leader and leader ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""


class RedisStore:
    """`url` as redis-py reads it. `name` keeps apart bots that share one; nothing is sent before the first use."""

    def __init__(self, url: str, lease: float, name: str = "bot") -> None:
        self._lease_ms = max(1, round(1000 * lease))
        self._server = Server(url, name)

    async def claim(self, update_id: int, worker: str) -> Claim:
        """See Store."""
        keys = (self._server.key("u", update_id), self._server.key("t", update_id))
        state, tries = await self._server.script(_CLAIM, keys, f"w:{worker}", self._lease_ms, DAY_MS)
        return Claim(state.decode(), tries)

    async def extend(self, update_id: int, worker: str) -> bool:
        """See Store."""
        keys = (self._server.key("u", update_id),)
        return bool(await self._server.script(_EXTEND, keys, f"w:{worker}", self._lease_ms))

    async def done(self, update_id: int) -> None:
        """See Store."""
        await self._server.answer(self._server.redis.set(self._server.key("u", update_id), _DONE, px=DAY_MS))
        await self._server.answer(self._server.redis.delete(self._server.key("t", update_id)))

    async def give_back(self, update_id: int, worker: str) -> None:
        """See Store."""
        await self._server.script(_GIVE_BACK, (self._server.key("u", update_id),), f"w:{worker}")

    async def load(self, key: str) -> tuple[Session, int]:
        """See Store."""
        version, content = await self._hash(key)
        return (decode(content), version) if version != NONE else (Session(), NONE)

    async def save(self, key: str, session: Session, version: int) -> bool:
        """See Store."""
        values = (version, new_version(), encode(session), DAY_MS)
        return bool(await self._server.script(_SAVE, (self._server.key("s", key),), *values))

    async def forget(self, key: str) -> None:
        """See Store."""
        await self._server.answer(self._server.redis.delete(self._server.key("s", key)))

    async def held(self, key: str) -> bytes:
        """See Store."""
        return (await self._hash(key))[1]

    async def lead(self, worker: str) -> bool:
        """See Store."""
        return bool(await self._server.script(_LEAD, (self._server.key("leader", ""),), worker, self._lease_ms))

    async def resign(self, worker: str) -> None:
        """See Store."""
        await self._server.script(_GIVE_BACK, (self._server.key("leader", ""),), worker)

    async def tend(self) -> None:
        """See Store; Redis erases by itself."""
        await self._server.answer(self._server.redis.exists(self._server.key("leader", "")))

    async def close(self) -> None:
        """See Store."""
        await self._server.close()

    async def _hash(self, key: str) -> tuple[int, bytes]:
        pair = self._server.redis.hmget(self._server.key("s", key), ["version", "content"])
        version, content = await self._server.answer(cast("Awaitable[list[bytes | None]]", pair))
        return int(version or NONE), content or b""
