"""The commands that a person can type, in the order of the menu: the one list.

Telegram's menu, the help, the README's sentence and what the conversation listens to all rest on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.knowledge.interface import Commands

# The name as it is typed, and under which key of interface.commands its description stands. A name that the
# conversation does not answer has no place here: Telegram would offer it.
COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "start": "start",
        "help": "help",
        "language": "language",
        "country": "country",
        "topics": "topics",
        "privacy": "privacy",
        "why": "why",
        "mydata": "mydata",
        "forget": "forget",
    }
)


def described(texts: Commands) -> tuple[tuple[str, str], ...]:
    """Each command and its description in the language of `texts`, in the order of the menu."""
    return tuple((name, str(getattr(texts, key))) for name, key in COMMANDS.items())
