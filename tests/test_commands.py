"""The one list of commands: help, menu and README say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.commands import COMMANDS, described
from bot.conversation import Conversation
from bot.knowledge import Knowledge
from bot.knowledge.interface import Commands
from bot.types import Incoming, Session
from tests.conftest import LANGUAGES, TODAY, Chat

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_readme_lists_exactly_the_commands_in_their_order() -> None:
    sentence = re.search(r"Commands: ([^.]*)\.", README)
    assert sentence
    assert re.findall(r"`/([a-z]+)`", sentence[1]) == list(COMMANDS)


def test_every_command_has_a_description() -> None:
    assert set(COMMANDS.values()) <= set(Commands.model_fields)
    assert all(re.fullmatch("[a-z0-9_]{1,32}", name) for name in COMMANDS)  # Bot API, BotCommand


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_names_every_command_with_its_description(conversation: Conversation, language: str) -> None:
    reply = Chat(conversation, language).say("/help")
    lines = reply.paragraphs[-1].splitlines()
    texts = described(conversation.knowledge.interface(language).commands)
    assert lines == [f"/{name} – {text}" for name, text in texts]
    assert "/" not in reply.paragraphs[0], "commands stand in the list only"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_answered(conversation: Conversation, name: str) -> None:
    reply, _ = conversation.respond(Incoming(text=f"/{name}", client="en", today=TODAY), Session())
    assert reply.outcome == "service"
    assert reply.paragraphs


def test_descriptions_differ_between_commands(knowledge: Knowledge) -> None:
    for language in knowledge.answered:
        texts = [text for _, text in described(knowledge.interface(language).commands)]
        assert len(set(texts)) == len(texts)
