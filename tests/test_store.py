"""One contract for every store, as a state machine beside a plain model; and what is special to each."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bot.errors import SettingError
from bot.store import Store, StoreError, open_store
from bot.store.codec import LARGEST, decode, encode
from bot.store.memory import MemoryStore
from bot.store.protocol import DAY, NONE
from bot.store.redis import RedisStore
from bot.store.sqlite import SqliteStore
from bot.types import Evidence, LanguageGuess, Session
from tests.conftest import Clock
from tests.redis_server import RedisServer

T = TypeVar("T")
LEASE = 60.0
WORKERS = ("one", "two")
SESSIONS = st.builds(
    Session,
    language=st.sampled_from(["de", "fi", None]),
    chosen=st.booleans(),
    country=st.sampled_from(["AT", None]),
    topic=st.none() | st.text(max_size=20),
    concepts=st.lists(st.text(max_size=10), max_size=3).map(tuple),
    facts=st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=3).map(tuple),
    evidence=st.none()
    | st.builds(
        Evidence,
        language=st.builds(LanguageGuess, code=st.just("el"), reason=st.just("text"), scores=st.just((("el", 0.5),))),
        topic=st.none(),
        rule=st.text(max_size=10),
        words=st.just(("wort*",)),
        example=st.text(max_size=10),
        close=st.just(()),
    ),
)


class Contract(RuleBasedStateMachine):
    """What a store answers, beside a model of what it has to answer. `clock` is None where time is real."""

    make: Callable[[Clock], Store]
    timed = True

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.clock = Clock()
        self.store = type(self).make(self.clock)
        self.claims: dict[int, tuple[str | None, int, float]] = {}
        self.sessions: dict[str, tuple[Session, int, float]] = {}
        self.stale: list[tuple[str, int]] = []
        self.leader = ("", 0.0)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @rule(update=st.integers(1, 3), worker=st.sampled_from(WORKERS))
    def claim(self, update: int, worker: str) -> None:
        holder, tries, ends = self.claims.get(update, ("", 0, 0.0))
        claim = self.do(self.store.claim(update, worker))
        if holder is None and ends > self.clock.now:
            assert claim.state == "done"
        elif holder and ends > self.clock.now:
            assert claim.state == "held"
        else:
            tries = 1 if holder is None else tries + 1
            assert (claim.state, claim.tries) == ("yours", tries)
            self.claims[update] = (worker, tries, self.clock.now + LEASE)

    @rule(update=st.integers(1, 3))
    def done(self, update: int) -> None:
        self.do(self.store.done(update))
        self.claims[update] = (None, 0, self.clock.now + DAY)

    @rule(update=st.integers(1, 3), worker=st.sampled_from(WORKERS))
    def give_back(self, update: int, worker: str) -> None:
        self.do(self.store.give_back(update, worker))
        holder, tries, _ = self.claims.get(update, ("", 0, 0.0))
        if holder == worker:
            self.claims[update] = ("", tries, 0.0)

    @rule(update=st.integers(1, 3), worker=st.sampled_from(WORKERS))
    def extend(self, update: int, worker: str) -> None:
        holder, tries, ends = self.claims.get(update, ("", 0, 0.0))
        extended = self.do(self.store.extend(update, worker))
        if holder == worker and ends > self.clock.now:
            assert extended
        elif holder != worker:
            assert not extended
        if extended:
            self.claims[update] = (worker, tries, self.clock.now + LEASE)

    @rule(key=st.sampled_from(["1:1", "-100:1"]), session=SESSIONS)
    def save(self, key: str, session: Session) -> None:
        _, version = self.do(self.store.load(key))
        assert self.do(self.store.save(key, session, version))
        loaded, now_version = self.do(self.store.load(key))
        assert loaded == session
        assert now_version not in (version, NONE)
        self.stale.append((key, version))
        self.sessions[key] = (session, now_version, self.clock.now + DAY)

    @rule(session=SESSIONS, data=st.data())
    def save_stale(self, session: Session, data: st.DataObject) -> None:
        if self.stale:
            key, version = data.draw(st.sampled_from(self.stale))
            if version != self.do(self.store.load(key))[1]:
                assert not self.do(self.store.save(key, session, version))

    @rule(key=st.sampled_from(["1:1", "-100:1"]))
    def load(self, key: str) -> None:
        session, version, ends = self.sessions.get(key, (Session(), NONE, 0.0))
        there = ends > self.clock.now
        assert self.do(self.store.load(key)) == ((session, version) if there else (Session(), NONE))
        assert self.do(self.store.held(key)) == (encode(session) if there else b"")

    @rule(key=st.sampled_from(["1:1", "-100:1"]))
    def forget(self, key: str) -> None:
        self.do(self.store.forget(key))
        _, version, _ = self.sessions.pop(key, (None, NONE, 0.0))
        assert self.do(self.store.held(key)) == b""
        if version != NONE:
            self.stale.append((key, version))

    @rule(worker=st.sampled_from(WORKERS))
    def lead(self, worker: str) -> None:
        leader, ends = self.leader
        may = leader in ("", worker) or ends <= self.clock.now
        assert self.do(self.store.lead(worker)) is may
        if may:
            self.leader = (worker, self.clock.now + LEASE)

    @rule(worker=st.sampled_from(WORKERS))
    def resign(self, worker: str) -> None:
        self.do(self.store.resign(worker))
        if self.leader[0] == worker:
            self.leader = ("", 0.0)

    @rule()
    def tend(self) -> None:
        self.do(self.store.tend())

    @rule(seconds=st.sampled_from([1.0, LEASE + 1, DAY + 1]))
    def pass_time(self, seconds: float) -> None:
        if self.timed:
            self.clock.now += seconds

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.do(self.store.close())
            self.loop.close()


def hold(make: Callable[[Clock], Store], timed: bool = True) -> None:
    machine = type("Machine", (Contract,), {"make": staticmethod(make), "timed": timed})
    run: Callable[..., None] = run_state_machine_as_test  # typed in newer releases of hypothesis only
    run(machine, settings=settings(max_examples=40, stateful_step_count=30, deadline=None))


def test_memory_holds_the_contract() -> None:
    hold(lambda clock: MemoryStore(LEASE, clock))


def test_sqlite_holds_the_contract(tmp_path: Path) -> None:
    hold(lambda clock: SqliteStore(tmp_path / secrets.token_hex(8), LEASE, clock))


def test_redis_holds_the_contract(redis: RedisServer) -> None:
    hold(lambda _: RedisStore(redis.url, LEASE, secrets.token_hex(8)), timed=False)


def test_leases_end_in_redis(redis: RedisServer) -> None:
    async def work() -> None:
        store = RedisStore(redis.url, 0.15, "leases")
        assert (await store.claim(1, "one")).state == "yours"
        assert (await store.claim(1, "two")).state == "held"
        assert await store.lead("one")
        assert not await store.lead("two")
        await asyncio.sleep(0.3)
        claim = await store.claim(1, "two")
        assert (claim.state, claim.tries) == ("yours", 2)
        assert not await store.extend(1, "one")
        assert await store.lead("two")
        await store.close()

    asyncio.run(work())


def test_two_at_once_never_both_win(tmp_path: Path, redis: RedisServer) -> None:
    async def work(make: Callable[[], Store]) -> None:
        stores = [make() for _ in range(4)]
        claims = await asyncio.gather(*(s.claim(n, str(i)) for n in range(20) for i, s in enumerate(stores)))
        assert sum(claim.state == "yours" for claim in claims) == 20
        saved = await asyncio.gather(*(s.save("1:1", Session(language=str(i)), NONE) for i, s in enumerate(stores)))
        assert sum(saved) == 1
        for store in stores:
            await store.close()

    asyncio.run(work(lambda: SqliteStore(tmp_path / "shared", LEASE)))
    asyncio.run(work(lambda: RedisStore(redis.url, LEASE, "shared")))


def contents(folder: Path) -> bytes:
    """All bytes of all files."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_what_is_forgotten_is_in_no_file(tmp_path: Path) -> None:
    async def work() -> None:
        store = SqliteStore(tmp_path / "store", LEASE)
        for number in range(200):
            await store.save(f"{number}:{number}", Session(topic=f"topic-{number}-marked"), NONE)
        before = contents(tmp_path)
        assert b"topic-77-marked" in before
        for number in range(200):
            await store.forget(f"{number}:{number}")
        after = contents(tmp_path)
        assert b"-marked" not in after
        assert b"77:77" not in after
        await store.close()

    asyncio.run(work())


