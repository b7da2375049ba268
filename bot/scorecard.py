"""`data-rights-bot languages`: the state of each language, measured."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.checks.lengths import words_of
from bot.checks.translations import parts
from bot.knowledge import Knowledge, load
from bot.understanding import Interpreter, by_topic

HEAD = (
    "| language | texts | patterns | questions | reach their topic | words an answer | read by | as of |",
    "|---|---|---|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Score:
    """One language. `complete` and `reached` are per cent, `words` is the median of an answer.

    `reached`: known questions that reach their topic with themselves and their near copies taken away; `failed` are
    those that do not.
    """

    code: str
    name: str
    complete: float
    patterns: int
    questions: int
    reached: float
    words: float
    review: str
    day: str
    failed: tuple[str, ...] = ()

    def __str__(self) -> str:
        return (
            f"| {self.name} | {self.complete:.0f} % | {self.patterns} | {self.questions} | {self.reached:.1f} % "
            f"| {self.words:.0f} | {self.review} | {self.day} |"
        )


def unreached(interpreter: Interpreter, knowledge: Knowledge, code: str) -> tuple[list[str], int]:
    """The questions of a language that do not reach their topic or a neighbour of it, and how many there are."""
    examples = interpreter.examples(code)
    numbered = by_topic(knowledge.languages[code].questions)
    failed = []
    for number, (topic, text) in enumerate(numbered):
        found = interpreter.understand(text, code, leave_out=examples.copies(number))
        if topic == "out-of-scope":
            reached = found.outcome != "answer"
        else:
            reached = found.topic is not None and found.topic in (topic, *knowledge.topics[topic].also)
        if not reached:
            failed.append(text)
    return failed, len(numbered)


def score(interpreter: Interpreter, knowledge: Knowledge, code: str) -> Score:
    """The state of a language with answers."""
    language = knowledge.languages[code]
    files = parts(knowledge, code)
    needed = sum(len(wanted) for _, wanted, _ in files)
    there = sum(len(wanted & has) for _, wanted, has in files)
    lengths = [
        words_of(text)
        for company, answers in language.answers.items()
        if company != "bot"
        for text in answers.values()
    ]
    failed, total = unreached(interpreter, knowledge, code)
    review = {"unread": "nobody yet", "second-reader": "a second reader", "native": "a native"}[
        language.meta.review.state
    ]
    return Score(
        code, language.meta.name, 100 * there / needed, sum(map(len, language.lexicon.values())), total,
        100 - 100 * len(failed) / total, statistics.median(lengths), review, str(language.meta.review.date),
        tuple(failed),
    )  # fmt: skip


def table(scores: Sequence[Score], waiting: Sequence[str]) -> Iterator[str]:
    """The lines of the scorecard; `waiting` are the names of languages without answers."""
    yield from HEAD
    yield from map(str, scores)
    for name in waiting:
        yield f"| {name} | none yet | | | | | | |"


def run(root: Path) -> int:
    """Prints the scorecard. Returns 0."""
    knowledge = load(root)
    interpreter = Interpreter(knowledge)
    scores = [score(interpreter, knowledge, code) for code in knowledge.answered]
    waiting = [language.meta.name for language in knowledge.languages.values() if not language.answered]
    print("\n".join(table(scores, waiting)))
    return 0
