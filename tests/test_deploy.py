"""What lies under .deploy fits the program: settings, options, paths, limits. No engine is needed, none is tried."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.__main__ import build_parser
from bot.config import SETTINGS

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / ".deploy"
UNIT = DEPLOY / "data-rights-bot.service"
DROP_IN = DEPLOY / "webhook.conf"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
BOTS = ("bot-1", "bot-2")


def files() -> list[Path]:
    """The files that belong to the project: not what an operator lays beside them (see .gitignore)."""
    own = (path for path in DEPLOY.iterdir() if path.is_file() and path.name != ".env")
    return sorted(own)


def unit(path: Path) -> dict[str, list[tuple[str, str]]]:
    """A unit file's sections. A name may stand more than once, which configparser does not allow."""
    sections: dict[str, list[tuple[str, str]]] = {}
    here: list[tuple[str, str]] | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith(("#", ";")):
            continue
        if header := re.fullmatch(r"\[(\w+)\]", line):
            here = sections.setdefault(header[1], [])
            continue
        assert here is not None, f"{path.name}:{number}: before any section"
        assert re.fullmatch(r"[A-Z][A-Za-z]+=.*", line), f"{path.name}:{number}: {line}"
        name, _, value = line.partition("=")
        here.append((name, value))
    return sections


def service(path: Path = UNIT) -> dict[str, str]:
    """The service's directives, the last of a name."""
    return dict(unit(path)["Service"])


def command_lines() -> Iterator[list[str]]:
    """The arguments after `data-rights-bot` wherever the deployment starts it."""
    for path in (UNIT, DROP_IN):
        for name, value in unit(path)["Service"]:
            if name == "ExecStart" and value:
                program, *arguments = shlex.split(value)
                assert program.endswith("/bin/data-rights-bot")
                yield arguments
    for bot in BOTS:
        yield COMPOSE["services"][bot]["command"]
    yield ["telegram"]  # the Dockerfile's CMD; a test below holds it to that


def seconds(text: str) -> int:
    found = re.fullmatch(r"(\d+)s?", text)
    assert found, text
    return int(found[1])


def test_the_units_have_only_known_sections() -> None:
    assert set(unit(UNIT)) == {"Unit", "Service", "Install"}
    assert set(unit(DROP_IN)) == {"Service"}


def test_only_settings_that_exist_are_named() -> None:
    for path in files():
        named = set(re.findall(r"DATA_RIGHTS_[A-Z_]+", path.read_text(encoding="utf-8")))
        assert named - set(SETTINGS) == set(), path.name


def test_only_options_that_exist_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["telegram", "--help"])
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    for arguments in command_lines():
        assert arguments[0] == "telegram"
        assert {word for word in arguments if word.startswith("--")} <= known


def test_the_extras_exist() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = pyproject.split("[project.optional-dependencies]")[1].split("\n[")[0]
    extras = set(re.findall(r"^(\w+) = \[", block, re.MULTILINE))
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    named = set(re.findall(r"'\.\[([\w,]+)\]'", dockerfile)[0].split(","))
    assert named - extras == set()


def test_the_token_is_a_credential_and_never_in_the_environment() -> None:
    assert ("LoadCredential", "token:/etc/data-rights-bot/token") in unit(UNIT)["Service"]
    assert ("Environment", "DATA_RIGHTS_TOKEN_FILE=%d/token") in unit(UNIT)["Service"]
    for path in files():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bDATA_RIGHTS_TOKEN\s*[=:]", text), path.name
        assert not re.search(r"\d{6,}:[A-Za-z0-9_-]{20,}", text), f"{path.name} holds what looks like a token"
        assert not re.search(r"\b[0-9a-f]{32,}\b", text), f"{path.name} holds what looks like a secret"
        assert not re.search(r"redis://[^/\s]*@", text), f"{path.name} holds a password"


def test_what_an_operator_lays_there_is_not_committed() -> None:
    ignored = (DEPLOY / ".gitignore").read_text(encoding="utf-8").split()
    assert {".env", "secrets/"} <= set(ignored)
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("./secrets/")


def test_the_service_is_watched_and_may_end_in_its_time() -> None:
    found = service()
    assert found["Type"] == "notify"
    assert seconds(found["WatchdogSec"]) > 60  # one long poll, its answer, and room
    assert seconds(found["TimeoutStopSec"]) == 40
    for bot in BOTS:
        assert seconds(COMPOSE["services"][bot]["stop_grace_period"]) == 40


