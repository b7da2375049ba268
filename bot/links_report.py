"""What the answers to a link mean, and how the results are told: as text for people, as JSON for programs. Pure."""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.parse import urljoin

import httpx

Kind = Literal["gone", "failing", "unreachable", "slow", "limited", "forbidden", "login", "moved", "ok"]

# What each result means and what to do about it; the worst first, in the order of the report.
MEANING: Mapping[Kind, str] = {
    "gone": "there is no such page any more: find its new address, or remove the link",
    "failing": "the answer is an error: try again later, then by hand",
    "unreachable": "there was no connection: check the host's name, try again later",
    "slow": "no answer in time: try again later, or with a longer --timeout",
    "limited": "the host wants fewer requests: try again later",
    "forbidden": "exists perhaps; open by hand",
    "login": "leads to a login or consent page: open by hand",
    "moved": "leads to another address: open it, and write the new one if it is right",
    "ok": "answers",
}
# These need eyes at most: the link leads somewhere, or a program cannot tell.
FINE: frozenset[Kind] = frozenset({"forbidden", "login", "moved", "ok"})
OFFLINE = "No host could be reached: this machine seems to be offline"
_WIDEST = 90  # longer addresses do not push the places of all others out of sight
_WALL_HOST = re.compile(r"^(login|signin|accounts?|auth|sso|idp|consent)\.")
_WALL_PATH = re.compile(
    r"/(log[-_]?in|sign[-_]?in|authwall|checkpoint|consent|sso|oauth2?|authorize)(\.\w+)?(/|$)", re.IGNORECASE
)


@dataclass(frozen=True)
class Link:
    """An address of the knowledge and the places, as in `sources.yaml:8`, where it stands."""

    url: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """What came of one address.

    `status` is the last HTTP status that was heard, `location` the address that redirects led to, `seconds` the time
    spent on requests and on waits between tries, `tries` the number of requests. `reached` says whether the address's
    own host took a connection; where none does, this machine is offline.
    """

    url: str
    result: Kind
    status: int | None = None
    location: str | None = None
    seconds: float = 0.0
    tries: int = 0
    note: str = ""
    reached: bool = True


@dataclass(frozen=True)
class Answer:
    """What came of one request: a status, or `fault` where there was none."""

    status: int | None = None
    location: str | None = None
    wait: float | None = None  # Retry-After
    fault: Kind | None = None
    note: str = ""
    reached: bool = True
    closed: bool = False

    @property
    def refuses_head(self) -> bool:
        """Whether GET may fare better. Not for 410 and 429: those are said of the page and of us, not of HEAD."""
        status = self.status or 0
        return self.closed or status == 501 or (400 <= status < 500 and status not in (410, 429))

    @property
    def passing(self) -> bool:
        """Whether it may be better in a moment."""
        return self.fault in ("slow", "unreachable") or self.status == 429 or 500 <= (self.status or 0) < 600

    @property
    def kind(self) -> Kind:
        """The result that this answer alone would be."""
        if self.fault is not None or self.status is None:
            return self.fault or "failing"
        if self.status < 300:
            return "ok"
        # 451 and LinkedIn's 999 are refusals too: of a country, of programs.
        known: dict[int, Kind] = {401: "forbidden", 403: "forbidden", 451: "forbidden", 999: "forbidden"}
        return {**known, 404: "gone", 410: "gone", 429: "limited"}.get(self.status, "failing")


def failed(error: Exception) -> Answer:
    """The answer that an exception stands for; the causes behind it say more than httpx does."""
    if isinstance(error, httpx.ConnectTimeout):
        return Answer(fault="slow", note="no connection in time", reached=False)
    if isinstance(error, httpx.TimeoutException):
        return Answer(fault="slow", note="no full answer in time")
    if isinstance(error, httpx.RemoteProtocolError) and "location header" in str(error):
        # httpx reads the address of a redirect even where it is not to follow it.
        return Answer(fault="failing", note="redirects to what is no web address")
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            note = getattr(cause, "verify_message", None) or getattr(cause, "reason", None) or str(cause)
            return Answer(fault="unreachable", note=f"TLS: {note}")
        if isinstance(cause, socket.gaierror):
            return Answer(fault="unreachable", note="the name of the host was not found (DNS)", reached=False)
        if isinstance(cause, ConnectionRefusedError):
            return Answer(fault="unreachable", note="the host refuses the connection", reached=False)
    if isinstance(error, (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)):
        return Answer(fault="unreachable", note="the host closes the connection", closed=True)
    return Answer(fault="unreachable", note=str(error) or type(error).__name__, reached=False)


