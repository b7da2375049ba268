"""Calls of the Bot API that wait where Telegram says so, each chat for itself.

Telegram answers 429 with `retry_after` (Bot API, ResponseParameters) where a bot writes too much.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram.error import BadRequest, NetworkError, RetryAfter

from bot.telegram import logs

T = TypeVar("T")
ATTEMPTS = 5  # after an error of the network or a 5xx, within 3 seconds; later ones are for the caller
FIRST_WAIT = 0.2  # seconds, doubled each time


class Sender:
    """Makes calls. `last_good` is when Telegram last took one (seconds of `time.monotonic`)."""

    def __init__(self) -> None:
        self.last_good = float("-inf")
        self._until: dict[int, float] = {}

    def waits(self, chat: int) -> bool:
        """Whether Telegram has told us to leave this chat alone for a while."""
        return self._until.get(chat, 0.0) > time.monotonic()

    async def call(self, chat: int, call: Callable[[], Awaitable[T]]) -> T:
        """The result of `call`, which may be made several times; others never wait for this chat.

        Raises Forbidden and BadRequest at once, NetworkError after some attempts.
        """
        attempt = 0
        while True:
            pause = self._until.get(chat, 0.0) - time.monotonic()
            if pause > 0:
                await asyncio.sleep(pause)
                continue
            try:
                result = await call()
            except RetryAfter as error:
                seconds = told_to_wait(error)
                logs.event("told-to-wait", milliseconds=round(1000 * seconds))
                self._wait(chat, seconds)
            except BadRequest:
                self.last_good = time.monotonic()  # Telegram is there
                raise
            except NetworkError:
                attempt += 1
                if attempt == ATTEMPTS:
                    raise
                await asyncio.sleep(FIRST_WAIT * 2 ** (attempt - 1))
            else:
                self.last_good = time.monotonic()
                return result

    def _wait(self, chat: int, seconds: float) -> None:
        now = time.monotonic()
        self._until = {known: end for known, end in self._until.items() if end > now}
        self._until[chat] = now + seconds


def told_to_wait(error: RetryAfter) -> float:
    """The seconds that Telegram asks for."""
    wait = error.retry_after
    return float(wait) if isinstance(wait, (int, float)) else wait.total_seconds()
