"""Texts have exactly the placeholders that the program fills."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.checks.subject import Finding, Subject
from bot.knowledge.interface import PLACEHOLDERS
from bot.knowledge.verdicts import PLACEHOLDERS as VERDICT_PLACEHOLDERS

ID = "placeholders"
WHY = "A placeholder that is missing or misspelt would show as {…} or lose a name or a date."
_NAME = re.compile(r"\{([^{}]*)\}")


def run(subject: Subject) -> Iterator[Finding]:
    """Interface texts against their list; answers of the bot may have {operator} only."""
    for file, path, text in subject.texts():
        found = set(_NAME.findall(text))
        if file.endswith("interface.yaml"):
            wanted = set(PLACEHOLDERS.get(".".join(map(str, path)), frozenset()))
        elif file.endswith("verdicts.yaml"):
            wanted = set(VERDICT_PLACEHOLDERS.get(".".join(map(str, path)), frozenset()))
        elif file.endswith("answers/bot.yaml"):
            wanted = found & {"operator"}
        else:
            wanted = set()
        if found != wanted:
            has = ", ".join(f"{{{n}}}" for n in sorted(found)) or "none"
            needs = ", ".join(f"{{{n}}}" for n in sorted(wanted)) or "none"
            yield subject.finding(ID, file, path, f"has the placeholders {has}, and needs {needs}", f"use {needs}")