def test_a_killed_process_leaves_what_it_wrote(tmp_path: Path) -> None:
    path = tmp_path / "store"
    script = f"""
import asyncio, os, signal
from pathlib import Path
from bot.store.sqlite import SqliteStore
from bot.types import Session
async def work():
    store = SqliteStore(Path({str(path)!r}), 60.0)
    await store.claim(1, "one")
    await store.done(1)
    await store.claim(2, "one")
    await store.save("7:7", Session(language="fi"), 0)
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(work())
"""
    root = Path(__file__).resolve().parents[1]
    assert subprocess.run([sys.executable, "-c", script], cwd=root).returncode == -9

    async def look() -> None:
        store = SqliteStore(path, LEASE)
        assert (await store.claim(1, "two")).state == "done"
        assert (await store.claim(2, "two")).state == "held"
        assert (await store.load("7:7"))[0] == Session(language="fi")
        await store.close()

    asyncio.run(look())
    assert path.stat().st_mode & 0o077 == 0


def test_a_full_disk_is_a_clear_error_and_passes(tmp_path: Path) -> None:
    async def work() -> None:
        store = SqliteStore(tmp_path / "store", LEASE)
        pages = store._database._db.execute("PRAGMA page_count").fetchone()[0]
        store._database._db.execute(f"PRAGMA max_page_count = {pages}")
        saves = [store.save(f"{number}:1", Session(topic="x" * 200), NONE) for number in range(200)]
        with pytest.raises(StoreError, match="disk is full"):
            await asyncio.gather(*saves)
        store._database._db.execute("PRAGMA max_page_count = 100000")
        assert await store.save("again:1", Session(), NONE)
        await store.close()

    asyncio.run(work())


