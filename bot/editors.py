"""The way of an unanswered question to the people who write the answers, for who chooses so.

The bot keeps no text, so the question is taken from where it stands: the message that the bot replied to, then the
bot's own message that shows, byte for byte, what would be sent.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.answer import fill
from bot.buttons import Buttons
from bot.knowledge import Knowledge
from bot.personal import has_personal_data
from bot.types import Button, Incoming, OpenQuestion, Reply, Tap

LONGEST = 1000  # characters of a question that are sent
_RECEIPT = re.compile(r"\s*(Q-[A-Z2-7]{5}-[A-Z2-7]{5})\s*", re.IGNORECASE)


class Editors:
    """Builds the replies on this way: taps of kind `s` with `ask`, `yes`, `no` or a receipt code."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._buttons = Buttons(knowledge)

    def offered(self, reply: Reply) -> Reply:
        """The reply with the button to send the question, where it has no answer."""
        if reply.outcome not in ("unknown", "clarify"):
            return reply
        label = self._knowledge.interface(reply.language).editors.offer
        return replace(reply, buttons=(*reply.buttons, (self._go(label, "ask", reply.language),)))

    def tapped(self, tap: Tap, incoming: Incoming, language: str) -> Reply | None:
        """The next step; None for a stale button. `incoming` has the question and, for `yes`, the receipt code."""
        words = self._knowledge.interface(language).editors
        menu = ((self._buttons.menu(language),),)
        text = incoming.about.strip()[:LONGEST].strip()
        if tap.value == "no":
            return Reply(language, "service", (words.kept,), buttons=menu)
        if tap.value not in ("ask", "yes"):
            return None
        if not text:
            return Reply(language, "service", (words.gone,), buttons=menu)
        if has_personal_data(text):
            return Reply(language, "service", (words.personal,), buttons=menu)
        if tap.value == "ask":
            choice = ((self._go(words.send, "yes", language), self._go(words.keep, "no", language)),)
            return Reply(language, "service", (words.show,), pasted=text, buttons=choice)
        thanks = fill(words.sent, code=incoming.receipt)
        question = OpenQuestion(incoming.receipt, language, text, incoming.today)
        erase = ((self._go(words.erase, incoming.receipt, language),), *menu)
        return Reply(language, "service", (thanks,), buttons=erase, counted="question-to-editors", question=question)

    def erased(self, code: str, found: bool, language: str) -> Reply:
        """Tells that the question with a receipt code is erased, or that there is none."""
        words = self._knowledge.interface(language).editors
        text = fill(words.erased if found else words.unknown_code, code=code)
        return Reply(language, "service", (text,), buttons=((self._buttons.menu(language),),))

    @staticmethod
    def _go(label: str, value: str, language: str) -> Button:
        return Button(label, tap=Tap("s", value, "none", language))


def receipt_in(text: str) -> str | None:
    """The receipt code in a message that holds nothing else, else None."""
    found = _RECEIPT.fullmatch(text)
    return found.group(1).upper() if found else None
