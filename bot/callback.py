"""Callback data of buttons: `1|kind|value|company|language`, at most 64 bytes (Bot API, InlineKeyboardButton).

Everything a tap needs stands in it, so that any process can go on after a restart. The first field is the version.
"""

from __future__ import annotations

from bot.types import Tap

VERSION = "1"
LIMIT = 64
STALE = Tap("stale", "")


def encode(tap: Tap) -> str:
    """The callback data of a tap. Raises ValueError where it would not fit or not come back alike."""
    data = "|".join((VERSION, tap.kind, tap.value, tap.company, tap.language))
    if len(data.encode()) > LIMIT:
        raise ValueError(f"callback data {data!r} has {len(data.encode())} bytes, {LIMIT} are allowed")
    if data.count("|") != 4:
        raise ValueError(f"callback data {data!r}: no part may hold '|'")
    return data


def decode(data: str) -> Tap:
    """The tap that `data` stands for; data of another version, or of no version, is a stale button."""
    parts = data.split("|")
    if len(parts) != 5 or parts[0] != VERSION:
        return STALE
    return Tap(*parts[1:])
