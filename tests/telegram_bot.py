"""Runs the real bot with the real python-telegram-bot against the fake Bot API, for end-to-end tests."""

from __future__ import annotations

import asyncio
import importlib.util
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.config import Settings
from bot.conversation import Conversation
from bot.knowledge import Knowledge
from bot.menus import Operator
from bot.telegram.service import poll
from tests.fake_bot_api import Call, FakeBotApi, Seen

JUDGE = Path(__file__).resolve().parents[2] / "shared/telegram/judge.py"
TOKEN = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
OPERATOR = Operator("City of <Example>", "privacy@example.org", "https://example.org/privacy", questions=True)


def judge() -> Callable[[str, dict[str, Any]], list[str]] | None:
    """The outside judge of Bot API calls, where it lies beside the checkout."""
    if not JUDGE.is_file():
        return None
    spec = importlib.util.spec_from_file_location("judge", JUDGE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    check: Callable[[str, dict[str, Any]], list[str]] = module.check
    return check


def shown(fake: FakeBotApi, person: int) -> Seen:
    """The bot's last message to a person."""
    return [message for message in fake.messages(person) if message.from_bot][-1]


def after(fake: FakeBotApi, person: int, act: Callable[[], object]) -> Seen:
    """The bot's last message to a person once it has answered what they do, with a new message or an edited one."""

    def answers(call: Call) -> bool:
        sends = call.method in ("editMessageText", "sendMessage") and call.status == 200
        return sends and str(call.params["chat_id"]) == str(person)

    before = sum(map(answers, fake.calls))
    act()
    fake.wait_for(answers, count=before + 1, timeout=40)
    return shown(fake, person)


def say(fake: FakeBotApi, person: int, text: str, **more: Any) -> Seen:
    """The answer to a message."""
    return after(fake, person, lambda: fake.send_text(person, text, **more))


def press(fake: FakeBotApi, person: int, start: str) -> Seen:
    """The answer to a tap on the button of the last message whose callback data begins so."""
    message = shown(fake, person)
    button = next(data for data in message.callback_data if data.startswith(start))
    return after(fake, person, lambda: fake.tap(person, message.message_id, button, person))


@contextmanager
def running(fake: FakeBotApi, knowledge: Knowledge, store: str = "memory:", lease: float = 30.0) -> Iterator[None]:
    """Runs the bot, polling, in a thread of its own until the block ends."""
    settings = Settings(OPERATOR, fake.token, fake.base_url, store=store, lease=lease)
    conversation = Conversation(knowledge, OPERATOR)
    with in_a_thread(lambda stop, started: poll(conversation, settings, stop, started, timeout=1)):
        yield


@contextmanager
def in_a_thread(work: Callable[[asyncio.Event, Callable[[], None]], Coroutine[Any, Any, object]]) -> Iterator[None]:
    """Runs `work(stop, started)` in an event loop of its own until the block ends; its errors are this block's."""
    started, errors = threading.Event(), list[BaseException]()
    end: list[Callable[[], object]] = []

    async def main() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        end.append(lambda: loop.call_soon_threadsafe(stop.set))
        await work(stop, started.set)

    def run() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:  # noqa: BLE001 - told to the test below
            errors.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert started.wait(20), "the bot did not start"
        assert not errors, errors
        yield
    finally:
        if end:
            end[0]()
        thread.join(35)
    assert not errors, errors
