"""The transport to Telegram: several small connection pools of httpx instead of one large one.

httpcore looks through all connections of a pool on every request (encode/httpcore#1035), so one large pool is far
slower than 16 pools of 4: the project's engineering notes measured 142 to 707 updates/s. Not measured again here.
"""

from __future__ import annotations

import asyncio

import httpx
from telegram._utils.defaultvalue import DEFAULT_NONE
from telegram._utils.types import ODVInput
from telegram.request import BaseRequest, HTTPXRequest, RequestData

POOLS = 16
EACH = 4


class Pools(BaseRequest):
    """`pools` pools of `each` connections; a request takes the one with the least to do."""

    def __init__(self, pools: int = POOLS, each: int = EACH) -> None:
        # One context for all: each takes time and memory to build.
        kept = {"verify": httpx.create_ssl_context()}
        self._requests = [HTTPXRequest(each, pool_timeout=30.0, httpx_kwargs=kept) for _ in range(pools)]
        self._places = [asyncio.Semaphore(each) for _ in range(pools)]
        self._busy = [0] * pools

    @property
    def read_timeout(self) -> float | None:
        """Seconds that an answer of Telegram may take."""
        return self._requests[0].read_timeout

    async def initialize(self) -> None:
        """Opens all pools."""
        for request in self._requests:
            await request.initialize()

    async def shutdown(self) -> None:
        """Closes all pools."""
        for request in self._requests:
            await request.shutdown()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = DEFAULT_NONE,
        write_timeout: ODVInput[float] = DEFAULT_NONE,
        connect_timeout: ODVInput[float] = DEFAULT_NONE,
        pool_timeout: ODVInput[float] = DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """See BaseRequest. Raises its errors."""
        number = min(range(len(self._busy)), key=self._busy.__getitem__)
        self._busy[number] += 1
        try:
            async with self._places[number]:
                return await self._requests[number].do_request(
                    url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
                )
        finally:
            self._busy[number] -= 1
