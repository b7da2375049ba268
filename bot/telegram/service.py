"""Runs the bot on Telegram: puts the parts together, starts them, and stops them within 30 seconds."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib.util
import os
import re
import secrets
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError
from telegram.ext import Defaults, ExtBot

from bot.config import Settings, read_settings
from bot.conversation import Conversation
from bot.errors import KnowledgeError, SettingError
from bot.inbox import Inbox, open_inbox
from bot.knowledge import load
from bot.store import Store, StoreError, open_store
from bot.telegram import logs
from bot.telegram.app import Channel
from bot.telegram.desk import Desk
from bot.telegram.health import Health, notify
from bot.telegram.intake import ALLOWED_UPDATES, Intake
from bot.telegram.learning import Learning
from bot.telegram.metrics import Metrics
from bot.telegram.pools import Pools
from bot.telegram.sending import Sender, told_to_wait
from bot.telegram.workers import supervise

if TYPE_CHECKING:
    from bot.telegram.webhook import Server

DEFAULT_LISTEN = "127.0.0.1:8080"
Reload = Callable[[], Conversation]
CONNECTIONS = 100  # of Telegram to us at the same time (Bot API, setWebhook, max_connections)


@dataclass(frozen=True)
class Parts:
    """What one process runs."""

    bot: ExtBot[Any]
    store: Store
    inbox: Inbox
    channel: Channel
    sender: Sender
    metrics: Metrics
    health: Health
    desk: Desk


@asynccontextmanager
async def assembled(
    conversation: Conversation, settings: Settings, stop: asyncio.Event, polls: bool
) -> AsyncIterator[Parts]:
    """The parts, connected to Telegram and closed afterwards. Raises SettingError where the token is refused."""
    defaults = Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True))
    pools, unused = Pools(), Pools(1, 1)  # the intake has a transport of its own
    api = settings.api
    bot: ExtBot[Any] = ExtBot(settings.token, api, api, request=pools, get_updates_request=unused, defaults=defaults)
    name = settings.token.partition(":")[0]
    store, inbox = open_store(settings.store, settings.lease, name), open_inbox(settings.store, name)
    sender, metrics = Sender(), Metrics()
    learning = Learning(bot, inbox, sender, metrics, settings.notices)
    channel = Channel(bot, conversation, store, learning, sender, metrics, settings.maintenance)
    # Never the same twice, also where a container gets the same host name and process number again.
    worker = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    desk = Desk(store, channel, sender, metrics, worker, settings.lease)
    try:
        await _greeted(bot, stop)
        yield Parts(bot, store, inbox, channel, sender, metrics, Health(polls), desk)
    finally:
        with contextlib.suppress(TelegramError, RuntimeError):
            await bot.shutdown()
        await store.close()
        await inbox.close()


async def _greeted(bot: ExtBot[Any], stop: asyncio.Event) -> bool:
    """Asks Telegram who this bot is; False where `stop` comes first."""
    try:
        return await _until_it_answers(bot.initialize, stop)
    except InvalidToken:
        raise SettingError("Telegram refuses the token: copy it from @BotFather again") from None


async def _until_it_answers(call: Callable[[], Awaitable[None]], stop: asyncio.Event) -> bool:
    """Makes a call until Telegram answers it; False where `stop` comes first. Raises InvalidToken and BadRequest."""
    wait = 0.5
    while not stop.is_set():
        try:
            await call()
        except (InvalidToken, BadRequest):
            raise
        except TelegramError as error:
            logs.event("telegram-unreachable", error=type(error).__name__)
            pause = told_to_wait(error) if isinstance(error, RetryAfter) else wait
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            wait = min(2 * wait, 30.0)
        else:
            return True
    return False


async def poll(
    conversation: Conversation,
    settings: Settings,
    stop: asyncio.Event,
    started: Callable[[], None] = lambda: None,
    timeout: int = 30,
    address: tuple[str, int] | None = None,
    reload: Reload | None = None,
) -> None:
    """Runs by long polling until `stop`; `started` is called when the bot is known to Telegram.

    Answers probes at `address`, where there is one. `reload` reads the knowledge anew on SIGHUP.
    """
    async with assembled(conversation, settings, stop, polls=True) as parts:
        if stop.is_set():
            return

        async def polling() -> None:
            """Telegram gives updates by one way only (Bot API, getUpdates), and this way was asked for."""
            if (await parts.bot.get_webhook_info()).url:
                await parts.bot.delete_webhook()
                logs.event("webhook-removed")

        await _until_it_answers(polling, stop)
        intake = Intake(
            parts.bot, parts.desk, parts.store, parts.sender, parts.health, parts.metrics, settings.lease, timeout
        )
        async with probed(parts, address), watched(parts), reloading(parts.channel, reload):
            started()
            await intake.run(stop)


async def serve(
    conversation: Conversation,
    settings: Settings,
    stop: asyncio.Event,
    url: str,
    address: tuple[str, int],
    started: Callable[[], None] = lambda: None,
    register: bool = True,
    reload: Reload | None = None,
) -> None:
    """Serves a webhook at `address` until `stop`; with `register` it tells Telegram its `url`.

    `reload` reads the knowledge anew on SIGHUP.

    Raises SettingError where the address is taken, or Telegram refuses the `url`.
    """
    from bot.telegram.webhook import Server

    async with assembled(conversation, settings, stop, polls=False) as parts:
        if stop.is_set():
            return
        server = Server(parts.bot, parts.health, parts.metrics, parts.desk, url, settings.secret)
        _listen(server, address)
        renewing = asyncio.create_task(parts.desk.renew())
        try:
            if register:
                await _register(parts.bot, stop, url, settings.secret)
            async with watched(parts), reloading(parts.channel, reload):
                started()
                await stop.wait()
                await server.close()
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)


async def _register(bot: ExtBot[Any], stop: asyncio.Event, url: str, secret: str) -> None:
    """Sets the webhook (Bot API, setWebhook); tries until Telegram answers. Raises SettingError where it refuses."""

    async def call() -> None:
        await bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED_UPDATES, max_connections=CONNECTIONS)

    try:
        await _until_it_answers(call, stop)
    except BadRequest as error:
        raise SettingError(f"Telegram refuses the webhook {url}: {error.message}") from None


@asynccontextmanager
async def probed(parts: Parts, address: tuple[str, int] | None) -> AsyncIterator[None]:
    """Answers `/healthz`, `/readyz` and `/metrics` at `address`, where there is one."""
    if address is None:
        yield
        return
    from bot.telegram.webhook import Server

    server = Server(parts.bot, parts.health, parts.metrics)
    _listen(server, address)
    try:
        yield
    finally:
        await server.close()


def _listen(server: Server, address: tuple[str, int]) -> None:
    try:
        server.listen(*address)
    except OSError as error:
        raise SettingError(f"--listen {address[0]}:{address[1]} cannot be used: {error.strerror}") from None


@asynccontextmanager
async def watched(parts: Parts) -> AsyncIterator[None]:
    """Tells systemd that the bot is ready, alive while it does its work, and about to stop."""
    seconds = int(os.environ.get("WATCHDOG_USEC") or 30_000_000) / 3_000_000

    async def beat() -> None:
        while True:
            with contextlib.suppress(StoreError):
                await parts.store.tend()
                await parts.inbox.tend()
                parts.health.store_heard()
            ready, _ = parts.health.report()
            if ready:
                notify("WATCHDOG=1")
            await asyncio.sleep(min(seconds, 10.0))

    beating = asyncio.create_task(beat())
    notify("READY=1")
    try:
        yield
    finally:
        parts.health.stopping = True
        notify("STOPPING=1")
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)


def loaded(knowledge: Path, settings: Settings) -> Conversation:
    """The conversation; what else a language needs is built when it is first spoken. Raises KnowledgeError."""
    conversation = Conversation(load(knowledge, settings.languages), settings.operator, settings.page)
    conversation.interpreter.read_patterns()
    return conversation


def prepare(conversation: Conversation) -> None:
    """Builds all that people would else wait for, and sets it apart from what is looked through for garbage.

    The knowledge lives as long as the process: there is no garbage in it, and looking would copy the memory that
    forked workers share.
    """
    conversation.prepare()
    gc.collect()
    gc.freeze()
    logs.event("prepared")


@asynccontextmanager
async def reloading(channel: Channel, reload: Reload | None) -> AsyncIterator[None]:
    """On SIGHUP, answers from knowledge that is read anew: all of it, or, where it has a fault, none of it."""
    if reload is None:
        yield
        return
    asked = asyncio.Event()

    async def main() -> None:
        while True:
            await asked.wait()
            asked.clear()
            logs.event("reloading")
            try:
                channel.use(await asyncio.to_thread(reload))
            except KnowledgeError as error:
                fault = error.faults[0]
                logs.event("reload-refused", hint=f"{fault.file}:{fault.line}:{fault.column}: {fault.what}"[:300])
            except Exception as error:  # noqa: BLE001 - the old knowledge goes on answering, whatever the new one is
                logs.event("reload-refused", error=type(error).__name__)
            else:
                logs.event("reloaded")

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, asked.set)
    waiting = asyncio.create_task(main())
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # one that comes while we stop changes nothing
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


def stop_on_signals() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def run(
    knowledge: Path,
    given: Mapping[str, str],
    webhook: str | None = None,
    listen: str | None = None,
    workers: int = 1,
) -> int:
    """Polls, or serves `webhook`, until SIGINT or SIGTERM. `given` are the settings by their names.

    Raises SettingError, StoreError or KnowledgeError before anything is sent.
    """
    settings = read_settings(given)
    address = _address(listen or (DEFAULT_LISTEN if webhook else None))
    if webhook is not None and not re.match(r"^https://[A-Za-z0-9.-]+(:\d+)?/\S+$", webhook):
        raise SettingError("--webhook is not an https address with a path, as in https://example.org/telegram")
    if workers < 1 or (workers > 1 and webhook is None):
        raise SettingError("--workers is for --webhook; to stand by for a polling process, start the bot once more")
    if workers > 1 and settings.store == "memory:":
        raise SettingError("--workers need a store that they share: set DATA_RIGHTS_STORE to a Redis or a file")
    if address is not None and importlib.util.find_spec("tornado") is None:
        raise SettingError("--webhook and --listen need more libraries: pip install 'data-rights-bot[webhook]'")
    conversation = loaded(knowledge, settings)
    logs.set_up()
    if workers > 1:
        prepare(conversation)

    def anew() -> Conversation:
        read = loaded(knowledge, settings)
        prepare(read)
        return read

    # In a terminal, a hang-up means that its window was closed; a service is told to read its knowledge anew.
    reload = None if sys.stdin is not None and sys.stdin.isatty() else anew

    def work(number: int) -> int:
        def started() -> None:
            logs.event("start")
            if workers == 1:  # meanwhile each language is built when it is first spoken
                threading.Thread(target=prepare, args=(conversation,), daemon=True).start()

        async def main() -> None:
            stop = stop_on_signals()
            if webhook is None:
                await poll(conversation, settings, stop, started, address=address, reload=reload)
            else:
                assert address is not None
                first = number == 0
                await serve(conversation, settings, stop, webhook, address, started, first, reload)

        asyncio.run(main())
        return 0

    code = supervise(workers, work)
    logs.event("stop")
    return code


def _address(listen: str | None) -> tuple[str, int] | None:
    if listen is None:
        return None
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise SettingError("--listen is not HOST:PORT, as in 127.0.0.1:8080")
    return host.strip("[]"), int(port)
