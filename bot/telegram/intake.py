"""Fetches updates by long polling so that none is lost, and hands them to the desk.

Telegram takes an update for received once it is asked for a later one (Bot API, getUpdates, offset). So the offset
follows the lowest update that is not done: the others of the batch go on, and one slow person stops nobody. Several
processes may poll: one leads, the others stand by.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from typing import Any, TypeVar
from urllib.parse import urlencode

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.store import Store, StoreError
from bot.telegram import logs
from bot.telegram.desk import Desk
from bot.telegram.health import Health
from bot.telegram.metrics import Metrics
from bot.telegram.sending import Sender, told_to_wait

T = TypeVar("T")
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
BATCH = 100  # Telegram's largest
ENOUGH = 50  # unfinished updates beyond which no more are fetched, for a moment
CROWDED = 80  # of those from the offset on, beyond which those that Telegram itself delays no longer hold it
AT_MOST = 1000  # unfinished updates in this process
PAUSE, LONGEST_PAUSE = 0.008, 0.25  # seconds between polls while updates are in the works
LONGEST_BACKOFF = 30.0
FINISH_SECONDS = 25.0  # of the 30 that a supervisor gives


class Intake:
    """One for a process. `timeout` is that of a long poll, `lease` the store's, both in seconds."""

    def __init__(
        self,
        bot: Bot,
        desk: Desk,
        store: Store,
        sender: Sender,
        health: Health,
        metrics: Metrics,
        lease: float,
        timeout: int = 30,
    ) -> None:
        self._bot = bot
        self._desk = desk
        self._store = store
        self._sender = sender
        self._health = health
        self._metrics = metrics
        self._lease = lease
        self._timeout = timeout
        # Its own pool: a long poll must not take a place from answers. More than one connection, as a single one
        # that hangs half closed would end all polling.
        self._request = HTTPXRequest(8, read_timeout=timeout + 10.0)
        self._next: int | None = None
        self._works: dict[int, tuple[asyncio.Task[None], int]] = {}  # update -> its task and chat
        self._finished: set[int] = set()
        self._changed = asyncio.Event()
        self._backoff = 0.0
        self._pause = PAUSE

    async def run(self, stop: asyncio.Event) -> None:
        """Polls until `stop`, then finishes what is claimed, confirms it and gives up the lead."""
        await self._request.initialize()
        leading = asyncio.create_task(self._lead())
        renewing = asyncio.create_task(self._desk.renew())
        try:
            while not stop.is_set():
                if self._health.leads:
                    await self._poll(stop)
                else:
                    await _unless(stop, self._changes(self._lease / 3))
            await self._finish()
        finally:
            for task in (leading, renewing):
                task.cancel()
            await asyncio.gather(leading, renewing, return_exceptions=True)
            try:
                await self._store.resign(self._desk.worker)
            except StoreError:
                logs.event("store-down")
            await self._request.shutdown()

    async def _lead(self) -> None:
        """Takes the lead when it is free, and keeps it. Without a store for longer than a lease there is no lead."""
        clock = asyncio.get_running_loop().time
        last = clock()
        while True:
            try:
                leads = await self._store.lead(self._desk.worker)
                last = clock()
                self._health.store_heard()
            except StoreError as error:
                logs.event("store-down", error=type(error).__name__)
                leads = self._health.leads and clock() - last < self._lease
            if leads != self._health.leads:
                logs.event("leads" if leads else "stands-by")
                self._health.leads = leads
                self._changed.set()
            await asyncio.sleep(self._lease / 3)

    async def _poll(self, stop: asyncio.Event) -> None:
        if len(self._works) > ENOUGH:
            await _unless(stop, self._changes(LONGEST_PAUSE))
            if len(self._works) > AT_MOST:
                return
        batch = await _unless(stop, self._fetch(self._offset(), self._timeout))
        if stop.is_set():
            return  # what came is fetched again
        if batch is None:
            await _unless(stop, asyncio.sleep(self._backoff))
            return
        if self._take(batch):
            self._pause = PAUSE
            await _unless(stop, asyncio.sleep(PAUSE))  # the same ones would come again at once
        elif self._works or batch:
            await _unless(stop, self._changes(self._pause))
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            await asyncio.sleep(PAUSE)  # not at every single change: a poll costs as much as an answer
        else:
            self._next = None  # all is confirmed; after a quiet week Telegram may count from a lower number

    def _offset(self) -> int | None:
        """The lowest update that is not done.

        Where too many have come since, those whose chat has to wait because Telegram said so (429) no longer hold it:
        else one flooded chat would stop all. They are lost if the process is killed before they are sent.
        """
        lowest = min(self._works, default=self._next)
        self._drop_below(lowest)
        # Telegram gives a hundred from the offset on, also those that are done: both fill the view.
        if len(self._works) + len(self._finished) < CROWDED:
            return lowest
        held = [update for update, (_, chat) in self._works.items() if not self._sender.waits(chat)]
        if len(held) == len(self._works):
            return lowest
        self._metrics.event("passed-by")
        offset = min(held, default=self._next)
        self._drop_below(offset)
        return offset

    def _drop_below(self, offset: int | None) -> None:
        """Forgets what is done and will not come again."""
        self._finished = {update for update in self._finished if offset is not None and update >= offset}

    async def _fetch(self, offset: int | None, timeout: int, limit: int = BATCH) -> list[Any] | None:
        """Updates as JSON, None after an error that was told.

        Bot.get_updates is not used: where one update is malformed it drops the whole batch, and logs all of it.
        """
        query: dict[str, object] = {"timeout": timeout, "limit": limit}
        query["allowed_updates"] = json.dumps(ALLOWED_UPDATES)
        if offset is not None:
            query["offset"] = offset
        try:
            batch: object = await self._request.post(f"{self._bot.base_url}/getUpdates?{urlencode(query)}")
            if not isinstance(batch, list):
                raise TelegramError("no list")  # noqa: TRY301
        except TelegramError as error:
            self._backoff = min(max(0.2, 2 * self._backoff), LONGEST_BACKOFF)
            hint = None
            if isinstance(error, Conflict):
                hint = "another program polls with this token: stop it, or give both the same DATA_RIGHTS_STORE"
                self._backoff = max(self._backoff, min(5.0, self._lease))
            elif isinstance(error, InvalidToken):
                hint = "Telegram refuses the token: was it revoked at @BotFather?"
                self._backoff = LONGEST_BACKOFF
            elif isinstance(error, RetryAfter):
                self._backoff = told_to_wait(error)
            logs.event("poll-failed", error=type(error).__name__, hint=hint)
            self._metrics.event("poll-failed")
            return None
        except KeyError:  # an answer without a result
            self._backoff = min(max(0.2, 2 * self._backoff), LONGEST_BACKOFF)
            logs.event("poll-failed", error="KeyError")
            return None
        self._backoff = 0.0
        self._health.heard()
        return batch

    def _take(self, batch: list[Any]) -> int:
        """Starts what is new in a batch, and says how much that is."""
        new = 0
        for raw in batch:
            number = raw.get("update_id") if isinstance(raw, dict) else None
            if type(number) is not int:
                self._malformed()
                continue
            if number in self._works or number in self._finished:
                continue
            new += 1
            self._next = max(number + 1, self._next or 0)
            update = parse(raw, self._bot)
            if update is None:
                self._malformed()
                self._finished.add(number)
                continue
            chat = update.effective_chat.id if update.effective_chat else 0
            self._works[number] = (asyncio.create_task(self._work(update)), chat)
        return new

    async def _work(self, update: Update) -> None:
        result = "again"
        try:
            result = await self._desk.take_patiently(update)
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not hold the offset for ever
            logs.event("failed", error=type(error).__name__)
            result = "done"
        finally:
            if result == "done":
                self._works.pop(update.update_id, None)
                self._finished.add(update.update_id)
            self._changed.set()

    async def _changes(self, seconds: float) -> None:
        """Waits until an update is done or the lead changes, but not longer than `seconds`."""
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except asyncio.TimeoutError:
            return
        self._changed.clear()

    async def _finish(self) -> None:
        """Finishes what is claimed, leaves the rest to the next process, and confirms what is done."""
        self._desk.stopping = True
        tasks = [task for task, _ in self._works.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=FINISH_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self._health.leads and self._next is not None:
            # The answer is not looked at: it only confirms what is done.
            await asyncio.wait({asyncio.create_task(self._fetch(self._offset(), 0, 1))}, timeout=3.0)

    def _malformed(self) -> None:
        logs.event("malformed")
        self._metrics.event("malformed")


def parse(raw: dict[str, Any], bot: Bot) -> Update | None:
    """The update in `raw`, None where it is malformed. Nothing of it is logged."""
    try:
        return Update.de_json(raw, bot)
    except Exception:  # noqa: BLE001 - whatever a malformed update makes the library raise
        return None


async def _unless(stop: asyncio.Event, work: Awaitable[T]) -> T | None:
    """The result of `work`, None where `stop` comes first (then the work is cancelled)."""
    doing = asyncio.ensure_future(work)
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return doing.result() if doing.done() else None
    finally:
        for task in (doing, stopping):
            task.cancel()
        await asyncio.gather(doing, stopping, return_exceptions=True)
