from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.telegram import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    logs.set_up(stream)
    yield stream
    root.handlers[:], root.level = before


def test_only_allowed_fields_get_through(stream: io.StringIO) -> None:
    logs.event("reply", language="de", topic="deadline", text="my secret", user=42)
    line = json.loads(stream.getvalue())
    assert line["event"] == "reply"
    assert line["topic"] == "deadline"
    assert "my secret" not in stream.getvalue()
    assert "42" not in json.dumps({k: v for k, v in line.items() if k != "time"})


def test_messages_of_libraries_are_dropped(stream: io.StringIO) -> None:
    try:
        raise RuntimeError("https://api.telegram.org/bot123:TOKEN/getUpdates")
    except RuntimeError:
        logging.getLogger("telegram.ext").exception("update %s", "private words")
    logging.getLogger("httpx").info("GET https://api.telegram.org/bot123:TOKEN")
    said = stream.getvalue()
    assert "TOKEN" not in said
    assert "private words" not in said
    assert json.loads(said)["error"] == "RuntimeError"
