"""A second client library, aiogram, accepts every answer of the fake Bot API: someone else's eyes on the fake.

aiogram builds typed objects of each answer and raises where a field is missing or of a wrong type; on top of that no
answer may hold a field that it does not know.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ChatAction
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BufferedInputFile,
    CallbackQuery,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InputTextMessageContent,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    ReplyParameters,
    TelegramObject,
    Update,
)

from tests.fake_bot_api import KINDS, FakeBotApi, Json
from tests.telegram_bot import judge

T = TypeVar("T")
ANN = 7
GROUP = -100
HTML = (
    '<b>Bold &amp; <i>both</i></b> <a href="https://example.org/a">link</a> <code>x</code> <pre>y</pre> '
    "<blockquote expandable>long</blockquote> 🏟 <tg-spoiler>z</tg-spoiler>"
)


def client(fake: FakeBotApi, token: str | None = None) -> Bot:
    """aiogram's bot, talking to the fake."""
    server = TelegramAPIServer(base=f"{fake.base_url}{{token}}/{{method}}", file=f"{fake.base_url}{{token}}/{{path}}")
    return Bot(token or fake.token, session=AiohttpSession(api=server, timeout=10))


def run(script: Callable[[Bot, FakeBotApi], Awaitable[T]]) -> T:
    """Runs a script with aiogram's bot and a fresh fake in which Ann has opened her chat."""

    async def main() -> T:
        with FakeBotApi(judge=judge()) as fake:
            fake.open_chat(ANN)
            async with client(fake) as bot:
                return await script(bot, fake)

    return asyncio.run(main())


def unknown(value: object, where: str = "") -> Iterator[str]:
    """The fields in an answer that aiogram has no name for."""
    if isinstance(value, TelegramObject):
        where = f"{where}{type(value).__name__}."
        yield from (f"{where}{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from unknown(getattr(value, name), where)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from unknown(item, where)


async def accepted(bot: Bot, method: TelegramMethod[T] | Awaitable[T]) -> T:
    """The answer to a call, when aiogram takes it whole."""
    answer = await (bot(method) if isinstance(method, TelegramMethod) else method)
    assert list(unknown(answer)) == []
    return answer


def keyboard() -> InlineKeyboardMarkup:
    """A button of each kind that the bot uses."""
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text="tap", callback_data="1|t|x")],
            [
                InlineKeyboardButton(text="form", url="https://example.org/form?a=1"),
                InlineKeyboardButton(text="copy", copy_text=CopyTextButton(text="I object")),
            ],
            [InlineKeyboardButton(text="elsewhere", switch_inline_query="whatsapp")],
        ]
    )


def offered() -> set[str]:
    """The methods that the fake knows, as Telegram spells them."""
    own = {name.removeprefix("do_") for name in dir(FakeBotApi) if name.startswith("do_")}
    return {re.sub("_(.)", lambda m: m[1].upper(), name) for name in own}


def test_every_method_of_the_fake_gives_an_answer_that_aiogram_accepts() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        me = await accepted(bot, bot.get_me())
        assert me.is_bot
        await _messages(bot, fake)
        await _queries(bot, fake)
        await _profile(bot)
        await _intake(bot, fake)
        assert offered() - {call.method for call in fake.calls} == set(), "show these to aiogram too"
        assert fake.faults == []

    run(script)


