from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.personal import has_personal_data


@pytest.mark.parametrize(
    "text",
    [
        "my mail is anna.k+fb@example.co.uk ok?",
        "call me on +49 170 1234567",
        "tel 0664/1234567",
        "IBAN DE89 3704 0044 0532 0130 00",
        "PESEL 44051401359",
    ],
)
def test_personal_details_are_seen(text: str) -> None:
    assert has_personal_data(text)


@pytest.mark.parametrize(
    "text",
    [
        "until 27.05.2025 or 27/05/2025?",
        "my posts from 2009, 2010 and 2011",
        "ask @MetaAI in the group",
        "I am 16 and have 3 accounts since 2015-2020",
        "GDPR article 21, 17 and 18",
    ],
)
def test_dates_years_and_mentions_are_not_personal(text: str) -> None:
    assert not has_personal_data(text)


@given(st.text())
def test_any_text_gives_an_answer(text: str) -> None:
    assert has_personal_data(text) in (True, False)


@given(st.integers(0, 8))
def test_short_numbers_are_not_personal(digits: int) -> None:
    assert not has_personal_data("9" * digits)
