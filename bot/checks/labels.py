"""Buttons fit on a phone, and their data into 64 bytes."""

from __future__ import annotations

from collections.abc import Iterator

from bot.callback import encode
from bot.checks.subject import Finding, Subject, strings
from bot.text import utf16_length
from bot.types import Tap

ID = "labels"
WHY = "A button over 40 characters is cut off on a phone; Telegram refuses button data over 64 bytes."
LONGEST = 40
OPTION = 44  # an answer to a question has a row of its own


def run(subject: Subject) -> Iterator[Finding]:
    """Labels of buttons in every language, and the callback data of every topic and service."""
    for code, language in subject.knowledge.languages.items():
        if language.interface is None:
            continue
        file = f"languages/{code}/interface.yaml"
        for name in ("buttons", "topics", "groups", "countries", "handoff_buttons"):
            for path, label in strings(getattr(language.interface, name), (name,)):
                if utf16_length(label) > LONGEST:
                    yield subject.finding(
                        ID, file, path, f"has {utf16_length(label)} characters", f"use at most {LONGEST}"
                    )
        if language.verdicts is not None:
            for path, label in strings(
                {n: q.options for n, q in language.verdicts.questions.items()}, ("questions",)
            ):
                if utf16_length(label) > OPTION:
                    file = f"languages/{code}/verdicts.yaml"
                    path = (path[0], path[1], "options", path[2])
                    yield subject.finding(
                        ID, file, path, f"has {utf16_length(label)} characters", f"use at most {OPTION}"
                    )
    for company in subject.knowledge.companies:
        for topic in subject.knowledge.topics:
            try:
                encode(Tap("t", topic, company, "xx"))
            except ValueError as error:
                yield subject.finding(ID, "topics.yaml", ("topics", topic), str(error), "choose a shorter id")
