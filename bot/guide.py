"""The guided check: which question comes next, and how its state travels in a button.

A pure state machine. The state is the answers in the order in which they were given; it stands in the callback data,
so that a restart or another process goes on where a person was. Only questions that can still change the verdict are
asked, the one that leaves least open first.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from bot.eligibility import Table, Verdict
from bot.knowledge.schema import Eligibility

UNKNOWN = "?"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class State:
    """The answers so far, in order: question and option, or UNKNOWN where the person does not know."""

    answers: tuple[tuple[str, str], ...] = ()

    def option(self, question: str) -> str | None:
        """The answer to a question, None where it was not given."""
        return dict(self.answers).get(question)

    def with_answer(self, question: str, option: str) -> State:
        """The state after an answer; an earlier answer to the same question is replaced in its place."""
        if self.option(question) is None:
            return State((*self.answers, (question, option)))
        return State(tuple((q, option if q == question else o) for q, o in self.answers))

    def back(self) -> State:
        """The state before the last answer."""
        return State(self.answers[:-1])


class Guide:
    """Leads through the questions of one decision table."""

    def __init__(self, table: Table, written: Eligibility) -> None:
        self.table = table
        self.questions: Mapping[str, Mapping[str, Mapping[str, str]]] = written.questions
        self._names = tuple(self.questions)
        shape = repr([(name, list(options)) for name, options in self.questions.items()])
        self._print = format(zlib.crc32(shape.encode()) % 46656, "05d")[-3:]  # another table, another print
        self._verdicts = lru_cache(maxsize=20_000)(self._verdicts_of)

    def facts(self, state: State) -> dict[str, str]:
        """The facts that the answers tell."""
        return self._facts(self._key(state))

    def verdicts(self, state: State) -> frozenset[Verdict]:
        """The verdicts that are still possible."""
        return self._verdicts(self._key(state))

    def next_question(self, state: State) -> str | None:
        """The question that leaves least open, of those that can still change the verdict; None when all is said."""
        if len(self.verdicts(state)) == 1:
            return None
        best: tuple[float, str] | None = None
        for name in self._names:
            if state.option(name) is not None:
                continue
            children = [self.verdicts(state.with_answer(name, option)) for option in self.questions[name]]
            tells_nothing = set(children) == {self.verdicts(state)}
            if tells_nothing and not self._can_matter(state, name):
                continue
            left = sum(len(child) > 1 for child in children) / len(children)
            if best is None or left < best[0]:
                best = (left, name)
        return best[1] if best else None

    def matters(self, state: State, name: str) -> bool:
        """Whether another answer to a question would change the verdicts, all other answers being as they are."""
        results = {self.verdicts(state.with_answer(name, option)) for option in self.questions[name]}
        return len(results) > 1

    def longest(self, state: State) -> int:
        """How many more questions there may be at most."""
        name = self.next_question(state)
        if name is None:
            return 0
        return 1 + max(self.longest(state.with_answer(name, option)) for option in self.questions[name])

    def taps(self) -> tuple[int, float]:
        """The greatest and the mean number of answers until the verdict, over all combinations of options."""
        steps: list[int] = []
        for chosen in product(*(self.questions[name] for name in self._names)):
            answer = dict(zip(self._names, chosen, strict=True))
            state, count = State(), 0
            while (name := self._next(state)) is not None:
                state = state.with_answer(name, answer[name])
                count += 1
            steps.append(count)
        return max(steps), sum(steps) / len(steps)

    def start(self, facts: Mapping[str, str]) -> State:
        """The state that facts read from a message come to: questions that they answer are not asked."""
        state = State()
        for name, options in self.questions.items():
            option = self._fitting(options, facts)
            if option is not None:
                state = state.with_answer(name, option)
        return state

    def encode(self, state: State) -> str:
        """The state as a short text for callback data."""
        pairs = ""
        for question, option in state.answers:
            options = list(self.questions[question])
            pairs += _DIGITS[self._names.index(question)]
            pairs += UNKNOWN if option == UNKNOWN else _DIGITS[options.index(option)]
        return self._print + pairs

    def decode(self, text: str) -> State | None:
        """The state in `text`, None for another table's or for anything else."""
        if not text.startswith(self._print) or len(text) % 2 == 0:
            return None
        state = State()
        for at in range(len(self._print), len(text), 2):
            question, option = _DIGITS.find(text[at]), _DIGITS.find(text[at + 1])
            if not 0 <= question < len(self._names) or state.option(self._names[question]) is not None:
                return None
            options = list(self.questions[self._names[question]])
            if text[at + 1] == UNKNOWN:
                state = state.with_answer(self._names[question], UNKNOWN)
            elif 0 <= option < len(options):
                state = state.with_answer(self._names[question], options[option])
            else:
                return None
        return state

    # -- inside

    def _fitting(self, options: Mapping[str, Mapping[str, str]], facts: Mapping[str, str]) -> str | None:
        """The option that facts come to: all of its facts told alike, or told as far as rules can tell."""
        fallback: str | None = None
        for option, sets in options.items():
            told: dict[str, str] = {name: facts[name] for name in sets if name in facts}
            if "kind" in sets and told.get("kind") != sets["kind"]:
                continue
            if len(told) == len(sets) and all(self.table.alike(n, v, sets[n]) for n, v in told.items()):
                return option
            if "kind" in sets and told.get("kind") == sets["kind"]:
                fallback = fallback or option
        return fallback

    @lru_cache(maxsize=4096)  # noqa: B019 - a guide lives as long as the process
    def _next(self, state: State) -> str | None:
        return self.next_question(state)

    def _can_matter(self, state: State, name: str) -> bool:
        return any(
            self.matters(other, name)
            for question in self._names
            if question != name and state.option(question) is None
            for option in self.questions[question]
            for other in [state.with_answer(question, option)]
        )

    def _key(self, state: State) -> tuple[str | None, ...]:
        answers = dict(state.answers)
        return tuple(None if answers.get(n) in (None, UNKNOWN) else answers[n] for n in self._names)

    def _verdicts_of(self, key: tuple[str | None, ...]) -> frozenset[Verdict]:
        """Walks the questions and joins ways that come to the same: what is told, and which lines still fit."""
        ways = {(frozenset[str](), self.table.any_line)}
        for name, answer in zip(self._names, key, strict=True):
            options = self.questions[name]
            sets = list(options.values()) if answer is None else [options[answer]]
            ways = {self._told(way, told) for way in ways for told in sets}
        ways = {self._told(way, self.table.ordinary) for way in ways}
        return frozenset(d.verdict for _, lines in ways for d in self.table.decided_by(lines))

    def _told(self, way: tuple[frozenset[str], int], sets: Mapping[str, str]) -> tuple[frozenset[str], int]:
        """A way after more facts; what an earlier question told stays."""
        told, lines = way
        for fact, value in sets.items():
            if fact not in told:
                lines &= self.table.fit(fact, value)
        return told.union(sets), lines

    def _facts(self, key: tuple[str | None, ...]) -> dict[str, str]:
        told: dict[str, str] = {}
        for name, answer in zip(self._names, key, strict=True):
            if answer is not None:
                told = {**self.questions[name][answer], **told}
        return told
