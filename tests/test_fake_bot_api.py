"""The fake Bot API against the real python-telegram-bot: the rules that the end-to-end tests rely on."""

from __future__ import annotations

import asyncio
import html
import http.client
import importlib.util
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, BotCommand, CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from tests.fake_bot_api import FakeBotApi, Json, parse_html, utf16

T = TypeVar("T")
ANN = 7
JUDGE = Path(__file__).resolve().parents[2] / "shared/telegram/judge.py"


def run(script: Callable[[Bot, FakeBotApi], Awaitable[T]], **options: Any) -> T:
    """Runs a script with a real Bot and a fresh fake in which Ann has opened her chat."""

    async def main() -> T:
        with FakeBotApi(**options) as fake:
            fake.open_chat(ANN)
            async with Bot(fake.token, base_url=fake.base_url) as bot:
                return await script(bot, fake)

    return asyncio.run(main())


def buttons(**action: Any) -> InlineKeyboardMarkup:
    """A keyboard of one button."""
    return InlineKeyboardMarkup([[InlineKeyboardButton("press", **action)]])


def load_judge() -> Callable[[str, Json], list[str]]:
    """The outside judge of calls; skips the test where it is not at hand."""
    if not JUDGE.exists():
        pytest.skip(f"the outside judge is absent: {JUDGE}")
    spec = importlib.util.spec_from_file_location("judge", JUDGE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    check: Callable[[str, Json], list[str]] = module.check
    return check


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("a <b>b</b> &lt;&amp;&gt;&quot;&laquo;&#9731;", 'a b <&>"&laquo;☃', [("bold", 2, 1)]),
        ("🏟 🏟<i>🏟 &gt;<b aba   =   caba>&lt🏟</b></i>", "🏟 🏟🏟 ><🏟", [("italic", 5, 7), ("bold", 9, 3)]),
        ("<STRONG>x</strong><em>x</em><ins>x</ins><u>x</u><del>x</del><strike>x</></strike>", None, None),
        (
            "<s>x</s><tg-spoiler>x</tg-spoiler><span class='tg-spoiler'>x</span><code>x</code>",
            "xxxx",
            [("strikethrough", 0, 1), ("spoiler", 1, 1), ("spoiler", 2, 1), ("code", 3, 1)],
        ),
        (
            "<blockquote>a</blockquote><blockquote expandable>b</blockquote>",
            "ab",
            [("blockquote", 0, 1), ("expandable_blockquote", 1, 1)],
        ),
        ('<pre><code class="language-py">x</code></pre><b></b>', "x", [("pre", 0, 1)]),
        ('<a href="mailto:a@b.eu">m</a><a href="https://b.eu">w</a>', "mw", [("text_link", 1, 1)]),
        ("a & b > c &", "a & b > c &", []),
    ],
)
def test_html_style(source: str, text: str | None, entities: list[tuple[str, int, int]] | None) -> None:
    if text is None or entities is None:
        with pytest.raises(ValueError, match="Unexpected end tag at byte offset"):
            parse_html(source)
        return
    found = parse_html(source)
    assert (found[0], [(e["type"], e["offset"], e["length"]) for e in found[1]]) == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("é<br/>", 'Unsupported start tag "br/" at byte offset 2'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>test</b></i>", 'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"'),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<a href=x/>y</a>", "Unexpected end of name token at byte offset 8"),
        ("<i   =aba>x</i>", 'Empty attribute name in the tag "i" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-emoji emoji-id="x">y</tg-emoji>', "Invalid custom emoji identifier specified"),
        (
            "&#xDFDF;",
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched "
            "surrogate code units",
        ),
    ],
)
def test_html_refused(source: str, reason: str) -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        with pytest.raises(BadRequest) as caught:
            await bot.send_message(ANN, source, parse_mode="HTML")
        assert caught.value.message.lower() == f"can't parse entities: {reason}".lower()
        assert len(fake.faults) == 1
        assert not fake.messages(ANN)

    run(script)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaped_text_survives(text: str) -> None:
    assert parse_html(f"<b>{html.escape(text)}</b>") == (
        text,
        [{"type": "bold", "offset": 0, "length": utf16(text)}] if text else [],
    )


