"""What the checks look at, and what they find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from bot.errors import Fault
from bot.knowledge import Knowledge


@dataclass(frozen=True)
class Finding:
    """One finding of a check: where and what, how to put it right, and whether it is only a warning."""

    check: str
    fault: Fault
    fix: str
    warning: bool = False


@dataclass
class Subject:
    """The knowledge under check. `notes` gathers what a check could not look at."""

    root: Path
    knowledge: Knowledge
    notes: list[str] = field(default_factory=list)

    def finding(
        self, check: str, file: str, path: Sequence[int | str], what: str, fix: str, *, warning: bool = False
    ) -> Finding:
        """A finding at `path` in `file` (relative to the knowledge)."""
        document = self.knowledge.documents.get(file)
        fault = (
            document.fault(path, what, check)
            if document
            else Fault(file, 1, 1, ".".join(map(str, path)), what, check)
        )
        return Finding(check, fault, fix, warning)

    def texts(self) -> Iterator[tuple[str, tuple[int | str, ...], str]]:
        """Every text that a person may see, as file, path and text."""
        for code, language in self.knowledge.languages.items():
            if language.meta.no_answers:
                yield f"languages/{code}/language.yaml", ("no_answers",), language.meta.no_answers
            for company, topics in language.answers.items():
                for topic, answer in topics.items():
                    for part in ("answer", "meaning", "next"):
                        text = getattr(answer, part)
                        if text:
                            yield f"languages/{code}/answers/{company}.yaml", (topic, part), text
            if language.verdicts is not None:
                for path, text in strings(language.verdicts):
                    yield f"languages/{code}/verdicts.yaml", path, text
            if language.interface is not None:
                for path, text in strings(language.interface):
                    yield f"languages/{code}/interface.yaml", path, text


def strings(
    model: BaseModel | Mapping[str, object] | Sequence[object], at: tuple[int | str, ...] = ()
) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """All texts in a model, with their paths."""
    items: list[tuple[int | str, object]]
    if isinstance(model, BaseModel):
        items = list(model)
    elif isinstance(model, Mapping):
        items = list(model.items())
    else:
        items = list(enumerate(model))
    for name, value in items:
        if isinstance(value, str):
            yield (*at, name), value
        elif isinstance(value, (BaseModel, dict, list)):
            yield from strings(value, (*at, name))
