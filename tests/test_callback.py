from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.callback import LIMIT, STALE, decode, encode
from bot.types import Tap

part = st.text(alphabet=st.characters(exclude_characters="|", codec="utf-8"), max_size=12)


@given(part, part, part, part)
def test_what_fits_comes_back_alike(kind: str, value: str, company: str, language: str) -> None:
    tap = Tap(kind, value, company, language)
    try:
        data = encode(tap)
    except ValueError:
        assert len(f"1|{kind}|{value}|{company}|{language}".encode()) > LIMIT
    else:
        assert decode(data) == tap
        assert len(data.encode()) <= LIMIT


@given(st.text())
def test_any_data_is_a_tap_or_stale(data: str) -> None:
    tap = decode(data)
    assert tap == STALE or encode_or_none(tap) in (data, None)


def encode_or_none(tap: Tap) -> str | None:
    try:
        return encode(tap)
    except ValueError:
        return None


@pytest.mark.parametrize("data", ["", "0|t|deadline|meta|en", "2|t|deadline|meta|en", "1|t|deadline", "deadline"])
def test_other_versions_and_shapes_are_stale(data: str) -> None:
    assert decode(data) == STALE


def test_a_bar_in_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="no part may hold"):
        encode(Tap("t", "a|b"))
