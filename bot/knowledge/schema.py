"""The form of each knowledge file, as pydantic models: what an editor's JSON Schema and every error rest on."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
ClaimId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}-\d{2,3}$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Https = Annotated[str, StringConstraints(pattern=r"^https://[A-Za-z0-9.-]+(:\d+)?(/[^\s<>\"']*)?$")]
Email = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
# A year, a month or a day: sources often say no more than "May 2025".
PartDate = Annotated[str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")]
Says = Literal["company", "law", "court", "authority", "ngo", "press", "own"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Model):
    """A document that claims rest on."""

    title: Text
    publisher: Text
    kind: Literal["company", "authority", "court", "law", "ngo", "press"]
    url: Https
    read_on: date = Field(description="The day on which the stored text was read")


class Anchor(_Model):
    """A phrase of at most eight words that stands to the letter in a dated copy of the company's text."""

    snapshot: Text
    text: Text


class Claim(_Model):
    """One statement with its source."""

    statement: Text
    says: Says = Field(description="Who says it; `own` is a reading or a search of ours")
    speaker: Text = Field(description="The speaker's name as a reader would see it")
    as_of: PartDate = Field(description="The last date for which it was true")
    read_on: date
    revision: int = Field(1, ge=1, description="Goes up when the statement changes: texts written from it then lag")
    confidence: Literal["high", "medium", "low"]
    contested: Text | None = Field(None, description="What is contested or not known about it")
    sources: list[Id] = Field(min_length=1)
    anchor: Anchor | None = None
    review_by: date | None = Field(None, description="After this day it is told as possibly outdated")
    status: Literal["active", "withdrawn"] = "active"


class Address(_Model):
    """A postal address and the claims that carry it."""

    text: Text
    claims: list[ClaimId] = Field(min_length=1)


class Service(_Model):
    """A product of the company and the routes to object for it to the use of one's own content, the best first."""

    name: Text
    routes: list[Id] = Field(min_length=1)


FormField = Literal["email", "name", "country", "explanation", "evidence"]
# What an objection may be about besides one's own content; `no-account` is for people without one.
Verdict = Literal["used", "excluded", "depends"]
OtherPurpose = Literal["no-account", "third-party", "ai-answer", "general", "erasure"]


class Route(_Model):
    """An official way to object: who named its address and when.

    It is a form, or a switch in the settings. `fields` is what it asks for, as far as a source says so.
    """

    url: Https
    kind: Literal["form", "switch"] = "form"
    login: Literal["yes", "no", "unknown"]
    fields: list[FormField] = Field(default_factory=list)
    named_by: Text
    named_on: PartDate
    status: Literal["untested", "works", "broken"] = "untested"
    email: Email | None = None
    claims: list[ClaimId] = Field(min_length=1)


class Assistant(_Model):
    """Whether chats with a company's assistant are used by default, and the claims that say so."""

    verdict: Verdict
    claims: list[ClaimId] = Field(min_length=1)


class Company(_Model):
    """A company: its names as people type them, its services, its routes of objection."""

    name: Text
    legal_name: Text
    names: dict[Id, list[Text]]
    address: Address | None = None
    services: dict[Id, Service] = Field(default_factory=dict)
    purposes: dict[OtherPurpose, list[Id]] = Field(
        default_factory=dict, description="Other things to object to, and the routes for them, the best first"
    )
    routes: dict[Id, Route] = Field(default_factory=dict)
    assistant: Assistant | None = Field(None, description="What holds by default for chats with its assistant")


class UncheckedCompany(_Model):
    """A company that people name and that nobody has checked yet."""

    name: Text
    names: list[Text] = Field(min_length=1)


class Concept(_Model):
    """A notion that questions are made of."""

    weight: float = Field(1, ge=0, le=10)
    means: Text


class Topic(_Model):
    """What people ask."""

    group: Literal["use", "objection", "assistant", "rights", "bot", "none"]
    asks: Text
    claims: list[ClaimId] = Field(default_factory=list)
    rules: list[Text] = Field(min_length=1)
    carry: list[Id] = Field(default_factory=list)
    also: list[Id] = Field(default_factory=list)
    next: list[Id] = Field(default_factory=list)


class Topics(_Model):
    """The catalogue of topics, and the groups of notions that rules name with `$`."""

    groups: dict[Id, Text]
    topics: dict[Id, Topic]


class Review(_Model):
    """Who has read a language's texts: `unread` until a native speaker has."""

    state: Literal["unread", "second-reader", "native"]
    date: date


