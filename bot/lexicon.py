"""Finds notions in a message by the words that a language's lexicon lists for them.

A pattern is one or more words: `word` exactly, `stem*` a beginning, `*end` an ending, `*part*` a part of a compound,
`a/b` either, `..` up to three words in between, `<6-17>` a number in that range. Words that fit nothing and are not
known otherwise are tried again with a typo or two (rapidfuzz, optimal string alignment).
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.errors import BotError
from bot.text import sound_key, words
from bot.types import Match

HashableT = TypeVar("HashableT", bound=Hashable)
_RANGE = re.compile(r"^<(\d+)-(\d+)>$")
_GAP = 3
_CACHED = 2000  # words that people typed: a few, so that they neither fill the memory nor stay
_SHORTEST_FOR_TYPOS = 6


class PatternError(BotError, ValueError):
    """A pattern that cannot be read; the text says why and what would be right."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What follows a pattern's first word. `steps`: at each place one of these elements; `gaps`: words before it."""

    steps: tuple[tuple[int, ...], ...]
    gaps: tuple[int, ...]


class Lexicon:
    """The patterns of one language, ready to be looked for.

    `entries` is notion -> patterns; `known` holds words of the language that are never typos of something else;
    with `typos=False` no typo is looked for at all.
    """

    def __init__(
        self, entries: Mapping[str, Iterable[str]], language: str, known: Collection[str] = (), *, typos: bool = True
    ) -> None:
        self.language = language
        self._ids: dict[tuple[str, str], int] = {}  # while building
        self._by_kind: dict[str, dict[str, int]] = {"exact": {}, "prefix": {}, "suffix": {}, "infix": {}}
        self._ranges: list[tuple[int, int, int]] = []
        # Tens of thousands of patterns in plain arrays: notion, source and shape of each, and who begins with what.
        self._concepts: list[str] = list(entries)
        self._concept_of = array("H")
        self._sources: list[str] = []
        self._shapes: list[_Shape] = []
        self._shape_of = array("L")
        first: defaultdict[int, list[int]] = defaultdict(list)
        self._alone: set[int] = set()  # elements that are a pattern by themselves
        # While building: patterns share words, choices of words, and shapes.
        self._shared: dict[Hashable, Any] = {}
        self._shape_numbers: dict[tuple[tuple[tuple[int, ...], ...], tuple[int, ...]], int] = {}
        self._read: dict[str, list[int]] = {}
        for concept, patterns in enumerate(entries.values()):
            for pattern in patterns:
                self._add(concept, pattern, first)
        self._begins, self._opened = _grouped(first, len(self._ids))
        self._ids.clear()
        self._shared.clear()
        self._shape_numbers.clear()
        self._read.clear()
        self._lengths = {kind: sorted({len(t) for t in table}) for kind, table in self._by_kind.items()}
        self._known = {sound_key(word, language) for word in known}
        self._typo_words: defaultdict[tuple[str, int], dict[str, None]] = defaultdict(dict)
        self._typo_stems: defaultdict[tuple[str, int], dict[str, None]] = defaultdict(dict)
        for kind, table in (("exact", self._typo_words), ("prefix", self._typo_stems)) if typos else ():
            for text in self._by_kind[kind]:
                if len(text) >= _SHORTEST_FOR_TYPOS and text.isalpha():
                    table[text[0], len(text)][text] = None
        self._cache: dict[str, tuple[frozenset[int], bool]] = {}

    def knows(self, word: str) -> bool:
        """Whether a folded `word` is one of the language or of its lexicon, typos aside."""
        key = sound_key(word, self.language)
        return key in self._known or bool(self._elements(key))

    def find(self, tokens: Sequence[str]) -> list[Match]:
        """The notions in folded `tokens`, in order of their place. Empty tokens match nothing."""
        found: list[Match] = []
        fits, typos = [], []
        for token in tokens:
            ids, typo = self._lookup(sound_key(token, self.language)) if token else (frozenset[int](), False)
            fits.append(ids)
            typos.append(typo)
        for start, ids in enumerate(fits):
            for number in ids:
                for pattern in self._opened[self._begins[number] : self._begins[number + 1]]:
                    end = self._follow(self._shapes[self._shape_of[pattern]], fits, start)
                    if end:
                        matched = tuple(tokens[start:end])
                        typo = any(typos[start:end])
                        concept = self._concepts[self._concept_of[pattern]]
                        found.append(Match(concept, matched, start, end, self._sources[pattern], typo))
        return _best(found)

    # -- building

    def _add(self, concept: int, source: str, first: defaultdict[int, list[int]]) -> None:
        steps: list[tuple[int, ...]] = []
        gaps: list[int] = []
        gap = 0
        for part in source.split():
            if part == "..":
                gap = _GAP
                continue
            for step in self._alternatives(part, source):
                steps.append(step)
                gaps.append(gap)
                gap = 0
        if not steps:
            raise PatternError(f"{source!r} holds no word")
        if len(steps) == 1:
            self._alone.update(steps[0])
        shape = (tuple(steps[1:]), tuple(gaps[1:]))
        if shape not in self._shape_numbers:
            self._shape_numbers[shape] = len(self._shapes)
            self._shapes.append(_Shape(shape[0], self._once(shape[1])))
        for number in steps[0]:
            first[number].append(len(self._sources))
        self._concept_of.append(concept)
        self._sources.append(source)
        self._shape_of.append(self._shape_numbers[shape])

    def _alternatives(self, part: str, source: str) -> list[tuple[int, ...]]:
        options = [self._steps_of(option, source) for option in part.split("/") if option]
        if not options:
            raise PatternError(f"{source!r}: '/' stands without words around it")
        if len(options) == 1:
            return [self._once((number,)) for number in options[0]]
        if any(len(option) != 1 for option in options):
            raise PatternError(f"{source!r}: between '/' only single words without apostrophe or hyphen can stand")
        return [self._once(tuple(sorted({option[0] for option in options})))]

    def _once(self, value: HashableT) -> HashableT:
        """The first value that was equal to this one, so that each is held once."""
        kept: HashableT = self._shared.setdefault(value, value)
        return kept

    def _steps_of(self, part: str, source: str) -> list[int]:
        if part not in self._read:
            self._read[part] = self._elements_of(part, source)
        return self._read[part]

    def _elements_of(self, part: str, source: str) -> list[int]:
        if match := _RANGE.match(part):
            number = self._number("range", part)
            self._ranges.append((int(match[1]), int(match[2]), number))
            return [number]
        pieces = [sound_key(piece, self.language) for piece in words(part)]
        if not pieces:
            raise PatternError(f"{source!r}: {part!r} holds no letter")
        numbers = []
        for index, piece in enumerate(pieces):
            opens = part.startswith("*") and index == 0
            ends = part.endswith("*") and index == len(pieces) - 1
            kind = {(0, 0): "exact", (0, 1): "prefix", (1, 0): "suffix", (1, 1): "infix"}[opens, ends]
            if kind == "infix" and len(piece) < 3:
                raise PatternError(f"{source!r}: {part!r} would fit too many words: use at least three letters")
            number = self._number(kind, piece)
            self._by_kind[kind][piece] = number
            numbers.append(number)
        return numbers

    def _number(self, kind: str, text: str) -> int:
        return self._ids.setdefault((kind, text), len(self._ids))

    # -- looking up

    def _lookup(self, key: str) -> tuple[frozenset[int], bool]:
        cached = self._cache.get(key)
        if cached is None:
            ids = self._elements(key)
            typo = False
            may_be_typo = len(key) >= _SHORTEST_FOR_TYPOS and key not in self._known and key.isalpha()
            if may_be_typo and not ids & self._alone:
                near = self._near(key)
                typo = bool(near - ids)
                ids |= near
            cached = (ids, typo)
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            self._cache[key] = cached
        return cached

    def _elements(self, key: str) -> frozenset[int]:
        found = set()
        exact = self._by_kind["exact"].get(key)
        if exact is not None:
            found.add(exact)
        size = len(key)
        for length in self._lengths["prefix"]:
            if length > size:
                break
            number = self._by_kind["prefix"].get(key[:length])
            if number is not None:
                found.add(number)
        for length in self._lengths["suffix"]:
            if length > size:
                break
            number = self._by_kind["suffix"].get(key[size - length :])
            if number is not None:
                found.add(number)
        infixes = self._by_kind["infix"]
        if infixes and size <= 60:
            for length in self._lengths["infix"]:
                for start in range(size - length + 1):
                    number = infixes.get(key[start : start + length])
                    if number is not None:
                        found.add(number)
        if self._ranges and key.isdigit() and len(key) <= 4:
            value = int(key)
            found.update(number for low, high, number in self._ranges if low <= value <= high)
        return frozenset(found)

    def _near(self, key: str) -> frozenset[int]:
        """The elements of the word that `key` may be a typo of; nothing where none is near enough."""
        allowed = 1 if len(key) < 10 else 2
        best: tuple[int, str] | None = None  # distance, the word without the typo
        for length in range(len(key) - allowed, len(key) + allowed + 1):
            table = self._typo_words.get((key[0], length))
            if table:
                hit = process.extractOne(key, table.keys(), scorer=OSA.distance, score_cutoff=allowed)
                if hit and (best is None or hit[1] < best[0]):
                    best = (int(hit[1]), hit[0])
        for length in range(_SHORTEST_FOR_TYPOS, len(key) + allowed):
            table = self._typo_stems.get((key[0], length))
            if table:
                limit = 1 if length < 10 else allowed
                for cut in (length, length - 1, length + 1):
                    if cut > len(key):
                        continue
                    hit = process.extractOne(key[:cut], table.keys(), scorer=OSA.distance, score_cutoff=limit)
                    if hit and (best is None or hit[1] < best[0]):
                        best = (int(hit[1]), hit[0] + key[cut:])
        return self._elements(best[1]) if best else frozenset()

    def _follow(self, shape: _Shape, fits: Sequence[frozenset[int]], start: int) -> int:
        """The position after a pattern whose first word stands at `start` if the rest follows, else 0."""
        here = start + 1
        for step, gap in zip(shape.steps, shape.gaps, strict=True):
            for skip in range(gap + 1):
                if here + skip < len(fits) and not fits[here + skip].isdisjoint(step):
                    here += skip + 1
                    break
            else:
                return 0
        return here


def _grouped(first: Mapping[int, Sequence[int]], count: int) -> tuple[array[int], array[int]]:
    """Patterns by the element that they begin with: those of element `n` are `opened[begins[n] : begins[n + 1]]`."""
    begins, opened = array("L"), array("L")
    for number in range(count):
        begins.append(len(opened))
        opened.extend(first.get(number, ()))
    begins.append(len(opened))
    return begins, opened


def _best(found: list[Match]) -> list[Match]:
    """One match a notion and starting word, the longest and surest first; in order of place."""
    chosen: dict[tuple[str, int], Match] = {}
    for match in found:
        key = (match.concept, match.start)
        old = chosen.get(key)
        if old is None or (not match.typo, match.end) > (not old.typo, old.end):
            chosen[key] = match
    return sorted(chosen.values(), key=lambda m: (m.start, m.concept))
