from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import RuleError, parse

KNOWN = frozenset({"photo", "video", "use", "train", "dead"})
GROUPS = {"used": "use|train"}


def test_a_rule_needs_one_notion_of_each_part() -> None:
    rule = parse("t", "photo|video, $used +1.5", GROUPS, KNOWN)
    assert rule.score({"photo": 2, "train": 1}) == 4.5
    assert rule.score({"photo": 2, "video": 3, "use": 1}) == 5.5
    assert rule.score({"photo": 2}) == 0


def test_a_notion_that_must_not_be_there() -> None:
    rule = parse("t", "photo, not dead", GROUPS, KNOWN)
    assert rule.score({"photo": 2}) == 2
    assert rule.score({"photo": 2, "dead": 6}) == 0


@pytest.mark.parametrize("source", ["", "photo,", "picture", "$nothing", "not dead", "photo, $used|x"])
def test_unreadable_rules_say_what_is_wrong(source: str) -> None:
    with pytest.raises(RuleError, match=r"\S"):
        parse("t", source, GROUPS, KNOWN)


@given(st.text(alphabet="photvide,|$+-1. nous", max_size=40))
def test_any_text_is_a_rule_or_a_rule_error(source: str) -> None:
    try:
        rule = parse("t", source, GROUPS, KNOWN)
    except RuleError:
        return
    assert rule.parts
    assert rule.score(dict.fromkeys(KNOWN, 1.0)) >= 0
