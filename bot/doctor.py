"""`doctor`: what keeps the bot from running well, a line each with the way out. It changes nothing and sends nothing.

The token is never printed: of what goes wrong on the way to Telegram only the kind is told; addresses hold it.
"""

from __future__ import annotations

import difflib
import importlib
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from bot.config import SETTINGS, Settings, read_settings
from bot.errors import KnowledgeError, SettingError
from bot.knowledge import load

Level = Literal["ok", "warn", "fail"]
OLDEST_PYTHON = (3, 10)
TIMEOUT = 10.0  # seconds for one question
CLOCK_MAY_DIFFER = 30.0  # seconds; leases and dates rest on the clock
MANY_WAIT = 100  # updates; so many do not wait where the bot keeps up
RECENT = 3600  # seconds; an older error of the webhook is over
_PAGE, _STORE = "DATA_RIGHTS_PAGE", "DATA_RIGHTS_STORE"
_SQLITE = b"SQLite format 3\0"  # how each such file begins


@dataclass(frozen=True)
class Check:
    """What one check found. `way` is the way out, where there is something to do."""

    level: Level
    name: str
    found: str
    way: str = ""

    def __str__(self) -> str:
        line = f"{self.level:<4}  {self.name}: {self.found}"
        return f"{line} -> {self.way}" if self.way else line


def run(root: Path, given: Mapping[str, str]) -> int:
    """Checks this machine, the knowledge in `root` and the settings in `given`, and prints what it finds.

    Returns the exit code: 0 where nothing failed (warnings may be there), 1 where something did.
    """
    logging.getLogger("httpx").setLevel(logging.WARNING)  # below that it logs addresses, and they hold the token
    checks: list[Check] = []
    for check in examine(root, given):
        print(check, flush=True)
        checks.append(check)
    failed = sum(check.level == "fail" for check in checks)
    warned = sum(check.level == "warn" for check in checks)
    print(f"{len(checks)} checks: {failed} failed, {warned} to look at")
    return 1 if failed else 0


def examine(root: Path, environment: Mapping[str, str], now: Callable[[], float] = time.time) -> Iterator[Check]:
    """All checks in order, each as soon as it is known. `now` is the clock, in seconds since 1970."""
    yield python(sys.version_info[:3])
    yield from settings(environment)
    yield knowledge(root)
    yield page(environment)
    yield store(environment)
    yield from telegram(environment, now)


def python(version: tuple[int, ...]) -> Check:
    """Whether this Python is new enough."""
    shown = ".".join(map(str, version))
    if version[:2] < OLDEST_PYTHON:
        return Check("fail", "Python", shown, "install Python 3.10 or newer, and the bot in it")
    return Check("ok", "Python", shown)


def settings(environment: Mapping[str, str]) -> Iterator[Check]:
    """What the Telegram channel would refuse, one line a setting; and settings that nobody reads.

    Page and store have checks of their own.
    """
    elsewhere = (_PAGE, _STORE)
    problems = [problem for problem in _problems(environment) if not problem.startswith(elsewhere)]
    for problem in problems:
        found, _, way = problem.partition(": ")
        yield Check("fail", "setting", found, way)
    if not problems:
        yield Check("ok", "settings", "all that are needed are set")
    for name in sorted(environment):
        if name.startswith("DATA_RIGHTS_") and name not in SETTINGS and name != _STORE:
            near = difflib.get_close_matches(name, SETTINGS, 1)
            yield Check("warn", "setting", f"{name} is not known", f"is it {near[0]}?" if near else "take it away")


def _problems(environment: Mapping[str, str]) -> list[str]:
    """The lines of the error with which the bot would not start, [] where it would."""
    try:
        read_settings(environment)
    except SettingError as error:
        lines = [line[2:] for line in str(error).splitlines() if line.startswith("- ")]
        return lines or [" ".join(str(error).split())]
    return []


