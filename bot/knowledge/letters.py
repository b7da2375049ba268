"""The letters that a person sends: the form of languages/<code>/letters.yaml.

A letter is put together from whole sentences, never from parts of one, so that every language keeps its grammar.
`{placeholders}` are filled on the page, from what the person types there.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
Choice = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
Subject = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=256, strip_whitespace=True)]

Law = Literal["eea", "uk", "ch"]
Who = Literal["me", "child", "none"]
Purpose = Literal["own", "third-party", "ai-answer", "general", "erasure"]
LAWS: tuple[Law, ...] = ("eea", "uk", "ch")
WHO: tuple[Who, ...] = ("me", "child", "none")
PURPOSES: tuple[Purpose, ...] = ("own", "third-party", "ai-answer", "general", "erasure")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Subjects(_Part):
    """The line above each letter."""

    objection: Subject
    erasure: Subject
    reminder: Subject
    refusal: Subject
    details: Subject
    complaint: Subject


class Fields(_Part):
    """What stands below the letter, each line where the person filled it in."""

    name: Line
    child: Line
    account: Line
    email: Line
    address: Line


class Reason(_Part):
    """A ground that a person may give: a label to choose it by, and the sentence with the claims that carry it."""

    label: Label
    text: Line


class ByLaw(_Part):
    """Paragraphs for each law."""

    eea: list[Line] = Field(min_length=1)
    uk: list[Line] = Field(min_length=1)
    ch: list[Line] = Field(min_length=1)


class ShortByLaw(_Part):
    """A text short enough for a form's box and for a copy button of Telegram."""

    eea: Short
    uk: Short
    ch: Short


class Complaint(_Part):
    """The letter to an authority."""

    opening: ByLaw
    silence: Line
    refused: Line
    insufficient: Line
    asks: ByLaw


class Calendar(_Part):
    """The entry that a calendar shows on the day on which an answer is due."""

    title: Line
    text: Line


class Letters(_Part):
    """languages/<code>/letters.yaml"""

    subjects: Subjects
    dear_company: Line
    dear_authority: Line
    closing: Line
    who: dict[Who, Line]
    objection: ByLaw = Field(description="the sentence that objects")
    about: dict[Purpose, Choice] = Field(description="what a letter may be about, as choices")
    purposes: dict[Purpose, Line] = Field(description="what the objection covers")
    demands: ByLaw = Field(description="what the company is to do, and until when it has to answer")
    erasure: ByLaw
    reasons_intro: Line
    reasons: dict[str, Reason]
    fields: Fields
    reminder: ByLaw
    refusal: ByLaw
    details: ByLaw
    complaint: Complaint
    short: dict[Who, ShortByLaw]
    calendar: Calendar
