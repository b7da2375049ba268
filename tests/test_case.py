"""A case travels in buttons and links and comes back alike, or not at all."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.callback import encode as as_data
from bot.case import _PURPOSES, Case, as_link, decode, encode, from_link, routes_for
from bot.knowledge import Knowledge
from bot.law import COUNTRIES
from bot.types import Tap


@st.composite
def cases(draw: st.DrawFn, knowledge: Knowledge) -> Case:
    name = draw(st.sampled_from(sorted(knowledge.companies)))
    services = list(knowledge.companies[name].services)
    chosen = draw(st.sets(st.sampled_from(services))) if services else set()
    return Case(
        name,
        tuple(s for s in services if s in chosen),
        draw(st.sampled_from(["me", "child", "none"])),
        draw(st.sampled_from(sorted(_PURPOSES.values()))),
        draw(st.none() | st.sampled_from(COUNTRIES)),
        draw(st.none() | st.dates(date(2018, 1, 1), date(2099, 12, 31))),
    )


@given(st.data())
def test_a_case_comes_back_from_a_button_and_from_a_link(knowledge: Knowledge, data: st.DataObject) -> None:
    case = data.draw(cases(knowledge))
    company = knowledge.companies[case.company]
    text = encode(case, company)
    assert decode(text, case.company, company) == case
    assert len(as_data(Tap("d", f"{text}/xde-nordrhein", case.company, "de")).encode()) <= 64
    link = as_link(case, company)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", link)
    assert from_link(link, knowledge.companies) == case


@given(st.data())
def test_a_link_with_a_typo_is_no_case(knowledge: Knowledge, data: st.DataObject) -> None:
    case = Case("meta", ("facebook",), country="DE", sent=date(2026, 11, 25))
    link = as_link(case, knowledge.companies["meta"])
    at = data.draw(st.integers(0, len(link) - 1))
    other = data.draw(st.sampled_from("abcdefXYZ0123456789_-").filter(lambda c: c != link[at]))
    assert from_link(link[:at] + other + link[at + 1 :], knowledge.companies) is None


@given(st.text(max_size=40))
def test_any_text_is_a_case_or_none(knowledge: Knowledge, text: str) -> None:
    company = knowledge.companies["meta"]
    for candidate in (text, f"mo0{text}", f"mo0.DE.{text}"):
        case = decode(candidate, "meta", company)
        assert case is None or encode(case, company) == candidate
    assert from_link(text, knowledge.companies) is None


@pytest.mark.parametrize("text", ["mo9", "mo00", "mo10", "mo0.QQ", "mo0.DE.20261399", "mo0.DE.99990101", "zo0", ""])
def test_what_does_not_fit_is_refused(knowledge: Knowledge, text: str) -> None:
    assert decode(text, "meta", knowledge.companies["meta"]) is None


def test_the_best_route_of_each_service_comes_first(knowledge: Knowledge) -> None:
    routes = routes_for(knowledge.companies["meta"], Case("meta", ("facebook", "instagram")))
    assert routes[:2] == ("meta-facebook-ai", "meta-instagram-ai")
    assert len(routes) == len(set(routes))
    assert routes_for(knowledge.companies["meta"], Case("meta", who="none"))[0] == "meta-third-party"
