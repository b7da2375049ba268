"""Letters are whole, name the right law, and put in what a person types as it is."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import Knowledge
from bot.knowledge.letters import LAWS, PURPOSES, WHO
from bot.letters import KINDS, Kind, Wanted, write
from tests.conftest import LANGUAGES

VALUES = {"company": "Meta", "legal_name": "Meta Ltd", "address": "Dublin", "services": "Threads"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_whole(knowledge: Knowledge, language: str) -> None:
    texts = knowledge.letters(language)
    for kind, law, who, purpose in product(KINDS, LAWS, WHO, PURPOSES):
        reasons = tuple(texts.reasons)
        letter = write(texts, Wanted(kind, law, who, purpose, values=VALUES, reasons=reasons, fields={"name": "Zoë"}))
        assert "{" not in letter.subject + letter.text, (kind, law, who, purpose)
        assert "[" not in letter.text
        assert letter.text.endswith("Zoë")
        assert len(letter.text.split()) < 420


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_swiss_letter_names_no_article_of_the_gdpr(knowledge: Knowledge, language: str, kind: Kind) -> None:
    names = {"de": "DSGVO", "fr": "RGPD", "pl": "RODO", "el": "ΓΚΠΔ", "es": "RGPD", "pt": "RGPD", "nl": "AVG"}
    names |= {"bg": "ОРЗД", "et": "IKÜM", "lv": "VDAR", "lt": "BDAR", "ga": "RGCS"}
    text = write(knowledge.letters(language), Wanted(kind, "ch", values=VALUES)).text
    assert names.get(language, "GDPR") not in text
    assert "GDPR" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_british_letter_names_the_uk_gdpr(knowledge: Knowledge, language: str) -> None:
    name = {"lt": "JK BDAR"}.get(language, "UK GDPR")
    assert name in write(knowledge.letters(language), Wanted("objection", "uk", values=VALUES)).text


@given(st.text(max_size=200), st.text(max_size=60))
def test_what_a_person_types_is_put_in_as_it_is(knowledge: Knowledge, own: str, name: str) -> None:
    wanted = Wanted("objection", "eea", values=VALUES, fields={"name": name}, own_words=own)
    letter = write(knowledge.letters("en"), wanted)
    assert own.strip() in letter.text
    assert name.strip() in letter.text


def test_without_reasons_there_is_no_heading_for_them(knowledge: Knowledge) -> None:
    texts = knowledge.letters("en")
    assert texts.reasons_intro not in write(texts, Wanted("objection", "eea", values=VALUES)).text
