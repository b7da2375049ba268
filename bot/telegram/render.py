"""A reply as Telegram messages: HTML with everything escaped, an inline keyboard, nothing over the limits.

Limits are those of the Bot API: 4,096 UTF-16 units a message after parsing, 64 bytes of callback data, 256 characters
to copy, and buttons that open https addresses only.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.callback import encode
from bot.text import sentences, utf16_length
from bot.types import Button, Reply

MESSAGE_LIMIT = 4096


@dataclass(frozen=True)
class Message:
    """One message: HTML and, on the last of a reply, the keyboard."""

    html: str
    keyboard: InlineKeyboardMarkup | None = None


def render(reply: Reply, bot: str | None = None) -> tuple[Message, ...]:
    """The messages for a reply, at least one. `bot` is the bot's user name: buttons that lead to it need it."""
    blocks = [(p, escape(p, quote=False)) for paragraph in reply.paragraphs for p in _fitting(paragraph)]
    if reply.pasted:
        blocks.append((reply.pasted, f"<pre>{escape(reply.pasted, quote=False)}</pre>"))
    if reply.sources:
        seen = "\n".join([reply.sources_title, *(f"• {s.text}" for s in reply.sources)])
        lines = [f"<b>{escape(reply.sources_title, quote=False)}</b>"]
        lines += [f'• <a href="{escape(_https(s.url))}">{escape(s.text, quote=False)}</a>' for s in reply.sources]
        blocks.append((seen, "<blockquote expandable>" + "\n".join(lines) + "</blockquote>"))
    texts: list[str] = []
    room = 0
    for seen, html in blocks:
        size = utf16_length(seen) + 2
        if texts and size <= room:
            texts[-1] += f"\n\n{html}"
        else:
            texts.append(html)
            room = MESSAGE_LIMIT
        room -= size
    keyboard = _keyboard(reply.buttons, bot)
    return (*(Message(html) for html in texts[:-1]), Message(texts[-1], keyboard))


def _fitting(paragraph: str) -> list[str]:
    """`paragraph` in pieces that fit a message, cut between sentences where there are any."""
    limit = MESSAGE_LIMIT - 2
    if utf16_length(paragraph) <= limit:
        return [paragraph]
    pieces: list[str] = []
    for sentence in sentences(paragraph):
        while utf16_length(sentence) > limit:
            cut = limit // 2  # characters; safe for any script, as one takes at most two units
            pieces.append(sentence[:cut])
            sentence = sentence[cut:]
        if pieces and utf16_length(pieces[-1]) + utf16_length(sentence) + 1 <= limit:
            pieces[-1] += f" {sentence}"
        else:
            pieces.append(sentence)
    return pieces


def _keyboard(rows: tuple[tuple[Button, ...], ...], bot: str | None) -> InlineKeyboardMarkup | None:
    shown = [[_button(b, bot) for b in row if bot or not b.start] for row in rows]
    shown = [row for row in shown if row]
    return InlineKeyboardMarkup(shown) if shown else None


def _button(button: Button, bot: str | None) -> InlineKeyboardButton:
    if button.start:
        return InlineKeyboardButton(button.label, url=f"https://t.me/{bot}?start={button.start}")
    if button.tap:
        return InlineKeyboardButton(button.label, callback_data=encode(button.tap))
    if button.url:
        return InlineKeyboardButton(button.label, url=_https(button.url))
    return InlineKeyboardButton(button.label, copy_text=CopyTextButton(button.copy or ""))


def _https(url: str) -> str:
    if not url.startswith("https://"):
        raise ValueError(f"{url!r} is not an https address")
    return url
