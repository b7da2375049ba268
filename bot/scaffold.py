"""Lays out what is to be written for a new language.

The new files stand in `draft/`, which the bot does not read: it goes on answering, and says in the new language that
there are no answers in it yet. Who has written a file moves it one folder up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from bot.errors import BotError
from bot.knowledge import load

MODEL = "en"
_TEXTS = ("interface.yaml", "verdicts.yaml", "letters.yaml", "page.yaml")
_LANGUAGE = """\
code: "{code}"
name: {name}
native_name: {native}
# Letters beyond a to z that the language uses, without spaces between them.
letters: ""
# The 150 to 250 commonest words, as people type them: they are how the language is recognised.
words: >-
  {first}
# What people read who type in this language, as long as there are no answers in it. Write it in the language itself.
no_answers: {no_answers}
# Where people speak it, the likeliest first (ISO codes).
countries: [ZZ]
# unread, until a native speaker has read all of it
review: {{state: unread, date: "{day}"}}
"""


class ScaffoldError(BotError):
    """The language cannot be laid out; the text says why."""


def add_language(root: Path, code: str, name: str, native_name: str) -> Iterator[Path]:
    """Writes the files of a new language and yields their paths. Never writes over a file.

    Raises ScaffoldError where the code is not an ISO 639-1 code or the language is there already.
    """
    if not re.fullmatch(r"[a-z]{2}", code):
        raise ScaffoldError(f"{code!r} is not a code of two small letters (ISO 639-1), as in uk")
    folder = root / "languages" / code
    if folder.exists():
        raise ScaffoldError(f"{folder} is there already: edit what stands in it")
    knowledge = load(root)
    model = root / "languages" / MODEL
    note = (
        f"# A draft: the texts below are still English. Write them in {name}, from the claims, not word by word;\n"
        "# keep the {placeholders} and the marks as in [M-40]. Then move the file one folder up.\n"
    )
    first = re.sub(r"[^\w ]", " ", native_name.lower()).split()
    meta = _LANGUAGE.format(
        code=code, name=_quoted(name), native=_quoted(native_name), first=" ".join(first) or code,
        no_answers=_quoted(f"There are no answers in {name} yet. Choose a language:"),
        day=max(language.meta.review.date for language in knowledge.languages.values()),
    )  # fmt: skip
    yield _write(folder / "language.yaml", meta)
    notions = "".join(f"# {concept.means}\n{name}: []\n" for name, concept in knowledge.concepts.items())
    yield _write(folder / "draft/lexicon.yaml", _head(f"the words that people use in {name}") + notions)
    topics = "".join(f"# {topic.asks}\n{name}: []\n" for name, topic in knowledge.topics.items())
    topics = _head("at least six questions a topic, as people type them") + topics
    yield _write(folder / "draft/questions.yaml", topics)
    for path in [model / text for text in _TEXTS] + sorted((model / "answers").glob("*.yaml")):
        target = folder / "draft" / path.relative_to(model)
        yield _write(target, note + path.read_text(encoding="utf-8"))


def _head(what: str) -> str:
    return f"# A draft: {what}. How patterns are written: knowledge/README.md.\n# Then move the file one folder up.\n"


def _quoted(text: str) -> str:
    return yaml.safe_dump(text, allow_unicode=True, default_style='"', width=10_000).strip()


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path
