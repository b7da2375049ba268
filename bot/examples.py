"""The nearest of the questions that people are known to ask: cosine similarity over notions and word stems."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_STEM = 6  # a word counts by its first six letters: crude, alike for all languages, and enough beside the notions


@dataclass(frozen=True, slots=True)
class Example:
    """A question of questions.yaml."""

    topic: str
    text: str


@dataclass(frozen=True)
class Near:
    """An example and how close it is, from 0 to 1."""

    example: Example
    closeness: float


def features(tokens: Sequence[str], concepts: Iterable[str]) -> frozenset[str]:
    """What two messages are compared by: stems of words, and notions (marked with `#`)."""
    return frozenset(t[:_STEM] for t in tokens if t) | frozenset(f"#{c}" for c in concepts)


class Examples:
    """The questions of one language, indexed by feature. `described` are the features of each of `examples`."""

    def __init__(self, examples: Sequence[Example], described: Sequence[frozenset[str]]) -> None:
        self._examples = examples
        counts = Counter(feature for each in described for feature in each)
        total = max(len(examples), 1)
        self._weights = {f: math.log(1 + total / n) * (1.5 if f[0] == "#" else 1.0) for f, n in counts.items()}
        self._unseen = math.log(1 + total)
        self._postings: defaultdict[str, list[int]] = defaultdict(list)
        for number, each in enumerate(described):
            for feature in each:
                self._postings[feature].append(number)
        self._norms = [math.sqrt(sum(self._weights[f] ** 2 for f in each)) or 1.0 for each in described]

    def nearest(self, asked: frozenset[str], leave_out: frozenset[int] = frozenset()) -> Mapping[str, Near]:
        """Topic -> the nearest example of it. `leave_out` are positions that do not count (for tests)."""
        if not asked:
            return {}
        norm = math.sqrt(sum(self._weights.get(f, self._unseen * 0.5) ** 2 for f in asked)) or 1.0
        dots: defaultdict[int, float] = defaultdict(float)
        for feature in asked:
            weight = self._weights.get(feature)
            if weight is not None:
                for number in self._postings[feature]:
                    dots[number] += weight * weight
        best: dict[str, Near] = {}
        for number, dot in dots.items():
            if number in leave_out:
                continue
            example = self._examples[number]
            closeness = dot / (norm * self._norms[number])
            old = best.get(example.topic)
            if old is None or closeness > old.closeness:
                best[example.topic] = Near(example, closeness)
        return best

    def copies(self, number: int, threshold: float = 0.8) -> frozenset[int]:
        """The positions of the example at `number` and of its near copies, to leave out when it is the question."""
        asked = [feature for feature, numbers in self._postings.items() if number in numbers]
        norm = self._norms[number]
        dots: defaultdict[int, float] = defaultdict(float)
        for feature in asked:
            for other in self._postings[feature]:
                dots[other] += self._weights[feature] ** 2
        close = {n for n, dot in dots.items() if dot / (norm * self._norms[n]) >= threshold}
        return frozenset(close | {number})

    def __len__(self) -> int:
        return len(self._examples)
