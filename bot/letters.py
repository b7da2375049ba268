"""Puts a letter together from whole sentences: objection, reminder, replies, complaint.

The page does the same in the browser (bot/page/page.js), where a person fills in name and account; a test holds that
both write the same letter. In the chat the letter stands with blanks, as no personal data belongs there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from bot.answer import fill, without_marks
from bot.case import Purpose, Who
from bot.knowledge.letters import ByLaw, Law, Letters

Kind = Literal["objection", "reminder", "refusal", "details", "complaint"]
KINDS: Mapping[Kind, str] = dict(zip(get_args(Kind), "orfdx", strict=True))  # as they stand in callback data
Outcome = Literal["silence", "refused", "insufficient"]
BLANK = "…"
_REASONS = "reasons"  # where they stand among the paragraphs


@dataclass(frozen=True)
class Wanted:
    """What a letter is about. `values` fill placeholders; `fields` stand below the letter, empty ones left out."""

    kind: Kind
    law: Law
    who: Who = "me"
    purpose: Purpose = "own"
    outcome: Outcome = "silence"
    values: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    reasons: Sequence[str] = ()
    own_words: str = ""


@dataclass(frozen=True)
class Letter:
    """A letter: its subject, and its text with blank lines between paragraphs."""

    subject: str
    text: str


def write(texts: Letters, wanted: Wanted) -> Letter:
    """The letter, with what is not known left blank."""
    law, values = wanted.law, {"sent": BLANK, "due": BLANK, **wanted.values}
    about = [texts.who[wanted.who]]
    purpose: Purpose = "third-party" if (wanted.who, wanted.purpose) == ("none", "own") else wanted.purpose
    if wanted.kind == "complaint":
        complaint = texts.complaint
        lines = [texts.dear_authority, *_by(complaint.opening, law), *about, getattr(complaint, wanted.outcome)]
        lines += [texts.purposes[purpose], *_by(complaint.asks, law)]
    elif wanted.kind == "objection":
        first, *rest = _by(texts.erasure if wanted.purpose == "erasure" else texts.objection, law)
        lines = [texts.dear_company, *about, first, texts.purposes[purpose], _REASONS]
        lines += rest if wanted.purpose == "erasure" else [*rest, *_by(texts.demands, law)]
    else:
        lines = [texts.dear_company, *about, *_by(getattr(texts, wanted.kind), law)]
    body: list[str] = []
    for line in lines:  # what the person typed is put in as it is: braces in it are not placeholders
        body += _reasons(texts, wanted) if line is _REASONS else [fill(without_marks(line), **values)]
    below = [
        fill(line, value=value)
        for name, line in ((name, getattr(texts.fields, name)) for name in type(texts.fields).model_fields)
        if (value := wanted.fields.get(name, "").strip())
    ]
    name = wanted.fields.get("name", "").strip()
    body += [*(["\n".join(below)] if below else []), texts.closing, *([name] if name else [])]
    subject = "erasure" if (wanted.kind, wanted.purpose) == ("objection", "erasure") else wanted.kind
    return Letter(fill(getattr(texts.subjects, subject), **values), "\n\n".join(body))


def _by(paragraphs: ByLaw, law: Law) -> list[str]:
    found: list[str] = getattr(paragraphs, law)
    return found


def _reasons(texts: Letters, wanted: Wanted) -> list[str]:
    chosen = [f"- {without_marks(texts.reasons[name].text)}" for name in wanted.reasons if name in texts.reasons]
    lines = "\n".join(chosen)
    own = wanted.own_words.strip()
    parts = [texts.reasons_intro] if lines or own else []
    return [*parts, *([lines] if lines else []), *([own] if own else [])]
