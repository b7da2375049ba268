"""The decision table for one piece of content: facts in, a verdict and its rule out.

Pure and total: every combination of facts is decided by exactly one rule, which `check` proves by trying them all.
Facts that are not known stay open, and the verdict covers all that is left: used if …, excluded if ….
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Literal

from bot.knowledge.schema import Eligibility

Verdict = Literal["used", "excluded", "depends"]
Facts = Mapping[str, str]


class TableError(ValueError):
    """The table has a gap, an overlap or an unknown name; the text says where."""


@dataclass(frozen=True)
class Decision:
    """What a complete set of facts comes to, and the rule that decided."""

    verdict: Verdict
    rule: str


@dataclass(frozen=True)
class Outcome:
    """What facts come to when some are open: `verdict` is `depends` where the open facts decide.

    `open` are the facts that can still change the verdict; `cases` is verdict -> the rules that give it.
    """

    verdict: Verdict
    decisions: tuple[Decision, ...]
    open: tuple[str, ...]

    @property
    def rule(self) -> str | None:
        """The deciding rule, or None where open facts decide between verdicts."""
        return self.decisions[0].rule if len({d.verdict for d in self.decisions}) == 1 else None


@dataclass(frozen=True)
class _Line:
    rule: str
    rank: int
    verdict: Verdict
    values: Mapping[str, frozenset[str]]


class Table:
    """A company's decision table, ready to decide. Raises TableError for names that the table does not know."""

    def __init__(self, written: Eligibility) -> None:
        self.facts = {name: tuple(fact.values) for name, fact in written.facts.items()}
        self.ordinary = {name: fact.ordinary for name, fact in written.facts.items() if fact.ordinary is not None}
        self.changes = {name: tuple(fact.changes) for name, fact in written.facts.items() if fact.changes}
        self.rules = dict(written.rules)
        self._lines = [
            _Line(
                name,
                rule.rank,
                rule.verdict,
                {fact: self._values(name, fact, values, written) for fact, values in line.items()},
            )
            for name, rule in written.rules.items()
            for line in rule.when
        ]
        self._classes = {fact: self._alike(fact) for fact in self.facts}

    def _values(self, rule: str, fact: str, values: list[str], written: Eligibility) -> frozenset[str]:
        if fact not in self.facts:
            raise TableError(f"rule {rule!r}: there is no fact {fact!r}")
        found: set[str] = set()
        for value in values:
            named = written.sets.get(value[1:], []) if value.startswith("$") else [value]
            unknown = [v for v in named if v not in self.facts[fact]] or ([] if named else [value])
            if unknown:
                raise TableError(f"rule {rule!r}: {fact} has no value {unknown[0]!r}")
            found.update(named)
        return frozenset(found)

    def _alike(self, fact: str) -> dict[str, str]:
        """Value -> the first value that no rule tells from it."""
        seen: dict[tuple[bool, ...], str] = {}
        alike = {}
        for value in self.facts[fact]:
            sign = tuple(value in line.values[fact] for line in self._lines if fact in line.values)
            alike[value] = seen.setdefault(sign, value)
        return alike

    def alike(self, fact: str, one: str, other: str) -> bool:
        """Whether no rule tells two values of a fact apart."""
        return self._classes[fact][one] == self._classes[fact][other]

    @property
    def combinations(self) -> int:
        """How many complete sets of facts there are."""
        return prod(len(values) for values in self.facts.values())

    def every(self) -> Iterator[tuple[dict[str, str], int]]:
        """One of each kind of complete facts that rules can tell apart, and how many combinations it stands for."""
        names = list(self.facts)
        groups = []
        for name in names:
            counts: dict[str, int] = {}
            for first in self._classes[name].values():
                counts[first] = counts.get(first, 0) + 1
            groups.append(list(counts.items()))
        for chosen in product(*groups):
            yield dict(zip(names, (value for value, _ in chosen), strict=True)), prod(n for _, n in chosen)

    def fitting(self, facts: Facts) -> list[tuple[str, int, Verdict]]:
        """The rules that fit complete facts and have the highest rank: exactly one in a sound table."""
        best: dict[str, tuple[str, int, Verdict]] = {}
        top = -1
        for line in self._lines:
            if line.rank >= top and all(facts[fact] in values for fact, values in line.values.items()):
                if line.rank > top:
                    best, top = {}, line.rank
                best[line.rule] = (line.rule, line.rank, line.verdict)
        return list(best.values())

    def decide(self, facts: Facts) -> Decision:
        """The decision on complete facts. Raises TableError where the table has a gap or an overlap."""
        found = self.fitting(facts)
        if len(found) != 1:
            names = " and ".join(rule for rule, _, _ in found)
            raise TableError(f"{f'{names} decide' if names else 'no rule decides'} {dict(facts)}")
        return Decision(found[0][2], found[0][0])

    def outcome(self, known: Facts) -> Outcome:
        """What `known` facts come to; facts that are not among them are open.

        Raises KeyError for a fact or value that the table does not know.
        """
        for name, value in known.items():
            if value not in self.facts[name]:
                raise KeyError(f"{name}: {value}")
        open_names = [name for name in self.facts if name not in known]
        choices = [sorted(set(self._classes[name].values())) for name in open_names]
        decisions: dict[tuple[str, ...], Decision] = {}
        for chosen in product(*choices):
            decisions[chosen] = self.decide({**known, **dict(zip(open_names, chosen, strict=True))})
        verdicts = {d.verdict for d in decisions.values()}
        matters = tuple(name for index, name in enumerate(open_names) if _matters(decisions, index))
        verdict: Verdict = next(iter(verdicts)) if len(verdicts) == 1 else "depends"
        return Outcome(verdict, tuple(dict.fromkeys(decisions.values())), matters)

    def with_ordinary(self, known: Facts) -> dict[str, str]:
        """`known` facts, and the ordinary case for those that a person did not tell."""
        return {**self.ordinary, **known}

    def way_out(self, known: Facts) -> tuple[str, str] | None:
        """The one change a person can honestly make after which the content is left out: fact and value, or None."""
        if self.outcome(known).verdict == "excluded":
            return None
        for name, values in self.changes.items():
            for value in values:
                if known.get(name) != value and self.outcome({**known, name: value}).verdict == "excluded":
                    return name, value
        return None


def _matters(decisions: Mapping[tuple[str, ...], Decision], index: int) -> bool:
    """Whether the value at `index` alone can change the verdict, all others being equal."""
    seen: dict[tuple[str, ...], Verdict] = {}
    for chosen, decision in decisions.items():
        rest = chosen[:index] + chosen[index + 1 :]
        if seen.setdefault(rest, decision.verdict) != decision.verdict:
            return True
    return False
