"""Blackmail, leaked intimate pictures, threats, thoughts of suicide: one card with official help, never an answer.

The words that tell of it are notions (`crisis-…` in the lexicons), looked for in every language, so that a short cry
is not lost where its language is in doubt; no typo counts, nor an idiom (“die laughing”).
Numbers and addresses stand in help.yaml, each with who names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from bot.answer import fill
from bot.buttons import in_rows
from bot.knowledge import Knowledge
from bot.knowledge.schema import Help
from bot.lexicon import Lexicon
from bot.menus import countries_by_name
from bot.text import SOUNDED, words
from bot.types import Button, Reply, SourceLine, Tap

KINDS: Mapping[str, str] = {"self-harm": "s", "threat": "t", "intimate": "i", "blackmail": "b"}
EVERYWHERE = "ZZ"
_PREFIX = "crisis-"


class Crisis:
    """Knows the card for each kind of distress. `KINDS` letters and a country stand in its buttons: `si.DE`."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        # All languages that are folded alike at once, as each message is looked through: notions are `de:self-harm`.
        together: dict[str, dict[str, tuple[str, ...]]] = {}
        for code in knowledge.answered:
            group = together.setdefault(code if code in SOUNDED else "und", {})
            for notion, patterns in knowledge.languages[code].lexicon.items():
                if notion.startswith(_PREFIX):
                    group[f"{code}:{notion.removeprefix(_PREFIX)}"] = patterns
        self._lexicons = [Lexicon(entries, sound, typos=False) for sound, entries in together.items()]

    def read(self, text: str, likely: str) -> tuple[str, tuple[str, ...]] | None:
        """The language and the kinds of distress that `text` tells of, None for nearly all messages.

        `likely` is the language that the message seems to be in; it goes before the others.
        """
        tokens = words(text)
        by_language: dict[str, set[str]] = {}
        for lexicon in self._lexicons:
            for match in lexicon.find(tokens):
                code, _, kind = match.concept.partition(":")
                by_language.setdefault(code, set()).add(kind)
        for code, told in sorted(by_language.items(), key=lambda item: (item[0] != likely, item[0])):
            # “Meta threatens me”, “die laughing”: no distress. Intimate pictures are never an idiom.
            sure = told & {"intimate"} if "idiom" in told else told
            kinds = tuple(kind for kind in KINDS if kind in sure)
            if kinds:
                return code, kinds
        return None

    def card(self, kinds: tuple[str, ...], language: str, country: str | None) -> Reply:
        """The card for a country, or, where it is not known, for the one where the language is most spoken."""
        interface = self._knowledge.interface(language)
        words = interface.crisis
        where = country or self._knowledge.languages[language].meta.countries[0]
        help_there = [
            entry
            for entry in self._knowledge.help.values()
            if {where, EVERYWHERE} & set(entry.countries) and set(kinds) & set(entry.kinds)
        ]
        emergency = [entry.phone for entry in help_there if entry.what == "emergency" and entry.phone]
        parts = [words.intro]
        if emergency:
            parts.append(fill(words.emergency, phone=emergency[0]))
        sources = {entry.source: SourceLine(entry.says, entry.source) for entry in help_there}
        if {"intimate", "blackmail"} & set(kinds):
            parts.append(words.intimate)
            host = urlsplit(words.intimate_source).hostname or ""
            sources = {words.intimate_source: SourceLine(host, words.intimate_source), **sources}
        others = [entry for entry in help_there if entry.what != "emergency"]
        lines = [self._line(entry, words.line) for entry in others]
        if lines:
            parts.append("\n".join([f"{interface.countries.get(where, where)}:", *lines]))
        links = [Button(entry.name[:40], url=entry.url) for entry in others if entry.url][:4]
        code = "".join(KINDS[kind] for kind in kinds)
        more = Button(words.other_country, tap=Tap("k", f"{code}.?", "meta", language))
        return Reply(
            language, "service", tuple(parts), sources=tuple(sources.values())[:4],
            sources_title=interface.messages.sources, buttons=(*in_rows(links, 1), (more,)), counted="crisis",
        )  # fmt: skip

    def tapped(self, tap: Tap, language: str) -> Reply | None:
        """The card for another country, or the choice of countries; None for what is no button of ours."""
        code, _, country = tap.value.partition(".")
        kinds = tuple(kind for kind, letter in KINDS.items() if letter in code)
        names = countries_by_name(self._knowledge, language)
        if not kinds or code != "".join(KINDS[kind] for kind in kinds):
            return None
        if country in names:
            return self.card(kinds, language, country)
        if country != "?":
            return None
        labels = self._knowledge.interface(language).countries
        rows = [Button(labels.get(c, c), tap=Tap("k", f"{code}.{c}", "meta", language)) for c in names]
        text = self._knowledge.interface(language).messages.country_ask
        return Reply(language, "service", (text,), buttons=in_rows(rows, 3))

    @staticmethod
    def _line(entry: Help, line: str) -> str:
        return f"– {fill(line, name=entry.name, phone=entry.phone)}" if entry.phone else f"– {entry.name}"
