"""The hand-over is whole: letters alike in all languages, routes and addresses with their claims, every country."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from pydantic import BaseModel

from bot.answer import claims_in
from bot.checks.subject import Finding, Subject, strings
from bot.law import COUNTRIES, ELSEWHERE

ID = "handover"
WHY = "People send what stands here in their own name: nothing may be missing, guessed or left blank."
REFERENCE = "en"  # the language that the others are compared with
_NAME = re.compile(r"\{[^{}]*\}")
_SHORT = 1250  # percent-encoded, so that a mail link with subject, name and account stays under 1,800


def run(subject: Subject) -> Iterator[Finding]:
    """Letters and page of each language, routes and addresses of each company, steps, authorities."""
    yield from _languages(subject)
    yield from _companies(subject)
    knowledge = subject.knowledge
    for step, claims in knowledge.steps.items():
        for claim in set(claims) - set(knowledge.claims):
            yield subject.finding(ID, "steps.yaml", (step,), f"there is no claim {claim}", "correct the id")
    there = {authority.country for authority in knowledge.authorities.values()}
    for country in sorted(set(COUNTRIES) - there - {ELSEWHERE}):
        yield subject.finding(ID, "authorities.yaml", (), f"{country} has no authority", "add it, with its source")


def _languages(subject: Subject) -> Iterator[Finding]:
    knowledge = subject.knowledge
    reference = knowledge.languages.get(REFERENCE)
    if reference is None:
        return
    for code, language in knowledge.languages.items():
        for name in ("letters", "page"):
            own, like = getattr(language, name), getattr(reference, name)
            if own is None or like is None:
                continue
            file = f"languages/{code}/{name}.yaml"
            here, wanted = _parts(own), _parts(like)
            for part in sorted(wanted.keys() - here.keys()):
                yield subject.finding(ID, file, part, "is missing", f"write it as {REFERENCE} has it")
            for part in sorted(here.keys() & wanted.keys()):
                if here[part] != wanted[part]:
                    has, needs = (", ".join(sorted(found)) or "none" for found in (here[part], wanted[part]))
                    yield subject.finding(ID, file, part, f"has {has}, and needs {needs}", f"use {needs}")
        if language.letters is None:
            continue
        file = f"languages/{code}/letters.yaml"
        for name, reason in language.letters.reasons.items():
            claims = claims_in(reason.text)
            if not claims:
                yield subject.finding(ID, file, ("reasons", name), "names no claim", "end it with its claim, [M-95]")
            for claim in set(claims) - set(knowledge.claims):
                yield subject.finding(ID, file, ("reasons", name), f"there is no claim {claim}", "correct the id")
        for path, text in strings({"short": dict(language.letters.short)}):
            if (size := len(quote(text, safe=""))) > _SHORT:
                what = f"is {size} characters long in a mail link, {_SHORT} are allowed"
                yield subject.finding(ID, file, path, what, "shorten it")


def _parts(model: BaseModel) -> dict[tuple[int | str, ...], frozenset[str]]:
    """Part -> its placeholders and claims. Paragraphs of a list count together: languages may cut them otherwise."""
    found: dict[tuple[int | str, ...], frozenset[str]] = {}
    for path, text in strings(model):
        part = path[:-1] if isinstance(path[-1], int) else path
        marks = frozenset(f"[{claim}]" for claim in claims_in(text))
        found[part] = found.get(part, frozenset()) | frozenset(_NAME.findall(text)) | marks
    return found


def _companies(subject: Subject) -> Iterator[Finding]:
    claims = subject.knowledge.claims
    for name, company in subject.knowledge.companies.items():
        file = f"companies/{name}/company.yaml"
        for purpose, routes in company.purposes.items():
            for route in set(routes) - set(company.routes):
                yield subject.finding(ID, file, ("purposes", purpose), f"there is no route {route!r}", "correct it")
        for key, known in company.routes.items():
            said = " ".join(claims[claim].statement for claim in known.claims if claim in claims)
            if known.email and known.email not in said:
                what = f"no claim of the route says the address {known.email}"
                yield subject.finding(ID, file, ("routes", key, "email"), what, "remove it, or add its claim")
