"""`data-rights-bot setup`: name, descriptions and commands of the bot on Telegram, in every answered language.

Reads what Telegram shows, and writes only what differs (Bot API: setMyName, setMyDescription, setMyShortDescription,
setMyCommands, each with its language_code; without one it holds for all other languages, and is English here).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from difflib import ndiff
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.commands import described
from bot.config import Settings, read_settings
from bot.conversation import FALLBACK
from bot.errors import BotError
from bot.knowledge import Knowledge, load

Part = Literal["name", "description", "short_description", "commands"]
Value = str | tuple[tuple[str, str], ...]  # commands are pairs of name and description
State = Mapping[tuple[str, Part], Value]  # language ("" for all others) and part
Say = Callable[[str, bool], None]  # a line of progress; whether a step is done (else it tells of a wait)
T = TypeVar("T")

PARTS: tuple[Part, ...] = ("name", "description", "short_description", "commands")
DEFAULT = ""
LONGEST_WAIT = timedelta(minutes=15)  # Telegram can ask for a day after some changes of name: nobody sits that out
TRIES = 4  # for one call, where the network fails


@dataclass(frozen=True)
class Change:
    """One text, or the list of commands, that is not as it should be."""

    language: str
    part: Part
    old: Value
    new: Value


def wanted(knowledge: Knowledge) -> dict[tuple[str, Part], Value]:
    """What Telegram should show: each answered language, and the default, in this order."""
    answered = knowledge.answered
    default = FALLBACK if FALLBACK in answered else answered[0]
    texts: dict[tuple[str, Part], Value] = {}
    for code, source in (*((code, code) for code in answered), (DEFAULT, default)):
        interface = knowledge.interface(source)
        texts[code, "name"] = interface.profile.name
        texts[code, "description"] = interface.profile.description
        texts[code, "short_description"] = interface.profile.short_description
        texts[code, "commands"] = described(interface.commands)
    return texts


def plan(shown: State, texts: State) -> tuple[Change, ...]:
    """What to write so that Telegram, which shows `shown`, shows `texts`; the default comes last, as in `texts`.

    Where a language has no text of its own, Telegram shows the default one, and reading cannot tell the two apart. So
    what looks like an old default that is about to change is written too: it could change along.
    """
    changes = []
    for (language, part), new in texts.items():
        old, default = shown[language, part], (DEFAULT, part)
        inherited = old == shown[default] != texts[default]
        if old != new or inherited:
            changes.append(Change(language, part, old, new))
    return tuple(changes)


def told(change: Change) -> Iterator[str]:
    """A change in lines: what it is about, what goes (-) and what comes (+)."""
    yield f"{change.language or 'default'} {change.part.replace('_', ' ')}:"
    lines = [line for line in ndiff(_lines(change.old), _lines(change.new)) if line[0] in "+-"]
    yield from (f"  {line}" for line in lines or ["= gets this text as its own: so far it may be the default's"])


async def synchronise(
    bot: Bot,
    texts: State,
    *,
    dry_run: bool,
    say: Say = lambda line, done: None,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> tuple[Change, ...]:
    """Makes Telegram show `texts` and returns what was changed, or what would be in a `dry_run`.

    Waits where Telegram asks for it. Raises BotError where it refuses, cannot be reached, or asks to wait too long;
    what was written by then stays, and the next run goes on from there.
    """
    patient = _Patience(say, sleep)
    shown: dict[tuple[str, Part], Value] = {}
    for language, part in texts:
        shown[language, part] = await patient.call(partial(_read, bot, part, language))
        say(f"read {language or 'default'}", True)
    changes = plan(shown, texts)
    for change in () if dry_run else changes:
        await patient.call(partial(_write, bot, change))
        say(f"wrote {change.language or 'default'}", True)
    return changes


def run(knowledge_path: Path, given: Mapping[str, str], *, dry_run: bool) -> int:
    """Writes what differs and prints it; in a `dry_run` only prints it. `given` are the settings. Returns 0.

    Raises SettingError or KnowledgeError before anything is asked of Telegram, BotError as synchronise does.
    """
    settings = read_settings(given)
    texts = wanted(load(knowledge_path))
    with _progress(2 * len(texts)) as say:
        changes = asyncio.run(_with_bot(settings, texts, dry_run=dry_run, say=say))
    for change in changes:
        print("\n".join(told(change)))
    verb = "would be written" if dry_run else "were written"
    print(f"{len(changes)} of {len(texts)} texts {verb}, {len(texts) - len(changes)} are as they should be")
    return 0


async def _with_bot(settings: Settings, texts: State, *, dry_run: bool, say: Say) -> tuple[Change, ...]:
    bot = Bot(settings.token, base_url=settings.api)
    try:
        await _Patience(say, asyncio.sleep).call(bot.initialize)
        return await synchronise(bot, texts, dry_run=dry_run, say=say)
    finally:
        await bot.shutdown()


async def _read(bot: Bot, part: Part, language: str) -> Value:
    code = language or None
    if part == "name":
        return (await bot.get_my_name(code)).name
    if part == "description":
        return (await bot.get_my_description(code)).description
    if part == "short_description":
        return (await bot.get_my_short_description(code)).short_description
    commands = await bot.get_my_commands(language_code=code)
    return tuple((command.command, command.description) for command in commands)


async def _write(bot: Bot, change: Change) -> None:
    code, new = change.language or None, change.new
    if not isinstance(new, str):
        await bot.set_my_commands(new, language_code=code)
    elif change.part == "name":
        await bot.set_my_name(new, code)
    elif change.part == "description":
        await bot.set_my_description(new, code)
    else:
        await bot.set_my_short_description(new, code)


class _Patience:
    """Makes calls, waits as Telegram asks (429 with retry_after) and tries again where the network fails."""

    def __init__(self, say: Say, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._say = say
        self._sleep = sleep

    async def call(self, make: Callable[[], Awaitable[T]]) -> T:
        """The result of one call. All of ours may be repeated: they set a text, or read it.

        Of an error's text only what Telegram says of a parameter is told on: others hold the token.
        """
        failed = 0
        while True:
            try:
                return await make()
            except RetryAfter as error:
                wait = _wait(error)
                if wait > LONGEST_WAIT:
                    raise BotError(
                        f"Telegram asks to wait {wait} before more is changed. What was written stays: "
                        "run setup again after that time, it goes on from there"
                    ) from None
                self._say(f"Telegram asks to wait {wait.total_seconds():g} s", False)
                await self._sleep(wait.total_seconds())
            except (InvalidToken, Forbidden):
                raise BotError("Telegram does not know this token: copy it from @BotFather again") from None
            except BadRequest as error:
                raise BotError(f"Telegram refuses a text: {error.message}") from None
            except NetworkError as error:
                failed += 1
                if failed == TRIES:
                    raise BotError(
                        f"Telegram cannot be reached ({type(error).__name__}): try again when the network is there"
                    ) from None
                await self._sleep(0.5 * 2**failed)
            except TelegramError as error:
                raise BotError(f"Telegram fails ({type(error).__name__}): try again later") from None


def _wait(error: RetryAfter) -> timedelta:
    wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


def _lines(value: Value) -> list[str]:
    if isinstance(value, str):
        return value.splitlines()
    return [f"/{name} – {description}" for name, description in value]


@contextmanager
def _progress(total: int) -> Iterator[Say]:
    """A progress bar on standard error where that is a terminal; elsewhere only the waits, as lines."""
    if not sys.stderr.isatty():
        yield lambda line, done: None if done else print(line, file=sys.stderr)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("profile", total=total)
        yield lambda line, done: progress.update(task, advance=int(done), description=line)
