from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import SETTINGS, read_settings
from bot.errors import SettingError

GOOD = {
    "DATA_RIGHTS_TOKEN": "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "DATA_RIGHTS_OPERATOR": "City of Example",
    "DATA_RIGHTS_CONTACT": "privacy@example.org",
    "DATA_RIGHTS_NOTICE": "https://example.org/privacy",
}


def test_all_settings_are_read_and_the_token_never_shows() -> None:
    settings = read_settings(GOOD)
    assert settings.operator.name == "City of Example"
    assert settings.token == GOOD["DATA_RIGHTS_TOKEN"]
    assert GOOD["DATA_RIGHTS_TOKEN"] not in repr(settings)


def test_every_missing_setting_is_named_at_once() -> None:
    with pytest.raises(SettingError) as error:
        read_settings({})
    for name in ("DATA_RIGHTS_TOKEN", "DATA_RIGHTS_OPERATOR", "DATA_RIGHTS_CONTACT", "DATA_RIGHTS_NOTICE"):
        assert f"{name} is not set" in str(error.value)
    assert "@BotFather" in str(error.value)


def test_the_token_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(GOOD["DATA_RIGHTS_TOKEN"] + "\n", encoding="utf-8")
    given = {name: value for name, value in GOOD.items() if name != "DATA_RIGHTS_TOKEN"}
    assert read_settings({**given, "DATA_RIGHTS_TOKEN_FILE": str(file)}).token == GOOD["DATA_RIGHTS_TOKEN"]
    with pytest.raises(SettingError, match="cannot be read"):
        read_settings({**given, "DATA_RIGHTS_TOKEN_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATA_RIGHTS_TOKEN", "hunter2-secret", "does not look like a token"),
        ("DATA_RIGHTS_NOTICE", "http://example.org", "not an https address"),
        ("DATA_RIGHTS_API", "http://example.org/bot", "would travel in the open"),
    ],
)
def test_wrong_settings_are_named_without_their_value(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingError, match=said) as error:
        read_settings({**GOOD, name: value})
    assert "hunter2" not in str(error.value)


def test_every_setting_is_described_in_the_readme() -> None:
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    assert [name for name in SETTINGS if f"`{name}`" not in readme] == []
