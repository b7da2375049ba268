"""One contract for both inboxes, and the command that lists what is in them."""

from __future__ import annotations

import asyncio
import json
import secrets
import subprocess
import sys
from collections.abc import Callable, Coroutine
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.inbox import Inbox, open_inbox
from bot.inbox.protocol import COUNTED, DAY, KEPT
from bot.inbox.redis import RedisInbox
from bot.inbox.sqlite import SqliteInbox
from bot.types import OpenQuestion
from tests.conftest import Clock

T = TypeVar("T")
Make = Callable[[Clock], Inbox]
QUESTION = OpenQuestion("Q-AAAAA-22222", "de", "und was ist mit meinem Fahrrad?\n'; DROP TABLE", date(2026, 11, 25))


@pytest.fixture(params=["sqlite", "memory", "redis"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    if request.param == "redis":
        url = request.getfixturevalue("redis").url
        name = secrets.token_hex(4)
        return lambda clock: RedisInbox(url, name, clock)
    return lambda clock: SqliteInbox(tmp_path / "inbox" if request.param == "sqlite" else None, clock)


def with_inbox(make: Make, script: Callable[[Inbox, Clock], Coroutine[Any, Any, T]]) -> T:
    async def main() -> T:
        clock = Clock()
        inbox = make(clock)
        try:
            return await script(inbox, clock)
        finally:
            await inbox.close()

    return asyncio.run(main())


def test_a_question_is_kept_once_for_90_days_and_erased_by_its_code(make: Make) -> None:
    async def script(inbox: Inbox, clock: Clock) -> None:
        assert await inbox.questions() == []
        await inbox.submit(QUESTION)
        await inbox.submit(OpenQuestion(QUESTION.code, "fr", "the update came twice", date(2026, 11, 26)))
        clock.now += 60
        other = OpenQuestion("Q-BBBBB-33333", "fi", "ja pyöräni?", date(2026, 11, 25))
        await inbox.submit(other)
        assert await inbox.questions() == [QUESTION, other]
        assert await inbox.erase(QUESTION.code) is True
        assert await inbox.erase(QUESTION.code) is False
        assert await inbox.questions() == [other]
        clock.now += KEPT - DAY
        await inbox.tend()
        assert await inbox.questions() == [other]
        clock.now += DAY
        assert await inbox.questions() == []
        await inbox.tend()
        assert await inbox.questions() == []

    with_inbox(make, script)


def test_each_person_counts_once_within_seven_days(make: Make) -> None:
    async def script(inbox: Inbox, clock: Clock) -> None:
        assert await inbox.reports() == {}
        assert [await inbox.report("meta/form", who) for who in ("a", "b", "a", "c")] == [1, 2, 2, 3]
        assert await inbox.report("openai/form", "a") == 1
        assert await inbox.reports() == {"meta/form": 3, "openai/form": 1}
        assert await inbox.reported_by("a") == ["meta/form", "openai/form"]
        await inbox.forget("a")
        assert await inbox.reports() == {"meta/form": 2}
        assert await inbox.reported_by("a") == []
        clock.now += COUNTED / 2
        assert await inbox.report("meta/form", "d") == 3
        clock.now += COUNTED / 2 + 1
        assert await inbox.reports() == {"meta/form": 1}
        assert await inbox.report("meta/form", "e") == 2
        clock.now += COUNTED + 1
        await inbox.tend()
        assert await inbox.reports() == {}
        assert await inbox.reported_by("e") == []

    with_inbox(make, script)


@given(st.text(min_size=1, max_size=1000).filter(lambda text: not any(0xD800 <= ord(c) < 0xE000 for c in text)))
def test_a_question_comes_back_as_it_was(text: str) -> None:
    question = OpenQuestion("Q-AAAAA-22222", "de", text, date(2026, 11, 25))

    async def script(inbox: Inbox, _: Clock) -> list[OpenQuestion]:
        await inbox.submit(question)
        return await inbox.questions()

    assert with_inbox(lambda clock: SqliteInbox(None, clock), script) == [question]


def test_nothing_of_an_erased_question_stays_in_the_files(tmp_path: Path) -> None:
    def written() -> bytes:
        return b"".join(path.read_bytes() for path in tmp_path.iterdir())

    async def script(inbox: Inbox, _: Clock) -> None:
        await inbox.submit(QUESTION)
        assert b"Fahrrad" in written()
        await inbox.erase(QUESTION.code)
        assert b"Fahrrad" not in written()

    with_inbox(lambda clock: SqliteInbox(tmp_path / "inbox", clock), script)


def test_it_stands_beside_the_store(tmp_path: Path) -> None:
    asyncio.run(open_inbox(f"sqlite:{tmp_path}/123.sqlite").close())
    assert (tmp_path / "123.editors.sqlite").is_file()
    assert (tmp_path / "123.editors.sqlite").stat().st_mode & 0o077 == 0


def test_the_command_lists_and_erases(tmp_path: Path) -> None:
    store = f"sqlite:{tmp_path}/bot.sqlite"
    hostile = OpenQuestion("Q-CCCCC-44444", "en", "\x1b[2Jhello\nthere", date(2026, 11, 25))

    async def fill() -> None:
        inbox = open_inbox(store)
        await inbox.submit(QUESTION)
        await inbox.submit(hostile)
        await inbox.report("meta/form", "a")
        await inbox.close()

    asyncio.run(fill())
    settings = tmp_path / "settings.yaml"
    settings.write_text(
        f"token: 123456:{'A' * 32}\noperator: City\ncontact: a@example.org\nnotice: https://example.org/\n"
        f"store: {store}\n",
        encoding="utf-8",
    )
    settings.chmod(0o600)

    def say(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bot", "questions", "--config", str(settings), *more]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    listed = say().stdout
    assert "Q-AAAAA-22222  de  und was ist mit meinem Fahrrad? '; DROP TABLE" in listed
    assert "\x1b" not in listed
    assert "1 people in seven days say that a link does not work: meta/form" in listed
    assert json.loads(say("--json").stdout)["questions"][0]["text"] == QUESTION.text
    assert (say("--erase", "q-aaaaa-22222").returncode, say("--erase", "q-aaaaa-22222").returncode) == (0, 1)
    assert "Fahrrad" not in say().stdout