def test_lengths() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        sent = await bot.send_message(ANN, f"  <b>{'🏟' * 2048}</b>\n", parse_mode="HTML")
        assert sent.text == "🏟" * 2048
        assert sent.text_html == f"<b>{sent.text}</b>"
        for text, reason in (
            ("🏟" * 2048 + "x", "message is too long"),
            ("", "message text is empty"),
            (" \n", "text must be non-empty"),
            ("<b></b>", "text must be non-empty"),
        ):
            with pytest.raises(BadRequest, match=f"(?i)^{reason}$"):
                await bot.send_message(ANN, text, parse_mode="HTML")
        with pytest.raises(BadRequest, match="caption is too long"):
            await bot.send_document(ANN, b"x", caption="x" * 1025)

    run(script)


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ({"url": "mailto:a@b.eu"}, "button URL 'mailto:a@b.eu' is invalid: Unsupported URL protocol"),
        ({"url": "http://localhost/"}, "Wrong HTTP URL"),
        ({"callback_data": "é" * 32 + "x"}, "^Button_data_invalid$"),
        ({"callback_data": ""}, "Text buttons are unallowed in the inline keyboard"),
        ({"copy_text": CopyTextButton("x" * 257)}, "^Button_copy_text_invalid$"),
        ({"url": "https://a.eu"}, ""),
        ({"url": "tg://resolve?domain=a"}, ""),
        ({"callback_data": "é" * 32}, ""),
        ({"copy_text": CopyTextButton("x" * 256)}, ""),
        ({"switch_inline_query": ""}, ""),
    ],
)
def test_button_rules(action: dict[str, Any], reason: str) -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        if not reason:
            sent = await bot.send_message(ANN, "x", reply_markup=buttons(**action))
            assert sent.reply_markup == buttons(**action)
            return
        with pytest.raises(BadRequest, match=f"(?i){reason}"):
            await bot.send_message(ANN, "x", reply_markup=buttons(**action))
        assert not fake.messages(ANN)

    run(script)


def test_edits_and_deletion() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        first = buttons(callback_data="a")
        sent = await bot.send_message(ANN, "<b>x</b>", parse_mode="HTML", reply_markup=first)
        with pytest.raises(BadRequest, match="essage is not modified"):
            await sent.edit_text("<b>x</b> ", parse_mode="HTML", reply_markup=first)
        with pytest.raises(BadRequest, match="essage to edit not found"):
            await bot.edit_message_text("y", ANN, 99)
        await sent.edit_reply_markup(buttons(callback_data="b"))
        assert fake.messages(ANN)[0].callback_data == ["b"]
        await sent.edit_text("y")
        seen = fake.messages(ANN)[0]
        assert (seen.text, seen.entities, seen.buttons) == ("y", [], [])
        assert (seen.edited, seen.from_bot) == (True, True)
        with pytest.raises(BadRequest, match="essage is not modified"):
            await sent.edit_reply_markup(None)
        await sent.delete()
        assert not fake.messages(ANN)
        with pytest.raises(BadRequest, match="essage to delete not found"):
            await sent.delete()

    run(script)


def test_callback_query_lives_150_seconds_and_is_answered_once() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        sent = await bot.send_message(ANN, "x", reply_markup=buttons(callback_data="a"))
        with pytest.raises(AssertionError, match="not a button"):
            fake.tap(ANN, sent.message_id, "b")
        fake.tap(ANN, sent.message_id, "a")
        fake.tap(ANN, sent.message_id, "a")
        first, second = [u.callback_query for u in await bot.get_updates()]
        assert first
        assert second
        assert (first.data, first.from_user.id, first.message) == ("a", ANN, sent)
        fake.advance(149)
        assert await first.answer("ok")
        with pytest.raises(BadRequest, match=r"(?i)^query is too old and response timeout expired"):
            await first.answer()
        fake.advance(2)
        with pytest.raises(BadRequest, match="uery is too old"):
            await second.answer()

    run(script)


def test_who_may_be_written_to() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        with pytest.raises(BadRequest, match="hat not found"):
            await bot.send_message(8, "x")
        fake.block(ANN)
        for call in (bot.send_message(ANN, "x"), bot.send_chat_action(ANN, "typing")):
            with pytest.raises(Forbidden, match="bot was blocked by the user"):
                await call
        (update,) = await bot.get_updates()
        assert update.my_chat_member
        assert update.my_chat_member.new_chat_member.status == "kicked"
        fake.block(ANN, blocked=False)
        assert (await bot.send_message(ANN, "x")).chat.id == ANN
        assert (await bot.get_chat(ANN)).first_name == "Ann"

    run(script)


