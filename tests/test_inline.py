"""Answers in other chats: the right ones, in the asker's language, within Telegram's limits."""

from __future__ import annotations

import asyncio
import html
import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update
from telegram.constants import ParseMode
from telegram.ext import Defaults, ExtBot

from bot.conversation import Conversation
from bot.inline import CHAIN_POSTS, ID_LIMIT, MOST, Article, articles, language_of
from bot.knowledge import load
from bot.telegram.inline import PAYLOAD, InlineAnswer, handle, inline_answer
from bot.telegram.sending import Sender
from bot.types import SourceLine
from tests.conftest import LANGUAGES, TODAY, Chat
from tests.fake_bot_api import Call, FakeBotApi, parse_html, utf16
from tests.telegram_bot import judge

CONVERSATION = Conversation(load())
CLIENTS = st.sampled_from([None, "", "xx", "pt-br", "de-AT", *LANGUAGES])
WORDS = st.sampled_from(
    [
        "whatsapp",
        "google",
        "object",
        "Kettenbrief",
        "photos",
        "instagram",
        "stories",
        "pinterest",
        "and",
        "/start",
        "?",
    ]
)
QUERIES = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=8).map(" ".join))


def topics(found: tuple[Article, ...]) -> list[str]:
    return [article.id.split("-", 3)[3] for article in found]


@given(QUERIES, CLIENTS)
def test_any_query_gets_articles_within_the_limits(query: str, client: str | None) -> None:
    found = articles(CONVERSATION, query, client, TODAY)
    assert found == articles(CONVERSATION, query, client, TODAY)
    assert len(found) <= MOST
    assert len({article.id for article in found}) == len(found)
    language = language_of(CONVERSATION, query, client)
    for article in found:
        assert article.language == language
        assert 1 <= len(article.id.encode()) <= ID_LIMIT
        assert article.title
        assert article.description
        assert len(article.sources) == 1
        assert not any("[M-" in text for text in article.paragraphs)
    check(inline_answer(CONVERSATION.knowledge, found, language, "fake_bot"))


