"""The decision table for one piece of content: facts in, a verdict and its rule out.

Pure and total: every combination of facts is decided by exactly one rule, which `check` proves by trying them all.
Facts that are not known stay open, and the verdict covers all that is left: used if …, excluded if ….
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    """What facts come to when some are open: `verdict` is `depends` where the open facts decide."""

    verdict: Verdict
    decisions: tuple[Decision, ...]

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
        # Highest rank first, so that of the lines that fit, a bit mask, the lowest bit is one that decides.
        self._lines = sorted(self._read(written), key=lambda line: -line.rank)
        self._ranked = {
            line.rank: self._mask(other.rank == line.rank for other in self._lines) for line in self._lines
        }
        self._fits = {
            fact: {v: self._mask(v in line.values.get(fact, (v,)) for line in self._lines) for v in values}
            for fact, values in self.facts.items()
        }
        self._classes = {fact: self._alike(fact) for fact in self.facts}

    def _read(self, written: Eligibility) -> Iterator[_Line]:
        for name, rule in written.rules.items():
            for line in rule.when:
                values = {fact: self._values(name, fact, told, written) for fact, told in line.items()}
                yield _Line(name, rule.rank, rule.verdict, values)

    @staticmethod
    def _mask(chosen: Iterable[bool]) -> int:
        return sum(1 << at for at, is_one in enumerate(chosen) if is_one)

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

    @property
    def any_line(self) -> int:
        """The bit mask of all lines: nothing is told yet."""
        return (1 << len(self._lines)) - 1

    def fit(self, fact: str, value: str) -> int:
        """The lines that a value of a fact leaves, as a bit mask. Raises KeyError for a name that is not known."""
        return self._fits[fact][value]

    def decided_by(self, lines: int) -> list[Decision]:
        """The decisions of highest rank among `lines`, a bit mask: exactly one in a sound table."""
        if not lines:
            return []
        top = self._lines[(lines & -lines).bit_length() - 1].rank
        lines &= self._ranked[top]
        best: dict[str, Decision] = {}
        while lines:
            line = self._lines[(lines & -lines).bit_length() - 1]
            best[line.rule] = Decision(line.verdict, line.rule)
            lines &= lines - 1
        return list(best.values())

    def fitting(self, facts: Facts) -> list[Decision]:
        """The rules that fit complete facts and have the highest rank: exactly one in a sound table."""
        lines = self.any_line
        for fact in self.facts:
            lines &= self.fit(fact, facts[fact])
        return self.decided_by(lines)

    def decide(self, facts: Facts) -> Decision:
        """The decision on complete facts. Raises TableError where the table has a gap or an overlap."""
        return self._only(self.fitting(facts), facts)

    def outcome(self, known: Facts) -> Outcome:
        """What `known` facts come to; facts that are not among them are open.

        Raises KeyError for a fact or value that the table does not know.
        """
        lines = self.any_line
        for fact, value in known.items():
            lines &= self.fit(fact, value)
        left = [lines]
        for fact, values in self._fits.items():
            if fact not in known:
                left = list(dict.fromkeys(lines & fit for lines in left for fit in values.values()))
        decisions = tuple(dict.fromkeys(self._only(self.decided_by(lines), known) for lines in left))
        verdicts = {d.verdict for d in decisions}
        return Outcome(next(iter(verdicts)) if len(verdicts) == 1 else "depends", decisions)

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

    @staticmethod
    def _only(found: list[Decision], facts: Facts) -> Decision:
        if len(found) != 1:
            names = " and ".join(decision.rule for decision in found)
            raise TableError(f"{f'{names} decide' if names else 'no rule decides'} {dict(facts)}")
        return found[0]