async def _messages(bot: Bot, fake: FakeBotApi) -> None:
    no_preview = LinkPreviewOptions(is_disabled=True)
    sent = await accepted(
        bot,
        bot.send_message(ANN, HTML, parse_mode="HTML", reply_markup=keyboard(), link_preview_options=no_preview),
    )
    assert sent.text is not None
    assert sent.entities is not None
    shown = {entity.type: entity.extract_from(sent.text) for entity in sent.entities}
    assert shown == {
        "bold": "Bold & both",
        "italic": "both",
        "text_link": "link",
        "code": "x",
        "pre": "y",
        "expandable_blockquote": "long",
        "spoiler": "z",
    }
    assert sent.html_text.startswith('<b>Bold &amp; <i>both</i></b> <a href="https://example.org/a">link</a>')
    assert sent.reply_markup is not None
    assert sent.reply_markup.model_dump(exclude_none=True) == keyboard().model_dump(exclude_none=True)
    edited = await accepted(
        bot, bot.edit_message_text("<u>new</u>", chat_id=ANN, message_id=sent.message_id, parse_mode="HTML")
    )
    assert isinstance(edited, Message)
    assert edited.edit_date
    assert edited.reply_markup is None
    await accepted(
        bot, bot.edit_message_reply_markup(chat_id=ANN, message_id=sent.message_id, reply_markup=keyboard())
    )
    answer = await accepted(
        bot, bot.send_message(ANN, "plain", reply_parameters=ReplyParameters(message_id=sent.message_id))
    )
    assert answer.reply_to_message
    reply_keyboard = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="yes")]])
    await accepted(bot, bot.send_message(ANN, "choose", reply_markup=reply_keyboard))
    entry = BufferedInputFile(b"BEGIN:VCALENDAR\r\n", filename="deadline.ics")
    document = await accepted(bot, bot.send_document(ANN, entry, caption="<b>date</b>", parse_mode="HTML"))
    assert document.document
    assert document.document.file_name == "deadline.ics"
    assert list(fake.calls[-1].files.values()) == [("deadline.ics", b"BEGIN:VCALENDAR\r\n")]
    assert await accepted(bot, bot.send_chat_action(ANN, ChatAction.TYPING))
    assert await accepted(bot, bot.delete_message(ANN, answer.message_id))
    chat = await accepted(bot, bot.get_chat(ANN))
    assert chat.first_name == "Ann"


async def _queries(bot: Bot, fake: FakeBotApi) -> None:
    sent = await accepted(bot, bot.send_message(ANN, "tap", reply_markup=keyboard()))
    fake.tap(ANN, sent.message_id, "1|t|x")
    fake.type_inline(ANN, "whatsapp")
    updates = await accepted(bot, bot.get_updates())
    tap, inline = (update.event for update in updates)
    assert isinstance(tap, CallbackQuery)
    assert isinstance(tap.message, Message)
    assert isinstance(inline, InlineQuery)
    assert await accepted(bot, bot.answer_callback_query(tap.id, text="done"))
    article = InlineQueryResultArticle(
        id="1",
        title="WhatsApp",
        input_message_content=InputTextMessageContent(message_text="<b>No</b>", parse_mode="HTML"),
        reply_markup=keyboard(),
    )
    assert await accepted(bot, bot.answer_inline_query(inline.id, [article], cache_time=300, is_personal=True))


async def _profile(bot: Bot) -> None:
    async def shown(**where: Any) -> list[str]:
        return [command.command for command in await accepted(bot, bot.get_my_commands(**where))]

    commands = [BotCommand(command="start", description="begin"), BotCommand(command="help", description="Hilfe")]
    groups = BotCommandScopeAllGroupChats()
    assert await accepted(bot, bot.set_my_commands(commands))
    assert await accepted(bot, bot.set_my_commands(commands[1:], language_code="de"))
    assert await accepted(bot, bot.set_my_commands(commands[:1], scope=groups))
    assert await shown() == ["start", "help"]
    assert await shown(language_code="de") == ["help"]
    assert await shown(scope=groups) == ["start"]
    assert await accepted(bot, bot.delete_my_commands(language_code="de"))
    assert await shown(language_code="de") == ["start", "help"], "those without a language"
    assert await accepted(bot, bot.set_my_name("Data rights", language_code="en"))
    assert (await accepted(bot, bot.get_my_name(language_code="en"))).name == "Data rights"
    assert await accepted(bot, bot.set_my_description("What it does"))
    assert (await accepted(bot, bot.get_my_description(language_code="fi"))).description == "What it does"
    assert await accepted(bot, bot.set_my_short_description("Short"))
    assert (await accepted(bot, bot.get_my_short_description())).short_description == "Short"