def test_what_a_user_sends_is_what_telegram_would_deliver() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        await bot.send_message(ANN, "Hello")
        fake.send_text(ANN, "🏟 /start@fake_bot for @ann, a@b.eu", language_code="de", reply_to_bot=True)
        fake.send_text(-5, "hi", user_id=ANN, first_name="Bo", chat_type="group", language_code=None)
        fake.edit_text(ANN, fake.messages(ANN)[-1].message_id, "new")
        for kind in ("photo", "voice", "sticker", "document", "video_note", "location"):
            fake.send_media(kind, ANN)
        private, group, edited, *media = await bot.get_updates()
        one, two, three = private.effective_message, group.effective_message, edited.edited_message
        assert one
        assert one.from_user
        assert one.reply_to_message
        assert list(one.parse_entities().values()) == ["/start@fake_bot", "@ann", "a@b.eu"]
        assert (one.from_user.language_code, one.reply_to_message.text) == ("de", "Hello")
        assert two
        assert two.from_user
        assert (two.chat.type, two.from_user.id, two.from_user.language_code) == ("group", ANN, None)
        assert three
        assert (three.text, three.message_id, one.text and one.text[-6:]) == ("new", one.message_id, "a@b.eu")
        assert all(u.message and u.message.effective_attachment for u in media)
        assert not fake.faults

    run(script)


def test_long_polling_offset_limit_and_kinds() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        begin = time.monotonic()
        assert await bot.get_updates(timeout=1) == ()
        assert 0.9 < time.monotonic() - begin < 2
        waiting = asyncio.create_task(bot.get_updates(timeout=20))
        await asyncio.to_thread(fake.wait_for, "getUpdates", 2)
        ids = [fake.send_text(ANN, "one")]
        assert [u.update_id for u in await waiting] == ids
        assert time.monotonic() - begin < 5
        ids += [fake.send_text(ANN, text) for text in ("two", "three")]
        assert [u.update_id for u in await bot.get_updates()] == ids, "nothing is confirmed without an offset"
        assert [u.update_id for u in await bot.get_updates(offset=ids[1], limit=1)] == ids[1:2]
        assert [u.update_id for u in await bot.get_updates()] == ids[1:]
        assert [u.update_id for u in await bot.get_updates(offset=-1)] == ids[2:]
        assert await bot.get_updates(offset=ids[2] + 1, allowed_updates=[Update.CALLBACK_QUERY]) == ()
        fake.send_text(ANN, "not asked for")
        fake.raw({"garbage": 1})
        assert [u.api_kwargs for u in await bot.get_updates()] == [{"garbage": 1}]
        fake.raw({"callback_query": {"id": "1"}})
        with pytest.raises(TypeError):
            await bot.get_updates()
        assert await bot.delete_webhook(drop_pending_updates=True)
        assert await bot.get_updates() == ()

    run(script)


def test_two_pollers_and_a_webhook_conflict() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        async with Bot(fake.token, base_url=fake.base_url) as rival:
            ends: list[Callable[[], Awaitable[Any]]] = [
                rival.get_updates,
                lambda: rival.set_webhook("https://a.eu/hook"),
            ]
            for count, end in enumerate(ends):
                waiting = asyncio.create_task(bot.get_updates(timeout=20))
                await asyncio.to_thread(fake.wait_for, "getUpdates", 2 * count + 1)
                await end()
                with pytest.raises(Conflict, match=r"erminated by (other getUpdates|setWebhook) request"):
                    await asyncio.wait_for(waiting, 5)
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()
        assert (await bot.get_webhook_info()).url == "https://a.eu/hook"
        assert len(fake.faults) == 3

    run(script)


def test_failures_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else RetryAfter warns as soon as it is made (PTB 22.2+)

    async def script(bot: Bot, fake: FakeBotApi) -> None:
        fake.fail_next("sendMessage", retry_after=3)
        with pytest.raises(RetryAfter, match="Retry in 0:00:03"):
            await bot.send_message(ANN, "x")
        for status in (500, 502):
            fake.fail_next("sendMessage", status)
            with pytest.raises(NetworkError, match=r"Internal Server Error|Bad Gateway"):
                await bot.send_message(ANN, "x")
        fake.drop_next("sendMessage")
        with pytest.raises(NetworkError, match="disconnected"):
            await bot.send_message(ANN, "x")
        assert not fake.messages(ANN)
        fake.drop_next("sendMessage", after=True)
        with pytest.raises(NetworkError, match="disconnected"):
            await bot.send_message(ANN, "sent all the same")
        fake.delay_next("sendMessage", 0.5)
        with pytest.raises(TimedOut):
            await bot.send_message(ANN, "late", read_timeout=0.1)
        assert [m.text for m in fake.messages(ANN)] == ["sent all the same", "late"]
        assert [c.status for c in fake.calls if c.method == "sendMessage"][:4] == [429, 500, 502, 0]
        assert not fake.faults

    run(script)


