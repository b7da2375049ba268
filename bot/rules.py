"""Rules over notions: which topics a message may be about, and how much speaks for each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.knowledge.schema import Concept, Topic

_BONUS = re.compile(r"\s([+-]\d+(?:\.\d+)?)$")


class RuleError(ValueError):
    """A rule that cannot be read; the text says why."""


@dataclass(frozen=True)
class Rule:
    """One way to ask for a topic: each of `parts` needs one of its notions, none of `without` may be there."""

    topic: str
    source: str
    parts: tuple[frozenset[str], ...]
    without: frozenset[str]
    bonus: float

    def score(self, present: Mapping[str, float]) -> float:
        """What speaks for the topic by this rule, 0 where it does not apply.

        `present` is notion -> its weight in this message.
        """
        if any(concept in present for concept in self.without):
            return 0.0
        total = self.bonus
        for part in self.parts:
            weights = [present[concept] for concept in part if concept in present]
            if not weights:
                return 0.0
            total += max(weights)
        return max(total, 0.0)


def parse(topic: str, source: str, groups: Mapping[str, str], known: frozenset[str]) -> Rule:
    """The rule that `source` writes down. Raises RuleError where a notion or group is unknown."""
    bonus = 0.0
    text = source
    if match := _BONUS.search(text):
        bonus = float(match[1])
        text = text[: match.start()]
    parts: list[frozenset[str]] = []
    without: set[str] = set()
    for raw in text.split(","):
        part = raw.strip()
        if not part:
            raise RuleError(f"{source!r}: nothing stands between two commas")
        if part.startswith("not "):
            without |= _alternatives(part[4:], source, groups, known)
        else:
            parts.append(_alternatives(part, source, groups, known))
    if not parts:
        raise RuleError(f"{source!r} only says what must not be there: add what must")
    return Rule(topic, source, tuple(parts), frozenset(without), bonus)


def _alternatives(part: str, source: str, groups: Mapping[str, str], known: frozenset[str]) -> frozenset[str]:
    found: set[str] = set()
    for raw in part.split("|"):
        name = raw.strip()
        if name.startswith("$"):
            if name[1:] not in groups:
                raise RuleError(f"{source!r}: there is no group {name}: one of {', '.join(sorted(groups))}")
            found |= _alternatives(groups[name[1:]], source, {}, known)
        elif name in known:
            found.add(name)
        else:
            raise RuleError(f"{source!r}: there is no notion {name!r} in concepts.yaml nor a product of that name")
    return frozenset(found)


def compile_rules(
    topics: Mapping[str, Topic], groups: Mapping[str, str], concepts: Mapping[str, Concept], products: frozenset[str]
) -> tuple[Rule, ...]:
    """All rules of all topics. Raises RuleError at the first that cannot be read (`check` lists all)."""
    known = frozenset(concepts) | products
    return tuple(parse(name, rule, groups, known) for name, topic in topics.items() for rule in topic.rules)
