"""A conversation in the terminal: the same core as on Telegram, buttons as numbers, no token and no network."""

from __future__ import annotations

import locale
import shutil
import sys
from datetime import date
from pathlib import Path

from bot.channels.plain import numbered, reply_as_text
from bot.conversation import Conversation
from bot.types import Button, File, Incoming, Session, Tap

WIDEST = 88  # lines longer than this are hard to read, however wide the window


def client_language() -> str | None:
    """The language of this computer, as the Telegram client would tell it, or None."""
    code = locale.getlocale()[0]
    return code[:2].lower() if code and code[:2].isalpha() and code not in ("C", "POSIX") else None


def chat(conversation: Conversation, language: str | None) -> int:
    """Talks until the input ends. `language` is an explicit choice. Returns the exit code."""
    session = Session(language=language, chosen=language is not None)
    client = client_language()
    reply, session = conversation.respond(Incoming(client=client, tap=Tap("c", "start"), today=date.today()), session)
    while True:
        print(reply_as_text(reply, min(shutil.get_terminal_size().columns - 1, WIDEST)), end="\n\n")
        if reply.file:
            _save(reply.file)
        buttons = numbered(reply)
        try:
            typed = input("> ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return 0
        print()
        incoming = _incoming(typed, buttons, client)
        if incoming is not None:
            reply, session = conversation.respond(incoming, session)


def _save(file: File) -> None:
    """Writes a file that the person asked for into the folder in which the bot was started; never over another."""
    path = Path(file.name)
    try:
        with path.open("xb") as there:
            there.write(file.content)
    except OSError as error:
        print(f"{path}: {error.strerror}", end="\n\n")
    else:
        print(f"-> {path.resolve()}", end="\n\n")


def _incoming(typed: str, buttons: list[Button], client: str | None) -> Incoming | None:
    """What the person did; None where it was done here, as copying a text."""
    today = date.today()
    if typed.isdecimal() and len(typed) < 4 and 0 < int(typed) <= len(buttons):
        button = buttons[int(typed) - 1]
        if button.tap:
            return Incoming(client=client, tap=button.tap, today=today)
        print(button.url or button.copy or f"/start {button.start}", file=sys.stdout)
        return None
    if not typed:
        return Incoming(client=client, tap=Tap("c", "help"), today=today)
    return Incoming(text=typed, client=client, today=today)
