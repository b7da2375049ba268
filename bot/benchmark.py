"""`benchmark`: how fast answers are, how long the start takes, how much memory is used. Printed, never asserted."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from bot.conversation import Conversation
from bot.knowledge import Knowledge, load
from bot.types import Incoming, Session

STARTS = 5


def run(root: Path, questions: Path | None, languages: Collection[str] | None = None) -> int:
    """Measures on `questions` (JSON lines), or on the knowledge's own questions, and prints a table."""
    begin = time.perf_counter()
    knowledge = load(root, languages)
    loaded = time.perf_counter()
    conversation = Conversation(knowledge)
    conversation.prepare()
    built = time.perf_counter()
    asked = _from_file(questions) if questions else _own(knowledge)
    today = date.today()
    detector = conversation.identifier.detector
    spent_detecting = 0.0
    ask = detector.probabilities

    def timed(text: str) -> tuple[tuple[str, float], ...]:
        nonlocal spent_detecting
        start = time.perf_counter()
        found = ask(text)
        spent_detecting += time.perf_counter() - start
        return found

    detector.probabilities = timed  # type: ignore[method-assign]
    times = []
    for text, client in asked:
        incoming = Incoming(text, client, today=today)
        times.append(_time(partial(conversation.respond, incoming, Session())))
    times.sort()
    share = 100_000 * spent_detecting / sum(times)  # seconds of milliseconds, in per cent
    print(f"{len(asked)} questions, each once in a new chat, nothing warmed up")
    print(f"respond   p50 {_at(times, 0.50):6.2f} ms   p99 {_at(times, 0.99):6.2f} ms   max {times[-1]:6.2f} ms")
    print(f"          mean {statistics.fmean(times):5.2f} ms, of which langdetect {share:.0f} %")
    print(f"load      knowledge {1000 * (loaded - begin):.0f} ms, compile {1000 * (built - loaded):.0f} ms")
    starts = sorted(_time(lambda: _ask_in_new_process(root)) for _ in range(STARTS))
    print(f"start to first answer, new process: median of {STARTS} {statistics.median(starts):.0f} ms")
    print(f"RSS       {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at the most")
    return 0


def _from_file(path: Path) -> list[tuple[str, str | None]]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [(line["text"], line.get("client")) for line in lines]


def _own(knowledge: Knowledge) -> list[tuple[str, str | None]]:
    return [
        (question, code)
        for code in knowledge.answered
        for questions in knowledge.languages[code].questions.values()
        for question in questions
    ]


def _ask_in_new_process(root: Path) -> None:
    command = [sys.executable, "-m", "bot", "--knowledge", str(root), "ask", "are my photos used?"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def _at(times: Sequence[float], share: float) -> float:
    return times[min(len(times) - 1, int(share * len(times)))]
