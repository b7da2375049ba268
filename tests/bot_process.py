"""The bot as a process of its own, so that a test can kill it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fake_bot_api import FakeBotApi

ROOT = Path(__file__).resolve().parents[1]
SECRET = "a-secret-that-only-telegram-knows"


class BotProcess:
    """Starts `data-rights-bot telegram` against a fake Bot API; `log` gets what it says."""

    def __init__(self, fake: FakeBotApi, folder: Path, store: str, *arguments: str, lease: float = 1.0) -> None:
        self.log = folder / "log"
        secret = folder / "secret"
        secret.write_text(SECRET, encoding="utf-8")
        self._command = [sys.executable, "-m", "bot", "telegram", *arguments]
        self._environment = os.environ | {
            "DATA_RIGHTS_TOKEN": fake.token,
            "DATA_RIGHTS_API": fake.base_url,
            "DATA_RIGHTS_OPERATOR": "City of Example",
            "DATA_RIGHTS_CONTACT": "privacy@example.org",
            "DATA_RIGHTS_NOTICE": "https://example.org/privacy",
            "DATA_RIGHTS_STORE": store,
            "DATA_RIGHTS_LEASE": str(lease),
            "DATA_RIGHTS_WEBHOOK_SECRET_FILE": str(secret),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it; it is not ready yet."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stderr=log, stdout=log)

    @property
    def children(self) -> list[int]:
        """The process ids of its workers."""
        assert self._process is not None
        pid = self._process.pid
        return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def signal(self, number: int) -> None:
        """Sends it a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self) -> int:
        """Ends it in order, and gives its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(35)


@contextmanager
def bot_process(
    fake: FakeBotApi, folder: Path, store: str, *arguments: str, lease: float = 1.0
) -> Iterator[BotProcess]:
    """A running process, ended afterwards."""
    process = BotProcess(fake, folder, store, *arguments, lease=lease)
    process.start()
    try:
        yield process
    finally:
        assert process.stop() == 0, process.log.read_text(encoding="utf-8")[-3000:]
