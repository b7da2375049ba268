"""Turns an update into an incoming message, and the reply into calls of the Bot API."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from telegram import Bot, CallbackQuery, ChatMember, InputFile, Message, ReplyParameters, Update
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.callback import decode
from bot.conversation import Conversation
from bot.editors import receipt_in
from bot.groups import PAYLOAD, for_groups, private_only
from bot.store import Store, StoreError
from bot.telegram import inline, logs
from bot.telegram.learning import Learning, asked_about
from bot.telegram.metrics import Metrics
from bot.telegram.render import Message as Rendered
from bot.telegram.render import render
from bot.telegram.sending import Sender
from bot.types import Button, Incoming, Reply, Tap

CONFLICTS = 5  # saves that another process may be faster with, one after the other
_EDITED_IN_PLACE = frozenset("ceghloqsw")  # taps that lead on in the same message; an answer is a message of its own


class Channel:
    """Answers updates. One for a bot; it holds nothing of a person, the store and the inbox do.

    As long as the file `maintenance` exists, everybody gets the one text for that.
    """

    def __init__(
        self,
        bot: Bot,
        conversation: Conversation,
        store: Store,
        learning: Learning,
        sender: Sender,
        metrics: Metrics,
        maintenance: Path | None = None,
    ) -> None:
        self._bot = bot
        self._conversation = conversation
        self._store = store
        self._learning = learning
        self._sender = sender
        self._metrics = metrics
        self._maintenance = maintenance

    def use(self, conversation: Conversation) -> None:
        """Answers with another conversation from now on: its knowledge was read anew."""
        self._conversation = conversation

    async def handle(self, update: Update) -> None:
        """Answers one update. Who has blocked the bot is forgotten at once.

        Raises BadRequest where Telegram refuses the reply, NetworkError where it cannot be reached, StoreError.
        """
        user = update.effective_user
        if update.my_chat_member is not None:
            member = update.my_chat_member
            if member.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT) and user is not None:
                await self._forget(member.chat.id, user.id)
            return
        if self._maintenance is not None and self._maintenance.exists():
            await self._maintained(update)
            return
        if update.inline_query is not None:
            outcome = await inline.handle(
                self._bot, update.inline_query, self._conversation, self._sender, date.today()
            )
            self._metrics.event(f"inline-{outcome}")
            return
        query = update.callback_query
        message = update.effective_message
        if message is None or user is None or user.is_bot or message.via_bot is not None:
            return  # what was posted by inline mode is no question, also where it is our own article
        try:
            if query is not None:
                await self._tapped(query, message, key(message.chat.id, user.id), update.update_id)
            else:
                await self._message(message, user.id, user.language_code)
        except Forbidden:
            await self._forget(message.chat.id, user.id)

    async def failed(self, update: Update) -> None:
        """Tells the person that their update could not be answered, as far as that is possible. Never raises."""
        await self._tell(update, "failed")

    async def too_fast(self, update: Update) -> None:
        """Tells the person that they ask too fast. Never raises."""
        await self._tell(update, "too_fast")

    async def _maintained(self, update: Update) -> None:
        """Answers everybody with the text for maintenance; nothing is read or kept of the update."""
        self._metrics.event("maintenance")
        message = update.message
        if update.callback_query is not None:
            await self._bot.answer_callback_query(update.callback_query.id)
        elif message is None or message.via_bot is not None or self._addressed(message) is None:
            return
        await self._tell(update, "maintenance")

    async def _tell(self, update: Update, what: Literal["failed", "too_fast", "maintenance"]) -> None:
        chat, user = update.effective_chat, update.effective_user
        if chat is None or user is None or (what == "too_fast" and chat.type != "private"):
            return  # in a group a person's haste is nobody else's business
        try:
            session, _ = await self._store.load(key(chat.id, user.id))
            language = session.language
            if language not in self._conversation.knowledge.answered:
                language = self._conversation.language_for(user.language_code)
            text: str = getattr(self._conversation.knowledge.interface(language).messages, what)
            await self._bot.send_message(chat.id, text, parse_mode=None)
        except (TelegramError, StoreError) as error:
            logs.event("failed", error=type(error).__name__)

    async def _forget(self, chat: int, person: int) -> None:
        await self._store.forget(key(chat, person))
        await self._learning.forget(person)
        logs.event("blocked")
        self._metrics.event("blocked")

    async def _message(self, message: Message, person: int, client: str | None) -> None:
        text = self._addressed(message)
        if text is None:
            return
        known = key(message.chat.id, person)
        code = receipt_in(text)
        if code is not None:
            await self._erase_question(code, message, known, client)
            return
        name = text[1:].split(" ")[0].split("@")[0].lower() if text.startswith("/") else ""
        if name in ("mydata", "forget"):
            await self._own_data(name, message, person, client)
            return
        if message.chat.type != "private" and name == "start":
            text = "/start"  # a case that a link brings back is nobody else's business
        tap = Tap("media", "") if not text else None
        reply = await self._respond(Incoming(text=text, client=client, tap=tap, today=date.today()), known)
        reply = self._for(message, reply)
        # A reply to the question, so that the question is at hand where the person sends it to the editors.
        to = message.message_id if reply.outcome in ("unknown", "clarify") else None
        await self._say(message.chat.id, reply, to)

    async def _erase_question(self, code: str, message: Message, known: str, client: str | None) -> None:
        """Erases a question that was sent to the editors, for whoever has its receipt code."""
        found = await self._learning.erase(code)
        session, _ = await self._store.load(known)
        reply = self._conversation.erased_question(code, found, session, client)
        logs.event("question-erased", language=reply.language, outcome="found" if found else "unknown")
        await self._say(message.chat.id, reply)

    async def _own_data(self, name: str, message: Message, person: int, client: str | None) -> None:
        """Shows or erases what is held about a person in a chat; nothing is kept of that."""
        known = key(message.chat.id, person)
        session, _ = await self._store.load(known)
        held = None
        if name == "mydata":
            parts = (await self._store.held(known), await self._learning.held(person))
            held = b"\n".join(part for part in parts if part)
        else:
            await self._store.forget(known)
            await self._learning.forget(person)
        reply = self._conversation.own_data(session, client, held)
        if held is not None and message.chat.type != "private":
            words = self._conversation.knowledge.interface(reply.language)
            way = Button(words.inline.ask_me, start=PAYLOAD)
            reply = Reply(reply.language, "service", (words.commands.mydata,), buttons=((way,),))
        logs.event("own-data", kind=name, language=reply.language)
        await self._say(message.chat.id, reply)

    def _for(self, message: Message, reply: Reply) -> Reply:
        """The reply as it may stand in this chat: nothing personal in a group."""
        if message.chat.type == "private":
            return reply
        return for_groups(reply, self._conversation.knowledge.interface(reply.language).inline.ask_me)

    async def _tapped(self, query: CallbackQuery, message: Message, known: str, update_id: int) -> None:
        chat = message.chat.id
        client = query.from_user.language_code
        tap = decode(query.data or "")
        if message.chat.type != "private" and private_only(tap):
            way = f"https://t.me/{self._bot.username}?start={PAYLOAD}"
            await self._sender.call(chat, lambda: query.answer(url=way))
            return
        code = receipt_in(tap.value) if tap.kind == "s" else None
        if code is not None:
            await self._sender.call(chat, query.answer)
            await self._erase_question(code, message, known, client)
            return
        about = asked_about(tap, message) if tap.kind == "s" and message.is_accessible else ""
        receipt = self._learning.receipt(update_id)
        incoming = Incoming(client=client, tap=tap, today=date.today(), about=about, receipt=receipt)
        reply = await self._respond(incoming, known)
        if reply.broken is not None:
            await self._learning.report(reply.broken, query.from_user.id)
        if reply.question is not None:
            await self._learning.keep(reply.question)
        try:
            await self._sender.call(chat, query.answer)
        except BadRequest:  # the query is too old: the person still gets the reply
            logs.event("late-tap")
        in_place = tap.kind in _EDITED_IN_PLACE and message.is_accessible
        await self._say(chat, self._for(message, reply), edited=query if in_place else None)

    async def _respond(self, incoming: Incoming, known: str) -> Reply:
        """The reply. The session is kept before it is sent: then who was faster elsewhere makes us think again."""
        for _ in range(CONFLICTS):
            session, version = await self._store.load(known)
            reply, session = self._conversation.respond(incoming, session)
            if await self._store.save(known, session, version):
                break
        else:
            raise StoreError("A session is changed by others all the time")
        logs.event(reply.counted or "reply", language=reply.language, topic=reply.topic, outcome=reply.outcome)
        self._metrics.reply(reply.language, reply.topic, reply.counted or reply.outcome)
        if reply.counted:
            self._metrics.event(reply.counted)
        return reply

    def _addressed(self, message: Message) -> str | None:
        """The text of a message to the bot ("" where it holds none), None where it is not meant for the bot."""
        text = message.text or message.caption or ""
        if message.chat.type == "private":
            return text
        mention = f"@{self._bot.username}"
        named = (message.parse_entities(["mention"]), message.parse_caption_entities(["mention"]))
        mentions = {name.lower() for found in named for name in found.values()}
        replied = message.reply_to_message
        to_bot = replied is not None and replied.from_user is not None and replied.from_user.id == self._bot.id
        command = text.startswith("/") and (mention.lower() in text.split(" ")[0].lower())
        if not (to_bot or command or mention.lower() in mentions):
            return None
        start = text.lower().find(mention.lower())
        if start >= 0 and not command:
            text = f"{text[:start]} {text[start + len(mention) :]}".strip()
        return text

    async def _say(self, chat: int, reply: Reply, to: int | None = None, edited: CallbackQuery | None = None) -> None:
        """Sends a reply with its file: as replies to message `to`, or in place of the message that was tapped.

        A reply of more than one message never takes the place of one.
        """
        first, *rest = render(reply, self._bot.username)
        if edited is not None and not rest:
            query = edited
            try:
                await self._sender.call(
                    chat, lambda: query.edit_message_text(first.html, reply_markup=first.keyboard)
                )
            except BadRequest as error:
                if "not modified" not in str(error):
                    await self._send(chat, first)
            return
        for rendered in (first, *rest):
            await self._send(chat, rendered, to)
        if reply.file is not None:
            document = InputFile(reply.file.content, filename=reply.file.name)
            await self._sender.call(chat, lambda: self._bot.send_document(chat, document))

    async def _send(self, chat: int, rendered: Rendered, to: int | None = None) -> None:
        replied = ReplyParameters(to, allow_sending_without_reply=True) if to is not None else None
        await self._sender.call(
            chat,
            lambda: self._bot.send_message(
                chat, rendered.html, reply_markup=rendered.keyboard, reply_parameters=replied
            ),
        )


def key(chat: int, person: int) -> str:
    """Under what a person's session in a chat is held."""
    return f"{chat}:{person}"
