"""Takes an update to its end: claimed, answered, marked as done. Polling and webhook both bring updates here.

A person's updates are answered one after the other, different people's at once. An update that cannot be answered
never stops the others: after three tries it is marked as done and counted.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal, Protocol

from telegram import Update
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError

from bot.store import Store, StoreError
from bot.telegram import logs
from bot.telegram.flood import Flood
from bot.telegram.metrics import Metrics
from bot.telegram.sending import Sender

TRIES = 3
CRASHES = 10  # claims without an end: a process died of this update, or with it, that often
LONGEST_WAIT = 15.0  # seconds between two looks at a store that is down, or at a claim of another worker
Result = Literal["done", "held", "again"]


class Answers(Protocol):
    """What the desk needs of a channel."""

    async def handle(self, update: Update) -> None:
        """Answers one update; raises where that failed."""

    async def failed(self, update: Update) -> None:
        """Tells the person that their update could not be answered; never raises."""

    async def too_fast(self, update: Update) -> None:
        """Tells the person that they ask too fast."""


class Desk:
    """One for a process. `worker` names the process in the store, `lease` is the store's, in seconds."""

    def __init__(
        self, store: Store, answers: Answers, sender: Sender, metrics: Metrics, worker: str, lease: float
    ) -> None:
        self.worker = worker
        self.stopping = False
        self._store = store
        self._answers = answers
        self._sender = sender
        self._metrics = metrics
        self._lease = lease
        self._flood = Flood()
        self._since = time.time()
        self._claimed: set[int] = set()
        self._lines: dict[int, tuple[asyncio.Lock, int]] = {}

    async def renew(self) -> None:
        """Keeps the claims of this process alive until it is cancelled: an answer may have to wait for Telegram."""
        while True:
            await asyncio.sleep(self._lease / 3)
            for update_id in list(self._claimed):
                with contextlib.suppress(StoreError):
                    await self._store.extend(update_id, self.worker)

    async def take(self, update: Update) -> Result:
        """Handles an update once.

        `done`: nothing is left to do. `held`: another worker is at it. `again`: the store is down, or this process
        stops; the update has to come again.
        """
        async with self._line(update):
            return await self._once(update)

    async def take_patiently(self, update: Update) -> Result:
        """Handles an update, and waits for the store or another worker; `again` only where this process stops.

        The person's later updates wait with it, so that the order holds.
        """
        wait = min(0.05, self._lease / 10)
        async with self._line(update):
            while True:
                result = await self._once(update)
                if result == "done" or self.stopping:
                    return result
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT if result == "again" else self._lease / 4)

    async def _once(self, update: Update) -> Result:
        if self.stopping:
            return "again"
        number = update.update_id
        try:
            claim = await self._store.claim(number, self.worker)
            if claim.state != "yours":
                self._metrics.event(f"claim-{claim.state}")
                return claim.state
            self._claimed.add(number)
            finished = False
            try:
                if claim.tries > CRASHES:
                    self._poison("crashes")
                else:
                    await self._answer(update)
                finished = True
            finally:
                self._claimed.discard(number)
                if not finished:
                    with contextlib.suppress(StoreError):
                        await asyncio.shield(self._store.give_back(number, self.worker))
            await self._store.done(number)
        except StoreError:
            logs.event("store-down")
            self._metrics.event("store-down")
            return "again"
        return "done"

    async def _answer(self, update: Update) -> None:
        start = time.monotonic()
        person = update.effective_user
        # An inline query comes with every letter that a person types: that is no haste.
        counts = person is not None and update.inline_query is None and not self._waited(update)
        verdict = self._flood.judge(person.id) if person and counts else "answer"
        if verdict == "silence":
            self._metrics.event("flood")
            return
        if verdict == "tell":
            self._metrics.event("flood")
            with contextlib.suppress(TelegramError):
                await self._answers.too_fast(update)
            return
        await self._tried(update)
        kind = "tap" if update.callback_query else "inline" if update.inline_query else "message"
        self._metrics.took(kind, time.monotonic() - start)
        logs.event("update", kind=kind, milliseconds=round(1000 * (time.monotonic() - start)))

    async def _tried(self, update: Update) -> None:
        tries = 0
        wait = 0.5
        while tries < TRIES:
            begin = time.monotonic()
            try:
                await self._answers.handle(update)
            except StoreError:
                raise
            except BadRequest as error:  # Telegram refuses what we say: it will do so again
                logs.event("failed", error=type(error).__name__)
                break
            except (NetworkError, InvalidToken) as error:
                logs.event("failed", error=type(error).__name__)
                # Where Telegram took nothing at all from us, it is not this update's fault, and it can wait.
                tries += self._sender.last_good >= begin
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
            except Exception as error:  # noqa: BLE001 - one update must never stop the others
                logs.event("failed", error=type(error).__name__)
                tries += 1
                await asyncio.sleep(0.1 * tries)
            else:
                return
        self._poison("tries")
        await self._answers.failed(update)

    def _poison(self, kind: str) -> None:
        self._metrics.event(f"given-up-after-{kind}")
        logs.event("given-up", kind=kind)

    def _waited(self, update: Update) -> bool:
        """Whether the update waited while no process of ours ran: a backlog is not a flood."""
        message = update.message or update.edited_message
        if message is None:
            return False
        return (message.edit_date or message.date).timestamp() < self._since - 1

    @asynccontextmanager
    async def _line(self, update: Update) -> AsyncIterator[None]:
        """The person's turn. asyncio's locks are fair, so updates come in the order in which they were brought."""
        person = update.effective_user
        key = person.id if person else -update.update_id
        lock, waiting = self._lines.get(key) or (asyncio.Lock(), 0)
        self._lines[key] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._lines[key]
            if waiting > 1:
                self._lines[key] = (lock, waiting - 1)
            else:
                del self._lines[key]
