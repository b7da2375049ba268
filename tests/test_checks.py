"""Each check finds the fault that it is for, names file and line, and says the way out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.checks import CHECKS, eligibility, findings, report
from bot.checks.anchors import snapshots_for
from bot.checks.carried import uncarried
from bot.errors import KnowledgeError
from bot.knowledge import KNOWLEDGE, load
from tests.conftest import copy_of_knowledge


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the knowledge that a test may break, in four languages: all of them would take minutes."""
    return copy_of_knowledge(tmp_path / "knowledge", "de", "el", "en", "fi")


def change(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


QUICK = [check for check in CHECKS if check is not eligibility]  # trying all combinations takes seconds


def lines(root: Path) -> list[str]:
    return list(report(*findings(root, QUICK)))


def test_the_knowledge_has_no_faults() -> None:
    faults, found, _ = findings(KNOWLEDGE)
    assert [str(f) for f in faults] == []
    assert [str(f.fault) for f in found if not f.warning] == []


def test_anchors_were_looked_up() -> None:
    if snapshots_for(KNOWLEDGE) is None:
        pytest.skip("there are no dated copies (../shared/snapshots) here")
    _, _, subject = findings(KNOWLEDGE, QUICK)
    assert [note for note in subject.notes if note.startswith("anchors")] == []


def drop_answer(root: Path) -> None:
    change(root, "languages/de/answers/meta.yaml", "\nstories:", "\nstoriez:")


BREAKS: list[tuple[str, Callable[[Path], None], str]] = [
    (
        "unknown topic",
        drop_answer,
        "there is no such topic",
    ),
    ("missing answer", drop_answer, "stories is missing"),
    (
        "unknown claim",
        lambda r: change(r, "topics.yaml", "claims: [M-34]", "claims: [M-934]"),
        "there is no claim M-934",
    ),
    (
        "unknown notion in a rule",
        lambda r: change(r, "topics.yaml", '"glasses +1"', '"glazzes +1"'),
        "there is no notion 'glazzes'",
    ),
    (
        "unreadable pattern",
        lambda r: change(r, "languages/en/lexicon.yaml", "\nglasses:\n", '\nglasses:\n  - "*a*"\n'),
        "use at least three letters",
    ),
    (
        "sentence without a claim",
        lambda r: change(r, "languages/en/answers/meta.yaml", "[M-34]", "Nobody knows more. [M-34]"),
        "no claim carries",
    ),
    (
        "placeholder",
        lambda r: change(r, "languages/en/interface.yaml", "{country}", "{land}"),
        "needs {country}",
    ),
    (
        "markup",
        lambda r: change(r, "languages/en/interface.yaml", "Hello.", "<b>Hello.</b>"),
        "holds markup: '<b>'",
    ),
    (
        "host",
        lambda r: change(r, "companies/meta/company.yaml", "https://help.meta.com/", "https://help.rneta.com/"),
        "the host help.rneta.com is not listed",
    ),
    (
        "a question of two topics",
        lambda r: change(r, "languages/en/questions.yaml", "\nthreads:\n", "\nthreads:\n  - xyzzy plugh\n"),
        "stands under",
    ),
    (
        "too long a copy text",
        lambda r: change(r, "languages/en/letters.yaml", '  eea: "I object', '  eea: "I object' + " really" * 60),
        "short.me.eea: is too long",
    ),
    (
        "too long a name",
        lambda r: change(
            r, "languages/en/interface.yaml", "  name: Your data", "  name: Your" + " 🙂" * 30 + " data"
        ),
        "profile.name: has 106 UTF-16 units, 64 are allowed",
    ),
    (
        "too long a short description",
        lambda r: change(
            r, "languages/fi/interface.yaml", '  short_description: "', '  short_description: "Hei hei hei hei hei. '
        ),
        "120 are allowed",
    ),
    (
        "too long an answer",
        lambda r: change(r, "languages/en/answers/meta.yaml", "[M-34]", "word " * 90 + "[M-34]"),
        "40 to 90 are allowed",
    ),
]


@pytest.mark.parametrize(("name", "breaks", "said"), BREAKS, ids=[b[0] for b in BREAKS])
def test_each_fault_is_found_and_placed(copy: Path, name: str, breaks: Callable[[Path], None], said: str) -> None:
    if name == "a question of two topics":
        change(copy, "languages/en/questions.yaml", "\nstories:\n", "\nstories:\n  - Xyzzy, plugh!\n")
    breaks(copy)
    hits = [line for line in lines(copy) if said in line]
    assert hits, lines(copy)[-3:]
    assert any(part.strip().split(": ")[0].count(":") >= 2 for part in hits)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("companies/meta/claims.yaml", "  says: company", "  says: company\n  says: law", "stands twice"),
        ("topics.yaml", "    group: use", "\tgroup: use", "a tab stands here"),
        ("companies/meta/claims.yaml", "  confidence: high", "  confidence: sure", "'high', 'medium' or 'low'"),
        ("sources.yaml", "  publisher:", "  publischer:", "is not known here"),
    ],
)
def test_broken_form_never_starts_the_bot(copy: Path, file: str, old: str, new: str, said: str) -> None:
    change(copy, file, old, new)
    with pytest.raises(KnowledgeError, match="nothing was started") as error:
        load(copy)
    line = next(line for line in str(error.value).splitlines() if said in line)
    assert line.startswith(f"{file}:")
    assert int(line.split(":")[1]) > 1


def test_all_faults_are_told_at_once(copy: Path) -> None:
    change(copy, "topics.yaml", "    group: use", "    group: yuse")
    change(copy, "companies/meta/claims.yaml", "  confidence: high", "  confidence: sure")
    with pytest.raises(KnowledgeError) as error:
        load(copy)
    assert len(error.value.faults) == 2


def test_a_changed_claim_makes_texts_lag_and_a_withdrawn_one_hides_them(copy: Path) -> None:
    change(copy, "companies/meta/claims.yaml", "revision: 1", "revision: 2")
    warned = [line for line in lines(copy) if "written from revision 1" in line]
    assert warned
    assert all("warning: languages/" in line for line in warned)
    change(copy, "companies/meta/claims.yaml", "revision: 2", "status: withdrawn")
    assert any("is withdrawn" in line for line in lines(copy))


def test_a_sentence_needs_its_claim() -> None:
    assert uncarried("One thing. [M-01] Another thing. [M-02] [M-03]") == []
    assert uncarried("One thing. Another thing. [M-02]") == ["One thing."]
    assert uncarried("Nach Art. 21 DSGVO, z. B. Fotos, gilt das. [M-02]") == []
    assert uncarried("One thing. [M-01] And more.") == ["And more."]
