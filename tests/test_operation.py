"""What an operator does to a running bot: new knowledge, maintenance, a full day."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge import KNOWLEDGE, Knowledge
from tests.bot_process import BotProcess, bot_process
from tests.fake_bot_api import FakeBotApi
from tests.telegram_bot import TOKEN, judge, say

PERSON = 71


def logged(process: BotProcess, text: str) -> int:
    return process.log.read_text(encoding="utf-8").count(text)


def wait_until(holds: Callable[[], bool]) -> None:
    """Waits for what the process does by itself."""
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the knowledge that the bot reads."""
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    monkeypatch.setenv("DATA_RIGHTS_KNOWLEDGE", str(folder))
    return folder


def test_a_hangup_brings_new_knowledge_or_changes_nothing(copy: Path, tmp_path: Path) -> None:
    file = copy / "languages/en/interface.yaml"
    text = file.read_text(encoding="utf-8")
    with FakeBotApi(TOKEN, judge=judge()) as fake, bot_process(fake, tmp_path, "memory:") as process:
        assert "New words." not in say(fake, PERSON, "/help").text
        file.write_text(text.replace("  help: >-\n", "  help: >-\n    New words.\n", 1), encoding="utf-8")
        process.signal(signal.SIGHUP)
        wait_until(lambda: logged(process, '"event": "reloaded"') == 1)
        assert "New words." in say(fake, PERSON, "/help").text
        file.write_text(text.replace("messages:\n", "mesages:\n", 1), encoding="utf-8")
        process.signal(signal.SIGHUP)
        wait_until(lambda: logged(process, '"event": "reload-refused"') == 1)
        assert logged(process, "languages/en/interface.yaml:") == 1
        assert "New words." in say(fake, PERSON, "/help").text


def test_maintenance_is_one_text_for_everybody_while_the_file_is_there(tmp_path: Path, knowledge: Knowledge) -> None:
    switch = tmp_path / "maintenance"
    arguments = ("--maintenance-file", str(switch))
    with FakeBotApi(TOKEN, judge=judge()) as fake, bot_process(fake, tmp_path, "memory:", *arguments):
        switch.touch()
        finnish, english = (knowledge.interface(code).messages.maintenance for code in ("fi", "en"))
        assert say(fake, PERSON, "are my photos used?", language_code="fi").text == finnish
        assert say(fake, 72, "Werden meine Fotos benutzt?").text == english
        fake.send_text(-100, "hello everybody", user_id=PERSON, chat_type="supergroup")
        switch.unlink()
        assert say(fake, PERSON, "/help").text != finnish
        assert not [c for c in fake.calls if c.method == "sendMessage" and str(c.params["chat_id"]) == "-100"]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="there is no /proc to read the memory from")
def test_the_memory_is_flat_over_a_day() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.day"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["answered"] == told["updates"] > 5000
    warm, rest = told["rss_mb"][1], told["rss_mb"][2:]
    assert len(told["rss_mb"]) == 24
    assert max(rest) <= 1.10 * warm, told
