from __future__ import annotations

import io
import json
import logging

from bot.telegram import logs


def test_only_allowed_fields_get_through(output: io.StringIO) -> None:
    logs.event("reply", language="de", topic="deadline", text="my secret", user=42)
    line = json.loads(output.getvalue())
    assert line["event"] == "reply"
    assert line["topic"] == "deadline"
    assert "my secret" not in output.getvalue()
    assert "42" not in json.dumps({k: v for k, v in line.items() if k != "time"})


def test_messages_of_libraries_are_dropped(output: io.StringIO) -> None:
    try:
        raise RuntimeError("https://api.telegram.org/bot123:TOKEN/getUpdates")
    except RuntimeError:
        logging.getLogger("telegram.ext").exception("update %s", "private words")
    logging.getLogger("httpx").info("GET https://api.telegram.org/bot123:TOKEN")
    said = output.getvalue()
    assert "TOKEN" not in said
    assert "private words" not in said
    assert json.loads(said)["error"] == "RuntimeError"
