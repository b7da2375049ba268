from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.places import read


def write(folder: Path, text: str) -> Path:
    path = folder / "file.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> list[str]:
    return [str(fault) for fault in read(write(folder, text), folder)[1]]


def test_everything_stays_text(tmp_path: Path) -> None:
    document, none = read(write(tmp_path, "no: nein\non: 12:30\nlist: [010, yes]\n"), tmp_path)
    assert none == []
    assert document.data == {"no": "nein", "on": "12:30", "list": ["010", "yes"]}


def test_places_are_lines_and_columns(tmp_path: Path) -> None:
    document, _ = read(write(tmp_path, "a:\n  b:\n    - x\n    - y\n"), tmp_path)
    assert document.place(["a", "b", 1]) == (4, 7)
    assert document.place(["a", "none"]) == (1, 1)
    assert str(document.fault(["a", "b"], "is wrong")) == "file.yaml:2:3: a.b: is wrong"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2\n", "file.yaml:2:1: a: 'a' stands twice, first in line 1"),
        ("a:\n\tb: 1\n", "file.yaml:2:1: not valid YAML: a tab stands here"),
        ("a: b: c\n", "file.yaml:1:5: not valid YAML: a second colon"),
        ("a: 'x\n", "not valid YAML: a quotation mark is opened"),
        ("", "file.yaml:1:1: the file is empty"),
    ],
)
def test_faults_of_form_name_the_place_and_the_way_out(tmp_path: Path, text: str, said: str) -> None:
    assert any(said in fault for fault in faults(tmp_path, text))


def test_a_missing_file_and_one_that_is_no_text_are_faults(tmp_path: Path) -> None:
    assert "the file is missing" in str(read(tmp_path / "none.yaml", tmp_path)[1][0])
    (tmp_path / "file.yaml").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as UTF-8" in str(read(tmp_path / "file.yaml", tmp_path)[1][0])


@given(st.text(max_size=200))
def test_any_text_is_data_or_faults(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("yaml")
    (folder / "file.yaml").write_text(text, encoding="utf-8", errors="replace")
    document, found = read(folder / "file.yaml", folder)
    assert document.node is not None or found
