"""Dates in the words of a language."""

from __future__ import annotations

from datetime import date

from bot.knowledge.interface import Dates


def in_words(value: date | str, dates: Dates) -> str:
    """A day, or a part date such as `2025-05` or `2025`, as the language writes it."""
    text = value.isoformat() if isinstance(value, date) else value
    parts = text.split("-")
    if len(parts) == 1:
        return parts[0]
    month = int(parts[1]) - 1
    if len(parts) == 2:
        return dates.month.format(month=dates.months_alone[month], year=parts[0])
    return dates.full.format(day=int(parts[2]), month=dates.months[month], year=parts[0])
