"""Texts that were written from an older revision of a claim, or rest on a withdrawn one."""

from __future__ import annotations

from collections.abc import Iterator

from bot.answer import claim_marks
from bot.checks.subject import Finding, Subject

ID = "lagging"
WHY = "A claim has changed since this text was written: the text may say what is no longer so."


def run(subject: Subject) -> Iterator[Finding]:
    """Warnings: the bot goes on, with the old text, and hides answers on withdrawn claims by itself."""
    claims = subject.knowledge.claims
    for code, language in subject.knowledge.languages.items():
        for company, answers in language.answers.items():
            file = f"languages/{code}/answers/{company}.yaml"
            for topic, text in answers.items():
                for claim, revision in claim_marks(text):
                    if claim not in claims:
                        continue
                    now = claims[claim].revision
                    if claims[claim].status == "withdrawn":
                        what, fix = f"hidden: claim {claim} is withdrawn", "rewrite it without that claim"
                        yield subject.finding(ID, file, (topic,), what, fix, warning=True)
                    elif revision < now:
                        what = f"written from revision {revision} of {claim}, which is now at {now}"
                        yield subject.finding(
                            ID, file, (topic,), what, f"rewrite it and mark it [{claim}.{now}]", warning=True
                        )
                    elif revision > now:
                        what = f"names revision {revision} of {claim}, which is at {now}"
                        yield subject.finding(ID, file, (topic,), what, f"mark it [{claim}.{now}]")
