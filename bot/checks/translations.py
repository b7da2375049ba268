"""A language with answers has all of them."""

from __future__ import annotations

from collections.abc import Iterator

from bot.checks.subject import Finding, Subject
from bot.law import COUNTRIES

ID = "translations"
WHY = "A person should get the same answers in every language."
QUESTIONS = 6  # at least so many a topic


def run(subject: Subject) -> Iterator[Finding]:
    """Languages without a folder's files, answers, labels, notions, questions or countries that are missing."""
    knowledge = subject.knowledge
    per_company = {
        company: {t for lang in knowledge.languages.values() for t in lang.answers.get(company, {})}
        for company in knowledge.companies
    }
    for code, language in knowledge.languages.items():
        if language.interface is None:
            if not language.meta.no_answers:
                file = f"languages/{code}/language.yaml"
                fix = "write `no_answers`, in this language, for people who type in it"
                yield subject.finding(ID, file, (), "has neither answers nor the notice that there are none", fix)
            continue
        groups = {str(topic.group) for topic in knowledge.topics.values()} - {"none"}
        parts: list[tuple[str, set[str], set[str]]] = [
            ("lexicon.yaml", set(knowledge.concepts), {c for c, p in language.lexicon.items() if p}),
            (
                "questions.yaml",
                set(knowledge.topics),
                {t for t, q in language.questions.items() if len(q) >= QUESTIONS},
            ),
            ("interface.yaml", set(knowledge.topics), set(language.interface.topics)),
            ("interface.yaml", set(COUNTRIES), set(language.interface.countries)),
            ("interface.yaml", groups, set(language.interface.groups)),
        ]
        own = {name for name, topic in knowledge.topics.items() if topic.group in ("bot", "none")}
        parts.append(("answers/bot.yaml", own, set(language.answers.get("bot", {}))))
        for company in knowledge.companies:
            wanted = set(knowledge.topics) - own if company == "meta" else per_company[company]
            parts.append((f"answers/{company}.yaml", wanted, set(language.answers.get(company, {}))))
        for file, needed, there in parts:
            for missing in sorted(needed - there):
                what = f"{missing} is missing" + (
                    f" (or has under {QUESTIONS} questions)" if file == "questions.yaml" else ""
                )
                yield subject.finding(ID, f"languages/{code}/{file}", (), what, f"write {missing!r} in this file")
