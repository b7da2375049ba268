"""A claim's anchor still stands in the dated copy of the company's text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.checks.subject import Finding, Subject

ID = "anchors"
WHY = (
    "Where an anchor no longer stands in the company's text, the text has changed and the claim has to be read again."
)
SNAPSHOTS = Path("shared/snapshots")
LONGEST = 8


def snapshots_for(root: Path) -> Path | None:
    """The folder of dated copies beside the checkout, or None."""
    folder = root.resolve().parent.parent / SNAPSHOTS
    return folder if folder.is_dir() else None


def run(subject: Subject) -> Iterator[Finding]:
    """Anchors that are too long or that the copy does not hold. Without the copies only the length is checked."""
    folder = snapshots_for(subject.root)
    if folder is None:
        subject.notes.append("anchors were not looked up: there are no dated copies (../shared/snapshots) here")
    texts: dict[str, str] = {}
    for company in subject.knowledge.companies:
        file = f"companies/{company}/claims.yaml"
        if file not in subject.knowledge.documents:
            continue
        for claim_id in subject.knowledge.documents[file].data:
            anchor = subject.knowledge.claims[str(claim_id)].anchor
            if anchor is None:
                continue
            path = (str(claim_id), "anchor")
            if len(anchor.text.split()) > LONGEST:
                yield subject.finding(ID, file, path, f"has over {LONGEST} words", "choose a shorter phrase")
            if folder is None:
                continue
            if anchor.snapshot not in texts:
                copy = folder / Path(anchor.snapshot).name
                texts[anchor.snapshot] = copy.read_text(encoding="utf-8") if copy.is_file() else ""
            if anchor.text not in texts[anchor.snapshot]:
                what = f"“{anchor.text}” does not stand in {anchor.snapshot}"
                fix = "read the company's text again, correct the claim and raise its revision"
                yield subject.finding(ID, file, path, what, fix)
