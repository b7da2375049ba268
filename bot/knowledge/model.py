"""The knowledge as frozen values: what every later stage reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.knowledge.interface import Interface
from bot.knowledge.letters import Letters
from bot.knowledge.page import Page
from bot.knowledge.places import Document
from bot.knowledge.schema import (
    AnswerText,
    Authority,
    Claim,
    Company,
    Concept,
    Eligibility,
    Help,
    Language,
    Source,
    Topic,
    UncheckedCompany,
)
from bot.knowledge.verdicts import Verdicts


@dataclass(frozen=True)
class LanguageKnowledge:
    """One language: recognised by its words; `interface` is None where the answers are not written yet.

    `answers` is company id (or `bot`) -> topic id -> text.
    """

    meta: Language
    lexicon: Mapping[str, tuple[str, ...]]
    questions: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, Mapping[str, AnswerText]]
    interface: Interface | None
    verdicts: Verdicts | None
    letters: Letters | None
    page: Page | None

    @property
    def answered(self) -> bool:
        """Whether the bot answers in this language."""
        return self.interface is not None


@dataclass(frozen=True)
class Knowledge:
    """All that the bot knows. `claims` of all companies stand together: their ids are unique."""

    sources: Mapping[str, Source]
    claims: Mapping[str, Claim]
    companies: Mapping[str, Company]
    unchecked: Mapping[str, UncheckedCompany]
    eligibility: Mapping[str, Eligibility]
    authorities: Mapping[str, Authority]
    hosts: frozenset[str]
    concepts: Mapping[str, Concept]
    groups: Mapping[str, str]
    topics: Mapping[str, Topic]
    steps: Mapping[str, list[str]]
    help: Mapping[str, Help]
    languages: Mapping[str, LanguageKnowledge]
    documents: Mapping[str, Document]

    @property
    def answered(self) -> tuple[str, ...]:
        """The codes of the languages that have answers."""
        return tuple(code for code, language in self.languages.items() if language.answered)

    def interface(self, language: str) -> Interface:
        """The interface of an answered language; KeyError for another."""
        interface = self.languages[language].interface
        if interface is None:
            raise KeyError(language)
        return interface

    def letters(self, language: str) -> Letters:
        """The letters of an answered language; KeyError for another."""
        letters = self.languages[language].letters
        if letters is None:
            raise KeyError(language)
        return letters

    def company_name(self, company: str) -> str:
        """The name of a company, checked or not, as people know it."""
        known = self.companies.get(company) or self.unchecked.get(company)
        return known.name if known else company
