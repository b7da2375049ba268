"""A reply as plain text, for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from bot.types import Button, Reply


def numbered(reply: Reply) -> list[Button]:
    """The buttons in the order of their numbers, from 1."""
    return [button for row in reply.buttons for button in row]


def reply_as_text(reply: Reply, width: int = 78) -> str:
    """The reply wrapped to `width` columns, buttons as numbers."""
    return "\n".join(_lines(reply, max(width, 20)))


def _lines(reply: Reply, width: int) -> Iterator[str]:
    for index, paragraph in enumerate(reply.paragraphs):
        if index:
            yield ""
        for line in paragraph.splitlines():
            yield from textwrap.wrap(line, width) or [""]
    if reply.pasted:
        yield ""
        for line in reply.pasted.splitlines():
            yield from textwrap.wrap(line, width, initial_indent="    ", subsequent_indent="    ") or [""]
    if reply.sources:
        yield ""
        yield f"{reply.sources_title}:"
        for source in reply.sources:
            yield from textwrap.wrap(f"- {source.text}", width, subsequent_indent="  ")
            yield f"  {source.url}"
    buttons = numbered(reply)
    if buttons:
        yield ""
    for number, button in enumerate(buttons, 1):
        yield f"[{number}] {button.label}"
        if button.url:
            yield f"    {button.url}"
        if button.start:
            yield f"    /start {button.start}"
