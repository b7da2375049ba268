"""No question belongs to two topics."""

from __future__ import annotations

from collections.abc import Iterator

from bot.checks.subject import Finding, Subject
from bot.text import words

ID = "questions"
WHY = "A question that two topics claim teaches the bot nothing and makes it ask back."


def run(subject: Subject) -> Iterator[Finding]:
    """Questions of one language that are alike once folded, under different topics."""
    for code, language in subject.knowledge.languages.items():
        first: dict[str, str] = {}
        for topic, questions in language.questions.items():
            for index, question in enumerate(questions):
                key = " ".join(words(question))
                other = first.setdefault(key, topic)
                if other != topic:
                    file = f"languages/{code}/questions.yaml"
                    what = f"{question!r} stands under {other!r} too"
                    yield subject.finding(ID, file, (topic, index), what, "keep it where its answer fits better")
