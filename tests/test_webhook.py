"""The webhook: acknowledged after the work, nothing lost when workers die or the store is down; probes."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.config import Settings
from bot.conversation import Conversation
from bot.errors import SettingError
from bot.knowledge import Knowledge
from bot.store import Claim, StoreError
from bot.store.memory import MemoryStore
from bot.telegram.health import FRESH, Health, notify
from bot.telegram.service import run, serve
from bot.telegram.webhook import SECRET_HEADER
from tests.bot_process import SECRET, bot_process
from tests.fake_bot_api import FakeBotApi
from tests.redis_server import free_port, redis_server
from tests.telegram_bot import OPERATOR, TOKEN, in_a_thread

URL = "https://example.org/telegram"
HEADERS = {SECRET_HEADER: SECRET}


class Driver:
    """Brings a fake's updates to a webhook as Telegram does: a chat's next one only after a 200."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/telegram"
        self.refused = 0
        self.unreachable = 0

    async def bring(self, updates: list[dict[str, Any]]) -> None:
        """Returns when every update was acknowledged."""
        chats: dict[int, list[dict[str, Any]]] = {}
        for update in updates:
            chats.setdefault(update["message"]["chat"]["id"], []).append(update)
        await asyncio.gather(*map(self._chat, chats.values()))

    async def _chat(self, updates: list[dict[str, Any]]) -> None:
        # A connection for each try: a killed worker must not take the next try with it.
        for update in updates:
            while not await self._accepted(update):  # noqa: ASYNC110 - a try is no state to wait for
                await asyncio.sleep(0.1)

    async def _accepted(self, update: dict[str, Any]) -> bool:
        try:
            async with httpx.AsyncClient(timeout=20, headers=HEADERS, verify=False) as client:
                answer = await client.post(self._url, json=update)
        except httpx.TransportError:
            self.unreachable += 1
            return False
        assert answer.status_code in (200, 503)
        if answer.status_code == 503:
            assert 1 <= int(answer.headers["Retry-After"]) <= 5
            self.refused += 1
        return answer.status_code == 200


@pytest.fixture
def fake() -> Iterator[FakeBotApi]:
    with FakeBotApi(TOKEN) as api:
        yield api


def answers(fake: FakeBotApi, chat: int) -> list[str]:
    return [message.text for message in fake.messages(chat) if message.from_bot]


def waiting(fake: FakeBotApi, people: range, *commands: str) -> list[dict[str, Any]]:
    """Updates of several people, as Telegram would send them."""
    for command in commands:
        for person in people:
            fake.send_text(person, command)
    with fake._cond:
        updates = [update for _, update in fake._queue]
        fake._queue.clear()
    return updates


@contextmanager
def served(fake: FakeBotApi, knowledge: Knowledge) -> Iterator[str]:
    """A webhook in a thread of its own; gives its address."""
    port = free_port()
    settings = Settings(OPERATOR, fake.token, fake.base_url, secret=SECRET, lease=1.0)
    conversation = Conversation(knowledge, OPERATOR)
    with in_a_thread(lambda stop, started: serve(conversation, settings, stop, URL, ("127.0.0.1", port), started)):
        yield f"http://127.0.0.1:{port}"


def until_ready(port: int) -> None:
    """Waits for a process to serve."""
    for _ in range(400):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("no webhook")


def test_it_is_acknowledged_after_the_work(fake: FakeBotApi, knowledge: Knowledge) -> None:
    (update,) = waiting(fake, range(1, 2), "/help")
    with served(fake, knowledge) as address:
        assert fake._webhook["url"] == URL
        fake.delay_next("sendMessage", 0.3)
        answer = httpx.post(f"{address}/telegram", json=update, headers=HEADERS)
        sends = [call for call in fake.calls if call.method == "sendMessage"]
        assert (answer.status_code, [call.status for call in sends]) == (200, [200])
        assert httpx.post(f"{address}/telegram", json=update, headers=HEADERS).status_code == 200
    assert len(answers(fake, 1)) == 1  # the repeat was dropped


def test_only_telegram_is_let_in_and_only_small_bodies(fake: FakeBotApi, knowledge: Knowledge) -> None:
    (update,) = waiting(fake, range(1, 2), "/help")
    with served(fake, knowledge) as address:
        for headers in ({}, {SECRET_HEADER: "x"}, {SECRET_HEADER: SECRET + "x"}):
            assert httpx.post(f"{address}/telegram", json=update, headers=headers).status_code == 403
        assert httpx.post(f"{address}/elsewhere", json=update, headers=HEADERS).status_code == 404
        try:
            status = httpx.post(f"{address}/telegram", content=b" " * 2_000_000, headers=HEADERS).status_code
        except httpx.TransportError:
            status = 400  # it did not even listen to the end
        assert status == 400
        for body in (b"", b"[]", b"{", b"[" * 5000, b'{"update_id":"7"}', b'{"update_id":7,"message":{"text":1}}'):
            answer = httpx.post(f"{address}/telegram", content=body, headers=HEADERS)
            assert answer.status_code == 200, "malformed now is malformed the next time"
    assert answers(fake, 1) == []