async def _intake(bot: Bot, fake: FakeBotApi) -> None:
    assert await accepted(
        bot, bot.set_webhook("https://example.org/hook", secret_token="s", allowed_updates=["message"])
    )
    info = await accepted(bot, bot.get_webhook_info())
    assert info.url == "https://example.org/hook"
    fake.send_text(ANN, "waits")
    assert (await accepted(bot, bot.get_webhook_info())).pending_update_count >= 1
    assert await accepted(bot, bot.delete_webhook(drop_pending_updates=True))
    info = await accepted(bot, bot.get_webhook_info())
    assert (info.url, info.pending_update_count) == ("", 0)
    assert await accepted(bot, bot.get_updates()) == []


def test_every_update_that_a_person_can_cause_is_accepted() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        sent = await bot.send_message(ANN, "tap", reply_markup=keyboard())
        fake.send_text(ANN, "/start de-AT or @fake_bot, https://example.org, a@example.org 🏟", language_code=None)
        first = fake.messages(ANN)[-1].message_id
        fake.edit_text(ANN, first, "/help")
        fake.send_text(ANN, "as an answer", reply_to_bot=True)
        for kind in ("photo", "voice", "video_note", "sticker", "document", "location"):
            fake.send_media(
                kind, ANN, caption="" if kind in ("sticker", "location", "video_note") else "see @fake_bot"
            )
        fake.send_text(GROUP, "@fake_bot hello", user_id=ANN, chat_type="supergroup")
        fake.send_text(GROUP - 1, "hello", user_id=ANN, chat_type="group")
        fake.tap(ANN, sent.message_id, "1|t|x", ANN)
        fake.block(ANN)
        fake.block(ANN, blocked=False)
        updates = await accepted(bot, bot.get_updates())
        assert len(updates) == 14
        assert {update.event_type for update in updates} == {
            "message",
            "edited_message",
            "callback_query",
            "my_chat_member",
        }
        start = updates[0].message
        assert start
        assert start.entities
        assert [entity.type for entity in start.entities] == ["bot_command", "mention", "url", "email"]
        assert updates[-1].update_id + 1
        assert await accepted(bot, bot.get_updates(offset=updates[-1].update_id + 1)) == []

    run(script)


def raw_updates(fake: FakeBotApi) -> dict[str, Json]:
    """An update of each kind that no action of a person in the fake causes; the least that Telegram says is there."""
    ann = fake.open_chat(ANN)
    chat = {"id": -5, "type": "channel", "title": "News"}
    post = {"message_id": 1, "date": 1, "chat": chat, "text": "news"}
    money = {"currency": "XTR", "total_amount": 1, "invoice_payload": "p"}
    states = {
        "old_chat_member": {"status": "member", "user": ann},
        "new_chat_member": {"status": "left", "user": ann},
    }
    reaction = {"chat": chat, "message_id": 1, "date": 1}
    address = {
        "country_code": "DE",
        "state": "",
        "city": "B",
        "street_line1": "1",
        "street_line2": "",
        "post_code": "1",
    }
    poll = {
        "id": "p", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True,
        "type": "regular", "allows_multiple_answers": False, "allows_revoting": False,
        "members_only": False,
    }  # fmt: skip
    return {
        "channel_post": post,
        "edited_channel_post": {**post, "edit_date": 2},
        "inline_query": {"id": "q", "from": ann, "query": "whatsapp", "offset": "", "chat_type": "group"},
        "chosen_inline_result": {"result_id": "1", "from": ann, "query": "whatsapp"},
        "shipping_query": {"id": "s", "from": ann, "invoice_payload": "p", "shipping_address": address},
        "pre_checkout_query": {"id": "c", "from": ann, **money},
        "poll": poll,
        "poll_answer": {"poll_id": "p", "user": ann, "option_ids": [0], "option_persistent_ids": ["0"]},
        "chat_member": {"chat": chat, "from": ann, "date": 1, **states},
        "chat_join_request": {"chat": chat, "from": ann, "user_chat_id": ANN, "date": 1},
        "message_reaction": {**reaction, "user": ann, "old_reaction": [], "new_reaction": []},
        "message_reaction_count": {**reaction, "reactions": []},
    }


def test_every_other_kind_of_update_passes_through() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        await bot.get_updates(allowed_updates=sorted(KINDS))
        updates = raw_updates(fake)
        by_people = {"message", "edited_message", "callback_query", "my_chat_member"}
        assert set(updates) == KINDS - by_people
        for kind, update in updates.items():
            fake.raw({kind: update})
        seen = await accepted(bot, bot.get_updates())
        assert [update.event_type for update in seen] == list(updates)

    run(script)


