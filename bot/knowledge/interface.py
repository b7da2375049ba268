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
    mydata: Command
    forget: Command


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
    privacy_file: Line
    privacy_redis: Line
    privacy_questions: Line
    privacy_reports: Line
    privacy_rights: Line
    mydata: Line
    mydata_nothing: Line
    forgotten: Line
    operator: Line
    operator_self: Line
    stale_button: Line
    too_long: Line
    failed: Line
    too_fast: Line
    wrong_thanks: Line
    maintenance: Line


class Ready(_Part):
    """What a form asks for, each as it stands in a list."""

    login: Line
    email: Line
    name: Line
    country: Line
    explanation: Line
    evidence: Line
    nothing: Line


class Handoff(_Part):
    """The way to the official form."""

    which_service: Line
    which_services: Line
    which_purpose: Line
    form: Line
    form_child: Line
    form_none: Line
    named: Line
    untested: Line
    ready: Line
    ready_items: Ready
    fallback: Line
    no_more_routes: Line
    paste: Line
    sender: Line
    no_law: Line
    country_taken: Line
    after: Line
    threads: Line
    messenger: Line
    whatsapp: Line
    none: Line
    child: Line


class HandoffButtons(_Part):
    """Labels of the hand-over, at most 40 characters."""

    several: Label
    go_on: Label
    child: Label
    purposes: Label
    letter: Label
    sent: Label
    calendar: Label
    keep: Label
    confirmed: Label
    silence: Label
    asked: Label
    refused: Label
    other_country: Label
    reminder: Label
    reply: Label
    complaint: Label


class AuthorityAsks(_Part):
    """What an authority wants of a complaint."""

    company_first: Line
    signature: Line
    qualified_signature: Line
    confirm_in_writing: Line
    own_language: Line
    not_anonymous: Line
    identity: Line


class After(_Part):
    """What comes after an objection was sent."""

    sent: Line
    due_eea: Line
    due_ch: Line
    due_other: Line
    keep: Line
    back: Line
    overdue: Line
    what_came: Line
    confirmed: Line
    silence_early: Line
    silence_late: Line
    asked: Line
    refused: Line
    complaint: Line
    complaint_uk: Line
    complaint_ch: Line
    complaint_unknown: Line
    which_region: Line
    no_page: Line
    languages: Line
    asks: AuthorityAsks


class Crisis(_Part):
    """The card for people in distress."""

    intro: Line
    emergency: Line
    line: Line
    intimate: Line
    intimate_source: Annotated[str, StringConstraints(pattern=r"^https://\S+$")]
    other_country: Label


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


class Editors(_Part):
    """The way of an unanswered question to the people who write the answers."""

    offer: Label
    show: Line
    send: Label
    keep: Label
    kept: Line
    sent: Line
    erase: Label
    erased: Line
    unknown_code: Line
    gone: Line
    personal: Line


class Profile(_Part):
    """How the bot presents itself on Telegram; `check` counts the lengths as Telegram does."""

    name: Line = Field(description="at most 64 UTF-16 units")
    description: Line = Field(description="what an empty chat shows, at most 512 UTF-16 units")
    short_description: Line = Field(description="what the profile and shared links show, at most 120 UTF-16 units")


class Inline(_Part):
    """Around an answer that somebody posts in another chat."""

    ask_me: Label
    by: Line


class Interface(_Part):
    """languages/<code>/interface.yaml"""

    dates: Dates
    commands: Commands
    buttons: Buttons
    messages: Messages
    handoff: Handoff
    handoff_buttons: HandoffButtons
    after: After
    crisis: Crisis
    why: Why
    editors: Editors
    profile: Profile
    inline: Inline
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
    "handoff.form_child": frozenset({"service"}),
    "handoff.form_none": frozenset({"company"}),
    "handoff.named": frozenset({"who", "date"}),
    "handoff.ready": frozenset({"items"}),
    "handoff.no_more_routes": frozenset({"company"}),
    "after.sent": frozenset({"company", "sent"}),
    "after.due_eea": frozenset({"due", "longest"}),
    "after.due_ch": frozenset({"due"}),
    "after.back": frozenset({"company", "sent", "due"}),
    "after.overdue": frozenset({"due"}),
    "after.silence_early": frozenset({"due"}),
    "after.complaint": frozenset({"authority"}),
    "after.languages": frozenset({"languages"}),
    "editors.sent": frozenset({"code"}),
    "editors.erased": frozenset({"code"}),
    "editors.unknown_code": frozenset({"code"}),
    "inline.by": frozenset({"bot"}),
    "crisis.emergency": frozenset({"phone"}),
    "crisis.line": frozenset({"name", "phone"}),
    "why.language": frozenset({"language", "reason"}),
    "why.language_by_text": frozenset({"words"}),
    "why.topic": frozenset({"topic"}),
    "why.words": frozenset({"words"}),
    "why.example": frozenset({"example"}),
    "why.close": frozenset({"topics"}),
}
