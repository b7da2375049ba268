"""`setup`, end to end against the fake Bot API, each call judged from outside; and its plan against all states."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot

from bot.__main__ import main
from bot.commands import COMMANDS, described
from bot.errors import BotError
from bot.knowledge import Knowledge
from bot.telegram.profile import LONGEST_WAIT, PARTS, Part, Value, plan, synchronise, told, wanted
from tests.fake_bot_api import FakeBotApi
from tests.telegram_bot import TOKEN, judge

DEFAULT_SCOPE = '{"type": "default"}'


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBotApi]:
    """A fake Bot API that the settings lead to."""
    with FakeBotApi(TOKEN, judge=judge()) as api:
        settings = {
            "TOKEN": TOKEN,
            "API": api.base_url,
            "OPERATOR": "City of Example",
            "CONTACT": "privacy@example.org",
            "NOTICE": "https://example.org/privacy",
        }
        for name, value in settings.items():
            monkeypatch.setenv(f"DATA_RIGHTS_{name}", value)
        yield api


def written(fake: FakeBotApi) -> list[str]:
    return [f"{c.method} {c.params.get('language_code', '')}".strip() for c in fake.calls if c.method[:3] == "set"]


def test_every_language_gets_its_profile_and_the_second_run_writes_nothing(
    fake: FakeBotApi, knowledge: Knowledge, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["setup"]) == 0
    for code in (*knowledge.answered, ""):
        texts = knowledge.interface(code or "en")
        assert fake.texts["name", code] == texts.profile.name
        assert fake.texts["description", code] == texts.profile.description
        assert fake.texts["short_description", code] == texts.profile.short_description
        menu = [(c["command"], c["description"]) for c in fake.commands[DEFAULT_SCOPE, code]]
        assert tuple(menu) == described(texts.commands)
        assert [name for name, _ in menu] == list(COMMANDS)
    assert fake.faults == []
    count = 4 * (len(knowledge.answered) + 1)
    assert len(written(fake)) == count
    assert f"{count} of {count} texts were written" in capsys.readouterr().out
    assert main(["setup"]) == 0
    assert len(written(fake)) == count
    assert f"0 of {count} texts were written, {count} are" in capsys.readouterr().out


def test_only_what_differs_is_written(fake: FakeBotApi, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup"]) == 0
    before = len(written(fake))
    fake.texts["name", "de"] = "Old name"
    fake.commands[DEFAULT_SCOPE, "pl"].pop()
    capsys.readouterr()
    assert main(["setup"]) == 0
    assert written(fake)[before:] == ["setMyName de", "setMyCommands pl"]
    out = capsys.readouterr().out
    assert "de name:\n  - Old name\n  + " in out
    assert re.search(rf"pl commands:\n  \+ /{list(COMMANDS)[-1]} – ", out)
    assert fake.faults == []


def test_a_dry_run_shows_what_would_change_and_writes_nothing(
    fake: FakeBotApi, knowledge: Knowledge, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["setup", "--dry-run"]) == 0
    assert written(fake) == []
    out = capsys.readouterr().out
    assert "texts would be written" in out
    assert f"default name:\n  - Fake\n  + {knowledge.interface('en').profile.name}" in out
    assert all(f"  + /{name} – " in out for name in COMMANDS)
    assert TOKEN not in out


def test_flood_limits_are_waited_for(fake: FakeBotApi, knowledge: Knowledge) -> None:
    fake.fail_next("getMyName", 429, retry_after=7)
    fake.fail_next("setMyName", 429, retry_after=30, times=2)
    fake.fail_next("setMyCommands", 502)
    fake.drop_next("setMyDescription", after=True)
    texts, waits, said = wanted(knowledge), [], []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def script() -> None:
        async with Bot(TOKEN, base_url=fake.base_url) as bot:
            changes = await synchronise(
                bot, texts, dry_run=False, say=lambda line, done: said.append((line, done)), sleep=sleep
            )
            assert len(changes) == len(texts)

    asyncio.run(script())
    assert waits[:3] == [7, 30, 30]
    assert len(waits) == 5
    assert ("Telegram asks to wait 30 s", False) in said
    assert sum(done for _, done in said) == 2 * len(texts)
    assert main(["setup", "--dry-run"]) == 0
    assert fake.texts["name", "el"] == knowledge.interface("el").profile.name
    assert fake.faults == []


def test_the_real_clock_is_waited_for_too(fake: FakeBotApi, capsys: pytest.CaptureFixture[str]) -> None:
    fake.fail_next("setMyName", 429, retry_after=1)
    assert main(["setup"]) == 0
    assert capsys.readouterr().err == "Telegram asks to wait 1 s\n"


def test_too_long_a_wait_is_told_and_the_next_run_goes_on(
    fake: FakeBotApi, knowledge: Knowledge, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.fail_next("setMyCommands", 429, retry_after=int((LONGEST_WAIT + timedelta(hours=3)).total_seconds()))
    assert main(["setup"]) == 1
    assert "asks to wait 3:15:00" in capsys.readouterr().err
    before = len(written(fake))
    assert main(["setup"]) == 0
    assert "setMyName " + knowledge.answered[0] not in written(fake)[before:]
    assert main(["setup"]) == 0
    assert fake.faults == []


def test_a_wrong_token_is_told_without_it(
    fake: FakeBotApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = TOKEN[:-1] + "B"
    monkeypatch.setenv("DATA_RIGHTS_TOKEN", wrong)
    assert main(["setup"]) == 1
    said = "".join(capsys.readouterr())
    assert "@BotFather" in said
    assert wrong not in said


def test_no_network_is_told_without_the_token(fake: FakeBotApi) -> None:
    async def sleep(_: float) -> None:
        pass

    async def script() -> None:
        async with Bot(TOKEN, base_url=fake.base_url) as bot:
            fake.drop_next("getMyName", times=4)
            with pytest.raises(BotError, match="cannot be reached") as error:
                await synchronise(bot, {("", "name"): "x"}, dry_run=True, sleep=sleep)
            assert TOKEN not in str(error.value)

    asyncio.run(script())


# The plan, played against both ways in which Telegram may read: with the default where there is nothing, or empty.

CODES = ("de", "fr", "")
TEXTS = st.sampled_from(["one", "two", "three"])
STATES = st.dictionaries(st.tuples(st.sampled_from(CODES), st.sampled_from(PARTS)), TEXTS)
TARGETS = st.fixed_dictionaries({(code, part): TEXTS for code in CODES for part in PARTS})
Own = dict[tuple[str, Part], str]


def read(own: Own, inherits: bool) -> dict[tuple[str, Part], Value]:
    return {
        (code, part): own.get((code, part)) or (own.get(("", part), "") if inherits else "")
        for code in CODES
        for part in PARTS
    }


@given(STATES, TARGETS, st.booleans())
def test_after_the_plan_telegram_shows_what_was_wanted(own: Own, target: Own, inherits: bool) -> None:
    before = read(own, inherits)
    changes = plan(before, dict(target))
    for change in changes:
        assert isinstance(change.new, str)
        own[change.language, change.part] = change.new
    after = read(own, inherits)
    assert after == target
    assert plan(after, dict(target)) == ()
    kept = [key for key in target if before[key] == target[key] and before["", key[1]] == target["", key[1]]]
    assert not [change for change in changes if (change.language, change.part) in kept]


@given(st.text(max_size=20), st.text(max_size=20))
def test_every_change_can_be_told(old: str, new: str) -> None:
    changes = plan({("", "name"): old, ("", "commands"): (("help", old),)}, {("", "name"): new, ("", "commands"): ()})
    assert all(len(list(told(change))) >= 2 for change in changes)
