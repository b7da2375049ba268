"""The errors of this project.

BotError                  anything that a person can put right; its text says where, what, and the way out
├── KnowledgeError        the files under knowledge/ have faults (all of them are listed)
└── SettingError          a setting is missing or wrong (its name and how to set it are in the text)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One fault in a knowledge file: where it stands, what is wrong, what would be right.

    `line` and `column` count from 1. `path` is the place inside the file, as in `private-messages.answer`.
    """

    file: str
    line: int
    column: int
    path: str
    what: str
    check: str = "schema"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}:"
        return f"{place} {self.path}: {self.what}" if self.path else f"{place} {self.what}"


class BotError(Exception):
    """Something that the person who runs the program can put right."""


class KnowledgeError(BotError):
    """The knowledge has faults; `faults` lists every one of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        lines = "\n".join(map(str, self.faults))
        noun = "fault" if len(self.faults) == 1 else "faults"
        super().__init__(f"{lines}\n{len(self.faults)} {noun} in the knowledge: nothing was started.")


class SettingError(BotError):
    """A setting is missing or wrong."""
