"""Reads from a message the facts that the decision table needs, by rules that stand beside the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.knowledge.schema import Eligibility
from bot.rules import Rule, RuleError, parse
from bot.types import Understanding

OPEN = "?"


@dataclass(frozen=True)
class _Reading:
    fact: str
    value: str
    rule: Rule


class Reader:
    """Reads facts by the `reading` of one company's table. Raises RuleError where a line cannot be read."""

    def __init__(self, written: Eligibility, notions: frozenset[str], topics: Sequence[str]) -> None:
        known = notions | {f"topic:{topic}" for topic in topics}
        self._silent = frozenset(written.silent)
        for name in self._silent - known:
            raise RuleError(f"silent: there is no notion or topic {name!r}")
        self._readings = [
            _Reading(fact, value.strip(), parse(fact, rule.strip(), {}, known))
            for fact, lines in written.reading.items()
            for rule, _, value in (line.partition("=>") for line in lines)
        ]

    def facts(self, found: Understanding) -> dict[str, str]:
        """The facts that a message tells; a fact with the value `?` is open though it has an ordinary case."""
        present: dict[str, float] = dict.fromkeys(found.concepts, 1.0)
        if found.topic:
            present[f"topic:{found.topic}"] = 1.0
        read: dict[str, str] = {}
        for reading in self._readings:
            if reading.fact not in read and reading.rule.score(present) > 0:
                read[reading.fact] = reading.value
        return read

    def asks_for_a_verdict(self, found: Understanding) -> bool:
        """Whether the message asks if content is used, and not who may, why, or how to stop it."""
        return not (found.concepts | {f"topic:{found.topic}"}) & self._silent


def join(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """The facts of a message that goes on from one before: what is said now replaces what was said then.

    Another kind of content brings its own audience and service; the person stays the same.
    """
    kept = dict(before)
    if "kind" in now and now["kind"] != before.get("kind"):
        kept = {fact: value for fact, value in before.items() if fact in ("holder", "region", "objected")}
    return {**kept, **now}
