"""`python -m tests.day`: a day of conversation in less than a minute, and the memory after each hour, as JSON.

The real channel and the real library answer; the clock is pushed on between updates, and Telegram is a transport in
this process that agrees to everything. The store and the inbox are SQLite files.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import Defaults, ExtBot
from telegram.request import BaseRequest, RequestData

from bot.conversation import Conversation
from bot.inbox.sqlite import SqliteInbox
from bot.knowledge import load
from bot.store.sqlite import SqliteStore
from bot.telegram import logs
from bot.telegram.app import Channel
from bot.telegram.desk import Desk
from bot.telegram.learning import Learning
from bot.telegram.metrics import Metrics
from bot.telegram.sending import Sender
from tests.telegram_bot import OPERATOR, TOKEN

PER_HOUR = 300
PEOPLE = 400_000  # most are new: what is kept of them has to go again
SAID = [
    "are my photos used", "wie kann ich widersprechen?", "mes messages sont-ils lus", "czy whatsapp też?", "/start",
    "entä lapseni kuvat?", "/mydata", "τι γίνεται με τα σχόλιά μου;", "which colour has my bicycle", "/forget", "why",
]  # fmt: skip
TAPPED = ["1|h||meta|en", "1|h|mo1/0|meta|en", "1|h|mo1/1|meta|de", "1|c|topics|meta|fr", "1|e||meta|fi"]


class Clock:
    """Time that the simulation pushes on; the whole process goes by it."""

    def __init__(self) -> None:
        self.ahead = 0.0
        wall, steady = time.time, time.monotonic
        time.time = lambda: wall() + self.ahead
        time.monotonic = lambda: steady() + self.ahead


class Agreeing(BaseRequest):
    """A Telegram that says yes."""

    sent = 0

    @property
    def read_timeout(self) -> float:
        """None is ever waited for."""
        return 5.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **more: Any
    ) -> tuple[int, bytes]:
        """The result that a method has in the Bot API."""
        name = url.rpartition("/")[2]
        result: object = True
        if name == "getMe":
            result = {"id": 1, "is_bot": True, "first_name": "Bot", "username": "example_bot"}
        elif name in ("sendMessage", "editMessageText", "sendDocument"):
            Agreeing.sent += 1
            result = {"message_id": 2, "date": 0, "chat": {"id": 5, "type": "private"}, "text": "x"}
        return 200, json.dumps({"ok": True, "result": result}).encode()


def update(number: int, dice: random.Random) -> dict[str, Any]:
    """What Telegram would send."""
    person = {"id": dice.randrange(1, PEOPLE), "is_bot": False, "first_name": "A", "language_code": "en"}
    chat = {"id": person["id"], "type": "private"}
    message: dict[str, Any] = {"message_id": number, "date": int(time.time()), "chat": chat, "text": "x"}
    if dice.random() < 0.3:
        query = {"id": str(number), "from": person, "chat_instance": "1", "data": dice.choice(TAPPED)}
        return {"update_id": number, "callback_query": query | {"message": message}}
    return {"update_id": number, "message": message | {"from": person, "text": dice.choice(SAID)}}


def resident() -> float:
    """The memory that this process uses now, in MB (Linux: proc_pid_statm)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * resource.getpagesize() / 2**20, 1)


async def live(folder: Path) -> dict[str, Any]:
    """Lives through a day."""
    clock, dice = Clock(), random.Random(1)
    bot: ExtBot[Any] = ExtBot(TOKEN, request=Agreeing(), get_updates_request=Agreeing(), defaults=Defaults("HTML"))
    await bot.initialize()
    store, inbox = SqliteStore(folder / "store", 30.0), SqliteInbox(folder / "inbox")
    sender, metrics = Sender(), Metrics()
    conversation = Conversation(load(), OPERATOR)
    conversation.prepare()
    learning = Learning(bot, inbox, sender, metrics, None)
    channel = Channel(bot, conversation, store, learning, sender, metrics)
    desk = Desk(store, channel, sender, metrics, "worker", 30.0)
    memory: list[float] = []
    done = 0
    for _ in range(24):
        for _ in range(PER_HOUR):
            clock.ahead += 3600 / PER_HOUR
            made = Update.de_json(update(done + 1, dice), bot)
            done += await desk.take(made) == "done"
        await store.tend()
        await inbox.tend()
        gc.collect()
        memory.append(resident())
    await store.close()
    await inbox.close()
    return {"updates": 24 * PER_HOUR, "answered": done, "sent": Agreeing.sent, "rss_mb": memory}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, open("/dev/null", "w", encoding="utf-8") as nowhere:
        logs.set_up(nowhere)
        json.dump(asyncio.run(live(Path(folder))), sys.stdout)
