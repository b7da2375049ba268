"""What an inbox does. Both engines pass the same contract tests (tests/test_inbox.py).

The only place that ever holds words of a person, and only those that they chose to send. It stands apart from the
store of sessions, and nothing in it says who wrote: a question carries a receipt code, a report of a broken link a
code of the person that only this bot can make (`person`), so that five reports are five people.
"""

from __future__ import annotations

from typing import Protocol

from bot.types import OpenQuestion

DAY = 24 * 3600.0  # seconds
KEPT = 90 * DAY  # how long a question is kept
COUNTED = 7 * DAY  # how long a report counts


class Inbox(Protocol):
    """An engine. Every method may raise StoreError."""

    async def submit(self, question: OpenQuestion) -> None:
        """Keeps a question for 90 days. The same code again changes nothing: an update may come twice."""

    async def questions(self) -> list[OpenQuestion]:
        """All questions, the oldest first."""

    async def erase(self, code: str) -> bool:
        """Erases a question; False where there is none with this code."""

    async def report(self, link: str, person: str) -> int:
        """Notes that a link does not work for a person; how many people said so within seven days, this one too."""

    async def reports(self) -> dict[str, int]:
        """Links that people reported within seven days, and by how many."""

    async def reported_by(self, person: str) -> list[str]:
        """The links that a person reported within seven days."""

    async def forget(self, person: str) -> None:
        """Erases the reports of a person."""

    async def tend(self) -> None:
        """Erases what is over. To be called every now and then."""

    async def close(self) -> None:
        """Frees what the engine uses."""