def test_profile_per_language_with_fallback() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        assert await bot.get_my_commands() == ()
        await bot.set_my_commands([BotCommand("help", "Help")])
        await bot.set_my_commands([BotCommand("help", "Hilfe")], language_code="de")
        shown = [(await bot.get_my_commands(language_code=code))[0].description for code in ("de", "fr")]
        assert shown == ["Hilfe", "Help"]
        assert [language for _, language in fake.commands] == ["", "de"], "a fallback is not a setting"
        await bot.delete_my_commands(language_code="de")
        assert (await bot.get_my_commands(language_code="de"))[0].description == "Help"
        await bot.set_my_name("Rechte", language_code="de")
        await bot.set_my_description("What it does")
        await bot.set_my_short_description("kurz", language_code="de")
        assert [(await bot.get_my_name(c)).name for c in ("de", "fr")] == ["Rechte", "Fake"]
        assert (await bot.get_my_description("de")).description == "What it does"
        assert [(await bot.get_my_short_description(c)).short_description for c in ("de", "")] == ["kurz", ""]
        for refused in (
            bot.set_my_short_description("x" * 121),
            bot.set_my_commands([("Help", "x")]),
            bot.set_my_commands([("help", "x")], language_code="deu"),
        ):
            with pytest.raises(BadRequest):
                await refused

    run(script)


def test_token_methods_and_bodies() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        with pytest.raises(InvalidToken, match="rejected"):
            async with Bot("1:wrong", base_url=fake.base_url):
                pass
        with pytest.raises(InvalidToken):
            await bot.send_dice(ANN)
        assert [fault.split(":")[0] for fault in fake.faults] == ["getMe", "sendDice"]
        sent = await bot.send_document(
            ANN,
            "größe\r\n--x".encode(),
            filename="größe.txt",
            caption="<i>c</i>",
            parse_mode="HTML",
            reply_markup=buttons(callback_data="a"),
        )
        assert sent.document
        assert (sent.document.file_name, sent.caption_html, sent.reply_markup) == (
            "größe.txt",
            "<i>c</i>",
            buttons(callback_data="a"),
        )
        assert fake.calls[-1].files == {"document": ("größe.txt", "größe\r\n--x".encode())}
        assert (await bot.send_message(ANN, "12")).text == "12", "a text of digits stays a text"
        client = http.client.HTTPConnection("127.0.0.1", int(fake.base_url.split(":")[2][:-4]))
        for method, status in (("sendMessage", 200), ("nonsense", 404)):
            client.request(
                "POST",
                f"/bot{fake.token}/{method}",
                json.dumps({"chat_id": ANN, "text": "j"}),
                {"Content-Type": "application/json"},
            )
            answer = client.getresponse()
            assert (answer.status, json.loads(answer.read())["ok"]) == (status, status == 200)
        client.close()

    run(script)


def test_judge_is_heard() -> None:
    async def script(bot: Bot, fake: FakeBotApi) -> None:
        await bot.send_message(ANN, "x", reply_markup=buttons(url="https://a.eu"))
        await bot.send_document(ANN, b"x", filename="x.txt")
        await bot.set_my_commands([BotCommand("help", "Help")], language_code="de")
        await bot.get_updates(allowed_updates=[Update.MESSAGE])
        assert not fake.faults
        await bot.send_message(ANN, "x", reply_markup=buttons(url="http://a.eu"))
        await bot.send_message(ANN, '<a href="mailto:a@b.eu">x</a>', parse_mode="HTML")
        assert [fault.split(":")[0] for fault in fake.faults] == ["sendMessage", "sendMessage", "text"]

    run(script, judge=load_judge())


def test_a_whole_bot_on_polling() -> None:
    async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message
        await update.effective_message.reply_text(
            update.effective_message.text or "?", reply_markup=buttons(callback_data="a")
        )

    async def tapped(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query
        await update.callback_query.answer()
        await update.callback_query.edit_message_text("tapped")

    async def main() -> None:
        with FakeBotApi() as fake:
            bot = ApplicationBuilder().token(fake.token).base_url(fake.base_url).build()
            bot.add_handlers([CallbackQueryHandler(tapped), MessageHandler(filters.ALL, echo)])
            assert bot.updater
            async with bot:
                for round_, text in enumerate(("one", "two")):  # a restart is no conflict with the old poll
                    await bot.start()
                    await bot.updater.start_polling()
                    fake.send_text(ANN, text)
                    await asyncio.to_thread(fake.wait_for, "sendMessage", round_ + 1)
                    fake.tap(ANN, fake.messages(ANN)[-1].message_id, "a")
                    await asyncio.to_thread(fake.wait_for, "editMessageText", round_ + 1)
                    await bot.updater.stop()
                    await bot.stop()
            assert [m.text for m in fake.messages(ANN)] == ["one", "tapped", "two", "tapped"]
            assert not fake.faults
            with pytest.raises(AssertionError, match=r"no 9 x sendMessage in 0\.1 s"):
                fake.wait_for("sendMessage", 9, timeout=0.1)

    asyncio.run(main())
