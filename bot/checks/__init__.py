"""`data-rights-bot check`: everything that has to hold of the knowledge, one check a file.

A check module has `ID`, `WHY` (the reason, as an editor would want to hear it) and `run(subject)`, which yields
findings. The form of the files (schema, duplicate keys) is checked while they are read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from bot.checks import (
    age,
    anchors,
    carried,
    eligibility,
    handover,
    ids,
    labels,
    lagging,
    lengths,
    links,
    markup,
    patterns,
    placeholders,
    questions,
    translations,
)
from bot.checks.subject import Finding, Subject
from bot.errors import Fault
from bot.knowledge.load import read_all

CHECKS: tuple[ModuleType, ...] = (
    ids,
    patterns,
    carried,
    translations,
    placeholders,
    markup,
    lengths,
    labels,
    links,
    questions,
    anchors,
    eligibility,
    handover,
    lagging,
    age,
)
_FORM = {
    "schema": "A file has to have its form, or the bot cannot read it.",
    "duplicate-keys": "A name that stands twice would silently lose its first text.",
    "ids": "An id that names nothing leaves a hole where a person expects an answer.",
}


def findings(root: Path, checks: Sequence[ModuleType] = CHECKS) -> tuple[list[Fault], list[Finding], Subject]:
    """Faults of form, findings of `checks` (all, unless fewer are asked for), and what was checked."""
    knowledge, faults = read_all(root)
    subject = Subject(root, knowledge)
    found = [] if faults else [finding for check in checks for finding in check.run(subject)]
    return faults, found, subject


def run(root: Path) -> int:
    """Prints all findings, grouped by check, and returns 1 where there is a fault, else 0."""
    faults, found, subject = findings(root)
    for line in report(faults, found, subject):
        print(line, file=sys.stdout)
    return 1 if faults or any(not f.warning for f in found) else 0


def report(faults: list[Fault], found: list[Finding], subject: Subject) -> Iterator[str]:
    """The lines that `check` prints."""
    for fault in sorted(set(faults)):
        yield f"{fault} [{fault.check}]"
        if fault.check in _FORM:
            yield f"    why: {_FORM[fault.check]}"
    for check in CHECKS:
        mine = sorted((f for f in found if f.check == check.ID), key=lambda f: f.fault)
        if mine:
            yield f"{check.ID}: {check.WHY}"
            for finding in mine:
                yield f"  {'warning: ' if finding.warning else ''}{finding.fault}"
                yield f"    fix: {finding.fix}"
    knowledge = subject.knowledge
    faulty = len(set(faults)) + sum(not f.warning for f in found)
    warned = sum(f.warning for f in found)
    yield (
        f"{len(knowledge.documents)} files, {len(knowledge.claims)} claims, {len(knowledge.topics)} topics, "
        f"{len(knowledge.languages)} languages ({len(knowledge.answered)} with answers), "
        f"{2 + len(CHECKS)} checks: {faulty} faults, {warned} warnings"
    )
    if faults:
        yield "Only the form was checked: correct it first, then the other checks run."
    for note in subject.notes:
        yield f"note: {note}"
