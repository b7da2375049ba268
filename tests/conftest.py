"""What the tests share: the knowledge and the conversation, read once; property tests that repeat."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, settings

from bot.conversation import Conversation
from bot.knowledge import KNOWLEDGE, Knowledge, load
from bot.telegram import logs
from bot.types import Incoming, Reply, Session

TODAY = date(2026, 11, 25)
LANGUAGES = tuple(sorted(path.parent.name for path in KNOWLEDGE.glob("languages/*/interface.yaml")))

settings.register_profile(
    "project", deadline=None, derandomize=True, max_examples=150, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("project")


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    """All that the process logs while a test runs."""
    stream = io.StringIO()
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    logs.set_up(stream)
    yield stream
    root.handlers[:], root.level = before


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="session")
def conversation(knowledge: Knowledge) -> Conversation:
    return Conversation(knowledge)


class Chat:
    """One person's chat: keeps the session between messages."""

    def __init__(self, conversation: Conversation, client: str | None = None) -> None:
        self.conversation = conversation
        self.client = client
        self.session = Session()

    def say(self, text: str) -> Reply:
        incoming = Incoming(text=text, client=self.client, today=TODAY)
        reply, self.session = self.conversation.respond(incoming, self.session)
        return reply

    def tap(self, label: str, reply: Reply) -> Reply:
        """Taps the button of `reply` whose label begins so."""
        button = next(b for row in reply.buttons for b in row if b.label.startswith(label))
        incoming = Incoming(client=self.client, tap=button.tap, today=TODAY)
        answer, self.session = self.conversation.respond(incoming, self.session)
        return answer