def test_probes_and_metrics_tell_of_the_work_and_of_no_person(fake: FakeBotApi, knowledge: Knowledge) -> None:
    (update,) = waiting(fake, range(987654, 987655), "are my private messages with Xyzzyplugh used?")
    with served(fake, knowledge) as address:
        assert httpx.post(f"{address}/telegram", json=update, headers=HEADERS).status_code == 200
        assert httpx.get(f"{address}/healthz").json() == {"alive": True}
        ready = httpx.get(f"{address}/readyz")
        assert (ready.status_code, ready.json()["ready"]) == (200, True)
        assert ready.json()["seconds_since_telegram"] < 30
        text = httpx.get(f"{address}/metrics").text
    assert 'data_rights_replies_total{language="en",outcome="answer",topic="private-messages"} 1.0' in text
    assert 'data_rights_update_seconds_count{kind="message"} 1.0' in text
    assert "987654" not in text
    assert "Xyzzy" not in text


def test_a_store_that_is_down_is_503_and_then_answered(
    fake: FakeBotApi, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    down = [True]
    claim = MemoryStore.claim

    async def failing(self: MemoryStore, update_id: int, worker: str) -> Claim:
        if down[0]:
            raise StoreError("down")
        return await claim(self, update_id, worker)

    monkeypatch.setattr(MemoryStore, "claim", failing)
    (update,) = waiting(fake, range(1, 2), "/help")
    with served(fake, knowledge) as address:
        answer = httpx.post(f"{address}/telegram", json=update, headers=HEADERS)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        down[0] = False
        assert httpx.post(f"{address}/telegram", json=update, headers=HEADERS).status_code == 200
    assert len(answers(fake, 1)) == 1


def test_workers_that_die_lose_nothing(fake: FakeBotApi, tmp_path: Path) -> None:
    """Two workers on a real Redis; one of them is killed at random moments, again and again."""
    rounds, people = 20, range(1, 41)
    kills = []
    rng = random.Random(5)
    port = free_port()
    arguments = ("--webhook", URL, "--listen", f"127.0.0.1:{port}", "--workers", "2")
    with redis_server() as redis, bot_process(fake, tmp_path, redis.url, *arguments) as process:
        until_ready(port)
        driver = Driver(port)
        for _ in range(rounds):
            while len(process.children) < 2:  # the one that was killed is replaced after a second
                time.sleep(0.05)
            updates = waiting(fake, people, "/help", "/privacy")
            fake.delay_next("sendMessage", 0.05, times=len(updates))
            done = threading.Event()

            def killer(done: threading.Event = done) -> None:
                if not done.wait(rng.uniform(0.02, 0.3)):
                    kills.append(rng.choice(process.children))
                    os.kill(kills[-1], signal.SIGKILL)

            thread = threading.Thread(target=killer)
            thread.start()
            try:
                asyncio.run(driver.bring(updates))
            finally:
                done.set()
                thread.join()
    assert len(kills) >= rounds / 2
    assert driver.unreachable > 0, "nobody was hit"
    expected = list(dict.fromkeys(answers(fake, 1)))
    assert len(expected) == 2
    for person in people:
        got = answers(fake, person)
        assert set(got) == set(expected)
        assert min(got.count(text) for text in expected) >= rounds, "lost"
    assert "Traceback" not in process.log.read_text(encoding="utf-8")


def test_a_redis_that_stops_and_starts_again_loses_nothing(fake: FakeBotApi, tmp_path: Path) -> None:
    port = free_port()
    with (
        redis_server() as redis,
        bot_process(fake, tmp_path, redis.url, "--webhook", URL, "--listen", f"127.0.0.1:{port}"),
    ):
        until_ready(port)
        driver = Driver(port)
        updates = waiting(fake, range(1, 31), "/help", "/privacy")
        fake.delay_next("sendMessage", 0.1, times=60)

        async def work() -> None:
            bringing = asyncio.create_task(driver.bring(updates))
            await asyncio.sleep(0.2)
            await asyncio.to_thread(redis.stop)
            while driver.refused < 20:  # noqa: ASYNC110 - a test may look again
                await asyncio.sleep(0.02)
            await asyncio.to_thread(redis.start)
            await bringing

        asyncio.run(work())
    assert driver.refused >= 20
    assert [person for person in range(1, 31) if len(set(answers(fake, person))) != 2] == []


def test_readiness_follows_polls_only_where_this_process_leads() -> None:
    now = [0.0]
    health = Health(polls=True, clock=lambda: now[0])
    assert health.report()[0] is False
    health.store_heard()
    assert health.report()[0] is True  # stands by
    health.leads = True
    assert health.report()[0] is False
    health.heard()
    assert health.report()[0] is True
    now[0] = FRESH + 1
    health.store_heard()
    assert health.report()[0] is False
    health.heard()
    health.stopping = True
    assert health.report()[0] is False


def test_systemd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notify("READY=1")  # nobody listens: nothing happens
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify("READY=1")
        assert sock.recv(100) == b"READY=1"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("http://example.org/x", None, 1), "--webhook is not an https address"),
        (("https://example.org/x", "8080", 1), "--listen is not HOST:PORT"),
        ((None, None, 2), "--workers is for --webhook"),
        (("https://example.org/x", None, 2), "a store that they share"),
    ],
)
def test_wrong_options_are_explained(
    arguments: tuple[str | None, str | None, int], said: str, tmp_path: Path
) -> None:
    given = {
        "DATA_RIGHTS_TOKEN": TOKEN,
        "DATA_RIGHTS_OPERATOR": "City",
        "DATA_RIGHTS_CONTACT": "a@example.org",
        "DATA_RIGHTS_NOTICE": "https://example.org",
        "DATA_RIGHTS_STORE": "memory:",
    }
    with pytest.raises(SettingError, match=said):
        run(tmp_path, given, *arguments)
