"""Each known question asked with itself and its near copies taken away: does it still reach its topic?

python -m tests.leave_one_out            prints the scorecard of the languages
python -m tests.leave_one_out --write    writes it into the README, and the known failures anew
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from bot.knowledge import load
from bot.scorecard import score, table
from bot.understanding import Interpreter

KNOWN_FAILURES = Path(__file__).with_name("known_failures.yaml")
README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- languages -->\n", "<!-- end of languages -->"


def known_failures() -> dict[str, list[str]]:
    """Language -> questions that are known to fail."""
    loaded: dict[str, list[str]] = yaml.load(KNOWN_FAILURES.read_text(encoding="utf-8"), yaml.BaseLoader)
    return loaded


def main() -> None:
    """Prints the scorecard, and writes it where that is asked for."""
    knowledge = load()
    interpreter = Interpreter(knowledge)
    scores = [score(interpreter, knowledge, code) for code in knowledge.answered]
    lines = "\n".join(table(scores, []))
    print(lines)
    if "--write" in sys.argv:
        head = "# Known questions that do not reach their topic without themselves. They must keep failing:\n"
        head += "# remove one when it passes. Written by `python -m tests.leave_one_out --write`.\n"
        failed = {each.code: list(each.failed) for each in scores}
        text = yaml.safe_dump(failed, allow_unicode=True, width=1000, default_style='"')
        KNOWN_FAILURES.write_text(head + text, encoding="utf-8")
        readme = README.read_text(encoding="utf-8")
        before, after = readme.split(BEGIN)[0], readme.split(END)[1]
        README.write_text(f"{before}{BEGIN}{lines}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
