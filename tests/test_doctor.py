"""`doctor` tells what is wrong and the way out, against a fake Bot API and without any network."""

from __future__ import annotations

import logging
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import doctor
from bot.__main__ import main
from bot.config import SETTINGS
from bot.doctor import Check
from bot.knowledge import KNOWLEDGE
from tests.fake_bot_api import FakeBotApi
from tests.telegram_bot import TOKEN, judge

GOOD = {
    "DATA_RIGHTS_TOKEN": TOKEN,
    "DATA_RIGHTS_OPERATOR": "City of Example",
    "DATA_RIGHTS_CONTACT": "privacy@example.org",
    "DATA_RIGHTS_NOTICE": "https://example.org/privacy",
    "DATA_RIGHTS_PAGE": "https://example.org/letter/",
}


@pytest.fixture
def fake() -> Iterator[FakeBotApi]:
    with FakeBotApi(TOKEN, judge=judge()) as api:
        yield api


def telegram(fake: FakeBotApi, **more: str) -> dict[str, Check]:
    """What it finds of Telegram, by name."""
    given = {**GOOD, "DATA_RIGHTS_API": fake.base_url, **more}
    found = list(doctor.telegram(given, time.time))
    assert TOKEN not in "\n".join(map(str, found))
    return {check.name: check for check in found}


