"""Which law holds where, and until when an answer is due.

GDPR Art. 12(3): one month from receipt, two more where the company says so in time. How months are counted is said in
Regulation (EEC, Euratom) 1182/71 Art. 3: the period ends on the same date of the last month, or on that month's last
day; a Saturday, Sunday or public holiday moves the end to the next working day. Holidays are not reckoned with.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal

Law = Literal["eea", "uk", "ch", "other"]
EEA = frozenset("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO".split())
ELSEWHERE = "ZZ"
COUNTRIES = (*sorted(EEA), "GB", "CH", ELSEWHERE)
SWISS_DAYS = 30  # asked for in the letter; the Swiss act names no time


def law_of(country: str | None) -> Law:
    """The law that protects a person in `country` (ISO code); the GDPR where the country is not known."""
    if country is None or country in EEA:
        return "eea"
    return {"GB": "uk", "CH": "ch"}.get(country, "other")  # type: ignore[return-value]


def due(sent: date, law: Law) -> date | None:
    """The day until which an answer to what was sent (and received) on `sent` is due; None for an unknown law."""
    if law == "other":
        return None
    return sent + timedelta(days=SWISS_DAYS) if law == "ch" else _months_on(sent, 1)


def longest(sent: date) -> date:
    """The last day where the company takes the two more months of Art. 12(3)."""
    return _months_on(sent, 3)


def _months_on(start: date, months: int) -> date:
    index = start.month - 1 + months
    year, month = start.year + index // 12, index % 12 + 1
    end = date(year, month, min(start.day, monthrange(year, month)[1]))
    return end + timedelta(days={5: 2, 6: 1}.get(end.weekday(), 0))
