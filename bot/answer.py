"""From a topic to the text that answers it, with the claims and sources that carry it.

In the knowledge each sentence ends with the claims that carry it, `[M-40]`, or `[M-40.2]` where it was written from
the second revision. A person sees the sentences, and below them the sources.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.dates import in_words
from bot.knowledge import Knowledge
from bot.knowledge.schema import AnswerText, Claim
from bot.types import SourceLine

MARK = re.compile(r"\s*\[([A-Z]{1,2}-\d{2,3})(?:\.(\d+))?\]")
SOURCES_SHOWN = 3
REVIEW_AFTER = timedelta(days=365)  # a claim without a date of its own is due for a new look a year after reading
_KINDS = ("company", "law", "court", "authority", "ngo", "press")


@dataclass(frozen=True)
class Answer:
    """An answer ready to show. `aged` is the day of the oldest reading that is past its review date."""

    topic: str
    company: str
    paragraphs: tuple[str, ...]
    sources: tuple[SourceLine, ...]
    aged: date | None


def claim_marks(text: AnswerText) -> list[tuple[str, int]]:
    """The claims that an answer rests on and the revisions it was written from, in order, each once."""
    return marks_in(" ".join(part for part in (text.answer, text.meaning, text.next) if part))


def marks_in(text: str) -> list[tuple[str, int]]:
    """The claims and revisions that marks in a text name, in order, each once."""
    return list(dict.fromkeys((m[1], int(m[2] or 1)) for m in MARK.finditer(text)))


def claims_in(text: str) -> list[str]:
    """The claims that marks in a text name."""
    return list(dict.fromkeys(claim for claim, _ in marks_in(text)))


def without_marks(text: str) -> str:
    """The sentences as a person reads them."""
    return MARK.sub("", text).strip()


def text_for(knowledge: Knowledge, topic: str, company: str, language: str) -> AnswerText | None:
    """The text of an answer, or None where it is not written, or rests on a claim that was withdrawn."""
    folder = "bot" if knowledge.topics[topic].group in ("bot", "none") else company
    text = knowledge.languages[language].answers.get(folder, {}).get(topic)
    if text is None:
        return None
    for claim, _ in claim_marks(text):
        if claim not in knowledge.claims or knowledge.claims[claim].status == "withdrawn":
            return None
    return text


def find(
    knowledge: Knowledge, topic: str, company: str, language: str, today: date, **placeholders: str
) -> Answer | None:
    """The answer to `topic` about `company` in `language`, or None where there is none.

    `placeholders` fill what stands in braces in the bot's own topics.
    """
    text = text_for(knowledge, topic, company, language)
    if text is None:
        return None
    parts = [without_marks(part) for part in (text.answer, text.meaning, text.next) if part]
    if knowledge.topics[topic].group in ("bot", "none"):
        parts = [fill(part, **placeholders) for part in parts]
    claims = [knowledge.claims[claim] for claim, _ in claim_marks(text)]
    return Answer(topic, company, tuple(parts), sources_of(knowledge, claims, language), _aged(claims, today))


def fill(text: str, **values: str) -> str:
    """`text` with its placeholders filled; unlike str.format, values are never read as placeholders themselves."""
    return re.sub(r"\{([a-z_]+)\}", lambda m: values.get(m[1], m[0]), text)


def sources_of(knowledge: Knowledge, claims: list[Claim], language: str) -> tuple[SourceLine, ...]:
    """Up to three sources of `claims`, each claim's first one; first those that carry most, then the nearest."""
    counted: dict[str, list[Claim]] = {}
    for claim in claims:
        counted.setdefault(claim.sources[0], []).append(claim)
    interface = knowledge.interface(language)

    def rank(source: str) -> tuple[int, int]:
        return -len(counted[source]), _KINDS.index(knowledge.sources[source].kind)

    lines = []
    for source_id in sorted(counted, key=rank)[:SOURCES_SHOWN]:
        source = knowledge.sources[source_id]
        as_of = max(claim.as_of for claim in counted[source_id])
        line = fill(
            interface.messages.source_item,
            title=source.title,
            as_of=in_words(as_of, interface.dates),
            read_on=in_words(source.read_on, interface.dates),
        )
        lines.append(SourceLine(line, source.url))
    return tuple(lines)


def _aged(claims: list[Claim], today: date) -> date | None:
    due = [c.read_on for c in claims if (c.review_by or c.read_on + REVIEW_AFTER) < today]
    return min(due, default=None)
