"""What people choose to tell the editors, between Telegram and the inbox: receipts, reports, and notices.

A receipt code comes from the bot's token and the update, so that a repeated update gives the same one, and nobody can
guess it. People are told apart by a code that only this bot can make, so that five reports are five people.
"""

from __future__ import annotations

import base64
import hmac
import json

from telegram import Bot, Message
from telegram.constants import MessageEntityType
from telegram.error import TelegramError

from bot.inbox import Inbox
from bot.telegram import logs
from bot.telegram.metrics import Metrics
from bot.telegram.sending import Sender
from bot.types import OpenQuestion, Tap

PEOPLE = 5  # whose reports within seven days raise a notice


class Learning:
    """One for a bot. `notices` is the chat that notices to the operator go to, beside the log; None for no chat."""

    def __init__(self, bot: Bot, inbox: Inbox, sender: Sender, metrics: Metrics, notices: int | None) -> None:
        self._bot = bot
        self._inbox = inbox
        self._sender = sender
        self._metrics = metrics
        self._notices = notices
        self._noticed: set[str] = set()

    def receipt(self, update_id: int) -> str:
        """The receipt code for what is sent with an update."""
        letters = base64.b32encode(self._secret(f"receipt {update_id}")).decode()
        return f"Q-{letters[:5]}-{letters[5:10]}"

    async def keep(self, question: OpenQuestion) -> None:
        """Keeps a question. Raises StoreError."""
        await self._inbox.submit(question)

    async def erase(self, code: str) -> bool:
        """Erases a question by its receipt code; False where there is none. Raises StoreError."""
        return await self._inbox.erase(code)

    async def report(self, link: str, person: int) -> None:
        """Notes that a link does not work for a person. Tells the operator once, when it are enough people."""
        people = await self._inbox.report(link, self._person(person))
        if people < PEOPLE:
            self._noticed.discard(link)
        elif link not in self._noticed:
            self._noticed.add(link)
            logs.event("notice", kind="broken-link", hint=link)
            self._metrics.event("notice-broken-link")
            await self._tell(f"{people} people have reported within seven days that a link does not work: {link}")

    async def held(self, person: int) -> bytes:
        """What is held about a person, byte for byte; empty where that is nothing."""
        links = await self._inbox.reported_by(self._person(person))
        return json.dumps({"reported": links, "as": self._person(person)}).encode() if links else b""

    async def forget(self, person: int) -> None:
        """Erases what is held about a person; questions carry nobody's name, their receipts erase them."""
        await self._inbox.forget(self._person(person))

    async def _tell(self, text: str) -> None:
        chat = self._notices
        if chat is None:
            return
        try:
            await self._sender.call(chat, lambda: self._bot.send_message(chat, text, parse_mode=None))
        except TelegramError as error:
            logs.event("failed", kind="notice", error=type(error).__name__)

    def _person(self, person: int) -> str:
        return self._secret(f"person {person}").hex()[:16]

    def _secret(self, purpose: str) -> bytes:
        return hmac.digest(self._bot.token.encode(), f"editors: {purpose}".encode(), "sha256")


def asked_about(tap: Tap, message: Message) -> str:
    """The question that a tap of kind `s` is about, from where it stands in the chat; empty where it is gone."""
    if tap.value == "ask":
        replied = message.reply_to_message
        return (replied.text or replied.caption or "") if replied else ""
    shown = message.parse_entities([MessageEntityType.PRE])
    return next(iter(shown.values()), "")
