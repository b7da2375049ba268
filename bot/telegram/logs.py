"""Log lines as JSON, from an allow-list of fields: no text, no id, no name, no token can get into them.

Libraries log too (httpx the address with the token, python-telegram-bot whole updates), so of their records only the
level, the logger and the class of the error are kept.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime, timezone
from typing import TextIO

ALLOWED = ("event", "language", "topic", "outcome", "kind", "milliseconds", "error", "hint")
_LOG = logging.getLogger("bot")


class AllowList(logging.Formatter):
    """Formats a record as one JSON line with allowed fields only."""

    def format(self, record: logging.LogRecord) -> str:
        """The line. The record's message is not part of it."""
        at = datetime.fromtimestamp(record.created, tz=timezone.utc).isoformat(timespec="seconds")
        line: dict[str, object] = {"time": at, "level": record.levelname.lower()}
        if record.name == "bot":
            fields = getattr(record, "fields", {})
            line |= {name: fields[name] for name in ALLOWED if fields.get(name) is not None}
        else:
            line["logger"] = record.name.split(".")[0]
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=True)


def set_up(stream: TextIO = sys.stderr) -> None:
    """Sends all logging of this process to `stream`, in this form."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(AllowList())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "telegram", "apscheduler"):
        logging.getLogger(name).setLevel(logging.WARNING)


def event(name: str, **fields: object) -> None:
    """Logs one event. Fields that are not allowed are dropped."""
    _LOG.info(name, extra={"fields": {"event": name, **fields}})