def knowledge(root: Path) -> Check:
    """Whether the knowledge can be loaded."""
    try:
        loaded = load(root)
    except KnowledgeError as error:
        count = "1 fault" if len(error.faults) == 1 else f"{len(error.faults)} faults"
        way = "data-rights-bot check lists them all"
        return Check("fail", "knowledge", f"{count}, the first: {error.faults[0]}", way)
    except OSError as error:
        return Check("fail", "knowledge", f"{root}: {type(error).__name__}", "name the folder with --knowledge")
    return Check("ok", "knowledge", f"valid, answers in {', '.join(loaded.answered)}")


def page(environment: Mapping[str, str]) -> Check:
    """Whether the letter page has an address that people's browsers can trust."""
    address = environment.get(_PAGE, "").strip()
    if not address:
        way = f"host it (data-rights-bot page FOLDER) and set {_PAGE}"
        return Check("warn", "page", "not set, letters come as a message with blanks", way)
    for problem in _problems(environment):
        if problem.startswith(_PAGE):
            return Check("fail", "page", problem, "host it with a certificate: people type their names in there")
    return Check("ok", "page", address)


def store(environment: Mapping[str, str]) -> Check:
    """Whether the store can be written (SQLite) or answers (Redis)."""
    address = environment.get(_STORE, "").strip()
    kind, _, rest = address.partition(":")
    if not address:
        return Check("ok", "store", f"{_STORE} is not set, the default is used")
    if kind == "sqlite" and rest:
        return _sqlite(Path(rest))
    if kind in ("redis", "rediss"):
        return _redis(address)
    if kind == "memory":
        return Check("warn", "store", "in memory: a restart forgets it", f"set {_STORE}=sqlite:PATH")
    return Check("fail", "store", f"{_STORE} is of an unknown kind", "use sqlite:PATH or redis://HOST:6379/0")


def _sqlite(path: Path) -> Check:
    folder = path.parent
    if not folder.is_dir():
        return Check("fail", "store", f"the folder {folder} is not there", f"mkdir -p {folder}, as the bot's user")
    try:
        # Permissions tell only half: a disk that is full or read-only shows when one writes.
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(4096))
        # It is not opened as a database: that may leave files beside it, of the user who runs this.
        start = _first(path, len(_SQLITE))
    except OSError as error:
        way = "give folder and file to the bot's user, or free space"
        return Check("fail", "store", f"{path} cannot be written or read ({error.strerror})", way)
    if not path.exists():
        return Check("ok", "store", f"{path} will be made at the start")
    if not os.access(path, os.W_OK):
        return Check("fail", "store", f"{path} cannot be written", "give it to the bot's user")
    if start not in (b"", _SQLITE):
        return Check("fail", "store", f"{path} is not an SQLite file", f"name another file in {_STORE}")
    return Check("ok", "store", f"{path} can be read and written")


def _first(path: Path, size: int) -> bytes:
    """The first bytes of a file, none where it does not exist."""
    if not path.exists():
        return b""
    with path.open("rb") as file:
        return file.read(size)


def _redis(address: str) -> Check:
    try:
        host = urlsplit(address).hostname or "localhost"  # the rest of the address may hold a password
        library = importlib.import_module("redis")  # an extra: it may be missing
    except ValueError:
        return Check("fail", "store", f"{_STORE} is not a valid address", "write redis://HOST:6379/0")
    except ImportError:
        return Check("fail", "store", "the library redis is missing", "pip install 'data-rights-bot[redis]'")
    try:
        with closing(library.Redis.from_url(address, socket_connect_timeout=3, socket_timeout=3)) as client:
            client.ping()
    except (library.RedisError, ValueError, OSError) as error:
        way = f"is Redis running and open to this machine, and are port and password in {_STORE} right?"
        return Check("fail", "store", f"Redis on {host} does not answer ({type(error).__name__})", way)
    return Check("ok", "store", f"Redis on {host} answers")