def _causes(error: BaseException) -> Iterator[BaseException]:
    yield error
    inner = [error.__cause__ or error.__context__, *getattr(error, "exceptions", ())]  # a group, from Python 3.11 on
    for cause in inner:
        if cause is not None:
            yield from _causes(cause)


def retry_after(value: str | None) -> float | None:
    """The seconds that a Retry-After header asks for: a number or a date."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=timezone.utc)
    return max(0.0, (until - datetime.now(timezone.utc)).total_seconds())


def host(url: str) -> str:
    """Host and port of an address, as far as it can be read: whom to be polite to."""
    try:
        return httpx.URL(url).netloc.decode("ascii")
    except httpx.InvalidURL:
        return url


def target(here: str, location: str) -> str | None:
    """The absolute address that a redirect leads to; None where it is none of the web."""
    try:
        address = httpx.URL(urljoin(here, location))
    except (httpx.InvalidURL, ValueError):
        return None
    return str(address) if address.scheme in ("http", "https") and address.host else None


def is_wall(url: str) -> bool:
    """Whether an address looks like a page to log in or to consent at."""
    parts = httpx.URL(url)
    return bool(_WALL_HOST.match(parts.host) or _WALL_PATH.search(parts.path))


def way(start: str, end: str, codes: Sequence[int]) -> str:
    """What a redirect tells: for good or for now, and whether it leaves the site or lands on the start page."""
    old, new = httpx.URL(start), httpx.URL(end)
    a, b = old.host.removeprefix("www."), new.host.removeprefix("www.")
    same = a == b or a.endswith(f".{b}") or b.endswith(f".{a}")
    lasting = all(code in (301, 308) for code in codes)
    told = f"{'for good' if lasting else 'for now'}, {'the same site' if same else 'another site'}"
    start_page = new.path == "/" and old.path != "/"
    return f"{told}, its start page: the page itself may be gone" if start_page else told


def joined(notes: Sequence[str]) -> str:
    """The notes that say something, in one line."""
    return "; ".join(note for note in notes if note)


def offline(results: Sequence[Result]) -> bool:
    """Whether there are results and not one host was reached."""
    return bool(results) and not any(result.reached for result in results)


def exit_code(results: Sequence[Result]) -> int:
    """0 where all is fine, 1 where a link is not, 2 where no host could be reached."""
    if offline(results):
        return 2
    return 0 if all(result.result in FINE for result in results) else 1


def as_text(links: Sequence[Link], results: Sequence[Result]) -> Iterator[str]:
    """The report's lines: grouped by result, the worst first, and the numbers at the end."""
    places = {link.url: link.places for link in links}
    width = min(_WIDEST, max((len(result.url) for result in results), default=0))
    count = Counter(result.result for result in results)
    for kind, meaning in MEANING.items():
        if not count[kind]:
            continue
        yield f"{kind} ({count[kind]}): {meaning}"
        for result in sorted((r for r in results if r.result == kind), key=lambda r: r.url):
            line = f"  {result.url:<{width}}  {', '.join(places.get(result.url, ()))}"
            told = _told(result)
            yield f"{line}  {told}" if told else line.rstrip()
        yield ""
    numbers = ", ".join(f"{count[kind]} {kind}" for kind in MEANING if count[kind])
    yield f"{len(results)} {'link' if len(results) == 1 else 'links'}: {numbers or 'nothing to check'}"


def as_json(links: Sequence[Link], results: Sequence[Result]) -> str:
    """The results as a JSON list of objects, in the order of the knowledge."""
    places = {link.url: link.places for link in links}
    rows = [
        {
            "url": result.url,
            "places": list(places.get(result.url, ())),
            "result": result.result,
            "status": result.status,
            "location": result.location,
            "seconds": round(result.seconds, 3),
            "tries": result.tries,
            "note": result.note,
        }
        for result in results
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def _told(result: Result) -> str:
    parts = []
    if result.location:
        parts.append(f"-> {result.location}")
    if result.status is not None and result.result not in ("ok", "moved", "login"):
        parts.append(f"status {result.status}")
    if result.note:
        parts.append(result.note)
    return "; ".join(parts)
