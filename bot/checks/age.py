"""Claims whose review is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.answer import REVIEW_AFTER
from bot.checks.subject import Finding, Subject

ID = "age"
WHY = "Facts age: past its review date a claim is told with that date, in weaker words. It never stops the bot."


def run(subject: Subject, today: date | None = None) -> Iterator[Finding]:
    """Warnings for claims past their review date."""
    today = today or date.today()
    for company in subject.knowledge.companies:
        file = f"companies/{company}/claims.yaml"
        if file not in subject.knowledge.documents:
            continue
        for claim_id in subject.knowledge.documents[file].data:
            claim = subject.knowledge.claims[str(claim_id)]
            due = claim.review_by or claim.read_on + REVIEW_AFTER
            if due < today:
                fix = "read its sources again, then set read_on, and revision if it changed"
                yield subject.finding(
                    ID, file, (str(claim_id),), f"was due for a new look on {due}", fix, warning=True
                )
