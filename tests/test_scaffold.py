"""A new language is laid out, does no harm while it is a draft, and answers when it is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import checks
from bot.conversation import Conversation
from bot.knowledge import load
from bot.scaffold import ScaffoldError, add_language
from tests.conftest import Chat, copy_of_knowledge

WORDS = ["blork", "zibble", "quang", "frimmel", "wexly", "yonder", "plim", "grotz", "snaffle", "drimp"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The knowledge with English and German only, so that it is read quickly."""
    return copy_of_knowledge(tmp_path / "knowledge", "en", "de")


def test_an_invented_language(root: Path) -> None:
    written = list(add_language(root, "xx", "Blorkish", "Blörkisch"))
    assert len(written) > 15
    faults, found, _ = checks.findings(root)
    assert (faults, [f for f in found if f.fault.file.startswith("languages/xx/")]) == ([], [])
    meta = root / "languages/xx/language.yaml"
    meta.write_text(
        meta.read_text(encoding="utf-8").replace("  blörkisch", f"  blörkisch {' '.join(WORDS)}"), encoding="utf-8"
    )
    asked = "blork zibble quang frimmel"
    waiting = Chat(Conversation(load(root))).say(asked)
    assert (waiting.language, waiting.outcome) == ("xx", "unknown")
    assert "no answers in Blorkish yet" in waiting.paragraphs[0]
    assert [button.label for row in waiting.buttons for button in row] == ["Deutsch", "English"]
    draft = root / "languages/xx/draft"
    for name in ("lexicon.yaml", "questions.yaml"):
        keys = re.findall(r"^([a-z0-9-]+): \[\]$", (draft / name).read_text(encoding="utf-8"), re.MULTILINE)
        assert len(keys) > 60
        filled = {key: [f"{word} {key.replace('-', ' ')} {word}" for word in WORDS[:6]] for key in keys}
        filled["what-is-used" if name == "questions.yaml" else "use"] = [asked, *WORDS[:6]]
        lines = [f"{key}:\n" + "".join(f"  - {text}\n" for text in texts) for key, texts in filled.items()]
        (draft / name).write_text("".join(lines), encoding="utf-8")
    for path in list(draft.iterdir()):
        path.rename(root / "languages/xx" / path.name)
    faults, found, _ = checks.findings(root)
    assert faults == []
    assert [f for f in found if "languages/xx/" in f.fault.file and f.fault.check == "translations"] == []
    answer = Chat(Conversation(load(root))).say(asked)
    assert (answer.language, answer.outcome, answer.topic) == ("xx", "answer", "what-is-used")


def test_one_language_can_be_loaded_alone(root: Path) -> None:
    knowledge = load(root, ["de"])
    assert knowledge.answered == ("de",)
    answer = Chat(Conversation(knowledge)).say("werden meine Fotos benutzt?")
    assert (answer.language, answer.outcome, answer.topic) == ("de", "answer", "photos-videos")


@pytest.mark.parametrize(
    ("code", "said"), [("de", "is there already"), ("deu", "not a code"), ("../x", "not a code")]
)
def test_what_cannot_be_laid_out_is_explained(root: Path, code: str, said: str) -> None:
    with pytest.raises(ScaffoldError, match=said):
        list(add_language(root, code, "Name", "Name"))