class Language(_Model):
    """A language: how it is named and recognised, and what is said where its answers are not written yet."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    name: Text
    native_name: Text
    letters: str
    words: Text
    latin_words: Text | None = None
    ordinary: list[Text] = Field(
        default_factory=list, description="Everyday words here that are names of products elsewhere, as Dutch `snap`"
    )
    no_answers: Text | None = None
    countries: list[Country] = Field(description="Where people speak it, the likeliest first: offered as answers")
    review: Review


class AnswerText(_Model):
    """An answer. Each sentence of `answer` and `meaning` ends with the claims that carry it, as in `[M-40]`.

    `[M-40.2]` says that the sentence was written from revision 2 of the claim; without a number it is revision 1.
    """

    answer: Text = Field(description="The answer itself, in one or two sentences")
    meaning: Text | None = Field(None, description="What it means for the person")
    next: Text | None = Field(None, description="What to do next")


class Fact(_Model):
    """A fact about a piece of content."""

    values: list[Text] = Field(min_length=2)
    ordinary: Text | None = Field(
        None, description="Taken where a person does not say; without it the fact stays open"
    )
    changes: list[Text] = Field(default_factory=list, description="Values that a person can honestly bring about")


class DecisionRule(_Model):
    """A rule of the decision table. `when`: one of the lines has to fit, with all its facts."""

    when: list[dict[Id, list[Text]]] = Field(min_length=1)
    verdict: Verdict
    rank: int = Field(ge=0, le=9, description="Of several rules that fit, the one with the highest rank decides")
    claims: list[ClaimId] = Field(min_length=1)
    confidence: Literal["high", "medium", "low"]


class Eligibility(_Model):
    """companies/<id>/eligibility.yaml: the decision table."""

    facts: dict[Id, Fact]
    sets: dict[Id, list[Text]] = Field(default_factory=dict)
    rules: dict[Id, DecisionRule]
    reading: dict[Id, list[Text]] = Field(description="How facts are read from a message")
    questions: dict[Id, dict[Id, dict[Id, Text]]] = Field(description="question -> option -> the facts that it sets")
    silent: list[Text] = Field(
        description="Notions, and topics as `topic:deadline`, with which a message asks for something else"
    )


class Sources(RootModel[dict[Id, Source]]):
    """sources.yaml"""


class Claims(RootModel[dict[ClaimId, Claim]]):
    """companies/<id>/claims.yaml"""


class Concepts(RootModel[dict[Id, Concept]]):
    """concepts.yaml"""


class Unchecked(RootModel[dict[Id, UncheckedCompany]]):
    """companies/unchecked.yaml"""


class Lexicon(RootModel[dict[Id, list[Text]]]):
    """languages/<code>/lexicon.yaml"""


class Questions(RootModel[dict[Id, list[Text]]]):
    """languages/<code>/questions.yaml"""


class Answers(RootModel[dict[Id, AnswerText]]):
    """languages/<code>/answers/<company>.yaml"""


# What an authority wants of a complaint, as its page says.
Asks = Literal[
    "company-first",  # the company is to be asked first, and its answer shown
    "signature",  # signed by hand or electronically
    "qualified-signature",  # by e-mail only with a qualified electronic signature
    "confirm-in-writing",  # an e-mail has to be confirmed in writing
    "own-language",  # in the country's language, or translated
    "not-anonymous",
    "identity",  # a copy of an identity document
]


class Authority(_Model):
    """A data protection authority."""

    country: Country
    region: Text | None = Field(None, description="Where the country has several: the part it is for")
    name: Text
    short: Text | None = None
    url: Https
    complaint_url: Https | None = None
    languages: list[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]] = Field(
        default_factory=list, description="In which languages it takes complaints; empty where it does not say"
    )
    asks: list[Asks] = Field(default_factory=list, description="What it wants of a complaint, as its page says")
    email: Email | None = Field(None, description="For complaints by e-mail, where it takes them so")
    source: Https
    confidence: Literal["high", "medium", "low"]


class Authorities(RootModel[dict[Id, Authority]]):
    """authorities.yaml"""


class Help(_Model):
    """Official help for people in distress."""

    name: Text
    what: Literal["emergency", "emotional-support", "children", "intimate-pictures", "police", "victims"]
    phone: Text | None = None
    url: Https | None = None
    countries: list[Country] = Field(min_length=1, description="ISO codes; ZZ stands for every country")
    kinds: list[Literal["self-harm", "threat", "intimate", "blackmail"]] = Field(min_length=1)
    says: Text = Field(description="Who names it")
    source: Https
    read_on: date


class AllHelp(RootModel[dict[Id, Help]]):
    """help.yaml"""


class Steps(RootModel[dict[Id, list[ClaimId]]]):
    """steps.yaml: the claims that carry the texts of the hand-over, alike in all languages"""


class Hosts(RootModel[list[Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]]]):
    """hosts.yaml"""
