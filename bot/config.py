"""Settings of the Telegram channel, from the environment. Each error names the setting and the way out."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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
    "DATA_RIGHTS_API": "another Bot API server than https://api.telegram.org/bot",
}
_TOKEN = re.compile(r"^\d{3,}:[A-Za-z0-9_-]{20,}$")
_NOTICE = re.compile(r"^https://[A-Za-z0-9.-]+(:\d+)?(/\S*)?$")
_TELEGRAM = "https://api.telegram.org/bot"


@dataclass(frozen=True)
class Settings:
    """What the Telegram channel needs to start. The token never shows in a repr."""

    operator: Operator
    token: str = field(repr=False)
    api: str = _TELEGRAM
    page: str | None = None


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in `environment` (os.environ where none is given).

    Raises SettingError that names every missing or wrong setting and how to set it.
    """
    given = os.environ if environment is None else environment
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
    if problems:
        lines = "\n".join(f"- {problem}" for problem in problems)
        raise SettingError(
            f"The bot does not start on Telegram yet:\n{lines}\n"
            "Set them in the environment, as in: export DATA_RIGHTS_OPERATOR='City of Example'"
        )
    return Settings(Operator(name, contact, notice), token, api, page)


def _token(given: Mapping[str, str], problems: list[str]) -> str:
    token = given.get("DATA_RIGHTS_TOKEN", "").strip()
    file = given.get("DATA_RIGHTS_TOKEN_FILE", "").strip()
    source = "DATA_RIGHTS_TOKEN"
    if not token and file:
        source = f"the file in DATA_RIGHTS_TOKEN_FILE ({file})"
        try:
            token = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{source} cannot be read: {error.__class__.__name__}")
            return ""
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
