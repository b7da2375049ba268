"""One Redis and how this bot talks to it. Needs the extra `redis`.

All keys share one hash tag and thus one slot, so that a cluster works too. What is erased is gone from its memory;
whether snapshots or its log keep it longer is set at Redis (README).
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.store.protocol import StoreError

ANSWER_SECONDS = 3.0  # that Redis may take; a webhook tells Telegram to come again


class Server:
    """`url` as redis-py reads it; ValueError where it cannot. `name` keeps apart bots that share one Redis.

    Nothing is sent before the first use.
    """

    def __init__(self, url: str, name: str) -> None:
        self._name = name
        self.redis = Redis.from_url(
            url,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            # Once more at once, for a pooled connection that Redis has closed. Waiting is for Telegram to do.
            retry=Retry(NoBackoff(), 1),
        )

    def key(self, kind: str, name: object) -> str:
        """The key of one thing of a kind."""
        return f"{{{self._name}}}:{kind}:{name}"

    async def script(self, script: str, keys: tuple[str, ...], *values: Any) -> Any:
        """What a Lua script returns, which Redis runs as a whole. Raises StoreError."""
        return await self.answer(self.redis.eval(script, len(keys), *keys, *values))

    async def answer(self, call: Awaitable[Any]) -> Any:
        """What Redis answers to a call. Raises StoreError where it does not."""
        try:
            return await call
        except (RedisError, OSError) as error:
            # The class only: the text may hold the address with its password.
            raise StoreError(
                f"Redis does not answer ({type(error).__name__}). Is it running, and is DATA_RIGHTS_STORE right?"
            ) from error

    async def close(self) -> None:
        """Closes the connections."""
        await self.redis.aclose()