def telegram(environment: Mapping[str, str], now: Callable[[], float]) -> Iterator[Check]:
    """What Telegram says of token, bot and webhook, and what its clock says (Bot API, getMe, getWebhookInfo)."""
    # What does not concern the token is filled in, so that a missing notice does not hide what is wrong with it.
    filled = {"DATA_RIGHTS_OPERATOR": "-", "DATA_RIGHTS_CONTACT": "-", "DATA_RIGHTS_NOTICE": "https://example.org/"}
    names = ("DATA_RIGHTS_TOKEN", "DATA_RIGHTS_TOKEN_FILE", "DATA_RIGHTS_API")
    try:
        given = read_settings(filled | {name: environment[name] for name in names if name in environment})
    except SettingError:
        yield Check("warn", "Telegram", "not asked: there is no usable token yet", "see the settings above")
        return
    with httpx.Client(timeout=TIMEOUT) as client:
        asked = _ask(client, given, "getMe")
        if isinstance(asked, Check):
            yield asked
            return
        me, date = asked
        name = me.get("username")
        yield Check("ok", "Telegram", f"reached, the token is accepted, the bot is @{name}")
        if not me.get("supports_inline_queries"):
            way = f"@BotFather: /setinline, @{name}"
            yield Check("warn", "inline mode", f"off, @{name} does not answer in other chats", way)
        else:
            yield Check("ok", "inline mode", "on")
        if me.get("can_read_all_group_messages"):
            way = f"@BotFather: /setprivacy, @{name}, Enable"
            yield Check("warn", "groups", "Telegram sends the bot all messages of its groups", way)
        asked = _ask(client, given, "getWebhookInfo")
        yield asked if isinstance(asked, Check) else webhook(asked[0], now())
        yield clock(date, now())


def _ask(client: httpx.Client, given: Settings, method: str) -> tuple[dict[str, Any], str | None] | Check:
    """The result of a method without parameters and the Date header, or the check that failed."""
    server = urlsplit(given.api).hostname
    try:
        response = client.get(f"{given.api}{given.token}/{method}")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        way = "check network, name resolution, firewall and proxy of this machine"
        return Check("fail", "Telegram", f"offline: {server} cannot be reached ({type(error).__name__})", way)
    status = response.status_code
    if status in (401, 404):  # 404 is what it says to a token of a wrong form
        way = "ask @BotFather for it again: /token"
        return Check("fail", "Telegram", f"{server} refuses the token ({status})", way)
    if status == 429:
        return Check("fail", "Telegram", f"{server} asks to wait (429)", "try again in a minute")
    try:
        result = response.json()["result"]
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError):
        result = None
    if status != 200 or not isinstance(result, dict):
        way = "try again; if it stays, is DATA_RIGHTS_API right?"
        return Check("fail", "Telegram", f"{server} answers {method} with {status} and no result", way)
    return result, response.headers.get("Date")


def webhook(info: Mapping[str, Any], now: float) -> Check:
    """What a WebhookInfo says: updates that wait, and the last error if it is recent."""
    pending = int(info.get("pending_update_count", 0))
    host = urlsplit(str(info.get("url", ""))).hostname  # the path may be a secret of an earlier set-up
    where = f"set to {host}" if host else "none, polling works"
    wait = "no update waits" if not pending else "1 update waits" if pending == 1 else f"{pending} updates wait"
    if host and now - float(info.get("last_error_date", 0)) < RECENT:
        said = " ".join(str(info.get("last_error_message", "")).split())
        way = "look at the proxy, its certificate, and the bot's log"
        return Check("warn", "webhook", f"{where}, {wait}, last error: {said}", way)
    if pending > MANY_WAIT:
        way = "is the bot running? its log and data-rights-bot benchmark say whether it keeps up"
        return Check("warn", "webhook", f"{where}, {wait}", way)
    return Check("ok", "webhook", f"{where}, {wait}")


def clock(date: str | None, now: float) -> Check:
    """Whether this machine's clock agrees with the Date header of an answer."""
    try:
        there = parsedate_to_datetime(date or "")
    except ValueError:
        return Check("warn", "clock", "not compared: the answer has no date")
    if there.tzinfo is None:
        there = there.replace(tzinfo=timezone.utc)
    apart = (datetime.fromtimestamp(now, timezone.utc) - there).total_seconds()
    if abs(apart) <= CLOCK_MAY_DIFFER:
        return Check("ok", "clock", "agrees with Telegram's")
    side = "ahead of" if apart > 0 else "behind"
    way = "let it be set from the network: timedatectl set-ntp true"
    return Check("warn", "clock", f"{round(abs(apart))} s {side} Telegram's", way)
