"""The contracts of `ask`, through the command line as a user calls it."""

from __future__ import annotations

import json
import subprocess
import sys

from bot.ask import answer_lines
from bot.conversation import Conversation
from tests.conftest import TODAY

KEYS = {"id", "language", "outcome", "topic", "controller", "options", "verdict"}


def run(*arguments: str, feed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, input=feed, capture_output=True, text=True, encoding="utf-8", check=False)


def test_lines_are_answered_in_order_and_turns_belong_together(conversation: Conversation) -> None:
    lines = [
        {"id": 1, "text": "are my public posts used?", "client": "en", "conversation": "a"},
        {"id": 2, "text": "Werden meine Fotos genutzt?", "client": None, "conversation": None},
        {"id": 3, "text": "and photos?", "client": "en", "conversation": "a"},
    ]
    answers = [json.loads(a) for a in answer_lines(conversation, map(json.dumps, lines), TODAY)]
    assert [a["id"] for a in answers] == [1, 2, 3]
    assert all(set(a) == KEYS for a in answers)
    assert [a["topic"] for a in answers] == ["posts-comments", "photos-videos", "photos-videos"]
    assert [a["language"] for a in answers] == ["en", "de", "en"]


def test_a_line_that_is_no_question_is_told_and_the_rest_goes_on(conversation: Conversation) -> None:
    lines = ["not json", "[1]", "{}", "", json.dumps({"id": "x", "text": "thanks!"})]
    answers = [json.loads(a) for a in answer_lines(conversation, lines, TODAY)]
    assert [("error" in a) for a in answers] == [True, True, True, False]
    assert "line 2" in answers[1]["error"]


def test_the_command_line_answers_and_explains() -> None:
    shown = run("ask", "are my DMs read?", "--explain", "--language", "en")
    assert shown.returncode == 0, shown.stderr
    assert "Private messages" in shown.stdout
    assert "notion: message <- 'dms'" in shown.stdout
    assert "topic: private-messages" in shown.stdout


def test_jsonl_over_a_pipe() -> None:
    feed = json.dumps({"id": "ü", "text": "μέχρι πότε;", "client": "el", "conversation": None}, ensure_ascii=False)
    shown = run("ask", "--jsonl", feed=feed + "\n")
    answer = json.loads(shown.stdout)
    assert answer["id"] == "ü"
    assert answer["language"] == "el"
    assert answer["topic"] == "deadline"


def test_wrong_usage_is_explained() -> None:
    assert "give a question" in run("ask").stderr
    assert "no answers in this language" in run("ask", "x", "--language", "xx").stderr
    missing = run("--knowledge", "/nowhere", "ask", "x")
    assert missing.returncode == 1
    assert "no such folder" in missing.stderr


def test_telegram_does_not_start_without_settings() -> None:
    said = run("telegram")
    assert said.returncode == 1
    assert "DATA_RIGHTS_OPERATOR is not set" in said.stderr
    assert "Traceback" not in said.stderr
