"""The one conversation that every channel leads: `respond(incoming, session) -> (reply, session)`.

Pure: the clock comes with the message, nothing is read or written, the same input gives the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot import answer as answers
from bot import handoff
from bot.answer import fill
from bot.commands import COMMANDS
from bot.dates import in_words
from bot.knowledge import Knowledge
from bot.knowledge.interface import Interface
from bot.language import Identifier
from bot.personal import has_personal_data
from bot.text import fold, words
from bot.types import Button, Evidence, Incoming, LanguageGuess, Reply, Session, Tap, Understanding
from bot.understanding import Interpreter

READ_AT_MOST = 4000  # characters; Telegram's messages hold 4,096
FALLBACK = "en"
EEA = frozenset("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO".split())
COUNTRIES = (*sorted(EEA), "GB", "CH", "ZZ")  # ZZ: any other


@dataclass(frozen=True)
class Operator:
    """Who runs the bot on Telegram: name, how to reach them, where their privacy notice is."""

    name: str
    contact: str
    notice: str


class Conversation:
    """Answers in all channels. Build it once; it holds no person's data.

    `operator` is None where a person runs the bot for themselves.
    """

    def __init__(self, knowledge: Knowledge, operator: Operator | None = None) -> None:
        self.knowledge = knowledge
        self.interpreter = Interpreter(knowledge)
        known = [*knowledge.companies.values()]
        names = [n for company in known for patterns in company.names.values() for n in patterns]
        names += [n for listed in knowledge.unchecked.values() for n in listed.names]
        brands = {word for name in names for word in words(name)} | {"ai", "meta", "bot", "app", "chat"}
        languages = {code: language.meta for code, language in knowledge.languages.items()}
        self.identifier = Identifier(languages, brands)
        self._operator = operator
        self._commands: dict[str, Callable[[str, Session], tuple[Reply, Session]]] = {
            "start": self._start,
            "help": self._help,
            "language": self._ask_language,
            "country": self._ask_country,
            "topics": self._topics,
            "privacy": self._privacy,
            "why": self._why,
        }
        assert set(self._commands) == set(COMMANDS)

    def respond(self, incoming: Incoming, session: Session) -> tuple[Reply, Session]:
        """The reply to what a person did, and the session to go on with. Never raises on what people send."""
        if incoming.tap is not None:
            return self._tapped(incoming, incoming.tap, session)
        text = incoming.text[:READ_AT_MOST].strip()
        if text.startswith("/"):
            name, _, rest = text[1:].partition(" ")
            command = self._commands.get(name.split("@")[0].lower())
            if command:
                language = self._settled(incoming, session)
                return self._command(name.split("@")[0].lower(), rest.strip(), language, session)
        return self._typed(incoming, text, session)

    # -- what people type

    def _typed(self, incoming: Incoming, text: str, session: Session) -> tuple[Reply, Session]:
        guess = self.guess_language(text, incoming.client, session)
        if not self.knowledge.languages[guess.code].answered:
            return self._no_answers(guess), replace(session, language=guess.code)
        language = guess.code
        interface = self.knowledge.interface(language)
        session = replace(session, language=language)
        found = self.interpreter.understand(text, language, session)
        personal = has_personal_data(text)
        if personal or "typed-objection" in found.concepts:
            notice = interface.messages.personal_data if personal else interface.messages.objection_at_bot
            reply = Reply(
                language, "answer", (notice,), "how-to-object", "meta", buttons=((self._object_button(language),),)
            )
            return reply, session
        evidence = Evidence(
            guess, found.topic, found.topics[0].rule if found.topics else "",
            tuple(dict.fromkeys(m.pattern for m in found.matches))[:12],
            found.topics[0].example if found.topics else "", tuple(t.topic for t in found.topics[1:4]),
        )  # fmt: skip
        session = replace(session, evidence=evidence)
        reply = self._reply(found, language, incoming)
        if len(incoming.text) > READ_AT_MOST:
            reply = replace(reply, paragraphs=(interface.messages.too_long, *reply.paragraphs))
        if (
            reply.outcome == "answer"
            and reply.topic
            and self.knowledge.topics[reply.topic].group not in ("bot", "none")
        ):
            carry = self.knowledge.topics[found.topic or reply.topic].carry
            session = replace(session, topic=found.topic, company=found.company, concepts=tuple(carry))
        return reply, session

    def _reply(self, found: Understanding, language: str, incoming: Incoming) -> Reply:
        interface = self.knowledge.interface(language)
        if found.outcome == "answer" and found.topic:
            return self._answered(found.topic, found.company, language, incoming)
        if found.outcome == "clarify":
            rows = tuple((self._topic_button(topic, found.company, language),) for topic in found.options)
            rows = (*rows, (self._menu_button(language),))
            return Reply(
                language, "clarify", (interface.messages.clarify,), None, found.company, found.options, buttons=rows
            )
        if found.company in self.knowledge.unchecked:
            return self._unchecked(found.company, language)
        return self._unknown(language)

    def _answered(self, topic: str, company: str, language: str, incoming: Incoming) -> Reply:
        """The answer to a topic, with sources and buttons; honest where it is missing."""
        interface = self.knowledge.interface(language)
        group = self.knowledge.topics[topic].group
        if topic == "other-companies":
            company = "meta"
        if group in ("bot", "none"):
            company = "none"
        elif company in self.knowledge.unchecked:
            return self._unchecked(company, language)
        answer = answers.find(
            self.knowledge, topic, company, language, incoming.today, operator=self.operator_line(interface)
        )
        lead: tuple[str, ...] = ()
        if answer is None and company not in ("meta", "none"):
            answer = answers.find(self.knowledge, "what-is-used", company, language, incoming.today)
            lead = (fill(interface.messages.company_partly, company=self.knowledge.company_name(company)),)
        if answer is None:
            menu = (self._menu_button(language),)
            return Reply(language, "unknown", (interface.messages.not_written,), None, company, buttons=(menu,))
        paragraphs: tuple[str, ...] = (*lead, *answer.paragraphs)
        if answer.aged:
            paragraphs = (*paragraphs, fill(interface.messages.aged, date=in_words(answer.aged, interface.dates)))
        next_topics = [t for t in self.knowledge.topics[answer.topic].next if t != "object"]
        rows: list[tuple[Button, ...]] = []
        if company == "meta" and (group == "objection" or "object" in self.knowledge.topics[answer.topic].next):
            rows.append((self._object_button(language),))
        rows += [
            (self._topic_button(t, company, language),) for t in next_topics if self._written(t, company, language)
        ]
        return Reply(
            language, "answer", paragraphs, answer.topic, company,
            sources=answer.sources, sources_title=interface.messages.sources, buttons=tuple(rows[:4]),
        )  # fmt: skip

    def _unknown(self, language: str) -> Reply:
        interface = self.knowledge.interface(language)
        topics = ("what-is-used", "how-to-object")
        rows = tuple((self._topic_button(topic, "meta", language),) for topic in topics)
        return Reply(
            language, "unknown", (interface.messages.unknown,), buttons=(*rows, (self._menu_button(language),))
        )

    def _unchecked(self, company: str, language: str) -> Reply:
        interface = self.knowledge.interface(language)
        text = fill(interface.messages.company_unchecked, company=self.knowledge.company_name(company))
        rows = ((self._topic_button("other-companies", "meta", language),),)
        return Reply(language, "unknown", (text,), None, company, buttons=rows)

    def _no_answers(self, guess: LanguageGuess) -> Reply:
        text = self.knowledge.languages[guess.code].meta.no_answers or ""
        return Reply(guess.code, "unknown", (text,), buttons=self._language_rows())

    # -- language

    def guess_language(self, text: str, client: str | None, session: Session) -> LanguageGuess:
        """The language to answer in: the person's choice, else what the message, the chat and the client say."""
        if session.chosen and session.language:
            return LanguageGuess(session.language, "choice")
        return self.identifier.identify(text, client=client, last=session.language)

    def _settled(self, incoming: Incoming, session: Session) -> str:
        """The language for what carries no words: the session's, the button's, the client's, English."""
        client = (incoming.client or "").replace("_", "-").split("-")[0].lower()
        tapped = incoming.tap.language if incoming.tap else ""
        for code in (session.language, tapped, client, FALLBACK):
            if code and code in self.knowledge.languages and self.knowledge.languages[code].answered:
                return code
        return self.knowledge.answered[0]

    def language_for(self, client: str | None) -> str:
        """The language for a client whose person has not written yet."""
        return self._settled(Incoming(client=client), Session())

    # -- taps and commands

    def _tapped(self, incoming: Incoming, tap: Tap, session: Session) -> tuple[Reply, Session]:
        language = self._settled(incoming, session)
        interface = self.knowledge.interface(language)
        companies = self.knowledge.companies
        if tap.kind == "t" and tap.value in self.knowledge.topics and tap.company in {*companies, "none"}:
            company = tap.company if tap.company in companies else "meta"
            reply = self._answered(tap.value, company, language, incoming)
            carry = tuple(self.knowledge.topics[tap.value].carry)
            return reply, replace(session, language=language, topic=tap.value, company=company, concepts=carry)
        if tap.kind == "h" and tap.company in companies:
            return self._handoff(tap, language), session
        if tap.kind == "c" and tap.value in self._commands:
            return self._command(tap.value, "", language, session)
        if tap.kind == "g":
            return self._topics_of(tap.value, language), session
        if tap.kind == "l" and tap.value in self.knowledge.answered:
            session = replace(session, language=tap.value, chosen=True)
            return self._language_set(session)
        if tap.kind == "o" and tap.value in COUNTRIES:
            session = replace(session, language=language, country=tap.value)
            return self._country_set(tap.value, language), session
        if tap.kind == "media":
            return Reply(language, "service", (interface.messages.text_only,)), session
        return Reply(
            language, "service", (interface.messages.stale_button,), buttons=((self._menu_button(language),),)
        ), session

    def _handoff(self, tap: Tap, language: str) -> Reply:
        service, _, number = tap.value.partition("/")
        if service in self.knowledge.companies[tap.company].services and number.isdecimal() and len(number) < 3:
            return handoff.route(self.knowledge, tap.company, service, int(number), language)
        return handoff.choose_service(self.knowledge, tap.company, language)

    def _command(self, name: str, rest: str, language: str, session: Session) -> tuple[Reply, Session]:
        if name == "start" and rest:
            session = self._deep_link(rest, session)
            language = session.language if session.language in self.knowledge.answered else language
        session = replace(session, language=language)
        return self._commands[name](language, session)

    def _deep_link(self, payload: str, session: Session) -> Session:
        """`?start=de-AT`: language and country from a link (Bot API, deep linking: 1-64 of A-Z a-z 0-9 _ -)."""
        for part in payload.split("-")[:4]:
            if part in self.knowledge.answered:
                session = replace(session, language=part, chosen=True)
            elif part in COUNTRIES:
                session = replace(session, country=part)
        return session

    def _start(self, language: str, session: Session) -> tuple[Reply, Session]:
        interface = self.knowledge.interface(language)
        rows = (
            (self._object_button(language),),
            (self._menu_button(language),),
            (self._command_button("language", interface.buttons.language, language),
             self._command_button("country", interface.buttons.country, language)),
        )  # fmt: skip
        paragraphs = (interface.messages.welcome, interface.messages.welcome_ask)
        return Reply(language, "service", paragraphs, buttons=rows), session

    def _help(self, language: str, session: Session) -> tuple[Reply, Session]:
        interface = self.knowledge.interface(language)
        rows = ((self._object_button(language),), (self._menu_button(language),))
        return Reply(language, "service", (interface.messages.help,), buttons=rows), session

    def _ask_language(self, language: str, session: Session) -> tuple[Reply, Session]:
        text = self.knowledge.interface(language).messages.language_ask
        return Reply(language, "service", (text,), buttons=self._language_rows()), session

    def _language_set(self, session: Session) -> tuple[Reply, Session]:
        language = session.language or FALLBACK
        interface = self.knowledge.interface(language)
        name = self.knowledge.languages[language].meta.native_name
        text = fill(interface.messages.language_set, language=name)
        reply, session = self._start(language, session)
        return replace(reply, paragraphs=(text, interface.messages.welcome_ask)), session

    def _ask_country(self, language: str, session: Session) -> tuple[Reply, Session]:
        interface = self.knowledge.interface(language)
        names = interface.countries
        ordered = sorted((c for c in COUNTRIES if c != "ZZ"), key=lambda code: fold(names.get(code, code)))
        buttons = [Button(names.get(code, code), tap=Tap("o", code, "meta", language)) for code in (*ordered, "ZZ")]
        rows = tuple(tuple(buttons[i : i + 3]) for i in range(0, len(buttons), 3))
        known = session.country
        now = fill(interface.messages.country_set, country=names.get(known, known)) if known else None
        paragraphs = (now or interface.messages.country_none, interface.messages.country_ask)
        return Reply(language, "service", paragraphs, buttons=rows), session

    def _country_set(self, country: str, language: str) -> Reply:
        interface = self.knowledge.interface(language)
        messages = interface.messages
        law = {"GB": messages.law_uk, "CH": messages.law_ch, "ZZ": messages.law_other}.get(country, messages.law_eea)
        paragraphs = [fill(messages.country_set, country=interface.countries.get(country, country)), law]
        rows: list[tuple[Button, ...]] = [(self._object_button(language),)]
        authorities = [a for a in self.knowledge.authorities.values() if a.country == country]
        if len(authorities) == 1:
            paragraphs.append(fill(messages.authority_line, authority=authorities[0].name))
        links = [
            Button((a.region or interface.buttons.authority)[:40], url=a.complaint_url or a.url) for a in authorities
        ]
        rows += [tuple(links[i : i + 2]) for i in range(0, len(links), 2)]
        return Reply(language, "service", tuple(paragraphs), buttons=tuple(rows))

    def _topics(self, language: str, session: Session) -> tuple[Reply, Session]:
        interface = self.knowledge.interface(language)
        rows = tuple(
            (Button(label, tap=Tap("g", group, "meta", language)),) for group, label in interface.groups.items()
        )
        return Reply(language, "service", (interface.messages.topics_intro,), buttons=rows), session

    def _topics_of(self, group: str, language: str) -> Reply:
        interface = self.knowledge.interface(language)
        names = [t for t, topic in self.knowledge.topics.items() if topic.group == group]
        buttons = [self._topic_button(t, "meta", language) for t in names if self._written(t, "meta", language)]
        rows = tuple(tuple(buttons[i : i + 1]) for i in range(len(buttons)))
        back = (self._command_button("topics", interface.buttons.back, language),)
        return Reply(language, "service", (interface.messages.topics_intro,), buttons=(*rows, back))

    def _privacy(self, language: str, session: Session) -> tuple[Reply, Session]:
        interface = self.knowledge.interface(language)
        text = fill(interface.messages.privacy, operator=self.operator_line(interface))
        return Reply(language, "service", (text, interface.messages.privacy_session)), session

    def _why(self, language: str, session: Session) -> tuple[Reply, Session]:
        return Reply(language, "service", self.why(language, session.evidence)), session

    def why(self, language: str, evidence: Evidence | None) -> tuple[str, ...]:
        """The evidence of the last answer, in the person's language."""
        interface = self.knowledge.interface(language)
        why = interface.why
        if evidence is None:
            return (why.nothing,)
        reason = {
            "choice": why.language_by_choice,
            "text": fill(why.language_by_text, words=", ".join(evidence.language.words)),
            "person": why.language_by_person,
            "client": why.language_by_client,
            "default": why.language_by_default,
        }[evidence.language.reason]
        if evidence.language.reason == "text" and not evidence.language.words:
            reason = why.language_by_default
        name = self.knowledge.languages[evidence.language.code].meta.native_name
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

    # -- pieces

    def operator_line(self, interface: Interface) -> str:
        """Who runs the bot, as a sentence."""
        if self._operator is None:
            return interface.messages.operator_self
        o = self._operator
        return fill(interface.messages.operator, name=o.name, contact=o.contact, notice=o.notice)

    def _written(self, topic: str, company: str, language: str) -> bool:
        return answers.text_for(self.knowledge, topic, company, language) is not None

    def _topic_button(self, topic: str, company: str, language: str) -> Button:
        label = self.knowledge.interface(language).topics.get(topic, topic)
        return Button(label, tap=Tap("t", topic, company, language))

    def _command_button(self, name: str, label: str, language: str) -> Button:
        return Button(label, tap=Tap("c", name, "meta", language))

    def _menu_button(self, language: str) -> Button:
        return self._command_button("topics", self.knowledge.interface(language).buttons.topics, language)

    def _object_button(self, language: str) -> Button:
        return Button(self.knowledge.interface(language).buttons.object_now, tap=Tap("h", "", "meta", language))

    def _language_rows(self) -> tuple[tuple[Button, ...], ...]:
        buttons = [
            Button(self.knowledge.languages[code].meta.native_name, tap=Tap("l", code, "meta", code))
            for code in self.knowledge.answered
        ]
        return tuple(tuple(buttons[i : i + 3]) for i in range(0, len(buttons), 3))
