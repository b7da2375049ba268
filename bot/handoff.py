"""The way to an official objection: the form, what to have ready, what to paste, what comes next.

Links come from the knowledge only. Meta's forms take no values from their link, and Meta has no e-mail address for
this, so what is handed over is the plain form and a short text to copy. No reasons: they would lie in Telegram.
"""

from __future__ import annotations

from bot.answer import fill, sources_of
from bot.dates import in_words
from bot.knowledge import Knowledge
from bot.types import Button, Reply, Tap

TOPIC = "objection-form"


def choose_service(knowledge: Knowledge, company: str, language: str) -> Reply:
    """Asks which service the objection is about, a button each."""
    interface = knowledge.interface(language)
    services = knowledge.companies[company].services
    buttons = [
        Button(service.name or interface.buttons.no_account, tap=Tap("h", f"{name}/0", company, language))
        for name, service in services.items()
    ]
    rows = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
    return Reply(language, "service", (interface.handoff.which_service,), TOPIC, company, buttons=rows)


def route(knowledge: Knowledge, company: str, service: str, number: int, language: str) -> Reply:
    """The route at position `number` (from 0) for a service; past the last one, the postal address.

    Raises KeyError for a service that the company does not have.
    """
    interface = knowledge.interface(language)
    words = interface.handoff
    known = knowledge.companies[company]
    chosen = known.services[service]
    back = Button(interface.buttons.another_service, tap=Tap("h", "", company, language))
    if number < 0 or number >= len(chosen.routes):
        parts = [words.no_more_routes, known.address.text if known.address else known.legal_name]
        claims = [knowledge.claims[c] for c in known.address.claims] if known.address else []
        sources = sources_of(knowledge, claims, language)
        return Reply(
            language, "service", tuple(parts), TOPIC, company,
            sources=sources, sources_title=interface.messages.sources, buttons=((back,),),
        )  # fmt: skip
    form = known.routes[chosen.routes[number]]
    opening = fill(words.form, service=chosen.name or known.name) if number == 0 else words.fallback
    notes = {"threads": words.threads, "messenger": words.messenger, "whatsapp": words.whatsapp, "none": words.none}
    named = fill(words.named, who=form.named_by, date=in_words(form.named_on, interface.dates))
    parts = [opening]
    if service in notes and number == 0:
        parts.append(notes[service])
    parts.append(f"{named} {words.untested}" if form.status == "untested" else named)
    parts.append(words.ready_no_login if form.login == "no" else words.ready_login)
    parts.append(words.paste)
    pasted = words.text_none if service == "none" else words.text
    rows = (
        (Button(interface.buttons.open_form, url=form.url),),
        (Button(interface.buttons.copy_text, copy=pasted),),
        (Button(interface.buttons.link_broken, tap=Tap("h", f"{service}/{number + 1}", company, language)), back),
    )
    sources = sources_of(knowledge, [knowledge.claims[c] for c in form.claims], language)
    return Reply(
        language, "service", (*parts, words.after), TOPIC, company,
        sources=sources, sources_title=interface.messages.sources, pasted=pasted, buttons=rows,
    )  # fmt: skip
