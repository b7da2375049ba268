"""Reads the knowledge folder: all files, all faults at once, nothing half-loaded."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.errors import Fault, KnowledgeError, SettingError
from bot.knowledge import places, schema
from bot.knowledge.interface import Interface
from bot.knowledge.letters import Letters
from bot.knowledge.model import Knowledge, LanguageKnowledge
from bot.knowledge.page import Page
from bot.knowledge.places import Document
from bot.knowledge.verdicts import Verdicts

# Beside the package in a checkout and in a wheel alike; editors may point elsewhere.
KNOWLEDGE = Path(os.environ.get("DATA_RIGHTS_KNOWLEDGE") or Path(__file__).resolve().parents[2] / "knowledge")

ModelT = TypeVar("ModelT", bound=BaseModel)
Check = Callable[[Knowledge], "list[Fault]"]


class _Reader:
    """Reads files one by one and gathers their faults."""

    def __init__(self, root: Path, *, keep: bool) -> None:
        self.root = root
        self.keep = keep
        self.faults: list[Fault] = []
        self.documents: dict[str, Document] = {}

    def read(self, path: Path, model: type[ModelT]) -> ModelT | None:
        """The file at `path` as a `model`, or None where it has faults (they are kept)."""
        document, faults = places.read(path, self.root)
        if self.keep:
            self.documents[document.file] = document
        self.faults += faults
        if document.node is None:
            return None
        try:
            return model.model_validate(document.data)
        except ValidationError as error:
            for item in error.errors(include_url=False, include_context=False):
                path_in_file = [step for step in item["loc"] if step != "[key]"]
                self.faults.append(
                    document.fault(path_in_file, _plain(str(item["type"]), str(item["msg"]), item["input"]))
                )
        return None

    def answers(self, folder: Path) -> dict[str, dict[str, schema.AnswerText]]:
        """The answers in `folder`, a file a company."""
        found = {}
        for path in sorted(folder.glob("*.yaml")):
            model = self.read(path, schema.Answers)
            if model:
                found[path.stem] = model.root
        return found

    def language(self, folder: Path) -> LanguageKnowledge | None:
        """One language's folder: language.yaml always, the rest where the language has answers."""
        meta = self.read(folder / "language.yaml", schema.Language)
        lexicon: schema.Lexicon | None = None
        questions: schema.Questions | None = None
        interface: Interface | None = None
        answers: dict[str, dict[str, schema.AnswerText]] = {}
        verdicts: Verdicts | None = None
        letters: Letters | None = None
        page: Page | None = None
        if (folder / "interface.yaml").exists() or (folder / "answers").exists():
            interface = self.read(folder / "interface.yaml", Interface)
            lexicon = self.read(folder / "lexicon.yaml", schema.Lexicon)
            questions = self.read(folder / "questions.yaml", schema.Questions)
            answers = self.answers(folder / "answers")
            verdicts = self.read(folder / "verdicts.yaml", Verdicts)
            letters = self.read(folder / "letters.yaml", Letters)
            page = self.read(folder / "page.yaml", Page)
        if meta is None:
            return None
        return LanguageKnowledge(
            meta=meta,
            lexicon={key: tuple(value) for key, value in (lexicon.root if lexicon else {}).items()},
            questions={key: tuple(value) for key, value in (questions.root if questions else {}).items()},
            answers=answers,
            interface=interface,
            verdicts=verdicts,
            letters=letters,
            page=page,
        )


def load(root: Path = KNOWLEDGE, languages: Collection[str] | None = None, *, strict: bool = True) -> Knowledge:
    """All the knowledge in `root`; `languages` restricts which languages are read: the others do not exist then.

    Raises SettingError where `languages` names one without answers, and KnowledgeError with every fault of form
    (`file:line:column: path: what`) when there is one; with `strict=False` what could be read is returned, and
    `data-rights-bot check` lists the rest.
    """
    knowledge, faults = read_all(root, languages, keep=False)
    if faults and strict:
        raise KnowledgeError(faults)
    missing = sorted(set(languages or ()) - set(knowledge.answered))
    if missing and not faults:
        there = ", ".join(sorted(path.parent.name for path in root.glob("languages/*/interface.yaml")))
        raise SettingError(f"There are no answers in {', '.join(missing)}: choose of {there}")
    return knowledge


