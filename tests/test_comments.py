"""Comments as readers leave them under news of this kind, in wordings of the project's own."""

from __future__ import annotations

import pytest

from bot.conversation import Conversation
from tests.conftest import Chat

COMMENTS = [
    ("Ob das mit unserem Datenschutz zusammenpasst, wenn da mit EU-Daten trainiert wird? Hoffentlich legen sie "
     "offen, was genau sie nehmen.", "de", {"transparency", "legal-basis", "what-is-used"}),
    ("Ist das überhaupt mit der DSGVO vereinbar?", "de", {"legal-basis"}),
    ("Und wer schaut denen auf die Finger?", "de", {"transparency", "trust", "regulators"}),
    ("lol so my holiday rants are AI fodder now. what does 'public content' even mean?", "en",
     {"public-meaning", "posts-comments", "what-is-used"}),
    ("So everything I ever posted is going to be fed to a robot? Great.", "en",
     {"posts-comments", "what-is-used", "old-posts"}),
    ("Why wasn't I asked first?", "en", {"opt-in-or-out"}),
    ("Ça fait peur... On peut vraiment leur faire confiance pour ne pas en abuser ?", "fr", {"trust"}),
    ("Et nos enfants dans tout ça ?", "fr", {"minors", "photos-of-others"}),
    ("Comment on fait pour refuser, concrètement ?", "fr", {"how-to-object", "objection-form"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "language", "fitting"), COMMENTS)
def test_a_comment_gets_a_fitting_answer_in_its_language(
    conversation: Conversation, text: str, language: str, fitting: set[str]
) -> None:
    reply = Chat(conversation).say(text)
    assert reply.language == language
    assert (reply.topic in fitting) or set(reply.options) & fitting
