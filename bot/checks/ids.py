"""Ids that name something have to name something that exists."""

from __future__ import annotations

from collections.abc import Iterator

from bot.answer import claim_marks
from bot.checks.subject import Finding, Subject

ID = "unknown-ids"
WHY = "An id that names nothing leaves a hole where a person expects an answer."


def run(subject: Subject) -> Iterator[Finding]:
    """Claims to sources, topics to claims and topics, routes, and everything of a language to topics and notions."""
    knowledge = subject.knowledge
    fix = "correct the id, or add what it names"
    topics, claims = set(knowledge.topics), set(knowledge.claims)
    products = {p for company in knowledge.companies.values() for p in company.names}
    for folder in knowledge.companies:
        file = f"companies/{folder}/claims.yaml"
        for claim_id in map(str, knowledge.documents[file].data):
            for source in knowledge.claims[claim_id].sources:
                if source not in knowledge.sources:
                    yield subject.finding(ID, file, (claim_id, "sources"), f"there is no source {source!r}", fix)
        company = knowledge.companies[folder]
        file = f"companies/{folder}/company.yaml"
        for name, service in company.services.items():
            for route in service.routes:
                if route not in company.routes:
                    yield subject.finding(ID, file, ("services", name), f"there is no route {route!r}", fix)
        for name, route_ in company.routes.items():
            for claim_id in set(route_.claims) - claims:
                yield subject.finding(ID, file, ("routes", name, "claims"), f"there is no claim {claim_id}", fix)
    for name, topic in knowledge.topics.items():
        path = ("topics", name)
        for claim_id in set(topic.claims) - claims:
            yield subject.finding(ID, "topics.yaml", (*path, "claims"), f"there is no claim {claim_id}", fix)
        for field in ("also", "next"):
            for other in set(getattr(topic, field)) - topics - {"object"}:
                yield subject.finding(ID, "topics.yaml", (*path, field), f"there is no topic {other!r}", fix)
        for concept in set(topic.carry) - set(knowledge.concepts) - products:
            yield subject.finding(ID, "topics.yaml", (*path, "carry"), f"there is no notion {concept!r}", fix)
        if not topic.claims and topic.group not in ("bot", "none"):
            yield subject.finding(
                ID, "topics.yaml", path, "rests on no claim", "list the claims that its answer may use"
            )
    for code, language in knowledge.languages.items():
        folder = f"languages/{code}"
        for concept in set(language.lexicon) - set(knowledge.concepts) - products:
            yield subject.finding(ID, f"{folder}/lexicon.yaml", (concept,), "there is no such notion", fix)
        for topic_id in set(language.questions) - topics:
            yield subject.finding(ID, f"{folder}/questions.yaml", (topic_id,), "there is no such topic", fix)
        for company_id, answers in language.answers.items():
            file = f"{folder}/answers/{company_id}.yaml"
            if company_id != "bot" and company_id not in knowledge.companies:
                yield subject.finding(ID, file, (), f"there is no company {company_id!r}", "name the file after one")
            for topic_id, text in answers.items():
                if topic_id not in topics:
                    yield subject.finding(ID, file, (topic_id,), "there is no such topic", fix)
                for claim_id, _ in claim_marks(text):
                    if claim_id not in claims:
                        yield subject.finding(ID, file, (topic_id,), f"there is no claim {claim_id}", fix)
