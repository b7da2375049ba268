"""Runs the conversation on Telegram by long polling, one update after the other.

The update queue holds one update, so that an update is confirmed to Telegram only when the one before it is done:
a killed process loses nothing, and repeats are dropped by update_id.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from datetime import date
from pathlib import Path
from typing import Any

from telegram import Bot, CallbackQuery, InputFile, LinkPreviewOptions, Message, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter
from telegram.ext import Application, ApplicationBuilder, Defaults, TypeHandler

from bot.callback import decode
from bot.config import Settings, read_settings
from bot.conversation import Conversation
from bot.knowledge import load
from bot.telegram import logs
from bot.telegram.render import Message as Rendered
from bot.telegram.render import render
from bot.telegram.sessions import Sessions
from bot.types import Incoming, Reply, Tap

ALLOWED_UPDATES = ["message", "edited_message", "callback_query"]
REMEMBERED = 4096  # update ids; Telegram repeats at most what was not confirmed
_EDITED_IN_PLACE = frozenset("ceghloqw")  # taps that lead on in the same message; an answer is a message of its own


class Channel:
    """Turns updates into incoming messages and replies into calls. One for a bot."""

    def __init__(self, conversation: Conversation, sessions: Sessions | None = None) -> None:
        self._conversation = conversation
        self._sessions = sessions or Sessions()
        self._seen: deque[int] = deque(maxlen=REMEMBERED)

    async def handle(self, update: Update, context: Any) -> None:
        """Answers one update. Errors of Telegram are handled here, others go to the error handler."""
        if update.update_id in self._seen:
            return
        start = time.perf_counter()
        bot: Bot = context.bot
        query = update.callback_query
        message = update.effective_message
        user = update.effective_user
        if message is None or user is None or user.is_bot:
            return
        key = (message.chat_id, user.id)
        try:
            if query is not None:
                await self._tapped(bot, query, message, key)
            else:
                await self._message(bot, message, key, user.language_code)
        except Forbidden:
            self._sessions.forget(key)
            logs.event("blocked")
        self._seen.append(update.update_id)
        logs.event("update", kind="tap" if query else "message", milliseconds=_since(start))

    async def failed(self, update: object, context: Any) -> None:
        """Logs the class of an error and tells the person, as far as that is possible."""
        error = context.error
        logs.event("failed", error=type(error).__name__)
        if isinstance(update, Update) and update.effective_chat and not isinstance(error, NetworkError):
            client = update.effective_user.language_code if update.effective_user else None
            language = self._conversation.language_for(client)
            text = self._conversation.knowledge.interface(language).messages.failed
            with_retry = context.bot.send_message(update.effective_chat.id, text)
            try:
                await with_retry
            except (Forbidden, BadRequest, NetworkError):
                logs.event("failed", error="while telling so")

    async def _message(self, bot: Bot, message: Message, key: Hashable, client: str | None) -> None:
        text = self._addressed(bot, message)
        if text is None:
            return
        tap = Tap("media", "") if not text else None
        incoming = Incoming(text=text, client=client, tap=tap, today=date.today())
        reply = self._respond(incoming, key)
        for rendered in render(reply, bot.username):
            await self._send(bot, message.chat_id, rendered)
        await self._send_file(bot, message.chat_id, reply)

    async def _tapped(self, bot: Bot, query: CallbackQuery, message: Message, key: Hashable) -> None:
        client = query.from_user.language_code
        tap = decode(query.data or "")
        reply = self._respond(Incoming(client=client, tap=tap, today=date.today()), key)
        try:
            await query.answer()
        except BadRequest:  # the query is too old: the person still gets the reply
            logs.event("late-tap")
        first, *rest = render(reply, bot.username)
        if not rest and tap.kind in _EDITED_IN_PLACE and message.is_accessible:
            try:
                await query.edit_message_text(first.html, reply_markup=first.keyboard)
            except BadRequest as error:
                if "not modified" not in str(error):
                    await self._send(bot, message.chat.id, first)
            return
        for rendered in (first, *rest):
            await self._send(bot, message.chat.id, rendered)
        await self._send_file(bot, message.chat.id, reply)

    def _respond(self, incoming: Incoming, key: Hashable) -> Reply:
        reply, session = self._conversation.respond(incoming, self._sessions.load(key))
        self._sessions.save(key, session)
        logs.event(reply.counted or "reply", language=reply.language, topic=reply.topic, outcome=reply.outcome)
        return reply

    def _addressed(self, bot: Bot, message: Message) -> str | None:
        """The text of a message to the bot ("" where it holds none), None where it is not meant for the bot."""
        text = message.text or message.caption or ""
        if message.chat.type == "private":
            return text
        mention = f"@{bot.username}"
        replied = message.reply_to_message
        to_bot = replied is not None and replied.from_user is not None and replied.from_user.id == bot.id
        command = text.startswith("/") and (mention.lower() in text.split(" ")[0].lower())
        if not (to_bot or command or mention.lower() in text.lower()):
            return None
        start = text.lower().find(mention.lower())
        if start >= 0 and not command:
            text = f"{text[:start]} {text[start + len(mention) :]}".strip()
        return text

    async def _send_file(self, bot: Bot, chat: int, reply: Reply) -> None:
        file = reply.file
        if file is not None:
            document = InputFile(file.content, filename=file.name)
            await _patiently(lambda: bot.send_document(chat, document))

    async def _send(self, bot: Bot, chat: int, rendered: Rendered) -> None:
        def call() -> Awaitable[Message]:
            return bot.send_message(chat, rendered.html, reply_markup=rendered.keyboard)

        await _patiently(call)


async def _patiently(call: Callable[[], Awaitable[Message]], attempts: int = 4) -> None:
    """Sends, and waits where Telegram says so (429 with retry_after) or where the network fails."""
    for attempt in range(attempts):
        try:
            await call()
        except RetryAfter as error:
            wait = error.retry_after
            await asyncio.sleep(wait if isinstance(wait, (int, float)) else wait.total_seconds())
        except (Forbidden, BadRequest):
            raise
        except NetworkError:
            if attempt == attempts - 1:
                raise
            await asyncio.sleep(0.2 * 2**attempt)
        else:
            return


def build(conversation: Conversation, settings: Settings) -> Application[Any, Any, Any, Any, Any, Any]:
    """The application, ready to run or to be started by a test."""
    channel = Channel(conversation)
    application = (
        ApplicationBuilder()
        .token(settings.token)
        .base_url(settings.api)
        .base_file_url(settings.api)
        .defaults(Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .update_queue(asyncio.Queue(maxsize=1))
        .get_updates_connection_pool_size(8)
        .build()
    )
    application.add_handler(TypeHandler(Update, channel.handle))
    application.add_error_handler(channel.failed)
    return application


def run(knowledge: Path) -> int:
    """Runs until SIGINT or SIGTERM. Raises SettingError or KnowledgeError before anything is sent."""
    settings = read_settings()
    conversation = Conversation(load(knowledge), settings.operator, settings.page)
    conversation.prepare()  # before the first person waits
    logs.set_up()
    application = build(conversation, settings)
    logs.event("start")
    application.run_polling(allowed_updates=ALLOWED_UPDATES, bootstrap_retries=-1, timeout=30)
    logs.event("stop")
    return 0


def _since(start: float) -> int:
    return round(1000 * (time.perf_counter() - start))
