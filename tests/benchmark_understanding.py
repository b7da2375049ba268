"""`python -m tests.benchmark_understanding FILE`: ours beside the libraries that one would take instead.

FILE holds labelled questions as JSON lines (`text`, `lang`, `client`, `accept`). Languages: langdetect, lingua and
py3langid, each restricted to our languages as far as it knows them. With the client's language: the library's answer
where it is surer than a threshold, else the client's; the threshold that suits the library best is taken. Topics: the
nearest of our own known questions by rapidfuzz's token_set_ratio and by BM25, which are given the language.
Needs the extra `compare`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import langdetect
import py3langid.langid
from lingua import IsoCode639_1, LanguageDetectorBuilder
from rank_bm25 import BM25Okapi
from rapidfuzz import fuzz, process

from bot.conversation import Conversation
from bot.knowledge import Knowledge, load
from bot.text import words
from bot.types import Session
from bot.understanding import by_topic

Guess = tuple[str, float]  # a language and how sure, from 0 to 1
Question = Mapping[str, Any]
THRESHOLDS = [n / 20 for n in range(21)]


def identifiers(codes: Sequence[str]) -> dict[str, Callable[[str], Guess]]:
    """The libraries, each as text -> language and how sure."""
    isos = [getattr(IsoCode639_1, code.upper(), None) for code in codes]
    lingua = LanguageDetectorBuilder.from_iso_codes_639_1(*[iso for iso in isos if iso is not None]).build()
    small = py3langid.langid.LanguageIdentifier.from_model_file(py3langid.langid.MODEL_FILE, norm_probs=True)
    small.set_languages([code for code in codes if code in small.nb_classes])
    langdetect.DetectorFactory.seed = 0

    def by_langdetect(text: str) -> Guess:
        try:
            found = [(guess.lang, guess.prob) for guess in langdetect.detect_langs(text) if guess.lang in codes]
        except langdetect.LangDetectException:
            found = []
        return found[0] if found else ("", 0.0)

    def by_lingua(text: str) -> Guess:
        found = lingua.compute_language_confidence_values(text)
        return (found[0].language.iso_code_639_1.name.lower(), found[0].value) if found else ("", 0.0)

    def by_py3langid(text: str) -> Guess:
        code, sure = small.classify(text)
        return str(code), float(sure)

    return {"langdetect": by_langdetect, "lingua": by_lingua, "py3langid": by_py3langid}


def languages(conversation: Conversation, asked: Sequence[Question]) -> None:
    """Prints how many messages' languages are found, without and with the client's language."""
    codes = list(conversation.knowledge.languages)

    def ours(question: Question, client: str | None) -> bool:
        found = conversation.guess_language(question["text"], client, Session()).code
        return found == str(question["lang"])

    rows = {"ours": (share(ours(q, None) for q in asked), share(ours(q, q["client"]) for q in asked))}
    rows["the client's alone"] = (0.0, share((q["client"] or "en")[:2] == q["lang"] for q in asked))
    for name, identify in identifiers(codes).items():
        guesses = [identify(q["text"]) for q in asked]
        alone = share(guess[0] == q["lang"] for guess, q in zip(guesses, asked, strict=True))
        joined = max(
            share(
                (code if sure >= limit or not q["client"] else q["client"][:2]) == q["lang"]
                for (code, sure), q in zip(guesses, asked, strict=True)
            )
            for limit in THRESHOLDS
        )
        rows[name] = (alone, joined)
    print(f"\n| language, {len(asked)} messages | without the client's language | with it |\n|---|---|---|")
    for name, (alone, joined) in rows.items():
        print(f"| {name} | {alone:.1f} | {joined:.1f} |")


def topics(conversation: Conversation, asked: Sequence[Question]) -> None:
    """Prints how many questions in scope reach an accepted topic."""
    knowledge: Knowledge = conversation.knowledge
    inside = [q for q in asked if q["accept"][0] != "out-of-scope" and q["lang"] in knowledge.answered]
    counts = {"ours": 0, "rapidfuzz token_set_ratio": 0, "BM25": 0}
    indexes: dict[str, tuple[list[str], list[str], BM25Okapi]] = {}
    for q in inside:
        code = q["lang"]
        if code not in indexes:
            known = by_topic(knowledge.languages[code].questions)
            texts = [" ".join(words(text)) for _, text in known]
            indexes[code] = ([topic for topic, _ in known], texts, BM25Okapi([text.split() for text in texts]))
        names, texts, bm25 = indexes[code]
        text = " ".join(words(q["text"]))
        counts["ours"] += conversation.interpreter.understand(q["text"], code).topic in q["accept"]
        near = process.extractOne(text, texts, scorer=fuzz.token_set_ratio)
        counts["rapidfuzz token_set_ratio"] += near is not None and names[near[2]] in q["accept"]
        scores = bm25.get_scores(text.split())
        counts["BM25"] += names[int(scores.argmax())] in q["accept"]
    print(f"\n| topic, {len(inside)} questions in scope | right |\n|---|---|")
    for name, count in counts.items():
        print(f"| {name} | {100 * count / len(inside):.1f} |")


def share(hits: Any) -> float:
    """How many of `hits` are true, in per cent."""
    each = list(hits)
    return float(100 * sum(each) / len(each))


def main() -> None:
    """Prints both tables."""
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines if line.strip()]
    conversation = Conversation(load())
    languages(conversation, asked)
    topics(conversation, asked)


if __name__ == "__main__":
    main()