def read_all(
    root: Path, languages: Collection[str] | None = None, *, keep: bool = True
) -> tuple[Knowledge, list[Fault]]:
    """What could be read in `root`, and every fault of form. `keep` holds on to the places, which checks need."""
    if not root.is_dir():
        what = "no such folder: set DATA_RIGHTS_KNOWLEDGE to the folder of the knowledge, or unset it"
        raise KnowledgeError([Fault(str(root), 1, 1, "", what)])
    reader = _Reader(root, keep=keep)
    sources = reader.read(root / "sources.yaml", schema.Sources)
    concepts = reader.read(root / "concepts.yaml", schema.Concepts)
    topics = reader.read(root / "topics.yaml", schema.Topics)
    authorities = reader.read(root / "authorities.yaml", schema.Authorities)
    hosts = reader.read(root / "hosts.yaml", schema.Hosts)
    help_ = reader.read(root / "help.yaml", schema.AllHelp)
    steps = reader.read(root / "steps.yaml", schema.Steps)
    unchecked = reader.read(root / "companies" / "unchecked.yaml", schema.Unchecked)
    companies: dict[str, schema.Company] = {}
    law = reader.read(root / "law.yaml", schema.Claims)
    claims: dict[str, schema.Claim] = dict(law.root) if law else {}
    eligibility: dict[str, schema.Eligibility] = {}
    for folder in sorted(p for p in (root / "companies").iterdir() if p.is_dir()):
        company = reader.read(folder / "company.yaml", schema.Company)
        if (folder / "eligibility.yaml").exists():
            table = reader.read(folder / "eligibility.yaml", schema.Eligibility)
            if table:
                eligibility[folder.name] = table
        company_claims = reader.read(folder / "claims.yaml", schema.Claims)
        if company:
            companies[folder.name] = company
        for claim_id, claim in (company_claims.root if company_claims else {}).items():
            if claim_id in claims:
                what = "another company has a claim of this id: choose a free one"
                file = f"companies/{folder.name}/claims.yaml"
                reader.faults.append(Fault(file, 1, 1, claim_id, what, "ids"))
            claims[claim_id] = claim
    read: dict[str, LanguageKnowledge] = {}
    for folder in sorted(p for p in (root / "languages").iterdir() if p.is_dir()):
        if languages is not None and folder.name not in languages:
            continue
        language = reader.language(folder)
        if language:
            read[folder.name] = language
    knowledge = Knowledge(
        sources=sources.root if sources else {},
        claims=claims,
        companies=companies,
        unchecked=unchecked.root if unchecked else {},
        eligibility=eligibility,
        authorities=authorities.root if authorities else {},
        hosts=frozenset(hosts.root if hosts else ()),
        concepts=concepts.root if concepts else {},
        groups=topics.groups if topics else {},
        topics=topics.topics if topics else {},
        steps=steps.root if steps else {},
        help=help_.root if help_ else {},
        languages=read,
        documents=reader.documents,
    )
    return knowledge, reader.faults


def _plain(kind: str, message: str, value: object) -> str:
    """pydantic's message in words that an editor who does not program understands."""
    if kind == "missing":
        return "is missing: add it"
    if kind == "extra_forbidden":
        return "is not known here: correct the name or remove the line"
    if kind == "string_type":
        return "should be a text, and is a list or has lines indented below it"
    if kind in ("list_type", "dict_type", "model_type"):
        shape = "a list, each line with a dash" if kind == "list_type" else "a group of `name: value` lines"
        return f"should be {shape}"
    if kind == "string_pattern_mismatch":
        return f"{value!r} does not have the right form ({message.removeprefix('String should match pattern ')})"
    if kind == "string_too_long":
        return f"is too long with {len(str(value))} characters: {message[0].lower()}{message[1:]}"
    return f"{message[0].lower()}{message[1:]}, not {value!r}"[:300]
