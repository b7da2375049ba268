"""How fast the bot is on Telegram, beside a bare echo bot on the same settings. Printed, never asserted.

    .venv/bin/python -m tests.benchmark_telegram [sqlite|memory|redis://…]

A fake Bot API on raw asyncio streams, in a process of its own, gives 4,000 updates of 500 people (100 a poll) and
answers each send after 50 ms; then 100 updates/s come in at even distances (times with those 50 ms). Each bot is a
process of its own. The echo bot is python-telegram-bot as it comes, with a per-person processor and the same sharded
transport, without a store: it loses updates when it is killed.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

UPDATES, PEOPLE, LATENCY = 4000, 500, 0.05
RATE, SECONDS = 100, 15
TOKEN = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
QUESTIONS = ("/help", "are my photos used?", "how do i object", "wird mein whatsapp gelesen?", "/privacy")
ME = {"id": 123456, "is_bot": True, "first_name": "B", "username": "b_bot", "can_join_groups": True}
BATCH = 100
ROOT = Path(__file__).resolve().parents[1]


class Fake:
    """Only what the benchmark needs: getMe, getUpdates, sends. Notes when each person was answered."""

    def __init__(self) -> None:
        self.queue: list[tuple[int, bytes]] = []
        self.came: dict[int, list[float]] = {}
        self.sent: dict[int, list[float]] = {}
        self.order: dict[int, list[str]] = {}
        self.number = 1000
        self.new = asyncio.Event()

    def add(self, person: int, text: str) -> None:
        """A person writes."""
        self.number += 1
        user = {"id": person, "is_bot": False, "first_name": "A", "language_code": "en"}
        message = {
            "message_id": self.number,
            "from": user,
            "chat": {"id": person, "type": "private", "first_name": "A"},
            "date": int(time.time()),
            "text": text,
        }
        self.queue.append((self.number, json.dumps({"update_id": self.number, "message": message}).encode()))
        self.came.setdefault(person, []).append(time.monotonic())
        self.new.set()

    async def answer(self, method: str, query: dict[str, list[str]]) -> bytes:
        """The result of a call as JSON."""
        name = method.lower()
        if name == "getme":
            return json.dumps(ME).encode()
        if name == "getwebhookinfo":
            return b'{"url":"","has_custom_certificate":false,"pending_update_count":0}'
        if name == "getupdates":
            offset = int(query.get("offset", ["0"])[0])
            self.queue = [pair for pair in self.queue if pair[0] >= offset]
            if not self.queue:
                self.new.clear()
                try:
                    await asyncio.wait_for(self.new.wait(), float(query.get("timeout", ["0"])[0]))
                except asyncio.TimeoutError:
                    return b"[]"
            return b"[" + b",".join(raw for _, raw in self.queue[:BATCH]) + b"]"
        if name == "sendmessage":
            person = int(query["chat_id"][0])
            self.order.setdefault(person, []).append(query["text"][0])
            await asyncio.sleep(LATENCY)
            self.sent.setdefault(person, []).append(time.monotonic())
            chat = {"id": person, "type": "private", "first_name": "A"}
            return json.dumps({"message_id": 1, "date": 1, "chat": chat, "from": ME, "text": "x"}).encode()
        return b"true"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while line := await reader.readline():
                size = 0
                while (header := await reader.readline()) not in (b"\r\n", b""):
                    if header.lower().startswith(b"content-length:"):
                        size = int(header.split(b":")[1])
                body = await reader.readexactly(size)
                url = urlsplit(line.split()[1].decode())
                query = parse_qs(url.query) | parse_qs(body.decode())
                result = await self.answer(url.path.rsplit("/", 1)[1], query)
                content = b'{"ok":true,"result":' + result + b"}"
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
                writer.write(head.encode() + content)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the bot hung up, or all is measured
        finally:
            writer.close()

    @property
    def answered(self) -> int:
        """Messages that were sent."""
        return sum(map(len, self.sent.values()))


async def measure(port: int, names: list[str]) -> None:
    """Runs each bot against its own fake and prints a line for each."""
    print(f"{'bot':<22}{'answers/s':>10}{'lost':>6}{'order':>7}   at {RATE}/s: {'p50':>7}{'p99':>8} ms")
    for name in names:
        fake = Fake()
        server = await asyncio.start_server(fake.serve, "127.0.0.1", port)
        log = Path(tempfile.mkdtemp(prefix="data-rights-bot-")) / "log"
        process = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-m", "tests.benchmark_telegram", "--bot", name, str(port)],
            cwd=ROOT,
            stderr=log.open("ab"),
        )
        fake.add(9_999_999, "/help")  # warm: the first answer is not measured
        while not (fake.answered and (name == "echo" or b"prepared" in log.read_bytes())):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        fake.sent.clear()
        fake.came.clear()
        fake.order.clear()
        texts = [str(number) for number in range(UPDATES)] if name == "echo" else None
        start = time.monotonic()
        for number in range(UPDATES):
            # Each person asks the same things one after the other; a wrong order shows in the answers.
            text = texts[number] if texts else QUESTIONS[number // PEOPLE % len(QUESTIONS)]
            fake.add(number % PEOPLE + 1, text)
        while fake.answered < UPDATES and time.monotonic() - start < 120:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        seconds = max(max(times) for times in fake.sent.values()) - start
        speed = fake.answered / seconds
        lost = UPDATES - fake.answered
        if name == "echo":
            wrong = sum(a > b for answers in fake.order.values() for a, b in pairs([int(t) for t in answers]))
        else:
            usual = max(map(tuple, fake.order.values()), key=list(map(tuple, fake.order.values())).count)
            wrong = sum(tuple(answers) != usual for answers in fake.order.values())
        await asyncio.sleep(2)
        fake.sent.clear()
        fake.came.clear()
        begin = time.monotonic()
        for number in range(RATE * SECONDS):
            await asyncio.sleep(max(0.0, begin + number / RATE - time.monotonic()))
            fake.add(100_000 + number, QUESTIONS[number % len(QUESTIONS)])
        for _ in range(200):
            if fake.answered >= RATE * SECONDS:
                break
            await asyncio.sleep(0.05)
        took = sorted(
            1000 * (sent - came)
            for person, times in fake.sent.items()
            for sent, came in zip(times, fake.came[person], strict=False)
        )
        at = {share: took[int(share * (len(took) - 1))] for share in (0.5, 0.99)}
        lost += RATE * SECONDS - len(took)
        print(
            f"{name[:20]:<22}{speed:>10.0f}{lost:>6}{wrong:>7}   {'':>12}{at[0.5]:>7.1f}{at[0.99]:>8.1f}", flush=True
        )
        process.terminate()
        await asyncio.to_thread(process.wait, 40)
        server.close()


def pairs(values: list[int]) -> list[tuple[int, int]]:
    """Each value with the next."""
    return list(itertools.pairwise(values))


def echo(api: str) -> None:
    """The bare echo bot."""
    import logging

    from telegram import Update
    from telegram.ext import ApplicationBuilder, BaseUpdateProcessor, TypeHandler

    from bot.telegram.pools import Pools

    logging.disable()

    class PerPerson(BaseUpdateProcessor):
        """Side by side across people, one after the other for each."""

        def __init__(self) -> None:
            super().__init__(256)
            self._locks: dict[int, asyncio.Lock] = {}

        async def initialize(self) -> None:
            """Nothing to do."""

        async def shutdown(self) -> None:
            """Nothing to do."""

        async def do_process_update(self, update: object, coroutine: Any) -> None:
            """In the person's turn."""
            assert isinstance(update, Update)
            person = update.effective_user.id if update.effective_user else 0
            async with self._locks.setdefault(person, asyncio.Lock()):
                await coroutine

    async def answer(update: Update, context: Any) -> None:
        assert update.message is not None
        await context.bot.send_message(update.message.chat.id, update.message.text)

    builder = ApplicationBuilder().token(TOKEN).base_url(api).request(Pools())
    application = builder.concurrent_updates(PerPerson()).build()
    application.add_handler(TypeHandler(Update, answer))
    application.run_polling()


def ours(api: str, store: str) -> None:
    """Our bot as it is started on the command line."""
    from bot.knowledge import KNOWLEDGE
    from bot.telegram.service import run

    given = {
        "DATA_RIGHTS_TOKEN": TOKEN,
        "DATA_RIGHTS_API": api,
        "DATA_RIGHTS_OPERATOR": "City of Example",
        "DATA_RIGHTS_CONTACT": "privacy@example.org",
        "DATA_RIGHTS_NOTICE": "https://example.org/privacy",
        "DATA_RIGHTS_STORE": store,
    }
    run(KNOWLEDGE, given)


def main() -> None:
    """Measures, or is one of the bots that are measured."""
    if sys.argv[1:2] == ["--bot"]:
        name, port = sys.argv[2:4]
        api = f"http://127.0.0.1:{port}/bot"
        if name == "echo":
            echo(api)
        elif name == "sqlite":
            with tempfile.TemporaryDirectory() as folder:
                ours(api, f"sqlite:{folder}/store")
        else:
            ours(api, "memory:" if name == "memory" else name)
        return
    from tests.redis_server import free_port

    asyncio.run(measure(free_port(), ["echo", *(sys.argv[1:] or ["sqlite", "memory"])]))


if __name__ == "__main__":
    main()
