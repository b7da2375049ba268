"""What the tests share: the knowledge and the conversation, read once; property tests that repeat."""

from __future__ import annotations

import io
import logging
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.conversation import Conversation
from bot.knowledge import KNOWLEDGE, Knowledge, load
from bot.telegram import logs
from bot.types import Incoming, Reply, Session
from tests.redis_server import RedisServer, redis_server

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


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def copy_of_knowledge(target: Path, *languages: str) -> Path:
    """Copies the knowledge, for a test to change: in these languages only, as all of them take long to read."""

    def others(folder: str, names: list[str]) -> list[str]:
        return [n for n in names if n not in languages] if Path(folder) == KNOWLEDGE / "languages" else []

    return Path(shutil.copytree(KNOWLEDGE, target, ignore=others))


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
