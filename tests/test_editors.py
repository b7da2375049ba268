"""A question goes to the editors only when the person has seen what is sent, and says so."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.conversation import Conversation
from bot.editors import LONGEST, receipt_in
from bot.inbox import open_inbox
from bot.knowledge import Knowledge
from bot.types import Incoming, OpenQuestion, Reply, Session, Tap
from tests.conftest import TODAY
from tests.fake_bot_api import FakeBotApi
from tests.telegram_bot import OPERATOR, TOKEN, judge, press, running, say

QUESTION = "which colour does my bicycle <b>have</b>?"
PERSON = 501


@pytest.fixture(scope="module")
def served(knowledge: Knowledge) -> Conversation:
    return Conversation(knowledge, OPERATOR)


def labels(reply: Reply) -> list[str]:
    return [button.label for row in reply.buttons for button in row]


def tap(conversation: Conversation, value: str, about: str = "", receipt: str = "") -> Reply:
    incoming = Incoming(client="en", tap=Tap("s", value, "none", "en"), today=TODAY, about=about, receipt=receipt)
    return conversation.respond(incoming, Session())[0]


def test_it_is_offered_only_where_there_is_no_answer_and_an_operator(
    served: Conversation, conversation: Conversation, knowledge: Knowledge
) -> None:
    offer = knowledge.interface("en").editors.offer
    unknown = Incoming(QUESTION, "en", today=TODAY)
    assert offer in labels(served.respond(unknown, Session())[0])
    assert offer not in labels(served.respond(Incoming("are my photos used?", "en", today=TODAY), Session())[0])
    assert offer not in labels(conversation.respond(unknown, Session())[0])


def test_what_is_shown_is_what_is_sent(served: Conversation) -> None:
    shown = tap(served, "ask", QUESTION)
    assert (shown.pasted, shown.question) == (QUESTION, None)
    sent = tap(served, "yes", QUESTION, "Q-AAAAA-22222")
    assert sent.question == OpenQuestion("Q-AAAAA-22222", "en", QUESTION, TODAY)
    assert "Q-AAAAA-22222" in sent.paragraphs[0]
    long = tap(served, "ask", "x" * 3000).pasted
    assert long is not None
    assert len(long) == LONGEST


def test_nothing_is_sent_without_text_with_personal_details_or_after_a_no(
    served: Conversation, knowledge: Knowledge
) -> None:
    words = knowledge.interface("en").editors
    for value in ("ask", "yes"):
        assert tap(served, value).paragraphs == (words.gone,)
        assert tap(served, value, "write to jane.doe@example.org").paragraphs == (words.personal,)
    assert tap(served, "no", QUESTION).paragraphs == (words.kept,)
    assert all(tap(served, value, "a@example.org").question is None for value in ("ask", "yes", "no", "odd"))


@pytest.mark.parametrize("text", ["Q-ABCDE-23456", " q-abcde-23456\n"])
def test_a_receipt_is_recognised_alone(text: str) -> None:
    assert receipt_in(text) == "Q-ABCDE-23456"
    assert receipt_in(f"my code is {text}") is None
    assert receipt_in("Q-ABCDE-2345") is None


@pytest.fixture
def fake(knowledge: Knowledge, tmp_path: Path) -> Iterator[FakeBotApi]:
    with FakeBotApi(TOKEN, judge=judge()) as fake, running(fake, knowledge, f"sqlite:{tmp_path}/bot.sqlite"):
        yield fake


def kept(tmp_path: Path) -> list[OpenQuestion]:
    async def read() -> list[OpenQuestion]:
        inbox = open_inbox(f"sqlite:{tmp_path}/bot.sqlite")
        try:
            return await inbox.questions()
        finally:
            await inbox.close()

    return asyncio.run(read())


def test_the_whole_way_on_telegram(fake: FakeBotApi, tmp_path: Path) -> None:
    say(fake, PERSON, QUESTION)
    assert QUESTION in press(fake, PERSON, "1|s|ask").text
    assert kept(tmp_path) == []
    found = re.search(r"Q-[A-Z2-7]{5}-[A-Z2-7]{5}", press(fake, PERSON, "1|s|yes").text)
    assert found is not None
    assert [(q.code, q.text, q.language) for q in kept(tmp_path)] == [(found.group(), QUESTION, "en")]
    assert "is erased" in press(fake, PERSON, "1|s|Q-").text
    assert kept(tmp_path) == []
    assert "I hold no question" in say(fake, PERSON, found.group().lower()).text


def test_five_people_raise_one_notice_and_each_can_see_and_erase_the_own_report(
    fake: FakeBotApi, output: io.StringIO
) -> None:
    told = []
    for person in (601, 602, 603, 604, 601, 605, 606):
        say(fake, person, "/start")
        for step in ("1|h||meta|", "1|h|mo1/0|", "1|h|mo1/1|"):
            press(fake, person, step)
        told.append(output.getvalue().count('"event": "notice"'))
    assert told == [0, 0, 0, 0, 0, 1, 1]
    assert '"reported": ["meta/' in say(fake, 601, "/mydata").text
    say(fake, 601, "/forget")
    assert "reported" not in say(fake, 601, "/mydata").text
    assert '"reported": ["meta/' in say(fake, 602, "/mydata").text


def test_privacy_tells_of_it_only_where_it_is_on(served: Conversation, knowledge: Knowledge) -> None:
    words = knowledge.interface("en").messages
    ask = Incoming("/privacy", "en", today=TODAY)
    assert words.privacy_questions in served.respond(ask, Session())[0].paragraphs
    off = Conversation(knowledge, type(OPERATOR)("A", "b@example.org", "https://example.org/"))
    assert words.privacy_questions not in off.respond(ask, Session())[0].paragraphs
