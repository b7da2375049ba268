"""The decision table: one case a rule, with the verdict that a reviewer agreed to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import review
from bot.eligibility import Table, TableError
from bot.guide import UNKNOWN, Guide, State
from bot.knowledge import KNOWLEDGE, Knowledge

ORDINARY = {
    "service": "facebook", "owner": "mine", "holder": "adult", "shared": "no", "state": "live", "objected": "no",
    "region": "eea", "audience": "public",
}  # fmt: skip
CASES = [
    ("public-content", {"kind": "photo"}, "used"),
    ("limited-content", {"kind": "story", "audience": "limited"}, "excluded"),
    ("always-public", {"kind": "comment", "audience": "limited"}, "used"),
    ("basics", {"kind": "basics", "audience": "limited"}, "used"),
    ("whatsapp-basics", {"kind": "basics", "service": "whatsapp"}, "depends"),
    ("threads-bio", {"kind": "bio", "service": "threads"}, "used"),
    ("bio", {"kind": "bio"}, "depends"),
    ("like", {"kind": "like"}, "depends"),
    ("listing", {"kind": "listing"}, "depends"),
    ("private-kept", {"kind": "message", "service": "whatsapp"}, "excluded"),
    ("private-shown", {"kind": "message", "shared": "yes"}, "used"),
    ("private-perhaps", {"kind": "message", "shared": "maybe"}, "depends"),
    ("phone-kept", {"kind": "camera-roll"}, "excluded"),
    ("phone-shown", {"kind": "camera-roll", "shared": "yes"}, "used"),
    ("phone-perhaps", {"kind": "camera-roll", "shared": "maybe"}, "depends"),
    ("glasses-kept", {"kind": "glasses"}, "excluded"),
    ("glasses-shown", {"kind": "glasses", "shared": "yes"}, "used"),
    ("glasses-perhaps", {"kind": "glasses", "shared": "maybe"}, "depends"),
    ("ai-chat", {"kind": "ai-chat"}, "used"),
    ("ai-chat-minor", {"kind": "ai-chat", "holder": "minor"}, "used"),
    ("others", {"kind": "photo", "owner": "others", "objected": "before"}, "used"),
    ("child-shown", {"kind": "photo", "owner": "child"}, "used"),
    ("no-account", {"kind": "photo", "owner": "no-account"}, "used"),
    ("objected-before", {"kind": "post", "objected": "before"}, "excluded"),
    ("objected-after", {"kind": "post", "objected": "after"}, "depends"),
    ("deleted", {"kind": "post", "state": "deleted"}, "depends"),
    ("archived", {"kind": "post", "state": "archived"}, "depends"),
    ("was-public", {"kind": "post", "state": "was-public", "audience": "limited"}, "depends"),
    ("was-private", {"kind": "post", "state": "was-private"}, "depends"),
    ("ai-chat-deleted", {"kind": "ai-chat", "state": "deleted"}, "depends"),
    ("minor", {"kind": "video", "holder": "minor"}, "excluded"),
    ("was-minor", {"kind": "video", "holder": "was-minor"}, "depends"),
    ("false-age", {"kind": "video", "holder": "false-age"}, "depends"),
    ("dead", {"kind": "photo", "holder": "dead"}, "depends"),
    ("limited-shown", {"kind": "photo", "audience": "limited", "shared": "yes"}, "used"),
    ("limited-perhaps", {"kind": "photo", "audience": "limited", "shared": "maybe"}, "depends"),
    ("uk", {"kind": "message", "region": "uk"}, "depends"),
    ("switzerland", {"kind": "post", "region": "switzerland"}, "depends"),
    ("elsewhere", {"kind": "post", "region": "elsewhere"}, "depends"),
]


@pytest.fixture(scope="module")
def table(knowledge: Knowledge) -> Table:
    return Table(knowledge.eligibility["meta"])


@pytest.fixture(scope="module")
def guide(knowledge: Knowledge, table: Table) -> Guide:
    return Guide(table, knowledge.eligibility["meta"])


def test_there_is_a_case_for_every_rule(table: Table) -> None:
    assert [rule for rule, _, _ in CASES] == list(table.rules)


@pytest.mark.parametrize(("rule", "facts", "verdict"), CASES)
def test_each_rule_decides_its_case(table: Table, rule: str, facts: dict[str, str], verdict: str) -> None:
    decision = table.decide({**ORDINARY, **facts})
    assert (decision.rule, decision.verdict) == (rule, verdict)


@pytest.mark.parametrize(("rule", "facts", "verdict"), CASES)
def test_a_changed_verdict_is_noticed(knowledge: Knowledge, rule: str, facts: dict[str, str], verdict: str) -> None:
    written = knowledge.eligibility["meta"]
    for other in {"used", "excluded", "depends"} - {verdict}:
        changed = written.model_copy(
            update={"rules": {**written.rules, rule: written.rules[rule].model_copy(update={"verdict": other})}}
        )
        assert Table(changed).decide({**ORDINARY, **facts}).verdict != verdict


def test_a_gap_and_an_overlap_are_errors(knowledge: Knowledge) -> None:
    written = knowledge.eligibility["meta"]
    gap = written.model_copy(update={"rules": {n: r for n, r in written.rules.items() if n != "like"}})
    with pytest.raises(TableError, match="no rule decides"):
        Table(gap).decide({**ORDINARY, "kind": "like"})
    twice = written.model_copy(update={"rules": {**written.rules, "like-2": written.rules["like"]}})
    with pytest.raises(TableError, match="like and like-2 decide"):
        Table(twice).decide({**ORDINARY, "kind": "like"})


def test_open_facts_cover_all_that_is_left(table: Table) -> None:
    known = {**ORDINARY, "kind": "photo"}
    del known["audience"]
    outcome = table.outcome(known)
    assert outcome.verdict == "depends"
    assert {d.verdict for d in outcome.decisions} == {"used", "excluded"}
    assert table.way_out(known) == ("audience", "limited")


def test_the_way_out_is_never_age_region_or_owner(table: Table) -> None:
    assert set(table.changes) == {"audience", "shared", "objected"}
    assert table.way_out({**ORDINARY, "kind": "message"}) is None
    assert table.way_out({**ORDINARY, "kind": "message", "shared": "yes"}) == ("shared", "no")
    assert table.way_out({**ORDINARY, "kind": "ai-chat"}) == ("objected", "before")


def test_unknown_facts_are_refused(table: Table) -> None:
    with pytest.raises(KeyError):
        table.outcome({"kind": "smell"})
    with pytest.raises(KeyError):
        table.outcome({"colour": "red"})


def test_a_verdict_takes_five_taps_at_most(guide: Guide) -> None:
    most, mean = guide.taps()
    assert most <= 5
    assert mean <= 3
    assert guide.longest(State()) <= 5


@given(st.data())
def test_any_walk_ends_goes_back_and_travels_in_a_button(guide: Guide, data: st.DataObject) -> None:
    state = State()
    steps = 0
    while (name := guide.next_question(state)) is not None:
        option = data.draw(st.sampled_from([*guide.questions[name], UNKNOWN]))
        after = state.with_answer(name, option)
        assert after.back() == state
        assert guide.decode(guide.encode(after)) == after
        assert guide.verdicts(after) <= guide.verdicts(state)
        assert guide.longest(state) >= 1
        state = after
        steps += 1
    assert steps <= len(guide.questions)
    assert guide.verdicts(state)


@given(st.text(max_size=40))
def test_any_bytes_are_a_state_or_none(guide: Guide, text: str) -> None:
    for candidate in (text, guide.encode(State()) + text):
        state = guide.decode(candidate)
        assert state is None or guide.encode(state) == candidate


def test_a_state_of_another_table_is_refused(knowledge: Knowledge, guide: Guide, table: Table) -> None:
    written = knowledge.eligibility["meta"]
    fewer = written.model_copy(update={"questions": {n: q for n, q in written.questions.items() if n != "past"}})
    old = Guide(table, fewer).encode(State((("region", "eea"),)))
    assert guide.decode(old) is None


def test_the_picture_in_the_readme_is_fresh(knowledge: Knowledge) -> None:
    readme = (KNOWLEDGE / "README.md").read_text(encoding="utf-8")
    shown = readme.split("<!-- picture -->\n", 1)[1].split("\n<!-- end of picture -->", 1)[0]
    assert shown == review.picture(knowledge, "meta"), "run data-rights-bot eligibility --picture"


def test_the_table_for_reviewers_tells_rules_and_claims(knowledge: Knowledge) -> None:
    lines = list(review.table(knowledge, "meta"))
    assert lines[0].startswith(("uk:", "switzerland:", "elsewhere:"))
    assert any("M-46" in line for line in lines)
