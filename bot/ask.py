"""`ask`: one question, or a file of them, through the same core as every other channel.

The JSON-lines contract: a line `{"id", "text", "client", "conversation"}` in, a line `{"id", "language", "outcome",
"topic", "controller", "options", "verdict"}` out, in order. Lines of one `conversation` are turns of one chat.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from bot.channels.plain import reply_as_text
from bot.conversation import Conversation
from bot.types import Incoming, Reply, Session


def answer_lines(conversation: Conversation, lines: Iterable[str], today: date) -> Iterator[str]:
    """The answers to JSON lines, in order. A line that is not understood gets a line with `error`."""
    sessions: dict[str, Session] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            text, client, name = str(asked["text"]), asked.get("client"), asked.get("conversation")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            what = f'line {number}: not a JSON object with "id" and "text" ({error.__class__.__name__})'
            yield json.dumps({"id": None, "error": what}, ensure_ascii=False)
            continue
        session = sessions.get(str(name), Session()) if name is not None else Session()
        client = client if isinstance(client, str) else None
        reply, session = conversation.respond(Incoming(text=text, client=client, today=today), session)
        if name is not None:
            sessions[str(name)] = session
        yield json.dumps({"id": asked.get("id"), **as_contract(reply)}, ensure_ascii=False)


def as_contract(reply: Reply) -> dict[str, Any]:
    """A reply in the form that evaluation/score.py reads."""
    return {
        "language": reply.language,
        "outcome": "unknown" if reply.outcome == "service" else reply.outcome,
        "topic": reply.topic,
        "controller": reply.company,
        "options": list(reply.options),
        "verdict": reply.verdict,
    }


def answer_text(
    conversation: Conversation, text: str, client: str | None, language: str | None, today: date, *, explain: bool
) -> str:
    """What a person would see, and with `explain` the evidence below it."""
    session = Session(language=language, chosen=language is not None)
    reply, session = conversation.respond(Incoming(text=text, client=client, today=today), session)
    shown = reply_as_text(reply)
    if not explain:
        return shown
    return f"{shown}\n\n{explanation(conversation, text, client, language)}"


def explanation(conversation: Conversation, text: str, client: str | None, language: str | None) -> str:
    """How a message was understood: language and its voices, notions with their words, topics with their rules."""
    guess = conversation.guess_language(text, client, Session(language=language, chosen=language is not None))
    voices = ", ".join(f"{code} {score}" for code, score in guess.scores)
    lines = [f"language: {guess.code} ({guess.reason}; {voices}; {' '.join(guess.words)})"]
    if not conversation.knowledge.languages[guess.code].answered:
        return "\n".join(lines)
    found = conversation.interpreter.understand(text, guess.code)
    for match in found.matches:
        typo = " (typo)" if match.typo else ""
        lines.append(f"notion: {match.concept} <- {' '.join(match.words)!r} by {match.pattern!r}{typo}")
    lines.append(f"outcome: {found.outcome}, company: {found.company}")
    for scored in found.topics:
        near = f"; near {scored.example!r} {scored.closeness}" if scored.example else ""
        lines.append(f"topic: {scored.topic} {scored.score:.2f} by {scored.rule!r}{near}")
    return "\n".join(lines)
