"""The verdict in words: the form of languages/<code>/verdicts.yaml."""

from __future__ import annotations

from pydantic import Field

from bot.knowledge.interface import Label, Line, _Part


class PerVerdict(_Part):
    """A text for each verdict."""

    used: Line
    excluded: Line
    depends: Line


class VerdictLines(_Part):
    """Whole sentences of the card and of the guided check."""

    also_used: Line
    assumed: Line
    case: Line
    stays: Line
    left: Line
    contradiction: Line
    choose_change: Line


class VerdictButtons(_Part):
    """Labels of buttons, at most 40 characters."""

    check: Label
    what_if: Label
    unknown: Label
    back: Label
    more: Label
    settings: Label


class Question(_Part):
    """One question of the guided check, and the labels of its options."""

    ask: Line
    options: dict[str, Line]


class Verdicts(_Part):
    """languages/<code>/verdicts.yaml"""

    verdict: PerVerdict
    short: PerVerdict
    lines: VerdictLines
    changes: dict[str, Line] = Field(description="fact that a person can change -> how, as a sentence")
    buttons: VerdictButtons
    questions: dict[str, Question]
    rules: dict[str, Line] = Field(
        description="rule of the decision table -> the reason, as a sentence with its claims"
    )


PLACEHOLDERS = {
    "lines.assumed": frozenset({"facts"}),
    "lines.case": frozenset({"fact", "verdict"}),
    "lines.left": frozenset({"number"}),
}
