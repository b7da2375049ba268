"""Replies to commands: welcome, help, language, country, topics, privacy, and why an answer was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.answer import fill
from bot.buttons import Buttons, in_rows
from bot.commands import described
from bot.knowledge import Knowledge
from bot.knowledge.interface import Interface
from bot.law import COUNTRIES, ELSEWHERE, law_of
from bot.text import fold
from bot.types import Button, Evidence, Reply, Tap


@dataclass(frozen=True)
class Operator:
    """Who runs the bot on Telegram: name, how to reach them, their privacy notice, and where sessions lie.

    `questions`: whether people may send unanswered questions to the editors.
    """

    name: str
    contact: str
    notice: str
    store: Literal["memory", "sqlite", "redis"] = "memory"
    questions: bool = False


class Menus:
    """Builds the replies to commands. `operator` is None where a person runs the bot for themselves."""

    def __init__(self, knowledge: Knowledge, operator: Operator | None) -> None:
        self._knowledge = knowledge
        self._operator = operator
        self._buttons = Buttons(knowledge)

    def operator_line(self, interface: Interface) -> str:
        """Who runs the bot, as a sentence."""
        if self._operator is None:
            return interface.messages.operator_self
        o = self._operator
        return fill(interface.messages.operator, name=o.name, contact=o.contact, notice=o.notice)

    def start(self, language: str, first: str | None = None) -> Reply:
        """The welcome; `first` stands in its place where the person has been welcomed already."""
        interface = self._knowledge.interface(language)
        make = self._buttons
        rows = (
            (make.object_now(language),),
            (make.check(language),),
            (make.menu(language),),
            (
                make.command("language", interface.buttons.language, language),
                make.command("country", interface.buttons.country, language),
            ),
        )
        paragraphs = (first or interface.messages.welcome, interface.messages.welcome_ask)
        return Reply(language, "service", paragraphs, buttons=rows)

    def help(self, language: str) -> Reply:
        """What one can do, and every command."""
        interface = self._knowledge.interface(language)
        rows = ((self._buttons.object_now(language),), (self._buttons.menu(language),))
        commands = "\n".join(f"/{name} – {text}" for name, text in described(interface.commands))
        return Reply(language, "service", (interface.messages.help, commands), buttons=rows)

    def ask_language(self, language: str) -> Reply:
        """The choice of languages."""
        text = self._knowledge.interface(language).messages.language_ask
        return Reply(language, "service", (text,), buttons=self._buttons.languages())

    def language_set(self, language: str) -> Reply:
        """Confirms a language and leads on."""
        name = self._knowledge.languages[language].meta.native_name
        return self.start(language, fill(self._knowledge.interface(language).messages.language_set, language=name))

    def ask_country(self, language: str, known: str | None) -> Reply:
        """The choice of countries, with the one that is set."""
        interface = self._knowledge.interface(language)
        names = interface.countries
        codes = countries_by_name(self._knowledge, language)
        buttons = [Button(names.get(code, code), tap=Tap("o", code, "meta", language)) for code in codes]
        now = fill(interface.messages.country_set, country=names.get(known, known)) if known else None
        paragraphs = (now or interface.messages.country_none, interface.messages.country_ask)
        return Reply(language, "service", paragraphs, buttons=in_rows(buttons, 3))

    def country_set(self, country: str, language: str) -> Reply:
        """The law and the authority of a country."""
        interface = self._knowledge.interface(language)
        messages = interface.messages
        laws = {"eea": messages.law_eea, "uk": messages.law_uk, "ch": messages.law_ch, "other": messages.law_other}
        name = interface.countries.get(country, country)
        paragraphs = [fill(messages.country_set, country=name), laws[law_of(country)]]
        rows: list[tuple[Button, ...]] = [(self._buttons.object_now(language),)]
        authorities = [a for a in self._knowledge.authorities.values() if a.country == country]
        if len(authorities) == 1:
            paragraphs.append(fill(messages.authority_line, authority=authorities[0].name))
        label = interface.buttons.authority
        links = [Button((a.region or label)[:40], url=a.complaint_url or a.url) for a in authorities]
        rows += in_rows(links, 2)
        return Reply(language, "service", tuple(paragraphs), buttons=tuple(rows))

    def topics(self, language: str) -> Reply:
        """The groups of topics."""
        interface = self._knowledge.interface(language)
        buttons = [Button(label, tap=Tap("g", group, "meta", language)) for group, label in interface.groups.items()]
        return Reply(language, "service", (interface.messages.topics_intro,), buttons=in_rows(buttons, 1))

    def topics_of(self, group: str, language: str) -> Reply:
        """The topics of one group."""
        interface = self._knowledge.interface(language)
        names = [name for name, topic in self._knowledge.topics.items() if topic.group == group]
        make = self._buttons
        buttons = [make.topic(name, "meta", language) for name in names if make.written(name, "meta", language)]
        back = make.command("topics", interface.buttons.back, language)
        return Reply(language, "service", (interface.messages.topics_intro,), buttons=in_rows([*buttons, back], 1))

    def privacy(self, language: str) -> Reply:
        """What is kept, and who runs the bot."""
        messages = self._knowledge.interface(language).messages
        text = fill(messages.privacy, operator=self.operator_line(self._knowledge.interface(language)))
        kept = {
            "memory": messages.privacy_session,
            "sqlite": messages.privacy_file,
            "redis": messages.privacy_redis,
        }[self._operator.store if self._operator else "memory"]
        chosen = (messages.privacy_questions,) if self._operator and self._operator.questions else ()
        reports = (messages.privacy_reports,) if self._operator else ()
        return Reply(language, "service", (text, kept, *chosen, *reports, messages.privacy_rights))

    def mydata(self, language: str, held: bytes) -> Reply:
        """What is held about the person, byte for byte (GDPR Art. 15)."""
        messages = self._knowledge.interface(language).messages
        if not held:
            return Reply(language, "service", (messages.mydata_nothing,))
        return Reply(language, "service", (messages.mydata,), pasted=held.decode("utf-8", "backslashreplace"))

    def forgotten(self, language: str) -> Reply:
        """Confirms that all of it is erased (GDPR Art. 17), and tells what lies with Telegram."""
        return Reply(language, "service", (self._knowledge.interface(language).messages.forgotten,))

    def why(self, language: str, evidence: Evidence | None) -> Reply:
        """The evidence of the last answer, in the person's language."""
        return Reply(language, "service", self._evidence(language, evidence))

    def _evidence(self, language: str, evidence: Evidence | None) -> tuple[str, ...]:
        interface = self._knowledge.interface(language)
        why = interface.why
        if evidence is None:
            return (why.nothing,)
        spoke = evidence.language.words
        reason = {
            "choice": why.language_by_choice,
            "text": fill(why.language_by_text, words=", ".join(spoke)) if spoke else why.language_by_default,
            "person": why.language_by_person,
            "client": why.language_by_client,
            "default": why.language_by_default,
        }[evidence.language.reason]
        name = self._knowledge.languages[evidence.language.code].meta.native_name
        lines = [fill(why.language, language=name, reason=reason)]
        if evidence.topic:
            lines.append(fill(why.topic, topic=interface.topics.get(evidence.topic, evidence.topic)))
        if evidence.words:
            lines.append(fill(why.words, words=", ".join(evidence.words)))
        if evidence.example:
            lines.append(fill(why.example, example=evidence.example))
        if evidence.close:
            close = ", ".join(interface.topics.get(topic, topic) for topic in evidence.close)
            lines.append(fill(why.close, topics=close))
        return tuple(lines)


def countries_by_name(knowledge: Knowledge, language: str) -> list[str]:
    """The codes of the countries in the order of their names in `language`, elsewhere last."""
    names = knowledge.interface(language).countries
    ordered = sorted((c for c in COUNTRIES if c != ELSEWHERE), key=lambda code: fold(str(names.get(code, code))))
    return [*ordered, ELSEWHERE]