def test_a_malformed_update_is_refused_by_aiogram_too() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        fake.raw({"message": {"text": "neither chat nor date"}})
        with pytest.raises(ClientDecodeError):
            await bot.get_updates()

    run(script)


def test_errors_are_told_apart_as_telegrams_are() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        async def refused(kind: type[Exception], call: Awaitable[object], text: str | None = None) -> Exception:
            with pytest.raises(kind, match=text) as caught:
                await call
            return caught.value

        await refused(TelegramBadRequest, bot.send_message(404, "hi"), "chat not found")
        await refused(TelegramBadRequest, bot.send_message(ANN, "<b>", parse_mode="HTML"), "can't parse entities")
        await refused(TelegramBadRequest, bot.send_message(ANN, "x" * 4097), "message is too long")
        sent = await bot.send_message(ANN, "same")
        same = bot.edit_message_text("same", chat_id=ANN, message_id=sent.message_id)
        await refused(TelegramBadRequest, same, "message is not modified")
        await refused(TelegramBadRequest, bot.answer_callback_query("none"), "query is too old")
        fake.block(ANN)
        await refused(TelegramForbiddenError, bot.send_message(ANN, "hi"), "bot was blocked by the user")
        fake.block(ANN, blocked=False)
        fake.fail_next("sendMessage", 429, retry_after=17)
        flood = await refused(TelegramRetryAfter, bot.send_message(ANN, "hi"))
        assert isinstance(flood, TelegramRetryAfter)
        assert flood.retry_after == 17
        fake.fail_next("sendMessage", 500)
        await refused(TelegramServerError, bot.send_message(ANN, "hi"))
        fake.fail_next("sendMessage", 502)
        await refused(ClientDecodeError, bot.send_message(ANN, "hi"))
        fake.drop_next("sendMessage")
        await refused(TelegramNetworkError, bot.send_message(ANN, "hi"))
        fake.fail_next("sendMessage", 404)
        await refused(TelegramNotFound, bot.send_message(ANN, "hi"))
        async with client(fake, "999:other") as stranger:
            await refused(TelegramUnauthorizedError, stranger.get_me(), "Unauthorized")
        await bot.delete_webhook(drop_pending_updates=True)  # the blocks above are updates too
        waiting = asyncio.create_task(bot.get_updates(timeout=5))
        await asyncio.to_thread(fake.wait_for, "getUpdates")
        await bot.get_updates()
        await refused(TelegramConflictError, waiting, "terminated by other getUpdates request")
        await bot.set_webhook("https://example.org/hook")
        await refused(TelegramConflictError, bot.get_updates(), "while webhook is active")

    run(script)


def test_a_whole_bot_of_aiogram_on_polling() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        dispatcher = Dispatcher()

        @dispatcher.message()
        async def echo(message: Message) -> None:
            await message.answer(f"you said {message.text}", reply_markup=keyboard())

        @dispatcher.callback_query()
        async def tapped(query: CallbackQuery) -> None:
            await query.answer()
            assert isinstance(query.message, Message)
            await query.message.edit_text("thank you")

        polling = asyncio.create_task(
            dispatcher.start_polling(bot, polling_timeout=1, handle_signals=False, close_bot_session=False)
        )
        fake.send_text(ANN, "hello")
        await asyncio.to_thread(fake.wait_for, "sendMessage")
        shown = fake.messages(ANN)[-1]
        assert shown.text == "you said hello"
        fake.tap(ANN, shown.message_id, "1|t|x")
        await asyncio.to_thread(fake.wait_for, "editMessageText")
        assert fake.messages(ANN)[-1].text == "thank you"
        await dispatcher.stop_polling()
        await polling
        assert fake.faults == []

    run(script)


def test_the_check_for_unknown_fields_sees_them() -> None:
    update: Any = {
        "update_id": 1,
        "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private", "x": 1}},
    }
    assert list(unknown([Update.model_validate(update)])) == ["Update.Message.Chat.x"]
