"""What the documents say is so."""

from __future__ import annotations

import re
from pathlib import Path

from bot.__main__ import build_parser
from bot.commands import COMMANDS
from bot.knowledge import KNOWLEDGE
from bot.knowledge.editors import schemas

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BOT_README = (ROOT / "bot" / "README.md").read_text(encoding="utf-8")
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_readme_names_every_command_of_the_bot() -> None:
    assert [name for name in COMMANDS if f"`/{name}`" not in README] == []


def test_the_readme_names_every_subcommand() -> None:
    help_text = build_parser().format_help()
    names = re.findall(r"^    ([a-z-]+) ", help_text, re.MULTILINE)
    assert len(names) >= 6
    assert [name for name in names if f"data-rights-bot {name}" not in README] == []


def test_every_dependency_has_its_reason() -> None:
    block = PYPROJECT.split("dependencies = [", 1)[1].split("]", 1)[0]
    names = re.findall(r'"([A-Za-z-]+)', block)
    assert len(names) >= 6
    assert [name for name in names if f"| {name} |" not in BOT_README] == []


def test_the_schemas_for_editors_are_fresh() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in (KNOWLEDGE / "schema").glob("*.json")}
    assert written == schemas(), "run data-rights-bot schema"


def test_the_module_table_names_every_module() -> None:
    modules = {path.name for path in (ROOT / "bot").glob("*.py")} - {"__init__.py", "__main__.py", "types.py"}
    assert [name for name in sorted(modules) if f"`{name}`" not in BOT_README] == []
