"""JSON Schemas for editors, generated from the models: an editor's program then shows faults while one types."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from bot.knowledge import schema
from bot.knowledge.interface import Interface
from bot.knowledge.letters import Letters
from bot.knowledge.page import Page
from bot.knowledge.verdicts import Verdicts

SCHEMAS: dict[str, type[BaseModel]] = {
    "answers": schema.Answers,
    "authorities": schema.Authorities,
    "claims": schema.Claims,
    "company": schema.Company,
    "concepts": schema.Concepts,
    "eligibility": schema.Eligibility,
    "help": schema.AllHelp,
    "hosts": schema.Hosts,
    "interface": Interface,
    "language": schema.Language,
    "letters": Letters,
    "lexicon": schema.Lexicon,
    "page": Page,
    "questions": schema.Questions,
    "sources": schema.Sources,
    "steps": schema.Steps,
    "topics": schema.Topics,
    "unchecked": schema.Unchecked,
    "verdicts": Verdicts,
}


def schemas() -> dict[str, str]:
    """File name -> text of each schema."""
    return {
        f"{name}.json": json.dumps(model.model_json_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        for name, model in SCHEMAS.items()
    }


def write_schemas(root: Path) -> list[Path]:
    """Writes the schemas into `root`/schema and returns the files."""
    folder = root / "schema"
    folder.mkdir(exist_ok=True)
    written = []
    for name, text in schemas().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written
