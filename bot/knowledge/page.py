"""The words of the page on which a person fills in a letter: the form of languages/<code>/page.yaml."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Line = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Headings(_Part):
    """The parts of the page, from top to bottom."""

    title: Line
    about: Label
    you: Label
    reasons: Label
    letter: Label
    send: Label
    after: Label


class Notes(_Part):
    """Sentences of explanation."""

    lead: Line
    sender: Line
    private: Line
    script: Line
    bad_link: Line
    law_eea: Line
    law_uk: Line
    law_ch: Line
    law_other: Line
    reasons: Line
    edited: Line
    english: Line
    form: Line
    login: Line
    named: Line
    post: Line
    no_email: Line
    email: Line
    short: Line
    webmail: Line
    authority: Line
    no_complaint_page: Line
    sent_first: Line
    due: Line
    due_why: Line
    due_weekend: Line
    due_longer: Line
    due_ch: Line
    copied: Line
    not_copied: Line


class Labels(_Part):
    """Labels of fields, choices and buttons."""

    language: Label
    company: Label
    country: Label
    kind: Label
    objection: Label
    reminder: Label
    refusal: Label
    details: Label
    complaint: Label
    who: Label
    me: Label
    child: Label
    none: Label
    purpose: Label
    services: Label
    name: Label
    child_name: Label
    account: Label
    email: Label
    address: Label
    sent: Label
    outcome: Label
    silence: Label
    refused: Label
    insufficient: Label
    own_words: Label
    version: Label
    mine: Label
    english: Label
    both: Label
    reset: Label
    copy_letter: Label
    print: Label
    save: Label
    calendar: Label
    mail: Label
    gmail: Label
    outlook: Label
    open_form: Label
    complaint_page: Label
    elsewhere: Label


class Page(_Part):
    """languages/<code>/page.yaml"""

    headings: Headings
    notes: Notes
    labels: Labels
