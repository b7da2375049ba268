"""One objection as a value: who, about what, where, since when. It travels in buttons and links, never in a store.

In a button it is `who purpose services [.country [.day]]`, as in `mo01.DE.20261125`, with XX for a country that was
not told; in a link to the bot the same with the company and a checksum (Bot API, deep linking: 1 to 64 of
A-Z a-z 0-9 _ -).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.knowledge.schema import Company
from bot.law import COUNTRIES

Who = Literal["me", "child", "none"]
Purpose = Literal["own", "third-party", "ai-answer", "general", "erasure"]
_WHO: Mapping[str, Who] = {"m": "me", "c": "child", "n": "none"}
_PURPOSES: Mapping[str, Purpose] = {
    "o": "own", "t": "third-party", "a": "ai-answer", "g": "general", "e": "erasure",
}  # fmt: skip
_NOT_TOLD = "XX"
_YEARS = range(2018, 2100)  # from the GDPR's first year on
_FORM = re.compile(r"([mcn])([otage])([0-9]{0,10})(?:\.([A-Z]{2})(?:\.(\d{8}))?)?")
_LINK = re.compile(r"c1_([a-z0-9-]+)_([A-Za-z0-9_]+)_([0-9a-f]{4})")


@dataclass(frozen=True)
class Case:
    """An objection to a company. `services` are ids of its services, in its order; empty without an account."""

    company: str
    services: tuple[str, ...] = ()
    who: Who = "me"
    purpose: Purpose = "own"
    country: str | None = None
    sent: date | None = None


def routes_for(company: Company, case: Case) -> tuple[str, ...]:
    """The ids of the routes for a case, the best first, each once."""
    if case.who == "none":
        found = company.purposes.get("no-account", company.purposes.get("third-party", []))
    elif case.purpose == "own":
        lists = [company.services[name].routes for name in case.services]
        # Each service's best route stands before any fallback.
        depth = max(map(len, lists), default=0)
        found = [routes[at] for at in range(depth) for routes in lists if at < len(routes)]
    else:
        found = company.purposes.get(case.purpose, [])
    return tuple(dict.fromkeys(found))


def encode(case: Case, company: Company) -> str:
    """The case as a short text for callback data."""
    names = list(company.services)
    who = next(key for key, value in _WHO.items() if value == case.who)
    purpose = next(key for key, value in _PURPOSES.items() if value == case.purpose)
    text = who + purpose + "".join(str(names.index(service)) for service in case.services)
    if case.country or case.sent:
        text += f".{case.country or _NOT_TOLD}"
    return text + (f".{case.sent:%Y%m%d}" if case.sent else "")


def decode(text: str, name: str, company: Company) -> Case | None:
    """The case that `text` stands for, None for anything that no button of ours holds."""
    match = _FORM.fullmatch(text)
    if match is None or not match[0].isascii():
        return None
    names = list(company.services)
    digits = [int(digit) for digit in match[3]]
    if digits != sorted(set(digits)) or any(digit >= len(names) for digit in digits):
        return None
    country = None if match[4] == _NOT_TOLD else match[4]
    if (country is not None and country not in COUNTRIES) or (match[5] and _day(match[5]) is None):
        return None
    services = tuple(names[digit] for digit in digits)
    return Case(name, services, _WHO[match[1]], _PURPOSES[match[2]], country, _day(match[5]))


def as_link(case: Case, company: Company) -> str:
    """The payload of a link that brings the case back: nothing about the person, and a checksum against typos."""
    body = f"{case.company}_{encode(case, company).replace('.', '_')}"
    return f"c1_{body}_{_sum(body)}"


def from_link(payload: str, companies: Mapping[str, Company]) -> Case | None:
    """The case of a link, None where the link is broken, of another version, or of an unknown company."""
    match = _LINK.fullmatch(payload)
    if match is None or match[1] not in companies or _sum(f"{match[1]}_{match[2]}") != match[3]:
        return None
    return decode(match[2].replace("_", "."), match[1], companies[match[1]])


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _sum(body: str) -> str:
    return format(zlib.crc32(body.encode()) & 0xFFFF, "04x")
