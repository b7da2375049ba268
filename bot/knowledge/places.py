"""YAML read as plain strings, with the line and column of everything in it.

PyYAML's C loader in its base form makes no guesses: `no` stays "no" and `12:30` stays "12:30".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

from bot.errors import Fault

try:  # the C parser is ten times as fast; where PyYAML was built without it, the slow one reads the same
    from yaml import CBaseLoader as _Base
except ImportError:  # pragma: no cover
    from yaml import BaseLoader as _Base  # type: ignore[assignment]


class _Loader(_Base):
    """Gives every node the plain tag of its kind, without a look at what it holds: that took a third of the time."""

    def resolve(self, kind: type[yaml.Node], value: object, implicit: object) -> str:
        """The tag of a node; nothing in the project reads it."""
        return "tag:yaml.org,2002:str"

    def descend_resolver(self, current_node: object, current_index: object) -> None:
        """Nothing to keep: tags do not depend on the place."""

    def ascend_resolver(self) -> None:
        """Nothing to give back."""


Data: TypeAlias = "str | list[Data] | dict[str, Data]"

_HINTS = {
    "\\t": "a tab stands here: indent with spaces only",
    "found unexpected end of stream": "a quotation mark is opened and never closed",
    "mapping values are not allowed": "a second colon on this line: put the text in quotation marks",
    "could not find expected ':'": "a colon is missing after the name on this or the line before",
    "expected <block end>": "the indentation does not fit the lines above",
    "did not find expected": "the indentation or the quotation marks do not fit the lines above",
}


@dataclass(frozen=True)
class Document:
    """One YAML file: `data` as strings, lists and dicts, and `node` to look places up."""

    file: str
    data: Data
    node: yaml.Node | None

    def place(self, path: Sequence[int | str]) -> tuple[int, int]:
        """Line and column, from 1, of what stands at `path`, or of the nearest thing around it."""
        node, place = self.node, (1, 1)
        if node is not None:
            place = _place(node)
        for step in path:
            found: yaml.Node | None = None
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == str(step):
                        found, place = value, _place(key)
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                found = node.value[step]
                place = _place(node.value[step])
            if found is None:
                break
            node = found
        return place

    def fault(self, path: Sequence[int | str], what: str, check: str = "schema") -> Fault:
        """A fault of this file at `path`."""
        line, column = self.place(path)
        return Fault(self.file, line, column, ".".join(map(str, path)), what, check)


def read(path: Path, root: Path) -> tuple[Document, list[Fault]]:
    """The document in `path`, and its faults of form: YAML errors, keys that appear twice.

    `root` is the folder that file names in messages are relative to. Nothing is raised: a file that cannot be read
    is a fault like any other.
    """
    name = path.relative_to(root).as_posix()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Document(name, {}, None), [
            Fault(name, 1, 1, "", "the file is missing: write it, or remove what names it")
        ]
    except (OSError, UnicodeDecodeError) as error:
        return Document(name, {}, None), [Fault(name, 1, 1, "", f"cannot be read as UTF-8 text ({error})")]
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = str(error.problem or error)
        broken = text.splitlines()[line - 1 : line] if mark else []
        if any("\t" in part[: len(part) - len(part.lstrip())] for part in broken):
            problem = "\\t"
        hint = next((hint for sign, hint in _HINTS.items() if sign in problem), problem)
        return Document(name, {}, None), [Fault(name, line, column, "", f"not valid YAML: {hint}")]
    except yaml.YAMLError as error:
        return Document(name, {}, None), [Fault(name, 1, 1, "", f"not valid YAML: {error}")]
    if node is None:
        return Document(name, {}, None), [Fault(name, 1, 1, "", "the file is empty")]
    document = Document(name, _data(node), node)
    return document, list(_repeated(node, (), document))


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _data(node: yaml.Node) -> Data:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _data(value) for key, value in node.value}
    return [_data(item) for item in node.value]


def _repeated(node: yaml.Node, path: tuple[int | str, ...], document: Document) -> Iterator[Fault]:
    if isinstance(node, yaml.MappingNode):
        first: dict[str, int] = {}
        for key, value in node.value:
            here = (*path, key.value)
            if key.value in first:
                line, column = _place(key)
                what = f"'{key.value}' stands twice, first in line {first[key.value]}: keep one"
                yield Fault(document.file, line, column, ".".join(map(str, here)), what, "duplicate-keys")
            first.setdefault(key.value, key.start_mark.line + 1)
            if not isinstance(value, yaml.ScalarNode):
                yield from _repeated(value, here, document)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            if not isinstance(item, yaml.ScalarNode):
                yield from _repeated(item, (*path, index), document)
