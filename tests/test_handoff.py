"""The hand-over in the chat: from “object” to the form, and what comes after it."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from bot.case import Case, encode, routes_for
from bot.conversation import Conversation
from bot.knowledge import Knowledge
from bot.knowledge.letters import PURPOSES
from bot.law import COUNTRIES, due, law_of
from bot.telegram.render import render
from bot.types import Incoming, Reply, Session, Tap
from tests.conftest import LANGUAGES, TODAY, Chat
from tests.telegram_bot import judge

PAGE = "https://example.org/letter/"


@pytest.fixture(scope="module")
def with_page(knowledge: Knowledge) -> Conversation:
    return Conversation(knowledge, page=PAGE)


def tap(conversation: Conversation, kind: str, value: str, language: str, company: str = "meta") -> Reply:
    incoming = Incoming(tap=Tap(kind, value, company, language), today=TODAY)
    return conversation.respond(incoming, Session(language=language))[0]


def urls(reply: Reply) -> list[str]:
    return [button.url for row in reply.buttons for button in row if button.url]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_route_language_and_country_renders(with_page: Conversation, language: str) -> None:
    knowledge = with_page.knowledge
    shown = set()
    for name, company in knowledge.companies.items():
        whole = tuple(company.services)
        cases = [Case(name, (service,), who) for service in company.services for who in ("me", "child")]
        cases += [Case(name, whole)] + [Case(name, who="none")] * ("no-account" in company.purposes)
        cases += [Case(name, purpose=purpose) for purpose in PURPOSES if purpose in company.purposes]
        for case in cases:
            routes = routes_for(company, case)
            for country in (None, *COUNTRIES):
                value = encode(Case(name, case.services, case.who, case.purpose, country), company)
                for number in range(len(routes) + 1):
                    reply = tap(with_page, "h", f"{value}/{number}", language, name)
                    render(reply)
                    forms = [url for url in urls(reply) if not url.startswith(PAGE)]
                    assert forms == ([company.routes[routes[number]].url] if number < len(routes) else [])
                    assert len([url for url in urls(reply) if url.startswith(PAGE)]) == (law_of(country) != "other")
                    shown |= set(routes[number : number + 1])
    known = {route for company in knowledge.companies.values() for route in company.routes}
    assert known - shown == set(), "a route that nothing leads to"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_judge_accepts_every_message_of_the_hand_over(with_page: Conversation, language: str) -> None:
    check = judge()
    if check is None:
        pytest.skip("the judge of Bot API calls (../shared/telegram) is not beside this checkout")
    values = [("h", ""), ("h", "c"), ("h", "p"), ("h", "+m01"), ("h", "mo0/?"), ("d", "mo0.DE.20261125/xde-berlin")]
    cases = [f"{who}{country}" for who in ("mo01", "co0", "no") for country in ("", ".CH")]
    values += [("h", f"{case}/{number}") for case in cases for number in (0, 9)]
    values += [("d", f"mo0.{country}.20261125/{step}") for country in ("IT", "GB") for step in "scnarix"]
    hosts = with_page.knowledge.hosts | {"example.org", "t.me"}
    for kind, value in values:
        for message in render(tap(with_page, kind, value, language), "example_bot"):
            keyboard = message.keyboard.to_dict() if message.keyboard else {"inline_keyboard": []}
            call = {"chat_id": 1, "text": message.html, "parse_mode": "HTML", "reply_markup": keyboard}
            assert check("sendMessage", call) == [], (kind, value)
            for row in keyboard["inline_keyboard"]:
                for button in row:
                    split = urlsplit(button.get("url", "https://t.me"))
                    assert split.scheme == "https"
                    assert split.hostname in hosts


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_to_paste_follows_the_law(conversation: Conversation, language: str) -> None:
    short = conversation.knowledge.letters(language).short
    for who, letter in (("me", "mo0"), ("child", "co0"), ("none", "no")):
        for country, law in (("DE", "eea"), ("GB", "uk"), ("CH", "ch")):
            reply = tap(conversation, "h", f"{letter}.{country}/0", language)
            assert reply.pasted == getattr(short[who], law)  # type: ignore[index]
            assert len(reply.pasted or "") <= 256
    elsewhere = tap(conversation, "h", "mo0.ZZ/0", language)
    assert elsewhere.pasted is None
    assert conversation.knowledge.interface(language).handoff.no_law in elsewhere.paragraphs


def test_several_services_at_once(conversation: Conversation) -> None:
    chat = Chat(conversation, "en")
    chosen = chat.tap("Several", chat.tap("Object now", chat.say("/start")))
    chosen = chat.tap("☐ Facebook", chosen)
    chosen = chat.tap("☐ Instagram", chosen)
    chosen = chat.tap("☑ Facebook", chosen)
    chosen = chat.tap("☐ Threads", chosen)
    form = chat.tap("Go on", chosen)
    assert "Instagram, Threads" in form.paragraphs[0]


def test_the_country_is_asked_once_and_can_be_changed(conversation: Conversation) -> None:
    chat = Chat(conversation, "en")
    form = chat.tap("Facebook", chat.tap("Object now", chat.say("/start")))
    british = chat.tap("United Kingdom", form)
    assert "UK GDPR" in (british.pasted or "")
    assert chat.session.country == "GB"
    again = chat.tap("Instagram", chat.tap("Object now", chat.say("/start")))
    assert "UK GDPR" in (again.pasted or "")
    assert not any(b.label == "Ireland" for row in again.buttons for b in row)
    chat.tap("Ireland", chat.say("/country"))
    assert "UK" not in (chat.tap("Facebook", chat.tap("Object now", chat.say("/start"))).pasted or "")


def test_any_country_is_one_list_away(conversation: Conversation) -> None:
    chat = Chat(conversation, "de")
    form = chat.tap("Facebook", chat.tap("Jetzt widersprechen", chat.say("/start")))
    interface = conversation.knowledge.interface("de")
    listed = chat.tap(interface.handoff_buttons.other_country, form)
    chat.tap(interface.countries["PT"], listed)
    assert chat.session.country == "PT"


def test_no_page_means_the_letter_as_a_message(conversation: Conversation) -> None:
    chat = Chat(conversation, "en")
    form = chat.tap("Facebook", chat.tap("Object now", chat.say("/start")))
    letter = chat.tap("Write the letter", form)
    assert (letter.pasted or "").startswith("Objection to the use")
    assert "Facebook" in (letter.pasted or "")


def test_after_sending_the_date_the_entry_and_the_link(conversation: Conversation) -> None:
    chat = Chat(conversation, "en")
    chat.say("/start en-IE")
    form = chat.tap("Facebook", chat.tap("Object now", chat.say("/start")))
    sent = chat.tap("I have sent it", form)
    assert "25 December 2026" in " ".join(sent.paragraphs)
    assert "25 February 2027" in " ".join(sent.paragraphs)
    assert sent.sources
    entry = chat.tap("Date for my calendar", sent)
    assert entry.file is not None
    event = Calendar.from_ical(entry.file.content).walk("VEVENT")[0]
    assert event.decoded("DTSTART") == date(2026, 12, 25)
    link = next(b.start for row in sent.buttons for b in row if b.start)
    assert len(link) <= 64
    later = Incoming(text=f"/start {link}", client="en", today=date(2027, 1, 20))
    back, session = conversation.respond(later, Session())
    assert "25 November 2026" in back.paragraphs[0]
    assert "ended on 25 December 2026" in " ".join(back.paragraphs)
    tapped = next(b.tap for row in back.buttons for b in row if b.label == "No answer came")
    silence, _ = conversation.respond(Incoming(tap=tapped, client="en", today=date(2027, 1, 20)), session)
    labels = [b.label for row in silence.buttons for b in row]
    assert labels[:2] == ["Write a reminder", "Write the complaint"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", ["s", "c", "n", "a", "r", "i", "x"])
def test_every_step_after_sending_renders(with_page: Conversation, language: str, step: str) -> None:
    for country in ("DE", "PL", "GB", "CH", "ZZ", "XX"):
        for day in ("20261125", "20260101"):
            reply = tap(with_page, "d", f"mo0.{country}.{day}/{step}", language)
            render(reply, "example_bot")
            assert reply.paragraphs
            assert all(url.startswith("https://") for url in urls(reply))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_country_has_an_authority_and_a_way_to_complain(with_page: Conversation, language: str) -> None:
    knowledge = with_page.knowledge
    words = knowledge.interface(language).after
    for country in COUNTRIES:
        reply = tap(with_page, "d", f"mo0.{country}.20261125/x", language)
        there = {key: a for key, a in knowledge.authorities.items() if a.country == country}
        if country == "ZZ":
            assert reply.paragraphs == (words.complaint_unknown,)
            continue
        assert there, country
        for key, authority in there.items():
            told = tap(with_page, "d", f"mo0.{country}.20261125/x{key}", language)
            assert authority.name in told.paragraphs[0]
            assert urls(told)[0] == (authority.complaint_url or authority.url)
            assert (words.no_page in told.paragraphs) is (authority.complaint_url is None)


def test_the_limits_of_the_law_are_told(conversation: Conversation) -> None:
    assert "Swiss act names no time" in " ".join(tap(conversation, "d", "mo0.CH.20261125/s", "en").paragraphs)
    assert "know no date" in " ".join(tap(conversation, "d", "mo0.ZZ.20261125/s", "en").paragraphs)
    british = tap(conversation, "d", "mo0.GB.20261125/x", "en")
    assert "complain to the company first" in " ".join(british.paragraphs)
    assert due(date(2026, 11, 25), law_of("ZZ")) is None


def test_a_reported_link_is_counted_and_the_next_route_shown(conversation: Conversation) -> None:
    first = tap(conversation, "h", "mo0/0", "en")
    second = tap(conversation, "h", "mo0/1", "en")
    assert (first.counted, second.counted) == (None, "broken-link")
    assert urls(first) != urls(second)


@given(st.sampled_from(["h", "d", "b"]), st.text(max_size=45), st.sampled_from(["meta", "openai", "nobody"]))
def test_hostile_bytes_get_a_message_and_a_way_on(
    conversation: Conversation, kind: str, value: str, company: str
) -> None:
    for candidate in (value, f"mo0{value}", f"mo0.DE.20261125/{value}", f"+m{value}"):
        incoming = Incoming(tap=Tap(kind, candidate, company, "en"), today=TODAY)
        reply, _ = conversation.respond(incoming, Session())
        assert reply.paragraphs
        render(reply)
