"""The buttons that replies share: topics, commands, objecting, languages."""

from __future__ import annotations

from bot import answer as answers
from bot.knowledge import Knowledge
from bot.text import words
from bot.types import Button, Tap

Rows = tuple[tuple[Button, ...], ...]


def in_rows(buttons: list[Button], size: int) -> Rows:
    """`buttons` in rows of `size`."""
    return tuple(tuple(buttons[i : i + size]) for i in range(0, len(buttons), size))


class Buttons:
    """Makes buttons with the labels of a language. What each does stands in its tap."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def written(self, topic: str, company: str, language: str) -> bool:
        """Whether a topic has an answer to lead to."""
        return answers.text_for(self._knowledge, topic, company, language) is not None

    def topic(self, topic: str, company: str, language: str) -> Button:
        """Leads to the answer of a topic about a company."""
        label = self._knowledge.interface(language).topics.get(topic, topic)
        return Button(label, tap=Tap("t", topic, company, language))

    def command(self, name: str, label: str, language: str) -> Button:
        """Does what a command does."""
        return Button(label, tap=Tap("c", name, "meta", language))

    def menu(self, language: str) -> Button:
        """Shows what can be asked."""
        return self.command("topics", self._knowledge.interface(language).buttons.topics, language)

    def check(self, language: str) -> Button:
        """Starts the guided check of one piece of content."""
        texts = self._knowledge.languages[language].verdicts
        return Button(texts.buttons.check if texts else "", tap=Tap("e", "", "meta", language))

    def object_now(self, language: str) -> Button:
        """Leads to the official form."""
        return Button(self._knowledge.interface(language).buttons.object_now, tap=Tap("h", "", "meta", language))

    def labelled(self, language: str) -> dict[tuple[str, ...], Tap]:
        """What a person means who types the label of a button instead of tapping it: its words -> the tap."""
        labels = self._knowledge.interface(language).buttons
        made = [self.topic(name, "meta", language) for name in self._knowledge.topics]
        made += [self.object_now(language), self.menu(language), self.check(language)]
        made += [self.command(name, getattr(labels, name), language) for name in ("language", "country")]
        return {tuple(words(button.label)): button.tap for button in made if button.tap}

    def languages(self) -> Rows:
        """The languages with answers, by their own names."""
        codes = self._knowledge.answered
        names = [Button(self._knowledge.languages[c].meta.native_name, tap=Tap("l", c, "meta", c)) for c in codes]
        return in_rows(names, 3)
