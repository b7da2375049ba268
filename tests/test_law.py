"""Which law where, and how a month is counted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.law import COUNTRIES, EEA, due, law_of, longest


def test_thirty_countries_have_the_gdpr() -> None:
    assert len(EEA) == 30
    assert {law_of(country) for country in EEA} == {"eea"}
    assert [law_of(c) for c in ("GB", "CH", "ZZ", None)] == ["uk", "ch", "other", "eea"]
    assert len(COUNTRIES) == len(set(COUNTRIES)) == 33


@pytest.mark.parametrize(
    ("sent", "until"),
    [
        (date(2026, 11, 25), date(2026, 12, 25)),  # the same date of the next month
        (date(2026, 10, 31), date(2026, 11, 30)),  # or that month's last day
        (date(2027, 1, 31), date(2027, 3, 1)),  # 28 February is a Sunday
        (date(2027, 1, 30), date(2027, 3, 1)),
        (date(2026, 11, 28), date(2026, 12, 28)),
        (date(2026, 11, 26), date(2026, 12, 28)),  # 26 December is a Saturday
        (date(2026, 12, 31), date(2027, 2, 1)),  # 31 January is a Sunday
        (date(2028, 1, 31), date(2028, 2, 29)),  # a leap year
    ],
)
def test_a_month_ends_as_regulation_1182_71_says(sent: date, until: date) -> None:
    assert due(sent, "eea") == due(sent, "uk") == until


def test_elsewhere_no_day_is_named() -> None:
    assert due(date(2026, 11, 25), "other") is None
    assert due(date(2026, 11, 25), "ch") == date(2026, 12, 25)


@given(st.dates(date(2018, 5, 25), date(2099, 1, 1)))
def test_a_limit_is_a_working_day_about_a_month_on(sent: date) -> None:
    until = due(sent, "eea")
    assert until is not None
    assert until.weekday() < 5
    assert timedelta(28) <= until - sent <= timedelta(33)
    assert timedelta(89) <= longest(sent) - sent <= timedelta(95)