def check(answer: InlineAnswer) -> None:
    """What goes over the wire stands the judge and Telegram's HTML."""
    results = [result.to_dict() for result in answer.results]
    verdict = judge()
    if verdict is not None:
        params: dict[str, Any] = {"inline_query_id": "1", "results": results, "button": answer.button.to_dict()}
        assert verdict("answerInlineQuery", params) == []
    for result in results:
        content = result["input_message_content"]
        dropped: list[str] = []
        text, entities = parse_html(content["message_text"], dropped)
        assert not dropped
        assert utf16(text) <= 1500, "short"
        assert [entity["type"] for entity in entities] == ["bold", "text_link", "italic"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_query_offers_what_chain_posts_are_about(conversation: Conversation, language: str) -> None:
    for query in ("", "  ", "zzqzzq"):
        found = articles(conversation, query, language, TODAY)
        assert topics(found) == list(CHAIN_POSTS)
        assert {article.language for article in found} == {language}
    titles = [article.title for article in articles(conversation, "", language, TODAY)]
    assert titles == [conversation.knowledge.interface(language).topics[topic] for topic in CHAIN_POSTS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_fits_an_article_and_speaks_of_no_button(conversation: Conversation, language: str) -> None:
    knowledge = conversation.knowledge
    button = knowledge.interface(language).buttons.object_now
    found = {a.id: a for topic in knowledge.topics for a in articles(
        conversation, knowledge.interface(language).topics[topic], language, TODAY)}  # fmt: skip
    assert len(found) > 30
    assert [a.id for a in found.values() if any(f"{mark}{button}" in " ".join(a.paragraphs) for mark in "“„«”")] == []
    longest = max(
        len(f"1-{language}-{company}-{topic}") for company in knowledge.companies for topic in knowledge.topics
    )
    assert longest <= ID_LIMIT


@pytest.mark.parametrize(
    ("query", "client", "language", "first"),
    [
        ("whatsapp", "de", "de", "whatsapp-chats"),
        ("whatsapp", None, "en", "whatsapp-chats"),
        ("Kettenbrief", "de", "de", "chain-post"),
        ("I do not give Meta permission to use my photos", "en", "en", "chain-post"),
        ("werden meine Storys genutzt?", "en", "de", "stories"),
        ("comment m'opposer ?", "fr", "fr", "how-to-object"),
        ("¿usan mis fotos?", "pl", "es", "photos-videos"),
    ],
)
def test_what_was_meant_comes_first(
    conversation: Conversation, query: str, client: str | None, language: str, first: str | None
) -> None:
    found = articles(conversation, query, client, TODAY)
    assert {article.language for article in found} == {language}
    assert first in (None, topics(found)[0])


def test_metas_answer_is_never_given_for_another_company(conversation: Conversation) -> None:
    for query, company in [
        ("google", "google"),
        ("does chatgpt use my chats", "openai"),
        ("linkedin posts", "linkedin"),
    ]:
        found = articles(conversation, query, "en", TODAY)
        assert {a.id.split("-")[2] for a in found if not a.id.endswith("other-companies")} == {company}
        names = [a.title for a in found if a.id.split("-")[2] == company]
        assert all(title.startswith(f"{conversation.knowledge.company_name(company)}: ") for title in names)
    assert topics(articles(conversation, "does pinterest use my photos", "en", TODAY)) == ["other-companies"]


def test_distress_is_not_for_another_chat(conversation: Conversation) -> None:
    text = "I want to kill myself"
    assert Chat(conversation, "en").say(text).counted == "crisis"
    assert articles(conversation, text, "en", TODAY) == ()


def test_what_has_aged_says_so(conversation: Conversation) -> None:
    fresh, old = (articles(conversation, "", "en", day)[0].paragraphs for day in (TODAY, date(2031, 1, 1)))
    assert len(old) == len(fresh) + 1
    assert "may have changed" in old[-1]


def test_everything_is_escaped(conversation: Conversation) -> None:
    source = SourceLine("A & <B>", 'https://example.org/?a=1&b="2"')
    article = Article("1", "<b>&", "d", ("1 < 2 & 3",), (source,), "en")
    answer = inline_answer(conversation.knowledge, [article], "en", "fake_bot")
    text, entities = parse_html(answer.results[0].to_dict()["input_message_content"]["message_text"])
    assert text.startswith("<b>&\n\n1 < 2 & 3\n\nA & <B>\n\n")
    assert [entity["type"] for entity in entities] == ["bold", "text_link", "italic"]
    assert html.unescape(entities[1]["url"]) == source.url
    assert "t.me/fake_bot" in text
    assert "@fake_bot" not in text, "a mention would make the bot answer its own article in a group"


def test_end_to_end(conversation: Conversation) -> None:
    with FakeBotApi(judge=judge()) as fake:
        fake.type_inline(7, "whatsapp", language_code="de")
        fake.type_inline(8, "", language_code="el")

        async def serve(wait: float = 0) -> None:
            defaults = Defaults(parse_mode=ParseMode.HTML)
            async with ExtBot(fake.token, base_url=fake.base_url, defaults=defaults) as bot:
                for update in await bot.get_updates(allowed_updates=[Update.INLINE_QUERY]):
                    assert update.inline_query
                    fake.advance(wait)
                    await handle(bot, update.inline_query, conversation, Sender(), TODAY)

        asyncio.run(serve())
        german, greek = (c for c in fake.calls if c.method == "answerInlineQuery" and c.status == 200)
        assert not fake.faults
        assert buttons(german) == {f"https://t.me/fake_bot?start={PAYLOAD}"}
        assert german.params["button"]["start_parameter"] == PAYLOAD
        assert german.params["button"]["text"] == conversation.knowledge.interface("de").inline.ask_me
        assert german.params["is_personal"] is True
        assert german.params["results"][0]["title"] == conversation.knowledge.interface("de").topics["whatsapp-chats"]
        assert [r["id"].split("-", 3)[3] for r in greek.params["results"]] == list(CHAIN_POSTS)
        assert re.search("[α-ω]", greek.params["results"][0]["description"])
        asyncio.run(serve(wait=60))  # typed on since: not an error
        assert all("query is too old" in fault for fault in fake.faults)


def buttons(call: Call) -> set[str]:
    rows = [row for r in call.params["results"] for row in r["reply_markup"]["inline_keyboard"]]
    return {button["url"] for row in rows for button in row}


def test_the_private_chat_understands_the_way(conversation: Conversation) -> None:
    reply = Chat(conversation, "pl").say(f"/start {PAYLOAD}")
    assert reply.language == "pl"
    assert reply.paragraphs[0] == conversation.knowledge.interface("pl").messages.welcome
