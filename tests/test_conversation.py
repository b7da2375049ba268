"""The conversation: pure, total, honest. Sentences are the project's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import find
from bot.callback import encode
from bot.conversation import Conversation
from bot.knowledge import Knowledge
from bot.law import COUNTRIES
from bot.menus import Operator
from bot.telegram.render import MESSAGE_LIMIT, render
from bot.text import utf16_length
from bot.types import Incoming, Reply, Session, Tap
from tests.conftest import LANGUAGES, TODAY, Chat


def valid(reply: Reply, conversation: Conversation) -> None:
    assert reply.paragraphs
    assert all(paragraph.strip() for paragraph in reply.paragraphs)
    assert reply.language in conversation.knowledge.languages
    for message in render(reply):
        assert utf16_length(message.html) < 2 * MESSAGE_LIMIT
    for row in reply.buttons:
        for button in row:
            assert utf16_length(button.label) <= 64
            assert [button.tap, button.url, button.copy, button.start].count(None) == 3
            if button.tap:
                assert len(encode(button.tap).encode()) <= 64
    if reply.outcome == "answer" and reply.company not in ("none",) and reply.sources:
        assert all(source.url.startswith("https://") for source in reply.sources)


@given(st.text(max_size=300), st.sampled_from([None, "de", "el", "zz", "xx-yy-zz"]))
def test_any_text_gets_a_valid_reply(conversation: Conversation, text: str, client: str | None) -> None:
    incoming = Incoming(text=text, client=client, today=TODAY)
    reply, session = conversation.respond(incoming, Session())
    valid(reply, conversation)
    assert conversation.respond(incoming, Session()) == (reply, session)
    if len(text.strip()) > 20:
        assert text.strip() not in repr(session)


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_tap_gets_a_valid_reply(
    conversation: Conversation, kind: str, value: str, company: str, lang: str
) -> None:
    for kind_or_known in (kind, "t", "h", "c", "g", "l", "o"):
        tap = Tap(kind_or_known, value, company, lang)
        reply, _ = conversation.respond(Incoming(tap=tap, today=TODAY), Session())
        valid(reply, conversation)


@given(
    st.lists(
        st.sampled_from(["are my photos used", "/start", "und instagram?", "😀", "/why", "merci", "x" * 5000, ""])
    )
)
def test_any_order_of_messages_goes_on(conversation: Conversation, texts: list[str]) -> None:
    chat = Chat(conversation, "en")
    for text in texts:
        valid(chat.say(text), conversation)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_is_answered_in_every_language(conversation: Conversation, language: str) -> None:
    for topic in conversation.knowledge.topics:
        tap = Tap("t", topic, "meta", language)
        reply, _ = conversation.respond(Incoming(tap=tap, client=language, today=TODAY), Session())
        valid(reply, conversation)
        assert reply.language == language
        assert reply.outcome == "answer"
        assert "{" not in " ".join(reply.paragraphs)
        assert "[M-" not in " ".join(reply.paragraphs)
        if conversation.knowledge.topics[topic].group not in ("bot", "none"):
            assert reply.sources


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_country_can_be_set_in_every_language(conversation: Conversation, language: str) -> None:
    for country in COUNTRIES:
        reply, session = conversation.respond(
            Incoming(tap=Tap("o", country, "meta", language), today=TODAY), Session(language=language)
        )
        valid(reply, conversation)
        assert session.country == country


def test_start_offers_to_object_at_once_in_the_clients_language(conversation: Conversation) -> None:
    chat = Chat(conversation, "de-AT")
    welcome = chat.say("/start")
    assert welcome.language == "de"
    services = chat.tap("Jetzt widersprechen", welcome)
    form = chat.tap("Facebook", services)
    assert any(b.url == "https://www.facebook.com/help/contact/712876720715583" for row in form.buttons for b in row)
    assert any(b.copy and len(b.copy) <= 256 for row in form.buttons for b in row)
    next_way = chat.tap("Dieser Link geht nicht", form)
    assert any("1994830130782319" in (b.url or "") for row in next_way.buttons for b in row)


def test_no_email_is_offered_for_meta(knowledge: Knowledge) -> None:
    assert [r for r in knowledge.companies["meta"].routes.values() if r.email] == []


def test_deep_links_set_language_and_country(conversation: Conversation) -> None:
    chat = Chat(conversation, "en")
    assert chat.say("/start fr-BE").language == "fr"
    assert chat.session.country == "BE"


def test_a_choice_of_language_stays(conversation: Conversation) -> None:
    chat = Chat(conversation, "en")
    chosen = chat.tap("Deutsch", chat.say("/language"))
    assert chosen.language == "de"
    assert chat.say("are my photos used?").language == "de"


@pytest.mark.parametrize(
    "text",
    [
        "Dear Meta, I hereby object to the use of my data for AI.",
        "Hiermit widerspreche ich der Nutzung meiner Daten für KI.",
        "Je m'oppose par la présente à l'utilisation de mes données pour l'IA",
        "my account is jane.doe@example.org please take me off the list",
        "hier meine Nummer +49 170 1234567 bitte austragen",
    ],
)
def test_what_belongs_to_meta_is_not_kept_and_the_person_is_told(conversation: Conversation, text: str) -> None:
    chat = Chat(conversation)
    reply = chat.say(text)
    interface = conversation.knowledge.interface(reply.language)
    assert reply.paragraphs[0] in (interface.messages.objection_at_bot, interface.messages.personal_data)
    assert "jane" not in repr(chat.session)


def test_metas_answer_is_never_given_for_another_company(conversation: Conversation) -> None:
    others = [c for c in (*conversation.knowledge.companies, *conversation.knowledge.unchecked) if c != "meta"]
    for company in others:
        name = conversation.knowledge.company_name(company).split(" (")[0]
        for question in (
            "does {} use my photos for ai?",
            "how do i object at {}?",
            "does {} read my private messages?",
        ):
            reply = Chat(conversation, "en").say(question.format(name))
            assert reply.company != "meta" or reply.topic == "other-companies", (name, reply.topic)


def test_a_short_message_leans_on_the_one_before(conversation: Conversation) -> None:
    chat = Chat(conversation, "en")
    assert chat.say("are my public posts used to train the ai?").topic == "posts-comments"
    assert chat.say("and photos?").topic == "photos-videos"
    assert chat.say("and my stories?").topic == "stories"
    assert chat.say("thanks!").topic == "small-talk"


def test_why_tells_the_evidence_without_the_persons_words(conversation: Conversation) -> None:
    chat = Chat(conversation, "en")
    chat.say("/why")
    chat.say("will zuckerbergs robot gobble my selfies zzqq?")
    said = " ".join(chat.say("/why").paragraphs)
    assert "photos" in said.lower() or "pictures" in said.lower() or "selfie" in said
    assert "zzqq" not in said


def test_privacy_and_about_name_the_operator(knowledge: Knowledge) -> None:
    conversation = Conversation(knowledge, Operator("City of Example", "a@b.org", "https://b.org/p"))
    for text in ("/privacy", "who runs you?"):
        said = " ".join(Chat(conversation, "en").say(text).paragraphs)
        assert "City of Example" in said


def test_an_aged_answer_says_when_it_was_last_checked(knowledge: Knowledge) -> None:
    fresh = find(knowledge, "deceased", "meta", "en", TODAY)
    old = find(knowledge, "deceased", "meta", "en", date(2029, 1, 1))
    assert fresh is not None
    assert old is not None
    assert fresh.aged is None
    assert old.aged == date(2026, 11, 23)
    reply, _ = Conversation(knowledge).respond(
        Incoming(tap=Tap("t", "deceased", "meta", "en"), today=date(2029, 1, 1)), Session()
    )
    assert any("23 November 2026" in paragraph for paragraph in reply.paragraphs)


def test_a_withdrawn_claim_hides_its_answers(knowledge: Knowledge) -> None:
    withdrawn = knowledge.claims["M-34"].model_copy(update={"status": "withdrawn"})
    changed = replace(knowledge, claims={**knowledge.claims, "M-34": withdrawn})
    assert all(find(changed, "deceased", "meta", language, TODAY) is None for language in LANGUAGES)
    reply = Chat(Conversation(changed), "en").say("my mother died, do they use her profile?")
    assert reply.topic != "deceased"


@pytest.mark.parametrize(
    ("text", "language", "first", "second"),
    [
        ("are my stories used? and how do i delete my AI chats?", "en", "stories", "assistant-delete-chats"),
        ("Wird mein Profilbild benutzt? Und bis wann kann ich widersprechen?", "de", "profile-info", "deadline"),
        ("Où est le formulaire ? Et mes messages privés, ils sont lus ?", "fr", "objection-form", "private-messages"),
    ],
)
def test_of_two_questions_the_first_is_answered_and_the_second_offered(
    conversation: Conversation, text: str, language: str, first: str, second: str
) -> None:
    reply = Chat(conversation, language).say(text)
    assert reply.topic == first
    assert reply.buttons[0][0].tap == Tap("t", second, "meta", language)


def test_not_what_i_meant_leads_to_the_next_candidates(conversation: Conversation) -> None:
    chat = Chat(conversation, "en")
    answered = chat.say("how do I object?")
    offered = chat.tap("Not what I meant", answered)
    assert offered.outcome == "clarify"
    assert 1 <= len(offered.options) <= 3
    assert answered.topic not in offered.options


def test_this_is_wrong_is_counted_without_text(conversation: Conversation) -> None:
    chat = Chat(conversation, "de")
    thanks = chat.tap("Das stimmt nicht", chat.say("Werden meine WhatsApp-Chats gelesen?"))
    assert (thanks.counted, thanks.language) == ("wrong", "de")
    assert thanks.topic in ("whatsapp-chats", "private-messages")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_types_the_label_of_a_button_gets_what_the_button_does(conversation: Conversation, language: str) -> None:
    chat = Chat(conversation, language)
    interface = conversation.knowledge.interface(language)
    chat.tap(conversation.knowledge.languages[language].meta.native_name, chat.say("/language"))
    typed = chat.say(f" {interface.buttons.object_now.lower()}!")
    assert typed.paragraphs[0] == interface.handoff.which_service
    assert chat.say(interface.topics["smart-glasses"]).topic == "smart-glasses"
    assert chat.say(interface.buttons.topics).paragraphs == (interface.messages.topics_intro,)
