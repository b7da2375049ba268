"""The bot on Telegram, end to end: the real client library against a fake Bot API, judged from outside."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest

from bot.knowledge import Knowledge
from tests.fake_bot_api import FakeBotApi, Seen
from tests.telegram_bot import JUDGE, TOKEN, judge, running, say

PERSON = 7


@pytest.fixture
def fake(knowledge: Knowledge, output: io.StringIO) -> Iterator[FakeBotApi]:
    """A fake Bot API with the bot running against it; at the end no call may have been at fault."""
    with FakeBotApi(TOKEN, judge=judge()) as api, running(api, knowledge):
        yield api
    asked_for = ("query is too old", "bot was blocked by the user")
    assert [fault for fault in api.faults if not any(text in fault for text in asked_for)] == []
    assert TOKEN not in output.getvalue()


def ask(fake: FakeBotApi, text: str, **more: Any) -> Seen:
    """Sends a text and waits for the message that answers it."""
    return say(fake, PERSON, text, **more)


def sent(fake: FakeBotApi) -> list[object]:
    return [call for call in fake.calls if call.method == "sendMessage" and call.status == 200]


def bot_messages(fake: FakeBotApi, chat: int = PERSON) -> list[Seen]:
    return [message for message in fake.messages(chat) if message.from_bot]


def buttons(message: Seen) -> list[str]:
    return message.callback_data


def test_the_judge_is_there() -> None:
    if judge() is None:
        pytest.skip(f"the outside judge ({JUDGE}) is not beside this checkout")
    check = judge()
    assert check is not None
    assert check("sendMessage", {"chat_id": 1, "text": "hi"}) == []
    assert check("sendMessage", {"text": "hi"}) != []


def test_start_leads_to_the_official_form_in_two_taps(fake: FakeBotApi) -> None:
    welcome = ask(fake, "/start", language_code="de")
    assert "Meta" in welcome.text
    choose = next(data for data in buttons(welcome) if data.startswith("1|h|"))
    fake.tap(PERSON, welcome.message_id, choose, PERSON)
    fake.wait_for("editMessageText")
    services = bot_messages(fake)[-1]
    instagram = next(data for data in buttons(services) if data.startswith("1|h|mo1/0"))
    fake.tap(PERSON, services.message_id, instagram, PERSON)
    fake.wait_for("editMessageText", count=2)
    form = bot_messages(fake)[-1]
    assert "https://help.instagram.com/contact/767264225370182" in str(form.buttons)
    assert "Art. 21" in form.text or "Artikel 21" in form.text


def test_a_question_is_answered_with_sources_and_everything_escaped(fake: FakeBotApi) -> None:
    answer = ask(fake, "Are my <b>DMs</b> & chats with my sister used to train AI?")
    assert "Meta" in answer.text
    assert any(entity["type"] == "text_link" for entity in answer.entities)
    privacy = ask(fake, "/privacy")
    assert "City of <Example>" in privacy.text


def test_an_edited_message_is_answered_again(fake: FakeBotApi) -> None:
    ask(fake, "are my storys used")
    first = next(m for m in fake.messages(PERSON) if not m.from_bot)
    before = len(sent(fake))
    fake.edit_text(PERSON, first.message_id, "is my private account used?")
    fake.wait_for("sendMessage", count=before + 1)
    assert len(bot_messages(fake)) >= 2


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker", "document"])
def test_what_is_no_text_gets_a_kind_reply(fake: FakeBotApi, kind: str, knowledge: Knowledge) -> None:
    fake.send_media(kind, PERSON)
    fake.wait_for("sendMessage")
    assert bot_messages(fake)[-1].text == knowledge.interface("en").messages.text_only


def test_in_groups_only_when_addressed(fake: FakeBotApi) -> None:
    group = -100
    fake.send_text(group, "are our photos used?", user_id=PERSON, chat_type="supergroup")
    fake.send_text(group, f"@{fake.me['username']} are our photos used?", user_id=PERSON, chat_type="supergroup")
    fake.wait_for("sendMessage")
    assert len(bot_messages(fake, group)) == 1


def test_errors_of_telegram_lose_nothing(fake: FakeBotApi) -> None:
    fake.fail_next("sendMessage", 429, retry_after=1)
    fake.send_text(PERSON, "how do I object?")
    fake.wait_for(lambda c: c.method == "sendMessage" and c.status == 200, timeout=10)
    fake.fail_next("sendMessage", 500)
    fake.send_text(PERSON, "until when can I object?")
    fake.wait_for(lambda c: c.method == "sendMessage" and c.status == 200, count=2, timeout=10)
    assert len(bot_messages(fake)) == 2


def test_a_tap_that_comes_too_late_still_leads_on(fake: FakeBotApi) -> None:
    welcome = ask(fake, "/start")
    fake.advance(200)
    fake.tap(PERSON, welcome.message_id, buttons(welcome)[0], PERSON)
    fake.wait_for("editMessageText")
    assert "service" in bot_messages(fake)[-1].text


def test_a_person_who_blocked_the_bot_stops_nothing(fake: FakeBotApi) -> None:
    fake.send_text(8, "hello", user_id=8)
    fake.wait_for("sendMessage")
    fake.block(8)
    answer = ask(fake, "how do I object?")
    assert answer.text


def test_nothing_that_a_person_writes_is_logged(fake: FakeBotApi, output: io.StringIO) -> None:
    ask(fake, "Xyzzyplugh my mail is marked.person@example.org", first_name="Markedname")
    said = output.getvalue()
    assert "reply" in said
    for secret in ("Xyzzyplugh", "marked.person", "Markedname", TOKEN):
        assert secret not in said


def test_mydata_shows_what_is_held_and_forget_erases_it(fake: FakeBotApi, knowledge: Knowledge) -> None:
    messages = knowledge.interface("en").messages
    assert ask(fake, "/mydata").text == messages.mydata_nothing
    ask(fake, "/start en-IE")
    held = ask(fake, "/mydata").text
    assert held.startswith(messages.mydata)
    assert '"country":"IE"' in held
    assert ask(fake, "/forget").text == messages.forgotten
    assert ask(fake, "/mydata").text == messages.mydata_nothing


def test_in_a_group_nothing_personal_is_handed_over(fake: FakeBotApi, knowledge: Knowledge) -> None:
    group = -200
    fake.send_text(group, f"@{fake.me['username']} how do I object?", user_id=PERSON, chat_type="supergroup")
    fake.wait_for("sendMessage")
    answer = bot_messages(fake, group)[-1]
    kinds = {data.split("|")[1] for data in answer.callback_data}
    assert kinds <= {"t", "c", "g", "l", "k"}
    assert "?start=group" in str(answer.buttons)
    assert knowledge.interface("en").inline.ask_me in str(answer.buttons)


def test_an_inline_query_is_answered_with_articles(fake: FakeBotApi) -> None:
    fake.type_inline(PERSON, "whatsapp", language_code="de")
    call = fake.wait_for("answerInlineQuery")[0]
    assert "WhatsApp" in str(call.params["results"])


def test_what_comes_too_fast_gets_a_kind_word_once(fake: FakeBotApi, knowledge: Knowledge) -> None:
    kind_word = knowledge.interface("en").messages.too_fast
    for _ in range(60):
        fake.send_text(PERSON, "are my photos used?")
    fake.wait_for(lambda call: call.method == "sendMessage" and call.params.get("text") == kind_word, timeout=20)
    assert [message.text for message in bot_messages(fake)].count(kind_word) == 1


def test_another_bots_name_is_no_mention_of_this_one(fake: FakeBotApi) -> None:
    group = -300
    fake.send_text(group, f"@{fake.me['username']}2 are my photos used?", user_id=PERSON, chat_type="supergroup")
    fake.send_text(group, f"@{fake.me['username']} are my photos used?", user_id=PERSON, chat_type="supergroup")
    fake.wait_for("sendMessage")
    assert len(bot_messages(fake, group)) == 1


def test_what_is_held_is_not_shown_in_a_group(fake: FakeBotApi, knowledge: Knowledge) -> None:
    group = -400
    name = fake.me["username"]
    fake.send_text(group, f"@{name} are my photos used?", user_id=PERSON, chat_type="supergroup")
    fake.wait_for("sendMessage")
    fake.send_text(group, f"/mydata@{name}", user_id=PERSON, chat_type="supergroup")
    fake.wait_for("sendMessage", count=2)
    shown = bot_messages(fake, group)[-1]
    assert shown.text == knowledge.interface("en").commands.mydata
    assert "?start=group" in str(shown.buttons)
