"""The way to an official objection: which services, for whom, the form, what to have ready, what to paste.

Links come from the knowledge only. Meta's forms take no values from their link, and Meta has no e-mail address for
this, so what is handed over is the plain form, a short text, and a page of the operator's where the letter is filled
in. No reasons are asked for in the chat: they would lie in Telegram.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from bot import case as cases
from bot.answer import fill, sources_of
from bot.buttons import Rows, in_rows
from bot.case import Case, Purpose, Who
from bot.dates import in_words
from bot.knowledge import Knowledge
from bot.knowledge.interface import Interface
from bot.knowledge.schema import Route
from bot.law import law_of
from bot.letters import KINDS, Kind
from bot.menus import countries_by_name
from bot.types import Button, Reply, Tap

TOPIC = "objection-form"
_PURPOSES: tuple[Purpose, ...] = ("third-party", "ai-answer", "general", "erasure")


class Handoff:
    """Leads from “object” to the official form. `page` is the address of the operator's letter page, or None."""

    def __init__(self, knowledge: Knowledge, page: str | None = None) -> None:
        self._knowledge = knowledge
        self._page = page

    def tapped(self, tap: Tap, language: str, country: str | None) -> Reply:
        """The next step for a button of kind `h`; the first one for anything that is none of ours.

        `""` asks for the service, `c` the same for a child, `p` for other things to object to, `+m01` is a choice of
        several services, `mo0/1` the case `mo0` at its second route.
        """
        company = self._knowledge.companies[tap.company]
        if tap.value == "p" and company.purposes:
            return self._choose_purpose(tap.company, language)
        if tap.value.startswith("+"):
            chosen = cases.decode(f"{tap.value[1:2]}o{tap.value[2:]}", tap.company, company)
            if chosen and chosen.who != "none":
                return self._choose_several(chosen, language)
        text, _, number = tap.value.partition("/")
        case = cases.decode(text, tap.company, company)
        if case and number == "?":
            return self._choose_country(case, language)
        if case and number.isascii() and number.isdigit() and len(number) < 3 and self._complete(case):
            return self.route(replace(case, country=case.country or country), int(number), language)
        return self._choose_service(tap.company, "child" if tap.value == "c" else "me", language)

    def route(self, case: Case, number: int, language: str) -> Reply:
        """The route at position `number` (from 0) for a case; past the last one, the postal address."""
        interface = self._knowledge.interface(language)
        words = interface.handoff
        company = self._knowledge.companies[case.company]
        routes = cases.routes_for(company, case)
        back = self._go(interface.buttons.another_service, "c" if case.who == "child" else "", case, language)
        letter = self.letter_button(interface.handoff_buttons.letter, "objection", case, language)
        sent = self._button(interface.handoff_buttons.sent, "d", f"{self._encode(case)}/s", case, language)
        broken = f"{case.company}/{routes[number - 1]}" if 0 < number <= len(routes) else None
        counted = "broken-link" if broken else None
        if number >= len(routes):
            parts = [
                fill(words.no_more_routes, company=company.name),
                company.address.text if company.address else company.legal_name,
                words.sender,
            ]
            claims = company.address.claims if company.address else []
            reply = self._reply(language, case, parts, claims, (*letter, (sent,), (back,)))
            return replace(reply, counted=counted, broken=broken)
        form = company.routes[routes[number]]
        parts = [self._opening(case, number, interface), *(self._notes(case, interface) if number == 0 else ())]
        named = fill(words.named, who=form.named_by, date=in_words(form.named_on, interface.dates))
        parts += [f"{named} {words.untested}" if form.status == "untested" else named, self._ready(form, interface)]
        law = law_of(case.country)
        pasted = None
        rows: list[tuple[Button, ...]] = [(Button(interface.buttons.open_form, url=form.url),)]
        if law == "other":
            parts.append(words.no_law)
        else:
            pasted = getattr(self._knowledge.letters(language).short[case.who], law)
            if case.company == "meta":  # what it says of reasons is Meta's
                parts.append(words.paste)
            rows.append((Button(interface.buttons.copy_text, copy=pasted),))
            rows += letter
        rows.append((sent,))
        following = f"{self._encode(case)}/{number + 1}"
        rows.append((self._go(interface.buttons.link_broken, following, case, language), back))
        parts += [words.sender, words.after]
        if case.country is None:
            parts.append(words.country_taken)
            rows += self._countries(case, number, language)
        reply = self._reply(language, case, parts, form.claims, tuple(rows))
        return replace(reply, pasted=pasted, counted=counted, broken=broken)

    def letter_button(self, label: str, kind: Kind, case: Case, language: str) -> Rows:
        """The button to a letter: on the operator's page where there is one, else as a message."""
        if law_of(case.country) == "other":
            return ()
        if self._page is None:
            return ((self._button(label, "b", f"{self._encode(case)}/{KINDS[kind]}", case, language),),)
        return ((Button(label, url=f"{self._page}#{fragment(case, kind, language, self._knowledge)}"),),)

    def country_buttons(self, case: Case, kind: str, step: str, language: str, codes: list[str]) -> Rows:
        """A button for each country of `codes`, which takes the case on with that country."""
        names = self._knowledge.interface(language).countries
        values = {code: f"{self._encode(replace(case, country=code))}/{step}" for code in codes}
        made = [self._button(names.get(code, code), kind, value, case, language) for code, value in values.items()]
        return in_rows(made, 3)

    # -- inside

    def _complete(self, case: Case) -> bool:
        return bool(case.services) or case.who == "none" or case.purpose != "own"

    def _choose_service(self, company: str, who: Who, language: str) -> Reply:
        interface = self._knowledge.interface(language)
        labels = interface.handoff_buttons
        known = self._knowledge.companies[company]
        each = [
            self._go(service.name, f"{self._encode(Case(company, (name,), who))}/0", Case(company), language)
            for name, service in known.services.items()
        ]
        rows = list(in_rows(each, 2))
        blank = Case(company)
        if len(each) > 1:
            rows.append((self._go(labels.several, f"+{who[0]}", blank, language),))
        if who == "me":
            more = [self._go(labels.child, "c", blank, language)]
            if "no-account" in known.purposes:
                nobody = f"{self._encode(Case(company, who='none'))}/0"
                more.append(self._go(interface.buttons.no_account, nobody, blank, language))
            rows.append(tuple(more))
            if known.purposes:
                rows.append((self._go(labels.purposes, "p", blank, language),))
        return Reply(language, "service", (interface.handoff.which_service,), TOPIC, company, buttons=tuple(rows))

    def _choose_several(self, chosen: Case, language: str) -> Reply:
        interface = self._knowledge.interface(language)
        known = self._knowledge.companies[chosen.company]
        buttons = []
        for name, service in known.services.items():
            inside = name in chosen.services
            after = tuple(s for s in known.services if (s in chosen.services) != (s == name))
            value = f"+{self._encode(replace(chosen, services=after)).replace('o', '', 1)}"
            buttons.append(self._go(f"{'☑' if inside else '☐'} {service.name}", value, chosen, language))
        rows = list(in_rows(buttons, 2))
        if chosen.services:
            rows.append((self._go(interface.handoff_buttons.go_on, f"{self._encode(chosen)}/0", chosen, language),))
        text = interface.handoff.which_services
        return Reply(language, "service", (text,), TOPIC, chosen.company, buttons=tuple(rows))

    def _choose_purpose(self, company: str, language: str) -> Reply:
        interface = self._knowledge.interface(language)
        known = self._knowledge.companies[company]
        labels = self._knowledge.letters(language).about
        rows = [
            (
                self._go(
                    labels[purpose],
                    f"{self._encode(Case(company, purpose=purpose))}/0",
                    Case(company),
                    language,
                ),
            )
            for purpose in _PURPOSES
            if purpose in known.purposes
        ]
        rows.append((self._go(interface.buttons.back, "", Case(company), language),))
        return Reply(language, "service", (interface.handoff.which_purpose,), TOPIC, company, buttons=tuple(rows))

    def _opening(self, case: Case, number: int, interface: Interface) -> str:
        if number:
            return interface.handoff.fallback
        company = self._knowledge.companies[case.company]
        if case.who == "none":
            return fill(interface.handoff.form_none, company=company.name)
        names = ", ".join(company.services[s].name for s in case.services) or company.name
        return fill(interface.handoff.form_child if case.who == "child" else interface.handoff.form, service=names)

    @staticmethod
    def _notes(case: Case, interface: Interface) -> list[str]:
        if case.company != "meta":
            return []
        words = interface.handoff
        notes = {"threads": words.threads, "messenger": words.messenger, "whatsapp": words.whatsapp}
        parts = [notes[service] for service in case.services if service in notes]
        if case.who == "none" or case.purpose == "third-party":
            parts.append(words.none)
        if case.who == "child":
            parts.append(words.child)
        return parts

    @staticmethod
    def _ready(form: Route, interface: Interface) -> str:
        names = interface.handoff.ready_items
        items = [names.login] if form.login == "yes" else []
        items += [getattr(names, field) for field in form.fields]
        return fill(interface.handoff.ready, items=", ".join(items or [names.nothing]))

    def _countries(self, case: Case, number: int, language: str) -> Rows:
        own = self._knowledge.languages[language].meta.countries
        label = self._knowledge.interface(language).handoff_buttons.other_country
        other = self._go(label, f"{self._encode(case)}/?", case, language)
        return (*self.country_buttons(case, "h", str(number), language, own[:6]), (other,))

    def _choose_country(self, case: Case, language: str) -> Reply:
        text = self._knowledge.interface(language).messages.country_ask
        rows = self.country_buttons(case, "h", "0", language, countries_by_name(self._knowledge, language))
        return Reply(language, "service", (text,), TOPIC, case.company, buttons=rows)

    def _reply(self, language: str, case: Case, parts: list[str], claims: list[str], rows: Rows) -> Reply:
        known = [self._knowledge.claims[claim] for claim in claims if claim in self._knowledge.claims]
        return Reply(
            language, "service", tuple(parts), TOPIC, case.company,
            sources=sources_of(self._knowledge, known, language),
            sources_title=self._knowledge.interface(language).messages.sources, buttons=rows,
        )  # fmt: skip

    def _encode(self, case: Case) -> str:
        return cases.encode(case, self._knowledge.companies[case.company])

    def _go(self, label: str, value: str, case: Case, language: str) -> Button:
        return self._button(label, "h", value, case, language)

    @staticmethod
    def _button(label: str, kind: str, value: str, case: Case, language: str) -> Button:
        return Button(label, tap=Tap(kind, value, case.company, language))


def fragment(case: Case, kind: Kind, language: str, knowledge: Knowledge) -> str:
    """What stands behind `#` in a link to the page: company, letter, language and country, nothing of the person."""
    names = list(knowledge.companies[case.company].services)
    told = {
        "v": "1", "c": case.company, "t": kind, "w": case.who, "p": case.purpose,
        "s": "".join(str(names.index(service)) for service in case.services), "l": language, "k": case.country or "",
    }  # fmt: skip
    return urlencode({key: value for key, value in told.items() if value})
