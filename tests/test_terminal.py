"""The terminal, as a person uses it: a real pseudo-terminal, wide and as narrow as a phone."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time

import pytest

from bot.channels.plain import reply_as_text
from bot.types import Button, Reply, SourceLine, Tap


def talk(lines: list[str], columns: int) -> str:
    """All that a terminal of that width shows for these lines of input."""
    master, slave = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "LINES": "40", "LC_ALL": "C.UTF-8", "TERM": "dumb"}
    command = [sys.executable, "-m", "bot", "chat", "--language", "en"]
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment, close_fds=True)
    os.close(slave)
    shown = b""

    def until_prompt(prompts: int) -> None:
        nonlocal shown
        end = time.monotonic() + 30
        while shown.count(b"> ") < prompts and time.monotonic() < end:
            try:
                shown += os.read(master, 65536)
            except OSError:
                return

    for number, line in enumerate(lines, 1):
        until_prompt(number)
        os.write(master, line.encode() + b"\n")
    until_prompt(len(lines) + 1)
    os.write(master, b"\x04")
    assert process.wait(20) == 0
    os.close(master)
    return shown.decode("utf-8").replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [36, 100])
def test_a_conversation_fits_its_terminal(columns: int) -> None:
    shown = talk(["are my whatsapp chats used?", "1", "", "999"], columns)
    assert "WhatsApp" in shown
    assert "[1]" in shown
    assert "Traceback" not in shown
    prose = [line for line in shown.splitlines() if "http" not in line and not line.startswith(("> ", "["))]
    assert max(map(len, prose)) <= columns


def test_buttons_are_numbers_and_links_are_shown() -> None:
    buttons = ((Button("Go", tap=Tap("t", "deadline")),), (Button("Form", url="https://a.org/f"),))
    sources = (SourceLine("Policy", "https://a.org/p"),)
    reply = Reply(
        "en", "answer", ("A text.",), sources=sources, sources_title="Sources", buttons=buttons, pasted="Paste me"
    )
    text = reply_as_text(reply, 40)
    assert "[1] Go" in text
    assert "[2] Form\n    https://a.org/f" in text
    assert "    Paste me" in text
    assert "Sources:\n- Policy\n  https://a.org/p" in text
