"""A language with answers has all of them."""

from __future__ import annotations

from collections.abc import Iterator

from bot.checks.subject import Finding, Subject
from bot.knowledge import Knowledge
from bot.law import COUNTRIES

ID = "translations"
WHY = "A person should get the same answers in every language."
QUESTIONS = 6  # at least so many a topic


def parts(knowledge: Knowledge, code: str) -> list[tuple[str, set[str], set[str]]]:
    """For a language with answers: each file, the names that it needs, and those that it has."""
    language = knowledge.languages[code]
    interface = language.interface
    if interface is None:
        return []
    groups = {str(topic.group) for topic in knowledge.topics.values()} - {"none"}
    asked = {topic for topic, questions in language.questions.items() if len(questions) >= QUESTIONS}
    labels = {*knowledge.topics, *COUNTRIES, *groups}
    own = {name for name, topic in knowledge.topics.items() if topic.group in ("bot", "none")}
    found = [
        ("lexicon.yaml", set(knowledge.concepts), {c for c, patterns in language.lexicon.items() if patterns}),
        ("questions.yaml", set(knowledge.topics), asked),
        ("interface.yaml", labels, {*interface.topics, *interface.countries, *interface.groups}),
        ("answers/bot.yaml", own, set(language.answers.get("bot", {}))),
    ]
    for company in knowledge.companies:
        anywhere = {t for each in knowledge.languages.values() for t in each.answers.get(company, {})}
        wanted = set(knowledge.topics) - own if company == "meta" else anywhere
        found.append((f"answers/{company}.yaml", wanted, set(language.answers.get(company, {}))))
    return found


def run(subject: Subject) -> Iterator[Finding]:
    """Languages without a folder's files, answers, labels, notions, questions or countries that are missing."""
    for code, language in subject.knowledge.languages.items():
        if language.interface is None and not language.meta.no_answers:
            file = f"languages/{code}/language.yaml"
            fix = "write `no_answers`, in this language, for people who type in it"
            yield subject.finding(ID, file, (), "has neither answers nor the notice that there are none", fix)
        for file, needed, there in parts(subject.knowledge, code):
            few = f" (or has under {QUESTIONS} questions)" if file == "questions.yaml" else ""
            for missing in sorted(needed - there):
                what = f"{missing} is missing{few}"
                yield subject.finding(ID, f"languages/{code}/{file}", (), what, f"write {missing!r} in this file")
