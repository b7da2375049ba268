"""The house has one way through: a stage imports the shared values and the knowledge, never a later stage."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

BOT = Path(__file__).resolve().parents[1] / "bot"
# The stages in order; what is not listed stands before them all and may be imported by any.
ORDER = [
    "language", "lexicon", "rules", "examples", "understanding", "answer", "eligibility", "guide", "reading",
    "buttons", "card", "checking", "menus", "compose", "crisis", "letters", "handoff", "aftercare", "conversation",
    "inline", "ask",
]  # fmt: skip
OUTER = {"channels", "telegram", "checks", "benchmark", "__main__", "ask", "config"}
PURE = ["text", "types", "callback", "personal", "dates", "commands", "errors", "law", "case", "groups"]


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{a.name}" for a in node.names] if node.module == "bot" else [node.module]
            found |= {name.split(".")[1] for name in names if name.startswith("bot.")}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("bot.")}
    return found


@pytest.mark.parametrize("stage", ORDER)
def test_a_stage_imports_no_later_stage(stage: str) -> None:
    later = set(ORDER[ORDER.index(stage) + 1 :])
    outer = OUTER if stage != "ask" else OUTER - {"channels", "ask"}
    assert imports(BOT / f"{stage}.py") & (later | outer) == set()


@pytest.mark.parametrize("module", PURE)
def test_shared_values_import_no_stage(module: str) -> None:
    assert imports(BOT / f"{module}.py") & (set(ORDER) | OUTER) == set()


def test_the_knowledge_imports_no_stage() -> None:
    for path in (BOT / "knowledge").glob("*.py"):
        assert imports(path) <= {"knowledge", "errors"}, path


def test_the_core_does_no_io() -> None:
    for stage in (*ORDER[1:-1], *PURE):
        tree = ast.parse((BOT / f"{stage}.py").read_text(encoding="utf-8"))
        names = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        modules = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        assert names & {"open", "print", "input"} == set(), stage
        assert modules & {"os", "socket", "httpx", "telegram", "time", "random"} == set(), stage


def test_no_module_is_over_400_lines() -> None:
    long = {p.name: n for p in BOT.rglob("*.py") if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400}
    assert long == {}
