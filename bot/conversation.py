"""The one conversation that every channel leads: `respond(incoming, session) -> (reply, session)`.

Pure: the clock comes with the message, nothing is read or written, the same input gives the same answer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.aftercare import Aftercare
from bot.buttons import Buttons
from bot.case import decode, from_link
from bot.checking import Checking
from bot.commands import COMMANDS
from bot.compose import FIRST, Composer
from bot.crisis import Crisis
from bot.editors import Editors
from bot.handoff import Handoff
from bot.knowledge import Knowledge
from bot.language import Identifier
from bot.law import COUNTRIES
from bot.menus import Menus, Operator
from bot.personal import has_personal_data
from bot.store.codec import encode
from bot.text import words
from bot.types import Evidence, Incoming, LanguageGuess, Reply, Session, Tap, Understanding
from bot.understanding import Interpreter

READ_AT_MOST = 4000  # characters; Telegram's messages hold 4,096
FALLBACK = "en"


class Conversation:
    """Answers in all channels. Build it once; it holds no person's data.

    `operator` is None where a person runs the bot for themselves; `page` is the address of the letter page, if any.
    """

    def __init__(self, knowledge: Knowledge, operator: Operator | None = None, page: str | None = None) -> None:
        self.knowledge = knowledge
        self.interpreter = Interpreter(knowledge)
        names = [
            n for company in knowledge.companies.values() for patterns in company.names.values() for n in patterns
        ]
        names += [n for listed in knowledge.unchecked.values() for n in listed.names]
        brands = {word for name in names for word in words(name)} | {"ai", "meta", "bot", "app", "chat"}
        languages = {code: language.meta for code, language in knowledge.languages.items()}
        self.identifier = Identifier(languages, brands)
        self._menus = Menus(knowledge, operator)
        self._buttons = Buttons(knowledge)
        self._labels: dict[str, dict[tuple[str, ...], Tap]] = {}
        self._composer = Composer(knowledge, self._menus)
        self._handoff = Handoff(knowledge, page)
        self._crisis = Crisis(knowledge)
        self._editors = Editors(knowledge)
        self._asks_editors = operator is not None and operator.questions
        self._aftercare = Aftercare(knowledge, self._handoff)
        self.checking = Checking(knowledge, frozenset(self.interpreter.products))

    def respond(self, incoming: Incoming, session: Session) -> tuple[Reply, Session]:
        """The reply to what a person did, and the session to go on with. Never raises on what people send."""
        if incoming.tap is not None:
            return self._tapped(incoming, incoming.tap, session)
        text = incoming.text[:READ_AT_MOST].strip()
        if text.startswith("/"):
            name, _, rest = text[1:].partition(" ")
            name = name.split("@")[0].lower()
            if name in COMMANDS:
                language = self._settled(incoming, session)
                return self._command(name, rest.strip(), language, session, incoming.today)
        return self._typed(incoming, text, session)

    def own_data(self, session: Session, client: str | None, held: bytes | None) -> Reply:
        """The reply to /mydata with what a store has `held`, and to /forget where that is None."""
        language = self._settled(Incoming(client=client), session)
        return self._menus.forgotten(language) if held is None else self._menus.mydata(language, held)

    def erased_question(self, code: str, found: bool, session: Session, client: str | None) -> Reply:
        """The reply to a receipt code, once the channel has erased the question, or `found` none."""
        return self._editors.erased(code, found, self._settled(Incoming(client=client), session))

    def prepare(self) -> None:
        """Builds now what else is built when it is first needed: for a program that serves many."""
        self.interpreter.prepare()
        self.checking.prepare()

    def guess_language(self, text: str, client: str | None, session: Session) -> LanguageGuess:
        """The language to answer in: the person's choice, else what the message, the chat and the client say."""
        if session.chosen and session.language:
            return LanguageGuess(session.language, "choice")
        return self.identifier.identify(text, client=client, last=session.language)

    def language_for(self, client: str | None) -> str:
        """The language for a client whose person has not written yet."""
        return self._settled(Incoming(client=client), Session())

    def _typed(self, incoming: Incoming, text: str, session: Session) -> tuple[Reply, Session]:
        guess = self.guess_language(text, incoming.client, session)
        distress = self._crisis.read(text, guess.code)
        if distress:
            return self._crisis.card(distress[1], distress[0], session.country), session
        session = replace(session, language=guess.code)
        if not self.knowledge.languages[guess.code].answered:
            return self._composer.no_answers(guess), session
        tap = self._labelled(guess.code).get(tuple(words(text)))
        if tap is not None:
            return self._tapped(replace(incoming, text="", tap=tap), tap, session)
        messages = self.knowledge.interface(guess.code).messages
        found = self.interpreter.understand(text, guess.code, session)
        if has_personal_data(text):
            return self._composer.not_for_the_bot(messages.personal_data, guess.code), session
        if "typed-objection" in found.concepts:
            return self._composer.not_for_the_bot(messages.objection_at_bot, guess.code), session
        decided = self.checking.from_message(found, guess.code, session)
        facts: dict[str, str] = {}
        if decided:
            reply, facts = decided
        else:
            reply = self._composer.reply(found, guess.code, incoming.today)
        reply = self._composer.with_second(self._composer.with_feedback(reply), found.second)
        if self._asks_editors:
            reply = self._editors.offered(reply)
        if len(incoming.text) > READ_AT_MOST:
            reply = replace(reply, paragraphs=(messages.too_long, *reply.paragraphs))
        session = replace(session, evidence=_evidence(guess, found), facts=tuple(facts.items()) or session.facts)
        return reply, self._remember(session, found, reply)

    def _labelled(self, language: str) -> dict[tuple[str, ...], Tap]:
        if language not in self._labels:
            self._labels[language] = self._buttons.labelled(language)
        return self._labels[language]

    def _remember(self, session: Session, found: Understanding, reply: Reply) -> Session:
        """The session with what the next, shorter message may lean on."""
        topic = found.topic or reply.topic
        if topic and reply.company != "none" and reply.outcome in ("answer", "clarify"):
            carry = tuple(self.knowledge.topics[topic].carry)
            return replace(session, topic=topic, company=found.company, concepts=carry)
        return session

    def _settled(self, incoming: Incoming, session: Session) -> str:
        """The language for what carries no words: the session's, the button's, the client's, English."""
        client = (incoming.client or "").replace("_", "-").split("-")[0].lower()
        tapped = incoming.tap.language if incoming.tap else ""
        for code in (session.language, tapped, client, FALLBACK):
            if code and code in self.knowledge.languages and self.knowledge.languages[code].answered:
                return code
        return self.knowledge.answered[0]

    def _tapped(self, incoming: Incoming, tap: Tap, session: Session) -> tuple[Reply, Session]:
        language = self._settled(incoming, session)
        companies = self.knowledge.companies
        if tap.kind == "t" and tap.value in self.knowledge.topics and tap.company in {*companies, "none"}:
            company = tap.company if tap.company in companies else FIRST
            reply = self._composer.topic(tap.value, company, language, incoming.today)
            reply = self._composer.with_feedback(reply)
            carry = tuple(self.knowledge.topics[tap.value].carry)
            return reply, replace(session, language=language, topic=tap.value, company=company, concepts=carry)
        if tap.kind in ("n", "x") and tap.value in self.knowledge.topics:
            if tap.kind == "x":
                return self._composer.noted_as_wrong(tap, language), session
            last = session.evidence
            close = last.close if last and last.topic == tap.value else ()
            return self._composer.not_meant(tap, close, language), session
        if tap.kind in ("h", "d", "b") and tap.company in companies:
            handed = self._handed_over(tap, language, session, incoming.today)
            if handed is not None:
                return handed
        if tap.kind == "c" and tap.value in COMMANDS:
            return self._command(tap.value, "", language, session, incoming.today)
        if tap.kind in ("e", "w", "q"):
            checked = (
                self.checking.tapped(tap, language) if tap.value else self.checking.start(language, session.country)
            )
            if checked is not None:
                return checked, session
        if tap.kind == "k":
            card = self._crisis.tapped(tap, language)
            if card is not None:
                return card, session
        if tap.kind == "s" and self._asks_editors:
            step = self._editors.tapped(tap, incoming, language)
            if step is not None:
                return step, session
        if tap.kind == "g":
            return self._menus.topics_of(tap.value, language), session
        if tap.kind == "l" and tap.value in self.knowledge.answered:
            return self._menus.language_set(tap.value), replace(session, language=tap.value, chosen=True)
        if tap.kind == "o" and tap.value in COUNTRIES:
            return self._menus.country_set(tap.value, language), replace(
                session, language=language, country=tap.value
            )
        messages = self.knowledge.interface(language).messages
        if tap.kind == "media":
            return Reply(language, "service", (messages.text_only,)), session
        return replace(self._menus.start(language, messages.stale_button)), session

    def _handed_over(self, tap: Tap, language: str, session: Session, today: date) -> tuple[Reply, Session] | None:
        """The hand-over: a form (`h`), what comes after sending (`d`), a letter (`b`). None for a stale button."""
        case = decode(tap.value.partition("/")[0], tap.company, self.knowledge.companies[tap.company])
        if case is not None and case.country is not None:  # asked once
            session = replace(session, country=case.country)
        session = replace(session, language=language)
        if tap.kind == "h":
            return self._handoff.tapped(tap, language, session.country), session
        if tap.kind == "d":
            reply = self._aftercare.tapped(tap, language, session.country, today)
        else:
            reply = self._aftercare.letter(tap, language, session.country)
        return (reply, session) if reply else None

    def _command(self, name: str, rest: str, language: str, session: Session, today: date) -> tuple[Reply, Session]:
        if name == "start" and rest:
            case = from_link(rest, self.knowledge.companies)
            if case is not None and case.sent is not None:
                return self._aftercare.overview(case, language, today, back=True), replace(session, language=language)
            session = self._deep_link(rest, session)
            language = session.language if session.language in self.knowledge.answered else language
        session = replace(session, language=language)
        if name == "country":
            return self._menus.ask_country(language, session.country), session
        if name == "mydata":  # a channel with a store shows what that holds
            return self._menus.mydata(language, encode(session)), session
        if name == "forget":
            return self._menus.forgotten(language), Session()
        if name == "why":
            return self._menus.why(language, session.evidence), session
        simple = {
            "start": self._menus.start,
            "help": self._menus.help,
            "language": self._menus.ask_language,
            "topics": self._menus.topics,
            "privacy": self._menus.privacy,
        }
        return simple[name](language), session

    def _deep_link(self, payload: str, session: Session) -> Session:
        """`?start=de-AT`: language and country from a link (Bot API, deep linking: 1-64 of A-Z a-z 0-9 _ -)."""
        for part in payload.split("-")[:4]:
            if part in self.knowledge.answered:
                session = replace(session, language=part, chosen=True)
            elif part in COUNTRIES:
                session = replace(session, country=part)
        return session


def _evidence(guess: LanguageGuess, found: Understanding) -> Evidence:
    """Why an answer is given, in the knowledge's words: no text of the person is kept."""
    best = found.topics[0] if found.topics else None
    patterns = tuple(dict.fromkeys(match.pattern for match in found.matches))[:12]
    close = tuple(scored.topic for scored in found.topics[1:4])
    return Evidence(guess, found.topic, best.rule if best else "", patterns, best.example if best else "", close)
