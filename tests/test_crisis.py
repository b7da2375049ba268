"""People in distress get the card with help, in their language; nobody else does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.conversation import Conversation
from bot.crisis import KINDS, Crisis
from bot.knowledge import Knowledge
from bot.law import COUNTRIES
from bot.telegram.render import render
from bot.types import Incoming, Session, Tap
from tests.conftest import TODAY, Chat

SECOND = Path(__file__).parent / "second_measure"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "evaluation"

DISTRESS = [
    ("i want to die", "en", "self-harm"),
    ("my ex says he'll send my nudes to everyone if i dont pay", "en", "intimate"),
    ("someone is blackmailing me", "en", "blackmail"),
    ("he threatens to kill me", "en", "threat"),
    ("ich will nicht mehr leben", "de", "self-harm"),
    ("mein ex erpresst mich mit nacktbildern", "de", "blackmail"),
    ("je veux mourir", "fr", "self-harm"),
    ("il menace de publier mes photos intimes", "fr", "intimate"),
    ("chce sie zabic", "pl", "self-harm"),
    ("były szantażuje mnie moimi nagimi zdjęciami", "pl", "blackmail"),
    ("en halua enää elää", "fi", "self-harm"),
    ("joku kiristää minua alastonkuvilla", "fi", "blackmail"),
    ("θέλω να πεθάνω", "el", "self-harm"),
    ("με εκβιάζει με γυμνές φωτογραφίες μου", "el", "blackmail"),
    # where it happens is not who does it
    ("jemand auf instagram droht meine nacktbilder zu veröffentlichen", "de", "intimate"),
    ("jemand auf facebook droht mich umzubringen", "de", "threat"),
    ("someone on whatsapp threatens to kill me", "en", "threat"),
    ("un type sur whatsapp menace de me tuer", "fr", "threat"),
    ("ktoś na facebooku grozi że mnie zabije", "pl", "threat"),
    ("joku facebookissa uhkaa tappaa minut", "fi", "threat"),
    ("κάποιος στο facebook απειλεί να με σκοτώσει", "el", "threat"),
    ("iemand op instagram dreigt mijn naaktfoto's te delen", "nl", "intimate"),
    ("någon på facebook hotar att döda mig", "sv", "threat"),
    ("cineva pe facebook ma ameninta ca ma omoara", "ro", "threat"),
]
NO_DISTRESS = [
    "this app is killing me, where is the form",
    "i could die laughing at this ai",
    "are nudes in my DMs used for training?",
    "how do i object for my dead mother's account?",
    "they threaten to delete my account if i object, is that true?",
    "ich sterbe vor Neugier: was ist Meta AI?",
    "droht mir etwas, wenn ich widerspreche?",
    "je meurs de rire, leur formulaire est nul",
    "umieram ze śmiechu, czy to prawda?",
    "kuolen nauruun, onko tämä totta?",
    "πεθαίνω στα γέλια με αυτό το bot",
]


@pytest.mark.parametrize(("text", "language", "kind"), DISTRESS)
def test_distress_gets_the_card(conversation: Conversation, text: str, language: str, kind: str) -> None:
    read = Crisis(conversation.knowledge).read(text, "en")
    assert read is not None
    assert read[0] == language
    assert kind in read[1]
    reply = Chat(conversation).say(text)
    words = conversation.knowledge.interface(language).crisis
    assert reply.paragraphs[0] == words.intro
    assert (reply.language, reply.outcome, reply.counted) == (language, "service", "crisis")
    assert reply.sources


@pytest.mark.parametrize("text", NO_DISTRESS)
def test_an_idiom_is_no_distress(conversation: Conversation, text: str) -> None:
    assert Crisis(conversation.knowledge).read(text, "en") is None


def test_no_known_question_is_taken_for_distress(knowledge: Knowledge) -> None:
    crisis = Crisis(knowledge)
    texts = [q for lang in knowledge.languages.values() for topic in lang.questions.values() for q in topic]
    for file in sorted(SECOND.glob("*.jsonl")):
        texts += [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]
    if SHARED.is_dir():
        texts += [json.loads(line)["text"] for line in (SHARED / "questions.jsonl").read_text("utf-8").splitlines()]
    assert [text for text in texts if crisis.read(text, "en")] == []


def test_every_country_has_an_emergency_number_and_somebody_to_talk_to(knowledge: Knowledge) -> None:
    for country in set(COUNTRIES) - {"ZZ"}:
        there = [entry for entry in knowledge.help.values() if country in entry.countries]
        assert any(entry.what == "emergency" and entry.phone for entry in there), country
        assert any(entry.what in ("emotional-support", "children") and entry.phone for entry in there), country


@pytest.mark.parametrize("kind", KINDS)
def test_the_card_of_every_country_renders_in_every_language(conversation: Conversation, kind: str) -> None:
    for language in conversation.knowledge.answered:
        for country in (*COUNTRIES, "?"):
            tap = Tap("k", f"{KINDS[kind]}.{country}", "meta", language)
            reply, _ = conversation.respond(Incoming(tap=tap, today=TODAY), Session(language=language))
            assert render(reply)
            assert reply.counted == ("crisis" if country != "?" else None)


@pytest.mark.parametrize("value", ["", "z.DE", "s", "s.QQ", "ts.DE", "sssss.DE"])
def test_other_bytes_are_a_stale_button(conversation: Conversation, value: str) -> None:
    reply, _ = conversation.respond(Incoming(tap=Tap("k", value, "meta", "en"), today=TODAY), Session())
    assert reply.paragraphs[0] == conversation.knowledge.interface("en").messages.stale_button
