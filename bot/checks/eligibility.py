"""The decision tables decide every combination of facts, each by exactly one rule, and every rule decides one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.answer import claims_in
from bot.checks.subject import Finding, Subject
from bot.eligibility import Table, TableError
from bot.guide import Guide, State
from bot.reading import Reader
from bot.rules import RuleError

ID = "eligibility"
WHY = "A combination that no rule decides, or two decide, would give a person no verdict or a chance one."
TAPS, MEAN = 5, 3.0


def run(subject: Subject) -> Iterator[Finding]:
    """Gaps, overlaps, rules that never decide, claims, readings, taps, and the texts of every language."""
    knowledge = subject.knowledge
    products = {p for company in knowledge.companies.values() for p in company.names}
    notions = frozenset(knowledge.concepts) | products
    for company, written in knowledge.eligibility.items():
        file = f"companies/{company}/eligibility.yaml"
        try:
            table = Table(written)
            guide = Guide(table, written)
            Reader(written, notions, list(knowledge.topics))
        except (TableError, RuleError) as error:
            yield subject.finding(ID, file, ("rules",), str(error), "correct the name")
            continue
        yield from _decided(subject, file, table)
        for name, rule in written.rules.items():
            for claim in set(rule.claims) - set(knowledge.claims):
                yield subject.finding(ID, file, ("rules", name), f"there is no claim {claim}", "name one that exists")
        most, mean = guide.taps()
        subject.notes.append(f"{company}: {most} taps at most from any start to a verdict, {mean:.2f} on average")
        if most > TAPS or mean > MEAN:
            what = f"needs {most} taps at most and {mean:.2f} on average, {TAPS} and {MEAN} are allowed"
            yield subject.finding(
                ID, file, ("questions",), what, "join questions, or drop options that decide nothing"
            )
        yield from _texts(subject, guide, State())


def _decided(subject: Subject, file: str, table: Table) -> Iterator[Finding]:
    tried = 0
    deciding: Counter[str] = Counter()
    told: set[str] = set()
    for facts, number in table.every():
        found = table.fitting(facts)
        tried += number
        if len(found) == 1:
            deciding[found[0].rule] += number
            continue
        rules = " and ".join(sorted(decision.rule for decision in found))
        what = f"{rules} both decide {facts}" if found else f"no rule decides {facts}"
        if (rules or "gap") not in told:  # one example of a kind is enough
            told.add(rules or "gap")
            fix = "give one of them a higher rank" if found else "add a rule for it"
            yield subject.finding(ID, file, ("rules",), what, fix)
    for rule in table.rules:
        if not deciding[rule]:
            yield subject.finding(ID, file, ("rules", rule), "never decides anything", "remove it, or raise its rank")
    subject.notes.append(f"{file}: {tried:,} combinations of facts, each decided by one of {len(table.rules)} rules")


def _texts(subject: Subject, guide: Guide, start: State) -> Iterator[Finding]:
    for code, language in subject.knowledge.languages.items():
        if language.verdicts is None:
            continue
        file = f"languages/{code}/verdicts.yaml"
        texts = language.verdicts
        parts = [
            ("rules", set(guide.table.rules), set(texts.rules)),
            ("changes", set(guide.table.changes), set(texts.changes)),
            ("questions", set(guide.questions), set(texts.questions)),
        ]
        for name in guide.questions.keys() & texts.questions.keys():
            parts.append((f"questions.{name}", set(guide.questions[name]), set(texts.questions[name].options)))
        for part, wanted, there in parts:
            for key in sorted(wanted - there):
                yield subject.finding(ID, file, part.split("."), f"{key} is missing", f"write {key!r} here")
            for key in sorted(there - wanted):
                yield subject.finding(ID, file, (*part.split("."), key), "is not known", "remove it")
        for name, rule in guide.table.rules.items():
            for claim in set(claims_in(texts.rules.get(name, ""))) - set(rule.claims):
                what = f"claim {claim} is not one of the rule"
                yield subject.finding(ID, file, ("rules", name), what, f"use one of {', '.join(rule.claims)}")
            if name in texts.rules and not claims_in(texts.rules[name]):
                yield subject.finding(ID, file, ("rules", name), "names no claim", "end the sentence with its claim")