@pytest.mark.parametrize("jump", [-7 * DAY, -LEASE, 2 * LEASE, 7 * DAY])
def test_a_clock_that_jumps_blocks_nothing_for_longer_than_two_leases(tmp_path: Path, jump: float) -> None:
    async def work() -> None:
        clock = Clock()
        store = SqliteStore(tmp_path / "store", LEASE, clock)
        await store.claim(1, "one")
        await store.lead("one")
        clock.now += jump + 2 * LEASE + 2
        assert (await store.claim(1, "two")).state == "yours"
        assert await store.lead("two")
        await store.close()

    asyncio.run(work())


def test_errors_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("this is no database, and long enough to be seen as none" * 30, encoding="utf-8")
    with pytest.raises(StoreError, match="Move it away"):
        SqliteStore(tmp_path / "file", LEASE)
    for wrong in ("", "postgres://x", "sqlite:"):
        with pytest.raises(SettingError, match="DATA_RIGHTS_STORE"):
            open_store(wrong, LEASE)

    async def down() -> None:
        store = open_store("redis://:secret-word@127.0.0.1:1/0", LEASE)
        with pytest.raises(StoreError, match="Redis does not answer") as error:
            await store.claim(1, "one")
        assert "secret-word" not in str(error.value)
        await store.close()

    asyncio.run(down())


def test_what_is_over_is_erased_and_tries_are_not(tmp_path: Path) -> None:
    async def work(store: Store, clock: Clock) -> None:
        await store.claim(1, "one")
        await store.done(1)
        await store.claim(2, "one")
        await store.save("77:77", Session(topic="marked"), NONE)
        clock.now += DAY + 1
        await store.tend()
        assert (await store.claim(2, "two")).tries == 2
        await store.close()

    clock = Clock()
    memory = MemoryStore(LEASE, clock)
    asyncio.run(work(memory, clock))
    assert (list(memory._claims), memory._sessions) == ([2], {})
    asyncio.run(work(SqliteStore(tmp_path / "store", LEASE, clock), clock))
    assert b"77:77" not in contents(tmp_path)
    assert b"marked" not in contents(tmp_path)


@given(SESSIONS)
def test_a_session_comes_back_as_it_was(session: Session) -> None:
    assert decode(encode(session)) == session


@given(st.binary(max_size=200))
def test_damaged_sessions_are_new_ones(content: bytes) -> None:
    assert decode(content) == Session()


@pytest.mark.parametrize(
    "content",
    [
        b'{"session":{"language":7},"form":1}',
        b'{"session":{"concepts":"abc"},"form":1}',
        b'{"session":{},"form":2}',
        b"[" * 10_000,
        b" " * (LARGEST + 1),
        sqlite3.sqlite_version.encode(),
    ],
)
def test_forged_sessions_are_new_ones(content: bytes) -> None:
    assert decode(content) == Session()
