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
        ("DATA_RIGHTS_STORE", "postgres://hunter2", "DATA_RIGHTS_STORE is none of"),
        ("DATA_RIGHTS_LEASE", "soon", "a number of seconds"),
        ("DATA_RIGHTS_LEASE", "0", "a number of seconds"),
        ("DATA_RIGHTS_LEASE", "nan", "a number of seconds"),
        ("DATA_RIGHTS_WEBHOOK_SECRET_FILE", "/nowhere/secret", "cannot be read"),
    ],
)
def test_wrong_settings_are_named_without_their_value(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingError, match=said) as error:
        read_settings({**GOOD, name: value})
    assert "hunter2" not in str(error.value)


def test_the_store_is_a_file_of_this_bot_alone_and_secrets_never_show(tmp_path: Path) -> None:
    assert read_settings({**GOOD, "STATE_DIRECTORY": "/var/lib/bot"}).store == "sqlite:/var/lib/bot/123456.sqlite"
    assert read_settings({**GOOD, "XDG_STATE_HOME": "/x"}).store == "sqlite:/x/data-rights-bot/123456.sqlite"
    derived = read_settings(GOOD).secret
    assert len(derived) == 64
    (tmp_path / "secret").write_text("a-secret-of-our-own\n", encoding="utf-8")
    settings = read_settings(
        {
            **GOOD,
            "DATA_RIGHTS_WEBHOOK_SECRET_FILE": str(tmp_path / "secret"),
            "DATA_RIGHTS_STORE": "redis://:hunter2@h/0",
        }
    )
    assert settings.secret == "a-secret-of-our-own"
    assert "hunter2" not in repr(settings)
    assert "a-secret" not in repr(settings)
    (tmp_path / "secret").write_text("short", encoding="utf-8")
    with pytest.raises(SettingError, match="openssl rand"):
        read_settings({**GOOD, "DATA_RIGHTS_WEBHOOK_SECRET_FILE": str(tmp_path / "secret")})


def test_every_setting_is_described_in_the_readme() -> None:
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    assert [name for name in SETTINGS if f"`{name}`" not in readme] == []
