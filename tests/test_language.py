"""Which language a message is in. The sentences are the project's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Conversation
from bot.types import Session

SHARED = Path(__file__).resolve().parents[2] / "shared/evaluation/questions.jsonl"

SENTENCES = {
    "bg": "използват ли снимките ми за обучение на изкуствен интелект",
    "cs": "používají moje fotky k tréninku umělé inteligence?",
    "da": "bruger de mine billeder til at træne kunstig intelligens?",
    "de": "nehmen die meine bilder für ihre ki her?",
    "el": "χρησιμοποιούν τις φωτογραφίες μου;",
    "en": "do they take my pictures for their ai?",
    "es": "¿usan mis fotos para entrenar la inteligencia artificial?",
    "et": "kas nad kasutavad minu pilte tehisaru treenimiseks?",
    "fi": "käyttääkö ne mun kuvia tekoälyn opettamiseen?",
    "fr": "est-ce qu'ils prennent mes photos pour leur ia ?",
    "ga": "an bhfuil siad ag úsáid mo chuid grianghraf?",
    "hr": "koriste li moje slike za treniranje umjetne inteligencije?",
    "hu": "felhasználják a képeimet a mesterséges intelligencia tanítására?",
    "it": "usano le mie foto per addestrare l'intelligenza artificiale?",
    "lt": "ar jie naudoja mano nuotraukas dirbtiniam intelektui mokyti?",
    "lv": "vai viņi izmanto manas bildes mākslīgā intelekta apmācībai?",
    "mt": "qed jużaw ir-ritratti tiegħi biex iħarrġu l-intelliġenza artifiċjali?",
    "nl": "gebruiken ze mijn foto's om hun ai te trainen?",
    "pl": "czy biorą moje zdjęcia do uczenia sztucznej inteligencji?",
    "pt": "usam as minhas fotografias para treinar a inteligência artificial?",
    "ro": "folosesc pozele mele ca să antreneze inteligența artificială?",
    "sk": "používajú moje fotky na trénovanie umelej inteligencie?",
    "sl": "ali uporabljajo moje slike za učenje umetne inteligence?",
    "sv": "använder de mina bilder för att träna sin ai?",
}


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_all_24_languages_are_recognised_without_a_hint(conversation: Conversation, code: str) -> None:
    assert conversation.guess_language(SENTENCES[code], None, Session()).code == code


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_the_text_outweighs_the_client(conversation: Conversation, code: str) -> None:
    client = "de" if code != "de" else "pl"
    assert conversation.guess_language(SENTENCES[code], client, Session()).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("bei mir steht public content und fair use, was is das jetzt genau?", "de"),
        ("mexri pote mporo na pw oxi;", "el"),
        ("moge jeszcze zrobic opt out z tego AI trainingu czy nie?", "pl"),
        ("mun account on private, otetaanko silti mun posts käyttöön", "fi"),
        ("c'est quoi le deadline pour l'opt-out de leur truc", "fr"),
    ],
)
def test_mixed_messages_follow_the_function_words(conversation: Conversation, text: str, code: str) -> None:
    assert conversation.guess_language(text, "en", Session()).code == code


PAIRS = [
    ("kdy to začalo a dokdy se můžu bránit?", "cs"), ("kedy to začalo a dokedy sa môžem brániť?", "sk"),
    ("tko mi može pomoći ako su me odbili?", "hr"), ("kdo mi lahko pomaga, če so me zavrnili?", "sl"),
    ("hvad gør jeg hvis de siger nej til mig?", "da"), ("vad gör jag om de säger nej till mig?", "sv"),
    ("¿quién me ayuda si me dicen que no?", "es"), ("quem me ajuda se me disserem que não?", "pt"),
    ("kes mind aitab, kui nad ütlevad ei?", "et"), ("kuka auttaa minua, jos ne sanovat ei?", "fi"),
    ("wie helpt mij als ze nee zeggen?", "nl"), ("wer hilft mir, wenn sie nein sagen?", "de"),
    ("cé a chabhróidh liom má dhiúltaíonn siad?", "ga"), ("min jgħinni jekk jgħiduli le?", "mt"),
    # words that are brands or short words elsewhere
    ("meta bdew jużaw ir-ritratti?", "mt"), ("qual è la meta del viaggio di questi dati?", "it"),
    ("¿cuál es la meta de todo esto?", "es"), ("ai văzut ce fac cu pozele mele?", "ro"),
    ("j'ai vu qu'ils prennent mes photos", "fr"), ("a co i jak z tym zrobić?", "pl"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), PAIRS)
def test_neighbours_are_told_apart_by_evidence(conversation: Conversation, text: str, code: str) -> None:
    assert conversation.guess_language(text, None, Session()).code == code


def test_a_choice_wins_and_words_alone_follow_the_client(conversation: Conversation) -> None:
    chosen = Session(language="fi", chosen=True)
    assert conversation.guess_language("do they use my pictures?", "en", chosen).code == "fi"
    assert conversation.guess_language("Meta AI?", "el", Session()).code == "el"
    assert conversation.guess_language("WhatsApp", None, Session(language="pl")).code == "pl"
    assert conversation.guess_language("", None, Session()).code == "en"


@given(st.text(), st.one_of(st.none(), st.text(max_size=8)), st.sampled_from(["de", "zz", None]))
def test_any_text_has_a_language(conversation: Conversation, text: str, client: str | None, last: str | None) -> None:
    guess = conversation.guess_language(text, client, Session(language=last))
    assert guess.code in conversation.knowledge.languages
    assert guess == conversation.guess_language(text, client, Session(language=last))


def test_the_480_labelled_messages(conversation: Conversation) -> None:
    if not SHARED.is_file():
        pytest.skip("the labelled questions (../shared/evaluation) are not beside this checkout")
    lines = [json.loads(line) for line in SHARED.read_text(encoding="utf-8").splitlines()]
    right = sum(conversation.guess_language(q["text"], q["client"], Session()).code == q["lang"] for q in lines)
    assert 100 * right / len(lines) >= 97
