"""What the bot says around its answers: the form of languages/<code>/interface.yaml.

The placeholders of each text are part of the form: `PLACEHOLDERS` says which a text has to have.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]
Command = Annotated[str, StringConstraints(min_length=1, max_length=256, strip_whitespace=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dates(_Part):
    """How a date is written: `full` and `month` with {day}, {month}, {year}."""

    full: Line
    month: Line
    months: list[Line] = Field(min_length=12, max_length=12, description="as they stand beside a day")
    months_alone: list[Line] = Field(min_length=12, max_length=12, description="as they stand beside a year only")


class Commands(_Part):
    """The commands' descriptions in Telegram's menu."""

    start: Command
    help: Command
    language: Command
    country: Command
    topics: Command
    privacy: Command
    why: Command


class Buttons(_Part):
    """Labels of buttons, at most 40 characters."""

    object_now: Label
    topics: Label
    language: Label
    country: Label
    back: Label
    open_form: Label
    open_page: Label
    copy_text: Label
    link_broken: Label
    another_service: Label
    no_account: Label
    authority: Label
    why: Label
    not_meant: Label
    wrong: Label


class Messages(_Part):
    """Whole sentences."""

    welcome: Line
    welcome_ask: Line
    help: Line
    unknown: Line
    clarify: Line
    company_unchecked: Line
    company_partly: Line
    not_written: Line
    sources: Line
    source_item: Line
    aged: Line
    text_only: Line
    objection_at_bot: Line
    personal_data: Line
    country_ask: Line
    country_set: Line
    country_none: Line
    law_eea: Line
    law_uk: Line
    law_ch: Line
    law_other: Line
    authority_line: Line
    topics_intro: Line
    language_ask: Line
    language_set: Line
    privacy: Line
    privacy_session: Line
    operator: Line
    operator_self: Line
    stale_button: Line
    too_long: Line
    failed: Line
    wrong_thanks: Line


class Handoff(_Part):
    """The way to the official form."""

    which_service: Line
    form: Line
    named: Line
    untested: Line
    ready_login: Line
    ready_no_login: Line
    fallback: Line
    no_more_routes: Line
    paste: Line
    text: Annotated[str, StringConstraints(min_length=1, max_length=256, strip_whitespace=True)]
    text_none: Annotated[str, StringConstraints(min_length=1, max_length=256, strip_whitespace=True)]
    after: Line
    threads: Line
    messenger: Line
    whatsapp: Line
    none: Line


class Why(_Part):
    """The evidence of an answer, for /why."""

    nothing: Line
    language: Line
    language_by_choice: Line
    language_by_text: Line
    language_by_person: Line
    language_by_client: Line
    language_by_default: Line
    topic: Line
    words: Line
    example: Line
    close: Line


class Interface(_Part):
    """languages/<code>/interface.yaml"""

    dates: Dates
    commands: Commands
    buttons: Buttons
    messages: Messages
    handoff: Handoff
    why: Why
    groups: dict[str, Label] = Field(description="the names of the groups of topics")
    topics: dict[str, Label] = Field(description="each topic as a button")
    countries: dict[str, Label] = Field(description="ISO code -> name of the country")


PLACEHOLDERS: dict[str, frozenset[str]] = {
    "dates.full": frozenset({"day", "month", "year"}),
    "dates.month": frozenset({"month", "year"}),
    "messages.company_unchecked": frozenset({"company"}),
    "messages.company_partly": frozenset({"company"}),
    "messages.source_item": frozenset({"title", "as_of", "read_on"}),
    "messages.aged": frozenset({"date"}),
    "messages.country_set": frozenset({"country"}),
    "messages.authority_line": frozenset({"authority"}),
    "messages.language_set": frozenset({"language"}),
    "messages.privacy": frozenset({"operator"}),
    "messages.operator": frozenset({"name", "contact", "notice"}),
    "handoff.form": frozenset({"service"}),
    "handoff.named": frozenset({"who", "date"}),
    "why.language": frozenset({"language", "reason"}),
    "why.language_by_text": frozenset({"words"}),
    "why.topic": frozenset({"topic"}),
    "why.words": frozenset({"words"}),
    "why.example": frozenset({"example"}),
    "why.close": frozenset({"topics"}),
}
