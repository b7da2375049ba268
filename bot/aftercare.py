"""After an objection was sent: until when an answer is due, what to do with it, and where to complain.

Nothing of it is stored: the case travels in the buttons, and in a link that brings it back weeks later.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot import case as cases
from bot.answer import fill, sources_of
from bot.buttons import Rows, in_rows
from bot.calendar_entry import entry
from bot.case import Case
from bot.dates import in_words
from bot.handoff import Handoff
from bot.knowledge import Knowledge
from bot.knowledge.interface import Interface
from bot.knowledge.schema import Authority
from bot.law import due, law_of, longest
from bot.letters import KINDS, Kind, Wanted, write
from bot.menus import countries_by_name
from bot.types import Button, File, Reply, Tap

TOPIC = "objection-confirmation"
_OTHER_LANGUAGES = {"no": "norsk", "is": "íslenska", "ca": "català"}  # taken by authorities, not by the bot


class Aftercare:
    """Leads on from “I have sent it”, and writes letters where there is no page."""

    def __init__(self, knowledge: Knowledge, handoff: Handoff) -> None:
        self._knowledge = knowledge
        self._handoff = handoff

    def tapped(self, tap: Tap, language: str, country: str | None, today: date) -> Reply | None:
        """The next step for a button of kind `d`, as `mo0.DE.20261125/s`; None for anything that is none of ours."""
        text, _, step = tap.value.partition("/")
        case = cases.decode(text, tap.company, self._knowledge.companies[tap.company])
        if case is None:
            return None
        case = replace(case, country=case.country or country, sent=case.sent or today)
        if step == "s":
            return self.overview(case, language, today, back=False)
        if step == "i":
            return self._calendar(case, language, today)
        if step.startswith("x"):
            return self._complaint(case, step[1:], language)
        return self._outcome(case, step, language, today)

    def overview(self, case: Case, language: str, today: date, *, back: bool) -> Reply:
        """The case with its date, right after sending or, with `back`, when its link was opened later."""
        interface = self._knowledge.interface(language)
        words, labels = interface.after, interface.handoff_buttons
        sent, until = self._sent(case), due(self._sent(case), law_of(case.country))
        told = self._told(case, interface)
        parts = [fill(words.back if back and until else words.sent, **told)]
        claims = ["due-eea" if law_of(case.country) == "eea" else f"due-{law_of(case.country)}"]
        if until and today > until:
            parts.append(fill(words.overdue, **told))
        elif law_of(case.country) in ("eea", "uk"):
            parts.append(fill(words.due_eea, longest=in_words(longest(sent), interface.dates), **told))
        else:
            parts.append(fill(words.due_ch, **told) if until else words.due_other)
        parts.append(words.what_came)
        steps = {"c": labels.confirmed, "n": labels.silence, "a": labels.asked, "r": labels.refused}
        rows = list(in_rows([self._go(label, step, case, language) for step, label in steps.items()], 2))
        if until:
            rows.append((self._go(labels.calendar, "i", case, language),))
        if not back:
            parts.append(words.keep)
            rows.append((Button(labels.keep, start=cases.as_link(case, self._knowledge.companies[case.company])),))
        return self._reply(language, case, parts, claims, tuple(rows))

    def letter(self, tap: Tap, language: str, country: str | None) -> Reply | None:
        """A letter with blanks as a message, for a button of kind `b`; None for anything that is none of ours."""
        text, _, key = tap.value.partition("/")
        company = self._knowledge.companies[tap.company]
        case = cases.decode(text, tap.company, company)
        kind = next((kind for kind, code in KINDS.items() if code == key), None)
        if case is None or kind is None:
            return None
        law = law_of(case.country or country)
        interface = self._knowledge.interface(language)
        if law == "other":
            return self._reply(language, case, [interface.handoff.no_law], [], ())
        letter = write(
            self._knowledge.letters(language),
            Wanted(kind, law, case.who, case.purpose, values=self._values(case, interface)),
        )
        reply = self._reply(language, case, [interface.handoff.sender], [], ())
        return replace(reply, pasted=f"{letter.subject}\n\n{letter.text}")

    # -- inside

    def _outcome(self, case: Case, step: str, language: str, today: date) -> Reply | None:
        interface = self._knowledge.interface(language)
        words, labels = interface.after, interface.handoff_buttons
        until = due(self._sent(case), law_of(case.country))
        texts = {"c": words.confirmed, "a": words.asked, "r": words.refused, "n": words.silence_late}
        if step not in texts:
            return None
        text, name = texts[step], {"c": "confirmed", "a": "asked", "r": "refused", "n": "silence"}[step]
        early = step == "n" and until is not None and today <= until
        if early:
            text = fill(words.silence_early, **self._told(case, interface))
        letters: dict[str, tuple[str, Kind]] = {
            "a": (labels.reply, "details"), "r": (labels.reply, "refusal"), "n": (labels.reminder, "reminder"),
        }  # fmt: skip
        rows: list[tuple[Button, ...]] = []
        if step in letters and not early:
            label, kind = letters[step]
            rows += self._handoff.letter_button(label, kind, case, language)
        if step in ("r", "n") and not early:
            rows.append((self._go(labels.complaint, "x", case, language),))
        rows.append((self._go(interface.buttons.back, "s", case, language),))
        return self._reply(language, case, [text], [name], tuple(rows))

    def _complaint(self, case: Case, which: str, language: str) -> Reply:
        interface = self._knowledge.interface(language)
        words = interface.after
        names = countries_by_name(self._knowledge, language)
        if case.country is None:
            countries = self._handoff.country_buttons(case, "d", "x", language, names)
            return self._reply(language, case, [interface.messages.country_ask], [], countries)
        law = law_of(case.country)
        authorities = {
            key: known for key, known in self._knowledge.authorities.items() if known.country == case.country
        }
        if not authorities:
            return self._reply(language, case, [words.complaint_unknown], [], ())
        if len(authorities) > 1 and which not in authorities:
            regions = [
                self._go((known.region or known.name)[:40], f"x{key}", case, language)
                for key, known in authorities.items()
            ]
            return self._reply(language, case, [words.which_region], [], in_rows(regions, 2))
        authority = authorities.get(which) or next(iter(authorities.values()))
        parts = [fill(words.complaint, authority=authority.name)]
        parts += {"uk": [words.complaint_uk], "ch": [words.complaint_ch]}.get(law, [])
        parts += self._asks(authority, interface)
        there = Button(interface.buttons.authority, url=authority.complaint_url or authority.url)
        rows: list[tuple[Button, ...]] = [(there,)]
        if not authority.complaint_url:
            parts.append(words.no_page)
        rows += self._handoff.letter_button(interface.handoff_buttons.complaint, "complaint", case, language)
        rows.append((self._go(interface.buttons.back, "s", case, language),))
        return self._reply(language, case, parts, [f"complaint-{law}"], tuple(rows))

    def _asks(self, authority: Authority, interface: Interface) -> list[str]:
        lines = [getattr(interface.after.asks, wish.replace("-", "_")) for wish in authority.asks]
        if authority.languages:
            names = [
                self._knowledge.languages[code].meta.native_name
                if code in self._knowledge.languages
                else _OTHER_LANGUAGES.get(code, code)
                for code in authority.languages
            ]
            lines.append(fill(interface.after.languages, languages=", ".join(names)))
        return ["\n".join(lines)] if lines else []

    def _calendar(self, case: Case, language: str, today: date) -> Reply | None:
        interface = self._knowledge.interface(language)
        until = due(self._sent(case), law_of(case.country))
        if until is None:
            return None
        told = self._told(case, interface)
        texts = self._knowledge.letters(language).calendar
        title, text = (fill(t, **told) for t in (texts.title, texts.text))
        file = File(f"{case.company}-{until}.ics", entry(title, text, until, today, language))
        rows = ((self._go(interface.buttons.back, "s", case, language),),)
        return replace(self._reply(language, case, [f"{title}\n{told['due']}"], [], rows), file=file)

    @staticmethod
    def _sent(case: Case) -> date:
        assert case.sent is not None  # `tapped` and `overview` are only reached with a day
        return case.sent

    def _told(self, case: Case, interface: Interface) -> dict[str, str]:
        until = due(self._sent(case), law_of(case.country))
        return {
            "company": self._knowledge.companies[case.company].name,
            "sent": in_words(self._sent(case), interface.dates),
            "due": in_words(until, interface.dates) if until else "",
        }

    def _values(self, case: Case, interface: Interface) -> dict[str, str]:
        company = self._knowledge.companies[case.company]
        services = ", ".join(company.services[name].name for name in case.services) or company.name
        address = (company.address.text if company.address else company.legal_name).splitlines()
        own = [line for line in address if line != company.legal_name]
        values = {"company": company.name, "legal_name": company.legal_name, "services": services}
        return {**values, "address": ", ".join(own), **({} if case.sent is None else self._told(case, interface))}

    def _reply(self, language: str, case: Case, parts: list[str], steps: list[str], rows: Rows) -> Reply:
        claims = [
            self._knowledge.claims[claim]
            for step in steps
            for claim in self._knowledge.steps.get(step, [])
            if claim in self._knowledge.claims
        ]
        return Reply(
            language, "service", tuple(parts), TOPIC, case.company,
            sources=sources_of(self._knowledge, claims, language),
            sources_title=self._knowledge.interface(language).messages.sources, buttons=rows,
        )  # fmt: skip

    def _go(self, label: str, step: str, case: Case, language: str) -> Button:
        value = f"{cases.encode(case, self._knowledge.companies[case.company])}/{step}"
        return Button(label, tap=Tap("d", value, case.company, language))
