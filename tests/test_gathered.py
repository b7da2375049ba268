"""Settings come from options, the environment and a file, in this order, and faults name their place."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.__main__ import build_parser
from bot.config import SETTINGS
from bot.errors import SettingError
from bot.gathered import NAMES, add_options, from_file, gathered


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return parser.parse_args(arguments)


def test_an_option_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("operator: file\ncontact: file\nnotice: file\nlease: 12\n", encoding="utf-8")
    found = gathered(
        options("--config", str(file), "--operator", "option"),
        {
            "DATA_RIGHTS_OPERATOR": "environment",
            "DATA_RIGHTS_CONTACT": "environment",
            "DATA_RIGHTS_NOTICE": "",
            "X": "y",
        },
    )
    assert found == {
        "DATA_RIGHTS_OPERATOR": "option",
        "DATA_RIGHTS_CONTACT": "environment",
        "DATA_RIGHTS_NOTICE": "file",
        "DATA_RIGHTS_LEASE": "12",
        "X": "y",
    }


def test_the_token_is_no_option() -> None:
    parser = argparse.ArgumentParser()
    add_options(parser)
    said = parser.format_help()
    assert "--token-file" in said
    assert "--token VALUE" not in said
    assert set(NAMES.values()) == set(SETTINGS)


def test_a_token_as_an_option_is_refused_and_not_taken_for_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["telegram", "--token", "123456:secret"])
    assert "unrecognized arguments: --token" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("contact: a\nopertor: b\n", "settings.yaml:2:1: opertor: is no setting: did you mean operator?"),
        ("colour: red\n", "settings.yaml:1:1: colour: is no setting: there are token"),
        ("operator:\n  - a\n", "settings.yaml:1:1: operator: should be one value on its line"),
        ("operator: a\noperator: b\n", "settings.yaml:2:1"),
        ("operator: 'a\n", "settings.yaml:"),
        ("just a text\n", "settings.yaml:1:1: should hold a setting a line"),
        ("token: 123\n", "can be read by others: chmod 600"),
    ],
)
def test_faults_name_place_and_way_out(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(content, encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(SettingError) as error:
        from_file(file)
    assert said in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="there is no such file"):
        from_file(tmp_path / "none.yaml")


@given(st.text(max_size=200))
def test_any_file_is_read_or_explained(tmp_path_factory: pytest.TempPathFactory, content: str) -> None:
    file = tmp_path_factory.mktemp("settings") / "settings.yaml"
    file.write_text(content, encoding="utf-8", errors="replace")
    found: dict[str, str] = {}
    said = str(file)
    try:
        found = from_file(file)
    except SettingError as error:
        said = str(error)
    assert file.name in said
    assert set(found) <= set(SETTINGS)
