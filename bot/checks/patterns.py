"""Rules and lexicon patterns have to be readable by the program."""

from __future__ import annotations

from collections.abc import Iterator

from bot.checks.subject import Finding, Subject
from bot.lexicon import Lexicon, PatternError
from bot.rules import RuleError, parse

ID = "patterns"
WHY = "A rule or pattern that cannot be read would silently match nothing."


def run(subject: Subject) -> Iterator[Finding]:
    """Every rule of topics.yaml, every pattern of every lexicon and of the companies' names."""
    knowledge = subject.knowledge
    products = {p for company in knowledge.companies.values() for p in company.names}
    known = frozenset(knowledge.concepts) | products | frozenset(knowledge.unchecked)
    for name, topic in knowledge.topics.items():
        for index, rule in enumerate(topic.rules):
            try:
                parse(name, rule, knowledge.groups, known)
            except RuleError as error:
                path = ("topics", name, "rules", index)
                yield subject.finding(
                    ID, "topics.yaml", path, str(error), "see the top of the file for how rules are written"
                )
    listed = [(f"languages/{c}/lexicon.yaml", c, (), lang.lexicon) for c, lang in knowledge.languages.items()]
    for folder, company in knowledge.companies.items():
        listed.append((f"companies/{folder}/company.yaml", "en", ("names",), company.names))  # type: ignore[arg-type]
    for file, code, at, entries in listed:
        for concept, patterns in entries.items():
            for index, pattern in enumerate(patterns):
                try:
                    Lexicon({concept: [pattern]}, code)
                except PatternError as error:
                    fix = "see the top of bot/lexicon.py for how patterns are written"
                    yield subject.finding(ID, file, (*at, concept, index), str(error), fix)
