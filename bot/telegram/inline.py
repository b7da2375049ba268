"""Inline mode on Telegram: articles as results, with a way to ask the bot oneself (Bot API, Inline mode)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Literal

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.answer import fill
from bot.conversation import Conversation
from bot.inline import Article, articles, language_of
from bot.knowledge import Knowledge
from bot.telegram import logs
from bot.telegram.sending import Sender

PAYLOAD = "inline"  # ?start=inline: no language in it, whoever taps is answered in their own
CACHE_TIME = 300  # seconds; a changed answer is offered soon


@dataclass(frozen=True)
class InlineAnswer:
    """The parameters of answerInlineQuery beside the query's id.

    `is_personal`: the same words get other answers for people with another language, so Telegram may not share them.
    """

    results: tuple[InlineQueryResultArticle, ...]
    button: InlineQueryResultsButton
    cache_time: int = CACHE_TIME
    is_personal: bool = True


def inline_answer(knowledge: Knowledge, found: Sequence[Article], language: str, bot: str) -> InlineAnswer:
    """The answer to an inline query. `bot` is the user name, `language` that of the button above the list."""
    label = knowledge.interface(language).inline.ask_me
    button = InlineQueryResultsButton(label, start_parameter=PAYLOAD)
    return InlineAnswer(tuple(_result(knowledge, article, bot) for article in found), button)


async def handle(
    bot: Bot, query: InlineQuery, conversation: Conversation, sender: Sender, today: date
) -> Literal["answer", "none", "late"]:
    """Answers one inline query, and says whether there was an answer. Nothing is kept or logged of its words."""
    client = query.from_user.language_code
    found = articles(conversation, query.query, client, today)
    # The articles tell it already; only distress has none.
    language = found[0].language if found else language_of(conversation, query.query, client)
    answer = inline_answer(conversation.knowledge, found, language, bot.username)
    try:
        await sender.call(
            query.from_user.id,
            lambda: bot.answer_inline_query(
                query.id,
                answer.results,
                cache_time=answer.cache_time,
                is_personal=answer.is_personal,
                button=answer.button,
            ),
        )
    except BadRequest:  # it lives for 30 seconds, and the person types on: the next query is on its way
        logs.event("late-inline")
        return "late"
    outcome: Literal["answer", "none"] = "answer" if found else "none"
    logs.event("inline", language=language, outcome=outcome)
    return outcome


def _result(knowledge: Knowledge, article: Article, bot: str) -> InlineQueryResultArticle:
    texts = knowledge.interface(article.language).inline
    way = InlineKeyboardButton(texts.ask_me, url=f"https://t.me/{bot}?start={PAYLOAD}")
    content = InputTextMessageContent(
        # Not @bot: where the bot is in that group, it would read the article as a question to itself. And this way
        # the text still leads here when somebody copies it into another messenger.
        _html(article, fill(texts.by, bot=f"t.me/{bot}")),
        parse_mode=ParseMode.HTML,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    return InlineQueryResultArticle(
        article.id, article.title, content, InlineKeyboardMarkup([[way]]), description=article.description
    )


def _html(article: Article, by: str) -> str:
    """The text of the message: what was asked, the answer, its source, and who says it."""
    blocks = [f"<b>{escape(article.title, quote=False)}</b>"]
    blocks += [escape(paragraph, quote=False) for paragraph in article.paragraphs]
    blocks += [f'<a href="{escape(s.url)}">{escape(s.text, quote=False)}</a>' for s in article.sources]
    blocks.append(f"<i>{escape(by, quote=False)}</i>")
    return "\n\n".join(blocks)
