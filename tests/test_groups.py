"""In a group nothing stands that is about one person."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Conversation
from bot.groups import PAYLOAD, for_groups, private_only
from bot.types import Button, File, Reply, Tap
from tests.conftest import Chat

LABEL = "Ask me yourself"
WAY = (Button(LABEL, start=PAYLOAD),)
KINDS = "hdbewqnxotcglk"
TAPS = st.builds(Tap, st.sampled_from(KINDS), st.sampled_from(["", "country", "topics", "stories"]))
BUTTONS = st.one_of(
    st.builds(Button, st.just("tap"), TAPS),
    st.just(Button("form", url="https://example.org/")),
    st.just(Button("copy", copy="I object")),
    st.just(Button("case", start="c1_meta_mo0_0000")),
)
ROWS = st.lists(st.lists(BUTTONS, min_size=1, max_size=3).map(tuple), max_size=5).map(tuple)
REPLIES = st.builds(
    lambda rows, pasted, file: Reply("en", "answer", ("Text.",), buttons=rows, pasted=pasted, file=file),
    ROWS,
    st.sampled_from([None, "Dear company"]),
    st.sampled_from([None, File("date.ics", b"x")]),
)


def flat(reply: Reply) -> list[Button]:
    return [button for row in reply.buttons for button in row]


@given(REPLIES)
def test_nothing_about_one_person_is_left_and_one_way_leads_to_the_private_chat(reply: Reply) -> None:
    shown = for_groups(reply, LABEL)
    taps = [button.tap for button in flat(shown) if button.tap]
    assert not any(map(private_only, taps))
    assert not any(button.copy for button in flat(shown))
    assert [button for button in flat(shown) if button.start] in ([], list(WAY))
    assert (shown.pasted, shown.file) == (None, None)
    assert (shown == reply) == (WAY not in shown.buttons)
    assert replace(shown, buttons=(), pasted=None, file=None) == replace(reply, buttons=(), pasted=None, file=None)
    assert for_groups(shown, LABEL) == shown
    kept = [b for b in flat(reply) if b.url or (b.tap and not private_only(b.tap))]
    assert [b for b in flat(shown) if b.start is None] == kept


@pytest.mark.parametrize("text", ["/start", "how do I object?", "are my public photos used? I am 30", "/country"])
def test_real_replies_lead_to_the_private_chat(conversation: Conversation, text: str) -> None:
    reply = for_groups(Chat(conversation, "en").say(text), LABEL)
    assert reply.buttons.count(WAY) == 1
    assert not [b for b in flat(reply) if b.tap and private_only(b.tap)]


def test_the_way_stands_where_the_first_button_stood() -> None:
    topic = Button("Stories", tap=Tap("t", "stories"))
    reply = Reply("en", "answer", ("Text.",), buttons=((topic,), (Button("Object", tap=Tap("h", "")),), (topic,)))
    assert for_groups(reply, LABEL).buttons == ((topic,), WAY, (topic,))


def test_what_is_for_everyone_stays_as_it_is(conversation: Conversation) -> None:
    topics = Chat(conversation, "en").say("/topics")
    assert for_groups(topics, LABEL) is topics


def test_the_private_chat_understands_the_way(conversation: Conversation) -> None:
    reply = Chat(conversation, "fi").say(f"/start {PAYLOAD}")
    assert reply.language == "fi"
    assert reply.paragraphs[0] == conversation.knowledge.interface("fi").messages.welcome
