"""The letter page in a real browser: what it writes, what it links to, what it never does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from icalendar import Calendar
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from bot.case import Case
from bot.conversation import Conversation
from bot.dates import in_words
from bot.handoff import fragment
from bot.knowledge import Knowledge
from bot.knowledge.letters import LAWS, PURPOSES, WHO
from bot.law import due
from bot.letters import KINDS, Wanted, write
from bot.page.build import build, data
from bot.page.build import write as write_page
from bot.page.serve import serving
from bot.types import Incoming, Session, Tap
from tests.browser import chromium
from tests.conftest import TODAY

COUNTRY = {"eea": "DE", "uk": "GB", "ch": "CH"}
SENT = date(2026, 11, 30)
TYPED = {
    "name": "Zoë {sent} <b>O’Hara</b>", "account": "zoe & co", "email": "zoe@example.org", "address": "Main St 1",
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def address(knowledge: Knowledge) -> Iterator[str]:
    with serving(lambda: build(knowledge)) as served:
        yield served


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="en-GB")
    opened = context.new_page()
    failures: list[str] = []
    opened.on("pageerror", lambda error: failures.append(str(error)))
    opened.on("console", lambda message: failures.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    assert not failures


def fill_in(page: Page) -> None:
    for name, value in TYPED.items():
        page.fill(f"#f-{name}", value)
    page.fill("#sent", SENT.isoformat())


def test_the_page_is_locked_and_holds_no_address_that_it_loads(knowledge: Knowledge) -> None:
    html = build(knowledge)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy[1].split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["script-src"].startswith("'sha256-")
    assert rules["style-src"].startswith("'sha256-")
    assert not re.search(r"\b(?:src|action|formaction|onclick)=", html.split('<script type="application/json"')[0])
    assert "localStorage" not in html
    assert "cookie" not in html.split('<script type="application/json"')[0]


def test_every_company_language_and_authority_is_on_it(knowledge: Knowledge) -> None:
    told = data(knowledge)
    assert set(told["companies"]) == set(knowledge.companies)
    assert tuple(told["languages"]) == knowledge.answered
    assert len(told["authorities"]) == len(knowledge.authorities)


def test_it_opens_from_a_real_button_and_asks_no_host_but_its_own(
    page: Page, address: str, knowledge: Knowledge
) -> None:
    conversation = Conversation(knowledge, page=address)
    tap = Tap("h", "mo01.AT/0", "meta", "de")
    reply, _ = conversation.respond(Incoming(client="de", tap=tap, today=TODAY), Session())
    url = next(b.url for row in reply.buttons for b in row if b.url and b.url.startswith(address))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    fill_in(page)
    assert page.input_value("#letter").startswith("Sehr geehrte")
    assert "Facebook, Instagram" in page.input_value("#letter")
    assert page.evaluate("document.documentElement.lang") == "de"
    page.click("#copy")
    page.wait_for_selector("#status:not(:empty)")
    assert [urlsplit(url).netloc for url in asked] == [urlsplit(address).netloc]
    assert page.evaluate("document.cookie + localStorage.length + sessionStorage.length") == "00"


def test_browser_and_program_write_the_same_letters(page: Page, address: str, knowledge: Knowledge) -> None:
    company = knowledge.companies["meta"]
    page.goto(address)
    asked = []
    for code, kind, law, who, purpose in product(knowledge.answered, KINDS, LAWS, WHO, PURPOSES):
        case = Case("meta", ("facebook", "threads"), who, purpose, COUNTRY[law])
        asked.append((fragment(case, kind, code, knowledge), code, kind, law, who, purpose))
    got = page.evaluate(
        """async ([fragments, typed, sent]) => {
            const found = [];
            for (const [name, value] of Object.entries(typed)) document.getElementById(`f-${name}`).value = value;
            document.getElementById("sent").value = sent;
            for (const fragment of fragments) {
                const changed = new Promise((done) => addEventListener("hashchange", done, { once: true }));
                location.hash = fragment;
                await changed;
                found.push([document.getElementById("subject").textContent, document.getElementById("letter").value,
                    document.getElementById("bad-link").hidden]);
            }
            return found;
        }""",
        [[each[0] for each in asked], TYPED, SENT.isoformat()],
    )
    assert company.address is not None
    lines = company.address.text.splitlines()[1:]
    for (_, code, kind, law, who, purpose), (subject, text, good) in zip(asked, got, strict=True):
        until = due(SENT, law)
        assert until is not None
        dates = knowledge.interface(code).dates
        values = {
            "company": "Meta", "legal_name": company.legal_name, "address": ", ".join(lines),
            "services": "Facebook, Threads", "sent": in_words(SENT, dates), "due": in_words(until, dates),
        }  # fmt: skip
        wanted = Wanted(kind, law, who, purpose, values=values, fields=TYPED)
        letter = write(knowledge.letters(code), wanted)
        assert (subject, text) == (letter.subject, letter.text), (code, kind, law, who, purpose)
        assert good


def test_the_copied_text_is_the_very_letter(browser: Browser, address: str, knowledge: Knowledge) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    for code in knowledge.answered:
        page.goto(f"{address}#v=1&c=meta&l={code}&k=PL&s=1")
        fill_in(page)
        page.check("#r-permanent")
        for version in ("mine", "english", "both") if code != "en" else ("mine",):
            if code != "en":
                page.select_option("#version", version)
            page.click("#copy")
            page.wait_for_selector("#status:not(:empty)")
            copied = page.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n")
            letters = {"mine": ["#letter"], "english": ["#letter-en"], "both": ["#letter", "#letter-en"]}[version]
            for letter in letters:
                assert page.input_value(letter) in copied, (code, version)
            assert len(copied) < sum(len(page.input_value(letter)) for letter in letters) + 300
            page.evaluate("document.getElementById('status').textContent = ''")
        page.goto("about:blank")
    context.close()


@pytest.mark.parametrize("company", ["openai", "anthropic"])
def test_mail_links_hold_the_very_letter_or_say_that_it_is_short(
    page: Page, address: str, knowledge: Knowledge, company: str
) -> None:
    email = next(r.email for r in knowledge.companies[company].routes.values() if r.email)
    for code in knowledge.answered:
        page.goto(f"{address}#v=1&c={company}&l={code}&k=FI")
        page.fill("#f-name", "Zoë")
        letter = {"subject": page.text_content("#subject"), "text": page.input_value("#letter")}
        english = {"subject": page.text_content("#subject-en"), "text": page.input_value("#letter-en")}
        hrefs = {name: page.get_attribute(f"#{name}", "href") or "" for name in ("mailto", "gmail", "outlook")}
        assert all(0 < len(href) <= 1800 for href in hrefs.values()), code
        split = urlsplit(hrefs["mailto"])
        assert (split.scheme, split.path) == ("mailto", email)
        assert "+" not in split.query
        keys = {"mailto": ("subject", "body"), "gmail": ("su", "body"), "outlook": ("subject", "body")}
        told = {}
        for name, (subject, body) in keys.items():
            query = parse_qs(urlsplit(hrefs[name]).query, keep_blank_values=True, strict_parsing=True)
            told[name] = {"subject": query[subject][0], "text": query[body][0].replace("\r\n", "\n")}
            assert name == "mailto" or query["to"] == [email]
        assert told["mailto"] == told["gmail"] == told["outlook"]
        short = page.is_visible("#mail-short")
        assert (told["mailto"] == letter) is not short, code
        if short:
            whole = told["mailto"] == english
            brief = knowledge.letters(code).short["me"].eea
            assert whole or told["mailto"]["text"].startswith(brief), code
        page.goto("about:blank")


def test_a_route_without_an_address_has_no_mail_button(page: Page, address: str, knowledge: Knowledge) -> None:
    for name, company in knowledge.companies.items():
        page.goto(f"{address}#v=1&c={name}&l=en&k=IE")
        assert page.is_visible("#mail") is any(route.email for route in company.routes.values()), name
        page.goto("about:blank")


def test_a_complaint_goes_to_the_authority(page: Page, address: str, knowledge: Knowledge) -> None:
    with_mail = {a.country: a.email for a in knowledge.authorities.values() if a.email}
    assert with_mail
    for country, email in with_mail.items():
        page.goto(f"{address}#v=1&c=meta&t=complaint&l=en&k={country}")
        href = page.get_attribute("#mailto", "href") or ""
        assert urlsplit(href).path == email
        body = parse_qs(urlsplit(href).query)["body"][0].replace("\r\n", "\n")
        assert body == page.input_value("#letter")
        page.goto("about:blank")


def test_what_was_edited_by_hand_stays_and_can_be_undone(page: Page, address: str) -> None:
    page.goto(f"{address}#v=1&c=meta&l=en&k=IE")
    page.check("#r-old")
    before = page.input_value("#letter")
    page.fill("#letter", "My own letter")
    page.check("#r-works")
    assert page.input_value("#letter") == "My own letter"
    page.click("#reset")
    after = page.input_value("#letter")
    assert after != before
    assert before.splitlines()[0] == after.splitlines()[0]


def test_the_date_is_explained_and_saved_as_a_calendar_entry(
    page: Page, address: str, knowledge: Knowledge, tmp_path: Path
) -> None:
    for code in knowledge.answered:
        page.goto(f"{address}#v=1&c=meta&l={code}&k=FR")
        assert page.is_disabled("#calendar")
        page.fill("#sent", "2026-11-30")
        dates = knowledge.interface(code).dates
        assert in_words(date(2026, 12, 30), dates) in (page.text_content("#due") or "")
        with page.expect_download() as started:
            page.click("#calendar")
        file = tmp_path / f"{code}.ics"
        started.value.save_as(file)
        raw = file.read_bytes()
        assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
        event = Calendar.from_ical(raw).walk("VEVENT")[0]
        assert event.decoded("DTSTART") == date(2026, 12, 30)
        assert "Meta" in str(event["SUMMARY"])
        page.goto("about:blank")


def test_days_are_counted_as_the_program_does(page: Page, address: str) -> None:
    page.goto(f"{address}#v=1&c=meta&l=en&k=FR")
    for day in ("2026-01-31", "2027-01-30", "2028-01-31", "2026-10-31", "2026-12-31", "2026-08-29", "2026-11-28"):
        page.fill("#sent", day)
        until = due(date.fromisoformat(day), "eea")
        assert until is not None
        shown = page.text_content("#due") or ""
        assert f"{until.day} {until:%B} {until.year}" in shown, day


def test_it_saves_a_text_and_prints_an_a4_letter(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(f"{address}#v=1&c=meta&l=fr&k=FR")
    fill_in(page)
    with page.expect_download() as started:
        page.click("#save")
    text = Path(started.value.path()).read_text(encoding="utf-8")
    assert page.input_value("#letter") in text
    page.evaluate("window.print = () => {}")
    page.click("#print")
    file = tmp_path / "letter.pdf"
    page.pdf(path=file, prefer_css_page_size=True)
    sheets = PdfReader(file).pages
    assert len(sheets) == 1
    assert [round(float(side)) for side in sheets[0].mediabox[2:]] == [595, 842]
    printed = re.sub(r"\s+", " ", sheets[0].extract_text())
    assert "Meta Platforms Ireland Limited" in printed
    assert "Facebook" in printed
    assert TYPED["account"] in printed


HOSTILE = [
    "v=2&c=meta", "c=meta", "v=1&c=nobody", "v=1&c=__proto__", "v=1&c=constructor&l=en", "v=1&c=meta&l=xx",
    "v=1&c=meta&l=__proto__", "v=1&c=meta&t=<script>alert(1)</script>", "v=1&c=meta&s=99", "v=1&c=meta&s=-1",
    "v=1&c=meta&c=openai", "v=1&c=meta&x=1", "v=1&c=meta&k=%3Cimg%20src=x%20onerror=alert(1)%3E", "%", "%E0%A4%A",
    "javascript:alert(1)", "v=1&c=meta&l=en" + "&" * 400, "v=1&c=meta&l=" + "e" * 100_000, "\u202e\u0000☃",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_link_gets_a_clear_message_and_runs_nothing(page: Page, address: str, text: str) -> None:
    ran: list[str] = []
    page.on("dialog", lambda dialog: ran.append(dialog.message))
    page.goto(f"{address}#{quote(text, safe='%&=<>()/:+-_')}")
    assert page.is_visible("#bad-link")
    assert page.input_value("#letter")
    assert not ran
    assert page.evaluate("document.querySelectorAll('script, img, iframe').length") == 2


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    browser: Browser, address: str, knowledge: Knowledge, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    opened = context.new_page()
    for code in knowledge.answered:
        for kind in ("objection", "complaint"):
            opened.goto(f"{address}#v=1&c=openai&t={kind}&l={code}&k=SI&w=child")
            opened.fill("#sent", "2026-11-30")
            found = Axe().run(opened)
            assert found.violations_count == 0, (code, json.dumps(found.response["violations"])[:800])
            assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth"), code
            opened.goto("about:blank")
    context.close()


def test_where_the_law_is_not_known_there_is_no_letter(page: Page, address: str) -> None:
    page.goto(f"{address}#v=1&c=meta&l=en&k=ZZ")
    assert not page.is_visible("#letter")
    assert "do not know the law" in (page.text_content("#law") or "")
    assert page.is_visible("#routes a")


def test_the_command_writes_one_file(knowledge: Knowledge, tmp_path: Path) -> None:
    path = write_page(knowledge, tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["index.html"]
    assert path.read_text(encoding="utf-8") == build(knowledge)
