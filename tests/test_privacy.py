"""What people write is nowhere but in their chat: not in the store, the logs, the metrics or the output.

One exception: a question that a person chose to send to the editors lies in their inbox, and nowhere else.
"""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import Conversation
from bot.knowledge import Knowledge
from bot.telegram import service
from bot.telegram.metrics import Metrics
from bot.types import Incoming, Reply, Session
from tests.fake_bot_api import FakeBotApi
from tests.telegram_bot import TOKEN, judge, press, running, say

CONVERSATIONS = 1000
MARK = "zqxmark"
SAID = [
    "are my photos used {mark}",
    "{mark} how do I object?",
    "wird mein Name {mark} benutzt?",
    "my mail is {mark}@example.org, object for me",
    "{mark} {mark} {mark}",
    "I want to die {mark}",
    "ring me at +49 170 1234567 {mark}",
    "/start {mark}",
    "/why {mark}",
    "raise an error {mark}",
]


def test_a_thousand_conversations_leave_no_mark(
    knowledge: Knowledge,
    output: io.StringIO,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logging.getLogger().setLevel(logging.DEBUG)  # a library's own debug lines must hold nothing either
    kept: list[Metrics] = []
    respond = Conversation.respond

    class Watched(Metrics):
        def __init__(self) -> None:
            super().__init__()
            kept.append(self)

    def raising(self: Conversation, incoming: Incoming, session: Session) -> tuple[Reply, Session]:
        if "raise an error" in incoming.text:
            raise ValueError(f"an error about {incoming.text}")
        return respond(self, incoming, session)

    monkeypatch.setattr(service, "Metrics", Watched)
    monkeypatch.setattr(Conversation, "respond", raising)
    store = tmp_path / "bot.sqlite"
    with FakeBotApi(TOKEN, judge=judge()) as fake, running(fake, knowledge, f"sqlite:{store}"):
        for number in range(CONVERSATIONS):
            mark = f"{MARK}{number}"
            who: dict[str, Any] = {"first_name": f"{mark}first"}
            fake.send_text(10_000 + number, SAID[number % len(SAID)].format(mark=mark), **who)
            if number % 100 == 0:
                fake.raw({"update_id": "no number", "message": {"text": f"{mark} malformed"}})
                fake.type_inline(10_000 + number, f"{mark} whatsapp", **who)
        fake.wait_for(
            lambda call: call.method == "sendMessage" and call.status == 200, count=CONVERSATIONS, timeout=120
        )
        chosen = choose(fake)
        written = b"".join(path.read_bytes() for path in tmp_path.glob("bot.sqlite*"))
    inbox = b"".join(path.read_bytes() for path in tmp_path.glob("bot.editors.sqlite*"))
    assert chosen in inbox
    assert MARK.encode() not in inbox.replace(chosen, b"")
    told = kept[0].text()
    out, err = capfd.readouterr()
    assert len(written) > 10_000
    assert "reply" in output.getvalue()
    assert b"data_rights_replies" in told
    for where, text in (
        ("store", written.decode("latin-1")),
        ("store after the end", b"".join(p.read_bytes() for p in tmp_path.glob("bot.sqlite*")).decode("latin-1")),
        ("logs", output.getvalue()),
        ("metrics", told.decode()),
        ("output", out + err),
    ):
        assert MARK not in text, where
        assert TOKEN not in text, where
        assert "1234567" not in text.replace(TOKEN, ""), where


def choose(fake: FakeBotApi) -> bytes:
    """Somebody sends an unanswered question to the editors: what they chose to send."""
    person, text = 99, f"{MARK} zebra bicycle {MARK}?"
    say(fake, person, text)
    for step in ("ask", "yes"):
        press(fake, person, f"1|s|{step}")
    return text.encode()
