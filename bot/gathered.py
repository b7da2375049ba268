"""Where settings come from: options of the command line, then the environment, then a file.

In the file and as options they have their names without DATA_RIGHTS_, as in `operator: City of Example` and
`--operator`. The token is no option: other people on the machine can read those.
"""

from __future__ import annotations

import argparse
import difflib
import stat
from collections.abc import Mapping
from pathlib import Path

from bot.config import SETTINGS
from bot.errors import SettingError
from bot.knowledge import places

PREFIX = "DATA_RIGHTS_"
NAMES = {name.removeprefix(PREFIX).lower(): name for name in SETTINGS}
_NO_OPTION = {"token", "knowledge"}  # --knowledge is an option of every command
_SECRET = ("token",)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Gives a command the options `--config` and one for each setting."""
    group = parser.add_argument_group("settings", "each also in the environment, and in the file of --config")
    group.add_argument("--config", type=Path, metavar="FILE", help="a YAML file of settings, a line each")
    for short, name in NAMES.items():
        if short not in _NO_OPTION:
            help_ = SETTINGS[name].replace("%", "%%")
            group.add_argument(f"--{short.replace('_', '-')}", dest=name, metavar="VALUE", help=help_)


def gathered(options: argparse.Namespace, environment: Mapping[str, str]) -> dict[str, str]:
    """The settings of `options` (of add_options), `environment` and the file that `--config` names, in this order.

    Raises SettingError with `file:line:column` where the file cannot be read or has a line that is no setting.
    """
    file = getattr(options, "config", None)
    told = {name: getattr(options, name, None) for name in SETTINGS}
    given = from_file(file) if file is not None else {}
    given |= {name: value for name, value in environment.items() if value.strip() or name not in given}
    return given | {name: value for name, value in told.items() if value is not None}


def from_file(path: Path) -> dict[str, str]:
    """The settings in a YAML file of `name: value` lines, by their full names. Raises SettingError."""
    if not path.is_file():
        raise SettingError(f"--config {path}: there is no such file")
    document, faults = places.read(path, path.parent)
    if faults:
        raise SettingError("\n".join(map(str, faults)))
    data = document.data if document.node is not None else {}
    if not isinstance(data, dict):
        raise SettingError(f"{path}:1:1: should hold a setting a line, as in: operator: City of Example")
    given = {}
    for short, value in data.items():
        if short not in NAMES:
            near = difflib.get_close_matches(str(short), NAMES, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(NAMES)}"
            raise SettingError(str(document.fault([short], f"is no setting: {hint}")))
        if not isinstance(value, str):
            raise SettingError(str(document.fault([short], "should be one value on its line")))
        given[NAMES[short]] = value
    if any(NAMES[name] in given for name in _SECRET) and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        raise SettingError(f"{path} holds the token and can be read by others: chmod 600 {path}")
    return given
