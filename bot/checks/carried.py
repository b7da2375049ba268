"""Every sentence of an answer is carried by a claim that its topic may use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.answer import MARK, claim_marks, without_marks
from bot.checks.subject import Finding, Subject

ID = "carried"
WHY = "The bot says nothing that no claim supports: each sentence of answer and meaning ends with its claims, [M-40]."
_MARKS = re.compile(rf"(?:{MARK.pattern})+")
# A sentence ends where a word of three letters or more, a number of a year or a bracket is followed by . ! ? ; … and
# a capital: "z. B. Fotos" and "Art. 21" do not end one.
_NEXT = r"[.!?…][»”“\"’]?\s+(?=[«„“\"‘]?[^\W\d_a-zà-ÿα-ωά-ώа-я])"
_END = re.compile(r"(?:[^\W\d_]{4,}|\d{4}|[)»”“\"’])" + _NEXT)
# Where a year is an ordinal and has a dot of its own: “2025. Meta …” goes on.
_DOTTED_YEARS = frozenset({"hr", "hu", "lv"})
_END_AFTER_WORDS = re.compile(r"(?:[^\W\d_]{4,}|[)»”“\"’])" + _NEXT)


def run(subject: Subject) -> Iterator[Finding]:
    """Sentences without a claim, and claims that the topic does not list."""
    for code, language in subject.knowledge.languages.items():
        for company, answers in language.answers.items():
            if company == "bot":
                continue
            file = f"languages/{code}/answers/{company}.yaml"
            for topic, text in answers.items():
                for part in ("answer", "meaning"):
                    for sentence in uncarried(getattr(text, part) or "", code):
                        what = f"no claim carries “{sentence[:60]}”"
                        yield subject.finding(
                            ID, file, (topic, part), what, "end the sentence with its claim, as in [M-40]"
                        )
                if topic not in subject.knowledge.topics:
                    continue
                allowed, where = _allowed(subject, topic, company)
                for claim, _ in claim_marks(text):
                    if claim not in allowed:
                        what = f"claim {claim} is not among those {where}"
                        fix = f"use one of {', '.join(sorted(allowed))}, or add {claim} there"
                        yield subject.finding(ID, file, (topic,), what, fix)


def _allowed(subject: Subject, topic: str, company: str) -> tuple[set[str], str]:
    """The claims that an answer may use: Meta's by topic, for another company all of its own."""
    if company == "meta":
        return set(subject.knowledge.topics[topic].claims), "of this topic in topics.yaml"
    document = subject.knowledge.documents.get(f"companies/{company}/claims.yaml")
    return set(map(str, document.data)) if document else set(), f"of companies/{company}/claims.yaml"


def uncarried(text: str, language: str = "en") -> list[str]:
    """The sentences of `text`, which is in `language`, that no claim follows."""
    end = _END_AFTER_WORDS if language in _DOTTED_YEARS else _END
    missing: list[str] = []
    at = 0
    for match in _MARKS.finditer(text):
        missing += _sentences(text[at : match.start()], end)[:-1]
        at = match.end()
    if text[at:].strip():
        missing += _sentences(text[at:], end)
    return [without_marks(sentence) for sentence in missing]


def _sentences(text: str, end: re.Pattern[str]) -> list[str]:
    ends = [match.end() for match in end.finditer(text)]
    return [part.strip() for a, b in zip([0, *ends], [*ends, len(text)], strict=True) if (part := text[a:b]).strip()]
