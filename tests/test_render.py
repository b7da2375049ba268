from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.render import MESSAGE_LIMIT, render
from bot.text import utf16_length
from bot.types import Button, Reply, SourceLine, Tap


def test_everything_is_escaped() -> None:
    reply = Reply(
        "en",
        "answer",
        ("a <b>bold</b> claim & more",),
        sources=(SourceLine("Policy <1>", "https://example.org/?a=1&b=2"),),
        sources_title="Sources",
        pasted="I <object>",
    )
    (message,) = render(reply)
    assert "a &lt;b&gt;bold&lt;/b&gt; claim &amp; more" in message.html
    assert '<a href="https://example.org/?a=1&amp;b=2">Policy &lt;1&gt;</a>' in message.html
    assert "<pre>I &lt;object&gt;</pre>" in message.html


def test_buttons_become_a_keyboard() -> None:
    buttons = (
        (Button("Go", tap=Tap("t", "deadline", "meta", "en")), Button("Form", url="https://a.org/")),
        (Button("Copy", copy="x"),),
    )
    (message,) = render(Reply("en", "answer", ("text",), buttons=buttons))
    assert message.keyboard is not None
    first, second = message.keyboard.inline_keyboard
    assert first[0].callback_data == "1|t|deadline|meta|en"
    assert first[1].url == "https://a.org/"
    assert second[0].copy_text is not None
    assert second[0].copy_text.text == "x"


@pytest.mark.parametrize("url", ["http://a.org/", "mailto:a@b.org", "javascript:alert(1)"])
def test_links_that_are_not_https_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not an https address"):
        render(Reply("en", "answer", ("x",), buttons=((Button("x", url=url),),)))


@given(st.lists(st.text(min_size=1, max_size=3000), min_size=1, max_size=4))
def test_any_text_fits_and_nothing_is_lost(paragraphs: list[str]) -> None:
    long = [p * 4 for p in paragraphs]
    messages = render(Reply("en", "answer", tuple(long)))
    plain = [unescape(m.html) for m in messages]
    assert all(utf16_length(text) <= MESSAGE_LIMIT for text in plain)
    squeeze = re.compile(r"\s+")
    assert squeeze.sub("", "".join(plain)) == squeeze.sub("", unescape("".join(m.html for m in messages)))
    assert sum(len(squeeze.sub("", p)) for p in long) == sum(len(squeeze.sub("", p)) for p in plain)
