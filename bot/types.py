"""The values that cross the borders between stages. Frozen, and without logic beyond reading themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Outcome = Literal["answer", "clarify", "unknown", "service"]
LanguageReason = Literal["choice", "text", "person", "client", "default"]


@dataclass(frozen=True)
class Tap:
    """A button that was tapped: `kind` and `value` as its callback data carries them."""

    kind: str
    value: str
    company: str = "meta"
    language: str = ""


@dataclass(frozen=True)
class Incoming:
    """One thing that a person did: typed `text`, or tapped a button.

    `client` is Telegram's language_code or None; `today` is the clock, which no stage reads by itself. `about` is the
    text that a tap is about, as it stands in the chat; `receipt` is a code to give out for it.
    """

    text: str = ""
    client: str | None = None
    tap: Tap | None = None
    today: date = date.min
    about: str = ""
    receipt: str = ""


@dataclass(frozen=True)
class Session:
    """What is kept of a chat between two messages. No text: only what the messages were about."""

    language: str | None = None
    chosen: bool = False
    country: str | None = None
    topic: str | None = None
    company: str = "meta"
    concepts: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    evidence: Evidence | None = None


@dataclass(frozen=True)
class LanguageGuess:
    """The language of a message, why, and which words or voices spoke for it."""

    code: str
    reason: LanguageReason
    words: tuple[str, ...] = ()
    scores: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A notion found in a message: `start` and `end` are word positions, `end` exclusive."""

    concept: str
    words: tuple[str, ...]
    start: int
    end: int
    pattern: str
    typo: bool = False


@dataclass(frozen=True)
class Scored:
    """A topic, how much speaks for it, and what: the rule, and the nearest example with its closeness (0 to 1)."""

    topic: str
    score: float
    rule: str = ""
    example: str = ""
    closeness: float = 0.0


@dataclass(frozen=True)
class Understanding:
    """What a message is about. `topics` is sorted, the likeliest first.

    `second` is topic and company of another question in the same message.
    """

    outcome: Literal["answer", "clarify", "unknown"]
    topics: tuple[Scored, ...]
    company: str
    named: tuple[str, ...]
    matches: tuple[Match, ...]
    carried: tuple[str, ...] = ()
    second: tuple[str, str] | None = None

    @property
    def topic(self) -> str | None:
        """The topic to answer, or None."""
        return self.topics[0].topic if self.outcome == "answer" and self.topics else None

    @property
    def options(self) -> tuple[str, ...]:
        """Up to three topics to offer where it is not clear."""
        return tuple(s.topic for s in self.topics[:3]) if self.outcome == "clarify" else ()

    @property
    def concepts(self) -> frozenset[str]:
        """The notions of the message itself."""
        return frozenset(match.concept for match in self.matches)


@dataclass(frozen=True)
class Evidence:
    """Why the last answer was given, without the person's sentence: single words and the rule."""

    language: LanguageGuess
    topic: str | None
    rule: str
    words: tuple[str, ...]
    example: str
    close: tuple[str, ...]


@dataclass(frozen=True)
class Button:
    """A button: exactly one of `tap`, `url`, `copy`, `start` says what it does.

    `start` is the payload of a link to this bot itself (Bot API, deep linking); the channel knows the bot's name.
    """

    label: str
    tap: Tap | None = None
    url: str | None = None
    copy: str | None = None
    start: str | None = None


@dataclass(frozen=True)
class File:
    """A file that a person gets."""

    name: str
    content: bytes


@dataclass(frozen=True)
class OpenQuestion:
    """A question that somebody chose to send to the editors: its receipt code, language, words, and the day."""

    code: str
    language: str
    text: str
    day: date


@dataclass(frozen=True)
class SourceLine:
    """A source under an answer."""

    text: str
    url: str


@dataclass(frozen=True)
class Reply:
    """What a person gets: paragraphs of plain text (never HTML), sources, rows of buttons."""

    language: str
    outcome: Outcome
    paragraphs: tuple[str, ...]
    topic: str | None = None
    company: str = "none"
    options: tuple[str, ...] = ()
    verdict: Literal["used", "excluded", "depends"] | None = None
    sources: tuple[SourceLine, ...] = ()
    sources_title: str = ""
    pasted: str | None = field(default=None, metadata={"why": "a text to paste elsewhere, shown apart"})
    buttons: tuple[tuple[Button, ...], ...] = ()
    file: File | None = None
    counted: str | None = field(default=None, metadata={"why": "what the channel counts, without text or person"})
    broken: str | None = field(default=None, metadata={"why": "the link that the person says does not work"})
    question: OpenQuestion | None = field(default=None, metadata={"why": "what the person sends to the editors"})
