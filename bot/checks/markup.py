"""Texts are plain: the program adds the markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.checks.subject import Finding, Subject

ID = "markup"
WHY = "Texts are plain words: tags would show as they are, and the program escapes and marks up by itself."
_MARKUP = re.compile(r"</?[A-Za-z][^>]*>|&(?:amp|lt|gt|quot|nbsp|#\d+);|\*\*|__|\]\(")


def run(subject: Subject) -> Iterator[Finding]:
    """HTML tags, HTML entities and Markdown in any text."""
    for file, path, text in subject.texts():
        if match := _MARKUP.search(text):
            yield subject.finding(ID, file, path, f"holds markup: {match[0]!r}", "write it without")