def test_the_service_is_hardened() -> None:
    found = service()
    wanted = (
        "DynamicUser PrivateUsers PrivateTmp PrivateDevices ProtectHome ProtectClock ProtectHostname NoNewPrivileges "
        "ProtectKernelLogs ProtectKernelModules ProtectKernelTunables ProtectControlGroups LockPersonality "
        "MemoryDenyWriteExecute RestrictNamespaces RestrictRealtime RestrictSUIDSGID"
    )
    assert {name: found.get(name) for name in wanted.split()} == dict.fromkeys(wanted.split(), "yes")
    assert found["ProtectSystem"] == "strict"
    assert found["CapabilityBoundingSet"] == ""


@pytest.fixture
def startable(tmp_path: Path) -> Path:
    """The unit with a program that exists here, as systemd-analyze looks for it."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not on this machine (Debian: apt install systemd)")
    program = "/opt/data-rights-bot/bin/data-rights-bot"
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text(encoding="utf-8").replace(program, "/bin/true"), encoding="utf-8")
    folder = tmp_path / f"{UNIT.name}.d"
    folder.mkdir()
    (folder / DROP_IN.name).write_text(
        DROP_IN.read_text(encoding="utf-8").replace(program, "/bin/true"), encoding="utf-8"
    )
    return copy


def test_systemd_itself_finds_nothing_wrong(startable: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", str(startable)], capture_output=True, text=True, timeout=60, check=False
    )
    said = [line for line in (done.stdout + done.stderr).splitlines() if UNIT.name in line]
    assert said == []


def test_the_image_is_slim_unprivileged_and_without_a_shell_before_it() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert len(bases) == 2
    assert all("-slim" in base for base in bases)
    last = text.split("\nFROM ")[-1]
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", last, re.MULTILINE)
    assert "pip uninstall" in last
    assert 'ENTRYPOINT ["data-rights-bot"]' in last
    assert 'CMD ["telegram"]' in last


def test_what_the_image_copies_exists_and_is_sent_to_the_engine() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    sources = [
        source for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE) for source in line.split()[:-1]
    ]
    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    sent = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
    assert sent[0] == "*"
    assert {f"!{source}" for source in sources} == {line for line in sent if line.startswith("!")}


def test_compose_names_what_it_has() -> None:
    services = COMPOSE["services"]
    assert {*BOTS, "redis", "proxy"} == set(services)
    for name, found in services.items():
        assert set(found["networks"]) <= set(COMPOSE["networks"]), name
        assert set(found.get("secrets", ())) <= set(COMPOSE["secrets"]), name
        for volume in found.get("volumes", ()):
            source = volume.split(":")[0]
            assert (DEPLOY / source).exists() if source.startswith("./") else source in COMPOSE["volumes"], name
        build = found.get("build")
        if build:
            context = (DEPLOY / build["context"]).resolve()
            assert (context / build["dockerfile"]).is_file()


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_each_container_has_only_what_it_needs(name: str) -> None:
    found = COMPOSE["services"][name]
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert "mem_limit" in found
    assert ("ports" in found) == (name == "proxy")


def test_redis_is_inside_and_keeps_nothing_on_a_disk() -> None:
    redis = COMPOSE["services"]["redis"]
    assert redis["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    command = redis["command"]
    assert command[command.index("--save") + 1] == ""
    assert command[command.index("--appendonly") + 1] == "no"
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
    assert "volumes" not in redis


def test_the_proxy_knows_the_workers_and_the_path() -> None:
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    command = COMPOSE["services"]["bot-1"]["command"]
    path = command[command.index("--webhook") + 1].rpartition("}")[2]
    port = command[command.index("--listen") + 1].rpartition(":")[2]
    assert f"handle {path} {{" in text
    assert " ".join(f"{bot}:{port}" for bot in BOTS) in text
    assert re.search(r"request delete", text), "an error's request would bring the secret into the log"


def test_the_example_can_be_read_by_systemd_compose_and_a_shell() -> None:
    for line in (DEPLOY / "env.example").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r'|# .*|#?[A-Z_]+="[^"$`\\]*"', line), line


def test_the_readme_says_what_was_not_tried() -> None:
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert "Not tried:" in text
    assert "systemd-analyze security" in text
