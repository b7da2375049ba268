from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.sessions import KEPT_AT_MOST, KEPT_SECONDS, Sessions
from bot.types import Session


def test_a_session_is_kept_for_a_day_and_forgotten_on_wish() -> None:
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    sessions.save("a", Session(language="de"))
    now[0] = KEPT_SECONDS - 1
    assert sessions.load("a").language == "de"
    now[0] = KEPT_SECONDS + 1
    assert sessions.load("a") == Session()
    sessions.save("b", Session(language="fr"))
    sessions.forget("b")
    assert sessions.load("b") == Session()


def test_there_are_never_more_than_fit() -> None:
    sessions = Sessions(lambda: 0.0)
    for number in range(KEPT_AT_MOST + 10):
        sessions.save(number, Session(language="el"))
    assert sessions.load(0) == Session()
    assert sessions.load(KEPT_AT_MOST + 9).language == "el"


@given(st.lists(st.tuples(st.sampled_from("sfl"), st.integers(0, 3), st.integers(0, KEPT_SECONDS)), max_size=40))
def test_a_session_is_there_exactly_if_saved_and_not_forgotten_or_old(steps: list[tuple[str, int, int]]) -> None:
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    saved: dict[int, float] = {}
    for action, key, seconds in steps:
        now[0] += seconds
        if action == "s":
            sessions.save(key, Session(language="pl"))
            saved[key] = now[0]
        elif action == "f":
            sessions.forget(key)
            saved.pop(key, None)
        there = sessions.load(key).language == "pl"
        assert there == (key in saved and now[0] - saved[key] < KEPT_SECONDS)
