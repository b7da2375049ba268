"""Builds the page: one HTML file with all words in it, locked by a strict Content-Security-Policy.

Scripts and styles are allowed by their hashes (CSP level 2), everything else is forbidden: the page can load nothing
and post nothing. The words stand in a JSON block, which is no script, with `<` written so that it cannot end it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from pathlib import Path
from typing import Any

from bot.answer import without_marks
from bot.knowledge import Knowledge
from bot.law import COUNTRIES, EEA

_HERE = Path(__file__).parent
NAME = "index.html"


def build(knowledge: Knowledge) -> str:
    """The page with all answered languages."""
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    rules = {
        "default-src": "'none'", "script-src": _hash(script), "style-src": _hash(style),
        "base-uri": "'none'", "form-action": "'none'",
    }  # fmt: skip
    noscript = "".join(
        f'<li lang="{code}">{escape(page.notes.script)}</li>'
        for code in knowledge.answered
        if (page := knowledge.languages[code].page)
    )
    parts = {
        "policy": "; ".join(f"{name} {value}" for name, value in rules.items()),
        "style": style,
        "script": script,
        "noscript": noscript,
        "data": json.dumps(data(knowledge), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
    }
    html = (_HERE / "page.html").read_text(encoding="utf-8")
    first, *rest = html.split("{{")
    pieces = [first]
    for piece in rest:
        name, _, after = piece.partition("}}")
        pieces += [parts[name], after]
    return "".join(pieces)


def write(knowledge: Knowledge, folder: Path) -> Path:
    """Writes the page into `folder`, which is made where it does not exist, and returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    path.write_text(build(knowledge), encoding="utf-8")
    return path


def data(knowledge: Knowledge) -> dict[str, Any]:
    """What the page's script works with: words per language, companies with their routes, authorities."""
    companies = {}
    for name, company in knowledge.companies.items():
        address = company.address.text if company.address else company.legal_name
        lines = [line for line in address.splitlines() if line != company.legal_name]
        routes = {
            key: {
                "url": route.url, "login": route.login, "email": route.email, "named_by": route.named_by,
                "named_on": route.named_on,
            }
            for key, route in company.routes.items()
        }  # fmt: skip
        companies[name] = {
            "name": company.name, "legal_name": company.legal_name, "address": address,
            "address_line": ", ".join(lines), "purposes": company.purposes, "routes": routes,
            "services": {key: service.model_dump() for key, service in company.services.items()},
        }  # fmt: skip
    first = {"meta": companies["meta"]} if "meta" in companies else {}
    return {
        "languages": {code: _language(knowledge, code) for code in knowledge.answered},
        "companies": first | companies,
        "authorities": [a.model_dump(include=_SHOWN) for a in knowledge.authorities.values()],
        "countries": list(COUNTRIES),
        "eea": sorted(EEA),
    }


_SHOWN = {"country", "region", "name", "url", "complaint_url", "email"}


def _language(knowledge: Knowledge, code: str) -> dict[str, Any]:
    language, interface = knowledge.languages[code], knowledge.interface(code)
    page = language.page
    if page is None:
        raise KeyError(f"{code}: no page.yaml")
    return {
        "name": language.meta.native_name,
        "page": page.model_dump(),
        "letters": _unmarked(knowledge.letters(code).model_dump()),
        "dates": interface.dates.model_dump(),
        "countries": {country: interface.countries.get(country, country) for country in COUNTRIES},
    }


def _unmarked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unmarked(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_unmarked(each) for each in value]
    return without_marks(value)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
