"""Settings of the Telegram channel. Each error names the setting and the way out."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot.errors import SettingError
from bot.menus import Operator

# The one list of settings: code, README and tests rest on it.
SETTINGS = {
    "DATA_RIGHTS_TOKEN": "the bot's token from @BotFather",
    "DATA_RIGHTS_TOKEN_FILE": "a file that holds the token, instead of DATA_RIGHTS_TOKEN",
    "DATA_RIGHTS_OPERATOR": "who runs the bot: the name that people see",
    "DATA_RIGHTS_CONTACT": "how people reach the operator: an e-mail address or a web page",
    "DATA_RIGHTS_NOTICE": "the https address of the operator's privacy notice",
    "DATA_RIGHTS_PAGE": "the https address at which you host the letter page (data-rights-bot page FOLDER); optional",
    "DATA_RIGHTS_KNOWLEDGE": "another folder of knowledge than the one that comes with the bot",
    "DATA_RIGHTS_LANGUAGES": "the languages to answer in, as in de,fr,nl; all that have answers, where it is not set",
    "DATA_RIGHTS_API": "another Bot API server than https://api.telegram.org/bot",
    "DATA_RIGHTS_STORE": "where sessions are held: sqlite:PATH, redis://HOST:PORT/NUMBER or memory:",
    "DATA_RIGHTS_LEASE": "seconds after which another process takes over from one that died (30)",
    "DATA_RIGHTS_QUESTIONS": "off: people cannot send unanswered questions to the editors (on)",
    "DATA_RIGHTS_NOTICES": "the number of a chat that gets notices to the operator, beside the log; optional",
    "DATA_RIGHTS_MAINTENANCE_FILE": "as long as this file exists, everybody gets one text for maintenance; optional",
    "DATA_RIGHTS_WEBHOOK_SECRET_FILE": "a file with the webhook's secret; without it, it is derived from the token",
}
_TOKEN = re.compile(r"^\d{3,}:[A-Za-z0-9_-]{20,}$")
_NOTICE = re.compile(r"^https://[A-Za-z0-9.-]+(:\d+)?(/\S*)?$")
_SECRET = re.compile(r"^[A-Za-z0-9_-]{16,256}$")
_TELEGRAM = "https://api.telegram.org/bot"


@dataclass(frozen=True)
class Settings:
    """What the Telegram channel needs to start. The token never shows in a repr."""

    operator: Operator
    token: str = field(repr=False)
    api: str = _TELEGRAM
    page: str | None = None
    store: str = field(default="memory:", repr=False)  # the address of a Redis may hold its password
    lease: float = 30.0
    secret: str = field(default="", repr=False)
    notices: int | None = None
    maintenance: Path | None = None
    languages: tuple[str, ...] | None = None


def read_settings(given: Mapping[str, str]) -> Settings:
    """The settings in `given`, by their names: the environment, or what `gathered` makes of it, a file and options.

    Raises SettingError that names every missing or wrong setting and how to set it.
    """
    problems: list[str] = []

    def needed(name: str) -> str:
        value = given.get(name, "").strip()
        if not value:
            problems.append(f"{name} is not set: {SETTINGS[name]}")
        return value

    token = _token(given, problems)
    name, contact, notice = map(needed, ("DATA_RIGHTS_OPERATOR", "DATA_RIGHTS_CONTACT", "DATA_RIGHTS_NOTICE"))
    if notice and not _NOTICE.match(notice):
        problems.append("DATA_RIGHTS_NOTICE is not an https address, as in https://example.org/privacy")
    api = given.get("DATA_RIGHTS_API", "").strip() or _TELEGRAM
    if not api.startswith("https://") and not re.match(r"^http://(127\.0\.0\.1|localhost)[:/]", api):
        problems.append("DATA_RIGHTS_API is neither https nor on this machine: the token would travel in the open")
    page = given.get("DATA_RIGHTS_PAGE", "").strip() or None
    if page and (not _NOTICE.match(page) or "#" in page):
        problems.append("DATA_RIGHTS_PAGE is not an https address without #, as in https://example.org/letter/")
    store = given.get("DATA_RIGHTS_STORE", "").strip() or _default_store(given, token)
    if not store.startswith(("sqlite:", "redis://", "rediss://")) and store != "memory:":
        problems.append("DATA_RIGHTS_STORE is none of sqlite:PATH, redis://HOST:PORT/NUMBER, rediss://… and memory:")
    lease = _lease(given, problems)
    secret = _secret(given, token, problems)
    questions = given.get("DATA_RIGHTS_QUESTIONS", "").strip().lower() or "on"
    if questions not in ("on", "off"):
        problems.append("DATA_RIGHTS_QUESTIONS is neither on nor off")
    chat = given.get("DATA_RIGHTS_NOTICES", "").strip()
    if chat and not re.fullmatch(r"-?\d{1,15}", chat):
        problems.append("DATA_RIGHTS_NOTICES is not the number of a chat, as in 123456789 or -1001234567890")
        chat = ""
    languages = tuple(re.findall(r"[^\s,]+", given.get("DATA_RIGHTS_LANGUAGES", "").lower())) or None
    maintenance = given.get("DATA_RIGHTS_MAINTENANCE_FILE", "").strip()
    if problems:
        lines = "\n".join(f"- {problem}" for problem in problems)
        raise SettingError(
            f"The bot does not start on Telegram yet:\n{lines}\n"
            "Set them in the environment, as in: export DATA_RIGHTS_OPERATOR='City of Example', or in a file that "
            "--config names, as in: operator: City of Example, or as an option, as in: --operator 'City of Example'"
        )
    held: Literal["memory", "sqlite", "redis"] = "memory"
    if store != "memory:":
        held = "redis" if store.startswith("redis") else "sqlite"
    return Settings(
        Operator(name, contact, notice, held, questions == "on"), token, api, page, store, lease, secret,
        int(chat) if chat else None, Path(maintenance) if maintenance else None, languages,
    )  # fmt: skip


def _default_store(given: Mapping[str, str], token: str) -> str:
    """A file of this bot's own in systemd's state folder or the user's (XDG base directories)."""
    folder = given.get("STATE_DIRECTORY", "").partition(":")[0]
    if not folder:
        home = given.get("XDG_STATE_HOME", "").strip()
        folder = str((Path(home) if home else Path("~/.local/state").expanduser()) / "data-rights-bot")
    return f"sqlite:{folder}/{token.partition(':')[0]}.sqlite"


