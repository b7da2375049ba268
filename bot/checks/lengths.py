"""Texts are short enough for a phone, and for Telegram."""

from __future__ import annotations

from collections.abc import Iterator

from bot.answer import without_marks
from bot.checks.subject import Finding, Subject
from bot.knowledge.schema import AnswerText
from bot.text import utf16_length

ID = "lengths"
WHY = "An answer is 40 to 90 words: read on a phone, in a hurry; and Telegram refuses what is over its limits."
SHORTEST, LONGEST = 40, 90
BOT_LONGEST = 90
MESSAGE = 3000  # UTF-16 units: leaves room for sources in Telegram's 4,096
# What Telegram shows by itself (Bot API, setMyName, setMyDescription, setMyShortDescription, BotCommand).
COMMAND = 256
PROFILE = {"name": 64, "description": 512, "short_description": 120}


def run(subject: Subject) -> Iterator[Finding]:
    """Words of answers, UTF-16 units of all texts."""
    for code, language in subject.knowledge.languages.items():
        for company, answers in language.answers.items():
            for topic, text in answers.items():
                file = f"languages/{code}/answers/{company}.yaml"
                count = words_of(text)
                low, high = (1, BOT_LONGEST) if company == "bot" else (SHORTEST, LONGEST)
                if not low <= count <= high:
                    what = f"has {count} words, {low} to {high} are allowed"
                    yield subject.finding(
                        ID,
                        file,
                        (topic,),
                        what,
                        "shorten it" if count > high else "say more of what it means for the person",
                    )
    for file, path, shown in subject.texts():
        allowed = _allowed(file, path)
        if utf16_length(shown) > allowed:
            what = f"has {utf16_length(shown)} UTF-16 units, {allowed} are allowed"
            yield subject.finding(ID, file, path, what, "shorten it")


def words_of(text: AnswerText) -> int:
    """How many words a person reads: those of all parts, without the marks of claims."""
    whole = " ".join(without_marks(part) for part in (text.answer, text.meaning, text.next) if part)
    return sum(any(c.isalnum() for c in word) for word in whole.split())


def _allowed(file: str, path: tuple[int | str, ...]) -> int:
    section, name = (str(path[0]), str(path[-1])) if path else ("", "")
    if file.endswith("/interface.yaml") and section == "commands":
        return COMMAND
    if file.endswith("/interface.yaml") and section == "profile":
        return PROFILE[name]
    return MESSAGE