def nobody() -> str:
    """An address on this machine where nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}/bot"


def test_all_is_well(fake: FakeBotApi, tmp_path: Path) -> None:
    environment = {**GOOD, "DATA_RIGHTS_API": fake.base_url, "DATA_RIGHTS_STORE": f"sqlite:{tmp_path}/store.sqlite3"}
    checks = list(doctor.examine(KNOWLEDGE, environment))
    assert [str(check) for check in checks if check.level != "ok"] == []
    assert [check.name for check in checks] == [
        "Python", "settings", "knowledge", "page", "store", "Telegram", "inline mode", "webhook", "clock",
    ]  # fmt: skip
    assert fake.faults == []
    assert {call.method for call in fake.calls} == {"getMe", "getWebhookInfo"}, "it changes and sends nothing"


def test_the_command_prints_and_tells_by_its_exit_code(
    fake: FakeBotApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (*SETTINGS, "DATA_RIGHTS_STORE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**GOOD, "DATA_RIGHTS_API": fake.base_url}.items():
        monkeypatch.setenv(name, value)
    assert main(["doctor"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[-1] == "9 checks: 0 failed, 0 to look at"
    monkeypatch.delenv("DATA_RIGHTS_NOTICE")
    assert main(["doctor"]) == 1
    said = capsys.readouterr()
    assert "fail  setting: DATA_RIGHTS_NOTICE is not set -> " in said.out
    assert "the bot is @fake_bot" in said.out, "a missing notice does not hide what Telegram says"
    assert TOKEN not in said.out + said.err


def test_a_process_says_the_same_and_no_token(fake: FakeBotApi) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "doctor"],
        cwd=KNOWLEDGE.parent,
        env={**GOOD, "DATA_RIGHTS_API": nobody(), "DATA_RIGHTS_STORE": "sqlite:/none/store"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "fail  Telegram: offline: 127.0.0.1 cannot be reached" in done.stdout
    assert "fail  store: the folder /none is not there" in done.stdout
    assert done.stderr == ""
    assert TOKEN not in done.stdout


def test_the_library_does_not_log_the_token(fake: FakeBotApi, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("httpx")
    before = logger.level
    logger.setLevel(logging.INFO)
    try:
        with caplog.at_level(logging.INFO):
            doctor.run(KNOWLEDGE, {**GOOD, "DATA_RIGHTS_API": fake.base_url})
        assert TOKEN not in caplog.text
    finally:
        logger.setLevel(before)


@pytest.mark.parametrize(("version", "level"), [((3, 9, 18), "fail"), ((3, 10, 0), "ok"), ((3, 14, 1), "ok")])
def test_python(version: tuple[int, ...], level: str) -> None:
    assert doctor.python(version).level == level


def test_each_missing_setting_has_a_line_and_a_way_out() -> None:
    found = [check for check in doctor.settings({}) if check.level == "fail"]
    assert [check.found.split()[0] for check in found] == [
        "DATA_RIGHTS_TOKEN", "DATA_RIGHTS_OPERATOR", "DATA_RIGHTS_CONTACT", "DATA_RIGHTS_NOTICE",
    ]  # fmt: skip
    assert all(check.way for check in found)
    assert all("\n" not in str(check) for check in found)


def test_a_mistyped_setting_is_seen() -> None:
    found = [str(check) for check in doctor.settings({**GOOD, "DATA_RIGHTS_OPERATER": "x"})]
    assert "warn  setting: DATA_RIGHTS_OPERATER is not known -> is it DATA_RIGHTS_OPERATOR?" in found


def test_a_token_of_a_wrong_form_is_not_printed_and_not_sent(fake: FakeBotApi) -> None:
    secret = "not a token but secret"
    given = {**GOOD, "DATA_RIGHTS_TOKEN": secret, "DATA_RIGHTS_API": fake.base_url}
    found = list(doctor.examine(KNOWLEDGE, given))
    assert secret not in "\n".join(map(str, found))
    assert [check.level for check in found if check.name in ("setting", "Telegram")] == ["fail", "warn"]
    assert fake.calls == []


def test_knowledge_with_a_fault(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = doctor.knowledge(tmp_path / "empty")
    assert (found.level, found.way) == ("fail", "name the folder with --knowledge")
    copy = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, copy)
    (copy / "topics.yaml").write_text("topics: [", encoding="utf-8")
    found = doctor.knowledge(copy)
    assert found.level == "fail"
    assert found.found.startswith("1 fault, the first: topics.yaml:")
    assert "data-rights-bot check" in found.way


@pytest.mark.parametrize(
    ("address", "level"),
    [("", "warn"), ("http://example.org/letter/", "fail"), ("https://example.org/#x", "fail"), ("ftp://x", "fail")],
)
def test_the_page_needs_https(address: str, level: str) -> None:
    given = {**GOOD, "DATA_RIGHTS_PAGE": address}
    assert doctor.page(given).level == level
    assert [check.level for check in doctor.settings(given)] == ["ok"], "one fault has one line"


def test_the_sqlite_store(tmp_path: Path) -> None:
    def found(path: Path) -> Check:
        return doctor.store({"DATA_RIGHTS_STORE": f"sqlite:{path}"})

    assert found(tmp_path / "new.sqlite3").level == "ok"
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"
    assert found(tmp_path / "none" / "store").level == "fail"
    other = tmp_path / "letter.txt"
    other.write_text("Dear Sir or Madam", encoding="utf-8")
    assert "is not an SQLite file" in found(other).found
    assert found(other / "store").level == "fail"
    assert found(tmp_path).level == "fail"
    good = tmp_path / "good"
    good.write_bytes(b"SQLite format 3\0" + bytes(100))
    assert found(good).level == "ok"


def test_a_full_or_locked_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    found = doctor.store({"DATA_RIGHTS_STORE": f"sqlite:{tmp_path}/store"})
    assert found.level == "fail"
    assert "No space left on device" in found.found


@pytest.mark.parametrize(
    ("address", "level"), [("", "ok"), ("memory:", "warn"), ("postgres://x", "fail"), ("sqlite:", "fail")]
)
def test_other_stores(address: str, level: str) -> None:
    assert doctor.store({"DATA_RIGHTS_STORE": address}).level == level


def test_redis_that_does_not_answer_is_told_without_its_password() -> None:
    port = nobody().split(":")[2].split("/")[0]
    found = doctor.store({"DATA_RIGHTS_STORE": f"redis://:marked@127.0.0.1:{port}/0"})
    assert found.level == "fail"
    assert found.way
    assert "marked" not in str(found)


def test_redis_without_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    assert "data-rights-bot[redis]" in doctor.store({"DATA_RIGHTS_STORE": "redis://127.0.0.1/0"}).way


def test_offline_is_said_plainly() -> None:
    (found,) = doctor.telegram({**GOOD, "DATA_RIGHTS_API": nobody()}, time.time)
    assert found.level == "fail"
    assert found.found.startswith("offline: 127.0.0.1 cannot be reached")
    assert TOKEN not in str(found)


def test_a_connection_that_breaks_is_told(fake: FakeBotApi) -> None:
    fake.drop_next("getMe")
    assert telegram(fake)["Telegram"].level == "fail"


def test_a_refused_token_is_told(fake: FakeBotApi) -> None:
    found = telegram(fake, DATA_RIGHTS_TOKEN="999999:BBBBBBBBBBBBBBBBBBBBBBBBBBBB")
    assert list(found) == ["Telegram"]
    assert "refuses the token (401)" in found["Telegram"].found
    assert "BBBB" not in str(found)


@pytest.mark.parametrize("status", [404, 429, 500, 502])
def test_whatever_it_answers_has_a_way_out(fake: FakeBotApi, status: int) -> None:
    fake.fail_next("getMe", status)
    found = telegram(fake)
    assert list(found) == ["Telegram"]
    assert str(status) in found["Telegram"].found
    assert found["Telegram"].way
    fake.fail_next("getWebhookInfo", status)
    assert [check.level for check in telegram(fake).values()].count("fail") == 1


def test_modes_of_the_bot(fake: FakeBotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    me = fake.do_get_me
    changed = {"supports_inline_queries": False, "can_read_all_group_messages": True}
    monkeypatch.setattr(fake, "do_get_me", lambda p, call: {**me(p, call), **changed})
    found = telegram(fake)
    assert "/setinline" in found["inline mode"].way
    assert "/setprivacy" in found["groups"].way


def test_the_webhook() -> None:
    now = 1_800_000_000.0
    info = {"url": "https://bot.example.org/marked-path", "pending_update_count": 3}
    assert doctor.webhook({"url": "", "pending_update_count": 0}, now).level == "ok"
    assert doctor.webhook({"url": "", "pending_update_count": 101}, now).level == "warn"
    good = doctor.webhook(info, now)
    assert (good.level, good.found) == ("ok", "set to bot.example.org, 3 updates wait")
    failed = {"last_error_date": now - 60, "last_error_message": "Wrong response from the webhook: 503\n"}
    bad = doctor.webhook(info | failed, now)
    assert bad.level == "warn"
    assert bad.found.endswith("last error: Wrong response from the webhook: 503")
    assert "marked-path" not in str((good, bad))
    assert doctor.webhook(info | failed, now + 7200).level == "ok", "an error of yesterday is over"


def test_updates_that_wait_are_counted(fake: FakeBotApi) -> None:
    for _ in range(3):
        fake.send_text(7, "hello")
    assert telegram(fake)["webhook"].found == "none, polling works, 3 updates wait"


@pytest.mark.parametrize(
    ("seconds", "level", "text"), [(0, "ok", "agrees"), (600, "warn", "behind"), (-600, "warn", "ahead of")]
)
def test_the_clock_is_compared(fake: FakeBotApi, seconds: int, level: str, text: str) -> None:
    fake.advance(seconds)
    found = telegram(fake)["clock"]
    assert found.level == level
    assert text in found.found


@pytest.mark.parametrize("date", [None, "", "yesterday", "Wed, 99 Nov 2026 10:00:00 GMT"])
def test_a_date_that_cannot_be_read_is_no_fault(date: str | None) -> None:
    assert doctor.clock(date, 0.0).level == "warn"
