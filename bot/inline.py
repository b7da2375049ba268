"""Answers that somebody posts in another chat (`@bot whatsapp`), made for chain posts in family groups. Pure.

An article is the same for everyone who reads it: short, with a source, and never a hand-over or a check of one's own
content. Nothing is offered where the words tell of distress: that belongs into the private chat.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot import answer as answers
from bot.answer import fill
from bot.compose import FIRST, MAIN
from bot.conversation import READ_AT_MOST, Conversation
from bot.dates import in_words
from bot.knowledge import Knowledge
from bot.text import sentences
from bot.types import Incoming, Session, SourceLine, Understanding
from bot.understanding import CLARIFY

MOST = 8
ID_LIMIT = 64  # bytes (Bot API, InlineQueryResultArticle)
DESCRIPTION = 120  # characters: clients show two lines of it
# What chain posts are about, in the order in which they are offered where nothing was typed yet.
CHAIN_POSTS = ("chain-post", "whatsapp-chats", "private-messages", "how-to-object", "what-is-used", "deadline")
_GROUPS_LEFT_OUT = frozenset({"bot", "none"})  # about the bot, or small talk: nobody posts that
_OTHERS = "other-companies"


@dataclass(frozen=True)
class Article:
    """An answer to post: plain text in all parts. `id` is the same for the same answer, at most 64 bytes."""

    id: str
    title: str
    description: str
    paragraphs: tuple[str, ...]
    sources: tuple[SourceLine, ...]
    language: str


def language_of(conversation: Conversation, query: str, client: str | None) -> str:
    """The asker's language: what the words tell, where there are answers in it, else the client's."""
    if query.strip():
        guess = conversation.guess_language(query[:READ_AT_MOST], client, Session())
        if guess.reason != "default" and guess.code in conversation.knowledge.answered:
            return guess.code
    return conversation.language_for(client)


def articles(conversation: Conversation, query: str, client: str | None, today: date) -> tuple[Article, ...]:
    """Up to eight answers that fit `query`, the best first; what chain posts are about where nothing fits.

    `client` is Telegram's language_code of who types, or None. Never raises on what people type.
    """
    knowledge = conversation.knowledge
    language = language_of(conversation, query, client)
    found = conversation.interpreter.understand(query[:READ_AT_MOST].strip(), language)
    # The conversation itself knows distress when it reads it: one place decides that.
    reply, _ = conversation.respond(Incoming(text=query, client=client, today=today), Session())
    if reply.counted == "crisis":
        return ()
    pairs = dict.fromkeys(_fitting(knowledge, found) if query.strip() else ())
    made = [article for pair in pairs if (article := _article(knowledge, *pair, language, today))]
    if not made:
        made = [a for topic in CHAIN_POSTS if (a := _article(knowledge, topic, FIRST, language, today))]
    return tuple(made[:MOST])


def _fitting(knowledge: Knowledge, found: Understanding) -> Iterator[tuple[str, str]]:
    """Topics and companies that fit, the best first. Never Meta's answer for another company."""
    company = found.company
    if company == "none":  # out of scope
        return
    if company in knowledge.unchecked:
        yield _OTHERS, FIRST
        return
    if "typed-objection" in found.concepts and company == FIRST:  # the text of a chain post itself
        yield "chain-post", FIRST
    scored = [s.topic for s in found.topics if s.score >= CLARIFY]
    best = knowledge.topics[scored[0]] if scored else None
    near = [*best.also, *(name for name in best.next if name in knowledge.topics)] if best else []
    for topic in (*scored[:1], *(MAIN if company != FIRST else ()), *scored[1:], *near):
        yield topic, FIRST if topic == _OTHERS else company


def _article(knowledge: Knowledge, topic: str, company: str, language: str, today: date) -> Article | None:
    """The answer as an article; None where it is not written, or is about the bot."""
    if knowledge.topics[topic].group in _GROUPS_LEFT_OUT:
        return None
    answer = answers.find(knowledge, topic, company, language, today)
    text = answers.text_for(knowledge, topic, company, language)
    if answer is None or text is None:
        return None
    interface = knowledge.interface(language)
    # What to do next speaks of buttons that an article does not have; what it means holds the exceptions and stays.
    paragraphs = [answers.without_marks(part) for part in (text.answer, text.meaning) if part]
    description = _shortened(sentences(paragraphs[0])[0])
    if answer.aged:
        paragraphs.append(fill(interface.messages.aged, date=in_words(answer.aged, interface.dates)))
    label = interface.topics.get(topic, topic)
    title = label if company == FIRST else f"{knowledge.company_name(company)}: {label}"
    name = f"1-{language}-{company}-{topic}"
    return Article(name, title, description, tuple(paragraphs), answer.sources[:1], language)


def _shortened(text: str) -> str:
    """`text`, cut between words where it is too long for a line of the list."""
    if len(text) <= DESCRIPTION:
        return text
    return text[: DESCRIPTION - 1].rsplit(" ", 1)[0].rstrip(",;:–- ") + "…"