def _lease(given: Mapping[str, str], problems: list[str]) -> float:
    try:
        seconds = float(given.get("DATA_RIGHTS_LEASE", "").strip() or 30)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 600:
        problems.append("DATA_RIGHTS_LEASE is not a number of seconds from 1 to 600, as in 30")
    return seconds


def _secret(given: Mapping[str, str], token: str, problems: list[str]) -> str:
    """What Telegram has to send with each webhook (Bot API, setWebhook, secret_token).

    Derived from the token where none is set: all processes then have the same one, and nobody else does.
    """
    file = given.get("DATA_RIGHTS_WEBHOOK_SECRET_FILE", "").strip()
    if not file:
        return hmac.new(token.encode(), b"webhook secret", "sha256").hexdigest()
    source = f"the file in DATA_RIGHTS_WEBHOOK_SECRET_FILE ({file})"
    secret = _content(file, source, problems)
    if secret is None:
        return ""
    if not _SECRET.match(secret):
        problems.append(f"{source} does not hold 16 to 256 letters, digits, - or _: openssl rand -hex 32 makes one")
    return secret


def _content(file: str, source: str, problems: list[str]) -> str | None:
    """What stands in a file of secrets; None, and a problem that names `source`, where it cannot be read."""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{source} cannot be read: {error.__class__.__name__}")
        return None


def _token(given: Mapping[str, str], problems: list[str]) -> str:
    token = given.get("DATA_RIGHTS_TOKEN", "").strip()
    file = given.get("DATA_RIGHTS_TOKEN_FILE", "").strip()
    source = "DATA_RIGHTS_TOKEN"
    if not token and file:
        source = f"the file in DATA_RIGHTS_TOKEN_FILE ({file})"
        content = _content(file, source, problems)
        if content is None:
            return ""
        token = content
    if not token:
        problems.append(
            "DATA_RIGHTS_TOKEN is not set: get a token from @BotFather on Telegram, and set it, "
            "or put it in a file and name that in DATA_RIGHTS_TOKEN_FILE"
        )
    elif not _TOKEN.match(token):
        problems.append(
            f"{source} does not look like a token (digits, a colon, letters): copy it from @BotFather again"
        )
    return token
