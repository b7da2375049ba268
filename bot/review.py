"""The decision table for reviewers: as a table in the terminal, and as a picture for the knowledge's README."""

from __future__ import annotations

from collections.abc import Iterator

from bot.knowledge import Knowledge
from bot.knowledge.schema import DecisionRule

_SHAPE = {"used": "([{}])", "excluded": "[{}]", "depends": "{{{{{}}}}}"}


def _conditions(rule: DecisionRule) -> list[str]:
    return [" and ".join(f"{fact} = {'/'.join(values)}" for fact, values in line.items()) for line in rule.when]


def _by_rank(knowledge: Knowledge, company: str) -> list[tuple[str, DecisionRule]]:
    return sorted(knowledge.eligibility[company].rules.items(), key=lambda item: -item[1].rank)


def table(knowledge: Knowledge, company: str) -> Iterator[str]:
    """The rules, the strongest rank first, with verdict, claims and what they say."""
    for name, rule in _by_rank(knowledge, company):
        yield f"{name}: {rule.verdict} (rank {rule.rank}, {rule.confidence} confidence)"
        for index, condition in enumerate(_conditions(rule)):
            yield f"    {'if' if index == 0 else 'or'} {condition}"
        for claim in rule.claims:
            known = knowledge.claims[claim]
            contested = f" Contested: {known.contested}" if known.contested else ""
            yield f"    {claim} ({known.speaker}, {known.as_of}): {known.statement}{contested}"


def picture(knowledge: Knowledge, company: str) -> str:
    """The flow as a Mermaid diagram: the questions in their order, and the rules by rank with their verdicts."""
    lines = ["```mermaid", "flowchart TD"]
    names = list(knowledge.eligibility[company].questions)
    for index, name in enumerate(names):
        lines.append(f'    q{index}["{name}?"]')
        if index:
            lines.append(f"    q{index - 1} --> q{index}")
    ranks = sorted({rule.rank for _, rule in _by_rank(knowledge, company)}, reverse=True)
    before = f"q{len(names) - 1}"
    for rank in ranks:
        lines.append(f'    r{rank}["rank {rank}: does one of these fit?"]')
        lines.append(f"    {before} -->{'' if before.startswith('q') else '|no|'} r{rank}")
        before = f"r{rank}"
        for name, rule in _by_rank(knowledge, company):
            if rule.rank == rank:
                text = f'"{name}: {rule.verdict}"'
                lines.append(f"    r{rank} -->|yes| {name}{_SHAPE[rule.verdict].format(text)}")
    return "\n".join([*lines, "```"])
