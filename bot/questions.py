"""`data-rights-bot questions`: what people sent to the editors, and the links that they say do not work."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.config import read_settings
from bot.inbox import open_inbox


def run(given: Mapping[str, str], *, as_json: bool, erase: str | None) -> int:
    """Prints the inbox of the bot whose settings are `given`, or erases one question of it.

    Returns 0, or 1 where no question has the receipt code to `erase`. Raises SettingError and StoreError.
    """
    settings = read_settings(given)

    async def work() -> tuple[dict[str, Any], bool]:
        inbox = open_inbox(settings.store, settings.token.partition(":")[0])
        try:
            if erase is not None:
                return {}, await inbox.erase(erase.strip().upper())
            questions = [asdict(question) for question in await inbox.questions()]
            return {"questions": questions, "broken_links": await inbox.reports()}, True
        finally:
            await inbox.close()

    found, erased = asyncio.run(work())
    if erase is not None:
        print(f"{erase}: erased" if erased else f"{erase}: there is no question with this code")
        return 0 if erased else 1
    print(json.dumps(found, ensure_ascii=False, default=str, indent=1) if as_json else _as_text(found))
    return 0


def _as_text(found: dict[str, Any]) -> str:
    lines = []
    for q in found["questions"]:
        words = " ".join("".join(c if c.isprintable() else " " for c in q["text"]).split())
        lines.append(f"{q['day']}  {q['code']}  {q['language']}  {words}")
    lines.append(f"{len(found['questions'])} questions; each is erased 90 days after it came")
    for link, people in sorted(found["broken_links"].items(), key=lambda item: -item[1]):
        lines.append(f"{people} people in seven days say that a link does not work: {link}")
    return "\n".join(lines)
