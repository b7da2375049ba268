"""Polling: nothing lost, each person in order, faults of Telegram, of the network, of updates and of the disk."""

from __future__ import annotations

import io
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import Conversation
from bot.knowledge import Knowledge
from bot.store.database import Database
from bot.telegram.flood import AT_ONCE, SILENCE, Flood
from bot.types import Incoming, Reply, Session
from tests.bot_process import BotProcess, bot_process
from tests.fake_bot_api import Call, FakeBotApi
from tests.telegram_bot import TOKEN, running

COMMANDS = ("/help", "/privacy", "/topics", "/language", "/country")
MARKED = "Xyzzyplugh"


@pytest.fixture
def fake(output: io.StringIO) -> Iterator[FakeBotApi]:
    with FakeBotApi(TOKEN) as api:
        yield api


def answers(fake: FakeBotApi, chat: int) -> list[str]:
    return [message.text for message in fake.messages(chat) if message.from_bot]


def sent(call: Call) -> bool:
    return call.method == "sendMessage" and call.status == 200


def until(what: Callable[[], bool], seconds: float = 20) -> None:
    """Waits for something; AssertionError where it does not come."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def test_each_person_gets_answers_in_order_and_people_do_not_wait_for_each_other(
    fake: FakeBotApi, knowledge: Knowledge
) -> None:
    people = range(1, 41)
    for command in COMMANDS:
        for person in people:
            fake.send_text(person, command)
    fake.delay_next("sendMessage", 0.03, times=200)
    with running(fake, knowledge):
        fake.wait_for(sent, count=200, timeout=30)
        fake.send_text(99, "/help")
        fake.wait_for(sent, count=201)
    expected = answers(fake, 1)
    assert len(set(expected)) == len(COMMANDS)
    assert [person for person in people if answers(fake, person) != expected] == []
    with running(fake, knowledge):  # another store: only what was not confirmed would come again
        fake.send_text(98, "/help")
        fake.wait_for(sent, count=202)
    assert len([call for call in fake.calls if sent(call)]) == 202


def test_a_person_whom_telegram_delays_delays_nobody(
    fake: FakeBotApi, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.intake.FINISH_SECONDS", 0.5)
    fake.fail_next("sendMessage", 429, retry_after=600)
    with running(fake, knowledge):
        fake.send_text(1, "/help")
        fake.wait_for(lambda call: call.status == 429)
        for person in range(2, 302):  # three times what Telegram gives at once
            fake.send_text(person, "/help")
        fake.wait_for(sent, count=300, timeout=30)
    assert answers(fake, 1) == []


def test_a_delayed_person_is_answered_in_time(fake: FakeBotApi, knowledge: Knowledge) -> None:
    fake.fail_next("sendMessage", 429, retry_after=1)
    with running(fake, knowledge):
        for person in range(1, 202):
            fake.send_text(person, "/help")
        fake.wait_for(sent, count=201, timeout=30)
    assert [person for person in range(1, 202) if len(answers(fake, person)) != 1] == []


def test_malformed_updates_are_skipped_one_by_one_and_never_logged(
    fake: FakeBotApi, knowledge: Knowledge, output: io.StringIO
) -> None:
    for wrong in ({"message": {"text": MARKED}}, {"message": MARKED}, {"callback_query": {"id": MARKED}}, {}):
        fake.raw(wrong)
        fake.send_text(7, "/help")
    with running(fake, knowledge):
        fake.wait_for(sent, count=4)
    assert "malformed" in output.getvalue()
    assert MARKED not in output.getvalue()


def test_an_update_that_cannot_be_answered_is_given_up_after_three_tries(
    fake: FakeBotApi, knowledge: Knowledge, output: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []
    respond = Conversation.respond

    def failing(self: Conversation, incoming: Incoming, session: Session) -> tuple[Reply, Session]:
        if MARKED in incoming.text:
            tries.append(1)
            raise RuntimeError(MARKED)
        return respond(self, incoming, session)

    monkeypatch.setattr(Conversation, "respond", failing)
    with running(fake, knowledge):
        fake.send_text(7, MARKED)
        fake.send_text(7, "/help")
        fake.send_text(8, "/help")
        fake.wait_for(sent, count=3)
    assert len(tries) == 3
    assert answers(fake, 7)[0] == knowledge.interface("en").messages.failed
    assert "given-up" in output.getvalue()
    assert MARKED not in output.getvalue()


FAULTS: list[tuple[str, Callable[[FakeBotApi], None]]] = [
    ("sendMessage 500", lambda f: f.fail_next("sendMessage", 500, times=3)),
    ("sendMessage 502 from a proxy", lambda f: f.fail_next("sendMessage", 502, times=2)),
    ("sendMessage 429", lambda f: f.fail_next("sendMessage", 429, retry_after=1)),
    ("sendMessage reset", lambda f: f.drop_next("sendMessage", times=2)),
    ("getUpdates 500", lambda f: f.fail_next("getUpdates", 500, times=2)),
    ("getUpdates 429", lambda f: f.fail_next("getUpdates", 429, retry_after=1)),
    ("getUpdates reset after its effect", lambda f: f.drop_next("getUpdates", after=True, times=2)),
    ("getMe 500 at the start", lambda f: f.fail_next("getMe", 500)),
    ("getWebhookInfo reset at the start", lambda f: f.drop_next("getWebhookInfo")),
]


@pytest.mark.parametrize(("name", "break_it"), FAULTS, ids=[name for name, _ in FAULTS])
def test_faults_lose_nothing_and_repeat_nothing(
    fake: FakeBotApi, knowledge: Knowledge, name: str, break_it: Callable[[FakeBotApi], None]
) -> None:
    break_it(fake)
    for person in (1, 2, 3):
        fake.send_text(person, "/help")
    with running(fake, knowledge):
        fake.wait_for(sent, count=3, timeout=15)
    assert [len(answers(fake, person)) for person in (1, 2, 3)] == [1, 1, 1]


def test_a_reset_after_sending_repeats_and_loses_nothing(fake: FakeBotApi, knowledge: Knowledge) -> None:
    fake.drop_next("sendMessage", after=True)
    fake.send_text(1, "/help")
    with running(fake, knowledge):
        fake.wait_for(sent, count=2)
    assert len(answers(fake, 1)) == 2


def test_another_poller_is_told_plainly(fake: FakeBotApi, knowledge: Knowledge, output: io.StringIO) -> None:
    fake.fail_next("getUpdates", 409)
    fake.send_text(1, "/help")
    with running(fake, knowledge, lease=1.0):
        fake.wait_for(sent, timeout=15)
    assert "another program polls with this token" in output.getvalue()


def test_a_full_disk_lets_updates_wait(
    fake: FakeBotApi, knowledge: Knowledge, tmp_path: Path, output: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    transaction = Database._transaction
    left = [8]

    def full(self: Database, work: Callable[[sqlite3.Connection], Any]) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            raise sqlite3.OperationalError("database or disk is full")
        return transaction(self, work)

    monkeypatch.setattr(Database, "_transaction", full)
    fake.send_text(1, "/help")
    with running(fake, knowledge, f"sqlite:{tmp_path}/store", lease=1.0):
        fake.wait_for(sent, timeout=20)
    assert len(answers(fake, 1)) == 1
    assert "store-down" in output.getvalue()


def test_one_process_stands_by_and_takes_over(fake: FakeBotApi, knowledge: Knowledge, tmp_path: Path) -> None:
    store = f"sqlite:{tmp_path}/store"
    with running(fake, knowledge, store, lease=1.0):
        with running(fake, knowledge, store, lease=1.0):
            fake.send_text(1, "/help")
            fake.wait_for(sent)
        fake.send_text(2, "/help")
        fake.wait_for(sent, count=2, timeout=10)
    assert [fault for fault in fake.faults if "Conflict" in fault] == []
    assert len([call for call in fake.calls if sent(call)]) == 2


def test_a_person_who_blocks_the_bot_is_forgotten_at_once(
    fake: FakeBotApi, knowledge: Knowledge, tmp_path: Path
) -> None:
    def known() -> set[str]:
        with sqlite3.connect(tmp_path / "store") as db:
            found = {row[0] for row in db.execute("SELECT key FROM sessions")}
        db.close()
        return found

    with running(fake, knowledge, f"sqlite:{tmp_path}/store"):
        for person in (1, 2):
            fake.send_text(person, "/help")
        fake.wait_for(sent, count=2)
        until(lambda: known() == {"1:1", "2:2"})
        fake.block(1)  # Telegram says so
        until(lambda: known() == {"2:2"})
        fake._blocked.add(2)  # it is found out by sending
        fake.send_text(2, "/help")
        until(lambda: known() == set())


def test_who_asks_too_fast_is_told_so_once(fake: FakeBotApi, knowledge: Knowledge) -> None:
    with running(fake, knowledge):
        for _ in range(AT_ONCE + 25):
            fake.send_text(1, "/help")
        fake.wait_for(lambda call: sent(call) and call.params["text"] == too_fast, timeout=15)
        fake.send_text(2, "/help")
        fake.wait_for(lambda call: sent(call) and call.chat_id == 2)
        until(lambda: fake._queue == [] or fake._queue[0][0] > 1000 + AT_ONCE + 25)
    texts = Counter(answers(fake, 1))
    assert texts[too_fast] == 1
    assert sum(texts.values()) < AT_ONCE + 25


too_fast = "That was a lot at once. Please give me half a minute, then go on."


def test_the_bucket_fills_again() -> None:
    now = [100.0]
    flood = Flood(lambda: now[0])
    assert [flood.judge(1) for _ in range(AT_ONCE + 2)] == ["answer"] * AT_ONCE + ["tell", "silence"]
    assert flood.judge(2) == "answer"
    now[0] += SILENCE - 0.1
    assert flood.judge(1) == "silence"
    now[0] += 0.2
    assert flood.judge(1) == "answer"


def done_in(store: Path) -> set[int]:
    with sqlite3.connect(store) as db:
        found = {row[0] for row in db.execute("SELECT id FROM claims WHERE worker IS NULL")}
    db.close()
    return found


def test_kill_9_loses_nothing_and_repeats_only_what_was_not_marked_done(fake: FakeBotApi, tmp_path: Path) -> None:
    updates = {fake.send_text(person, "/help"): person for person in range(1, 101)}
    fake.delay_next("sendMessage", 0.3, times=100)
    store = tmp_path / "store"
    killed = BotProcess(fake, tmp_path, f"sqlite:{store}")
    killed.start()
    fake.wait_for(sent, count=50, timeout=30)
    killed.kill()
    done = done_in(store)
    with bot_process(fake, tmp_path, f"sqlite:{store}"):
        until(lambda: all(answers(fake, person) for person in updates.values()), 40)
        until(lambda: done_in(store) >= updates.keys())
    repeated = {update for update, person in updates.items() if len(answers(fake, person)) > 1}
    assert repeated & done == set()
    assert {len(answers(fake, person)) for person in updates.values()} <= {1, 2}


def test_a_process_that_is_told_to_stop_finishes_and_confirms(fake: FakeBotApi, tmp_path: Path) -> None:
    with bot_process(fake, tmp_path, f"sqlite:{tmp_path}/store"):
        fake.wait_for("getUpdates", timeout=20)
        fake.delay_next("sendMessage", 1.0, times=5)
        for person in range(1, 6):
            fake.send_text(person, "/help")
        fake.wait_for("sendMessage", count=5)
    assert [len(answers(fake, person)) for person in range(1, 6)] == [1] * 5
    assert fake._queue == []
