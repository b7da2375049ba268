"""Verdicts in the conversation: read from a message, led by questions, on a card. Sentences are the project's own."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ask import answer_lines
from bot.callback import encode
from bot.conversation import Conversation
from bot.guide import State
from bot.telegram.render import MESSAGE_LIMIT, render
from bot.text import utf16_length
from bot.types import Incoming, Reply, Session, Tap
from tests.conftest import LANGUAGES, TODAY, Chat

SHARED = Path(__file__).resolve().parents[2] / "shared/evaluation"

TOLD = [
    ("are my public photos used to train the ai?", "used"),
    ("are my photos used to train the ai?", "depends"),
    ("my insta is private, do they still use my photos?", "excluded"),
    ("are my DMs used for training?", "excluded"),
    ("my insta is private but my story is public, is the story used?", "used"),
    ("account is set to private but i show my stories to everyone", "used"),
    ("mein Konto ist privat, aber meine Story ist öffentlich", "used"),
    ("are the posts used that i made when i was 16?", "depends"),
    ("a mate typed @MetaAI into our group chat, is the rest of the chat used now?", "depends"),
    ("does it use the pictures on my phone that i never posted?", "excluded"),
    ("are my deleted posts still used?", "depends"),
    ("werden meine öffentlichen Beiträge fürs KI-Training genutzt?", "used"),
    ("nutzen sie die Storys, die nur meine Freunde sehen?", "excluded"),
    ("ma fille a 15 ans, ses photos sur insta sont-elles utilisées ?", "excluded"),
    ("czy moje prywatne wiadomości są używane do uczenia AI?", "excluded"),
    ("käytetäänkö mun julkisia kuvia tekoälyn opettamiseen?", "used"),
    ("χρησιμοποιούν τα μηνύματα που στέλνω στο messenger;", "excluded"),
]
NOT_ASKED = [
    "how do i object?",
    "is that legal?",
    "may they use my photos at all?",
    "what counts as public?",
    "why do they do this?",
    "thanks!",
    "are my photos used by google?",
]


@pytest.mark.parametrize(("text", "verdict"), TOLD)
def test_facts_are_read_from_the_message(conversation: Conversation, text: str, verdict: str) -> None:
    reply = Chat(conversation).say(text)
    assert (reply.outcome, reply.verdict) == ("answer", verdict)
    assert reply.sources


@pytest.mark.parametrize("text", NOT_ASKED)
def test_no_verdict_where_none_is_asked_for(conversation: Conversation, text: str) -> None:
    assert Chat(conversation).say(text).verdict is None


def test_what_was_assumed_is_said_and_one_tap_changes_it(conversation: Conversation) -> None:
    chat = Chat(conversation, "en")
    card = chat.say("are my public photos used to train the ai?")
    assert any("I am 18 or older" in paragraph for paragraph in card.paragraphs)
    asked = chat.tap("Whose account", chat.tap("What if", card))
    changed = chat.tap("Of someone under 18", asked)
    assert changed.verdict == "excluded"


def test_a_card_names_its_speaker_what_is_used_all_the_same_and_the_way_out(conversation: Conversation) -> None:
    chat = Chat(conversation, "en")
    left_out = " ".join(chat.say("are posts that only my friends see used?").paragraphs)
    assert "says Meta" in left_out
    assert "profile picture" in left_out
    used = " ".join(Chat(conversation, "en").say("are my public photos used to train the ai?").paragraphs)
    assert "friends only" in used
    assert "does not undo" in used


def test_what_is_said_next_goes_on_with_the_facts(conversation: Conversation) -> None:
    chat = Chat(conversation, "en")
    assert chat.say("are my insta stories used for ai?").verdict == "depends"
    assert chat.say("only close friends see them").verdict == "excluded"
    assert chat.say("and if they are public?").verdict == "used"


def test_contradicting_facts_are_told(conversation: Conversation) -> None:
    reply = Chat(conversation, "en").say("my photos are public and private, are they used?")
    assert any("both" in paragraph for paragraph in reply.paragraphs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guided_check_leads_to_a_card(conversation: Conversation, language: str) -> None:
    reply, session = conversation.respond(
        Incoming(tap=Tap("e", "", "meta", language), today=TODAY), Session(language=language)
    )
    for _ in range(6):
        if reply.outcome == "answer":
            break
        first = next(b.tap for row in reply.buttons for b in row if b.tap and b.tap.kind == "e")
        reply, session = conversation.respond(Incoming(tap=first, today=TODAY), session)
    assert reply.verdict == "used"
    assert reply.language == language


def test_a_known_country_is_not_asked_again(conversation: Conversation) -> None:
    reply, _ = conversation.respond(
        Incoming(tap=Tap("e", "", "meta", "en"), today=TODAY), Session(language="en", country="AT")
    )
    assert reply.paragraphs[0] == "What is it about?"
    british, _ = conversation.respond(
        Incoming(text="are my dms used?", today=TODAY), Session(language="en", country="GB")
    )
    assert british.verdict == "depends"


def test_i_do_not_know_is_always_allowed(conversation: Conversation) -> None:
    chat = Chat(conversation, "en")
    reply, chat.session = conversation.respond(Incoming(tap=Tap("e", "", "meta", "en"), today=TODAY), chat.session)
    while reply.outcome != "answer":
        reply = chat.tap("I do not know", reply)
    assert reply.verdict == "depends"


@given(st.text(max_size=30), st.sampled_from(["e", "w", "q"]))
def test_hostile_bytes_get_a_message_and_a_way_on(conversation: Conversation, value: str, kind: str) -> None:
    reply, _ = conversation.respond(Incoming(tap=Tap(kind, value, "meta", "en"), today=TODAY), Session())
    assert reply.paragraphs
    assert reply.buttons


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_renders_within_telegrams_limits(conversation: Conversation, language: str) -> None:
    checking = conversation.checking
    seen: set[Reply] = set()
    # All of them in the longest language and a short one; each takes seconds. The others differ in their words only.
    step = 1 if language in ("el", "en") else 7
    for state in islice(checking.complete_states(), 0, None, step):
        reply = checking.show(state, language)
        if reply in seen:
            continue
        seen.add(reply)
        assert len(render(reply)) == 1
        assert all(utf16_length(message.html) < 2 * MESSAGE_LIMIT for message in render(reply))
        assert all(len(encode(b.tap).encode()) <= 64 for row in reply.buttons for b in row if b.tap)
        assert "[M-" not in " ".join(reply.paragraphs)
    assert len(seen) > 100


def test_a_card_of_nothing_known_covers_all(conversation: Conversation) -> None:
    reply = conversation.checking.show(State(), "en")
    assert reply.verdict == "depends"


def test_the_labelled_questions(conversation: Conversation) -> None:
    if not SHARED.is_dir():
        pytest.skip("the labelled questions (../shared/evaluation) are not beside this checkout")
    asked = hit = danger = others = unasked = 0
    lines = (SHARED / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [q for line in lines if (q := json.loads(line))["lang"] in LANGUAGES]
    answers = map(json.loads, answer_lines(conversation, (json.dumps(q) for q in questions), TODAY))
    for question, answer in zip(questions, answers, strict=True):
        if question["verdict"] and answer["outcome"] == "answer":
            asked += 1
            hit += answer["verdict"] == question["verdict"]
            danger += question["verdict"] == "used" and answer["verdict"] == "excluded"
        elif not question["verdict"]:
            others += 1
            unasked += answer["verdict"] is not None
    assert 100 * hit / asked >= 85
    assert danger == 0
    assert 100 * unasked / others <= 3


YOUNG = {
    "bg": "на 15 години съм и ползвам meta ai", "cs": "je mi 15 a používám meta ai",
    "da": "jeg er 15 og bruger meta ai", "de": "ich bin 15 und benutze meta ai",
    "el": "είμαι 15 χρονών και χρησιμοποιώ το meta ai", "en": "i am 15 and use meta ai",
    "es": "tengo 15 años y uso meta ai", "et": "olen 15 ja kasutan meta ai-d",
    "fi": "olen 15 ja käytän meta ai:ta", "fr": "j'ai 15 ans et j'utilise meta ai",
    "ga": "tá mé 15 bliana d'aois agus úsáidim meta ai", "hr": "imam 15 godina i koristim meta ai",
    "hu": "15 éves vagyok és használom a meta ai-t", "it": "ho 15 anni e uso meta ai",
    "lt": "man 15 metų ir naudoju meta ai", "lv": "man ir 15 gadi un es lietoju meta ai",
    "mt": "għandi 15-il sena u nuża meta ai", "nl": "ik ben 15 en gebruik meta ai",
    "pl": "mam 15 lat i używam meta ai", "pt": "tenho 15 anos e uso a meta ai",
    "ro": "am 15 ani și folosesc meta ai", "sk": "mám 15 rokov a používam meta ai",
    "sl": "star sem 15 let in uporabljam meta ai", "sv": "jag är 15 år och använder meta ai",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_minor_who_chats_with_meta_ai_is_never_told_left_out(conversation: Conversation, language: str) -> None:
    chat = Chat(conversation, language)
    chat.session = Session(language=language, chosen=True)
    assert chat.say(YOUNG[language]).verdict != "excluded"
