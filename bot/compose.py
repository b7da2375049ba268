"""From what was understood to a reply: the answer with its sources, a question back, or an honest “I do not know”."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot import answer as answers
from bot.answer import fill
from bot.buttons import Buttons
from bot.dates import in_words
from bot.knowledge import Knowledge
from bot.menus import Menus
from bot.types import Button, LanguageGuess, Reply, Tap, Understanding

FIRST = "meta"  # the company that is meant where none is named
SHOWN = 4  # rows of buttons under an answer
MAIN = ("what-is-used", "how-to-object")
# Other companies have two answers so far: these topics are served by the second, their neighbours in the group `use`
# by the first; for all others the bot asks back.
_OBJECTING = frozenset(
    {"objection-form", "form-problems", "assistant-off", "assistant-delete-chats", "delete-data", "deadline"}
)


class Composer:
    """Builds replies to what people type and to taps on topics."""

    def __init__(self, knowledge: Knowledge, menus: Menus) -> None:
        self._knowledge = knowledge
        self._menus = menus
        self._buttons = Buttons(knowledge)

    def reply(self, found: Understanding, language: str, today: date) -> Reply:
        """The reply to a message."""
        if found.outcome == "answer" and found.topic:
            reply = self.topic(found.topic, found.company, language, today)
            known = self._knowledge.companies.get(reply.company)
            if known and known.assistant and reply.topic == "what-is-used" and "ask-ai" in found.concepts:
                return replace(reply, verdict=known.assistant.verdict)
            return reply
        if found.outcome == "clarify":
            other = found.company in self._knowledge.companies and found.company != FIRST
            return self._clarify(MAIN if other else found.options, found.company, language)
        if found.company in self._knowledge.unchecked:
            return self._unchecked(found.company, language)
        if found.company in self._knowledge.companies and found.company != FIRST and found.named:
            return self._clarify(MAIN, found.company, language)
        return self._unknown(language)

    def topic(self, topic: str, company: str, language: str, today: date) -> Reply:
        """The answer to a topic about a company. Never Meta's answer for another company."""
        if self._knowledge.topics[topic].group in ("bot", "none"):
            company = "none"
        elif topic == "other-companies":
            company = FIRST
        elif company in self._knowledge.unchecked:
            return self._unchecked(company, language)
        interface = self._knowledge.interface(language)
        operator = self._menus.operator_line(interface)
        answer = answers.find(self._knowledge, topic, company, language, today, operator=operator)
        lead: tuple[str, ...] = ()
        if answer is None and company not in (FIRST, "none"):
            nearest = self._nearest(topic)
            if nearest is None:
                return self._clarify(MAIN, company, language)
            answer = answers.find(self._knowledge, nearest, company, language, today)
            lead = (fill(interface.messages.company_partly, company=self._knowledge.company_name(company)),)
        if answer is None:
            menu = (self._buttons.menu(language),)
            return Reply(language, "unknown", (interface.messages.not_written,), None, company, buttons=(menu,))
        paragraphs = (*lead, *answer.paragraphs)
        if answer.aged:
            aged = fill(interface.messages.aged, date=in_words(answer.aged, interface.dates))
            paragraphs = (*paragraphs, aged)
        return Reply(
            language, "answer", paragraphs, answer.topic, company,
            sources=answer.sources, sources_title=interface.messages.sources,
            buttons=self._after(answer.topic, company, language),
        )  # fmt: skip

    def no_answers(self, guess: LanguageGuess) -> Reply:
        """The reply in a language whose answers are not written yet, with the choice of those that are."""
        text = self._knowledge.languages[guess.code].meta.no_answers or ""
        return Reply(guess.code, "unknown", (text,), buttons=self._buttons.languages())

    def not_for_the_bot(self, text: str, language: str) -> Reply:
        """Tells that an objection or personal details do not belong here, and leads to the form."""
        rows = ((self._buttons.object_now(language),),)
        return Reply(language, "answer", (text,), "how-to-object", FIRST, buttons=rows)

    def with_feedback(self, reply: Reply) -> Reply:
        """The reply with the ways to say that it is not what was meant, or not right."""
        if reply.outcome != "answer" or reply.topic is None or self._knowledge.topics[reply.topic].group == "none":
            return reply
        labels = self._knowledge.interface(reply.language).buttons
        row = (
            Button(labels.not_meant, tap=Tap("n", reply.topic, reply.company, reply.language)),
            Button(labels.wrong, tap=Tap("x", reply.topic, reply.company, reply.language)),
        )
        return replace(reply, buttons=(*reply.buttons, row))

    def with_second(self, reply: Reply, second: tuple[str, str] | None) -> Reply:
        """The reply with a button for the other question of the message, where it has an answer."""
        if second is None or reply.topic == second[0] or not self._buttons.written(*second, reply.language):
            return reply
        row = (self._buttons.topic(*second, reply.language),)
        return replace(reply, buttons=(row, *(r for r in reply.buttons if r != row)))

    def not_meant(self, tap: Tap, close: tuple[str, ...], language: str) -> Reply:
        """Other topics for a message that was taken for `tap.value`: those that came `close`, then its neighbours."""
        topic = self._knowledge.topics[tap.value]
        names = dict.fromkeys((*close, *topic.also, *(name for name in topic.next if name in self._knowledge.topics)))
        about = tap.company if tap.company in self._knowledge.companies else FIRST
        options = [n for n in names if n != tap.value and self._buttons.written(n, about, language)]
        return self._clarify(tuple(options[:3]), about, language)

    def noted_as_wrong(self, tap: Tap, language: str) -> Reply:
        """Thanks for telling that an answer is wrong; what is counted is the topic and the language."""
        text = self._knowledge.interface(language).messages.wrong_thanks
        rows = ((self._buttons.menu(language),),)
        return Reply(language, "service", (text,), tap.value, tap.company, buttons=rows, counted="wrong")

    def _nearest(self, topic: str) -> str | None:
        if topic in _OBJECTING:
            return "how-to-object"
        return "what-is-used" if self._knowledge.topics[topic].group == "use" else None

    def _after(self, topic: str, company: str, language: str) -> tuple[tuple[Button, ...], ...]:
        """The buttons that follow an answer."""
        following = self._knowledge.topics[topic].next
        rows: list[tuple[Button, ...]] = []
        if company == FIRST:
            if "object" in following or self._knowledge.topics[topic].group == "objection":
                rows.append((self._buttons.object_now(language),))
        elif company != "none":
            following = [t for t in MAIN if t != topic]
            label = self._knowledge.interface(language).buttons.open_page
            rows += [
                (Button(label, url=r.url),) for r in list(self._knowledge.companies[company].routes.values())[:1]
            ]
        about = company if company != "none" else FIRST
        for name in following:
            if name != "object" and self._buttons.written(name, about, language):
                rows.append((self._buttons.topic(name, about, language),))
        return tuple(rows[:SHOWN])

    def _clarify(self, options: tuple[str, ...], company: str, language: str) -> Reply:
        text = self._knowledge.interface(language).messages.clarify
        rows = tuple((self._buttons.topic(topic, company, language),) for topic in options)
        return Reply(
            language, "clarify", (text,), None, company, options, buttons=(*rows, (self._buttons.menu(language),))
        )

    def _unknown(self, language: str) -> Reply:
        rows = tuple((self._buttons.topic(topic, FIRST, language),) for topic in MAIN)
        text = self._knowledge.interface(language).messages.unknown
        return Reply(language, "unknown", (text,), buttons=(*rows, (self._buttons.menu(language),)))

    def _unchecked(self, company: str, language: str) -> Reply:
        text = self._knowledge.interface(language).messages.company_unchecked
        text = fill(text, company=self._knowledge.company_name(company))
        rows = ((self._buttons.topic("other-companies", FIRST, language),),)
        return Reply(language, "unknown", (text,), None, company, buttons=rows)
