"""Each known question asked with itself and its near copies taken away: does it still reach its topic?

python -m tests.leave_one_out            prints the accuracy of each language
python -m tests.leave_one_out --write    writes the known failures anew
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from bot.conversation import Conversation
from bot.knowledge import load
from bot.scorecard import unreached

KNOWN_FAILURES = Path(__file__).with_name("known_failures.yaml")


def known_failures() -> dict[str, list[str]]:
    """Language -> questions that are known to fail."""
    loaded: dict[str, list[str]] = yaml.load(KNOWN_FAILURES.read_text(encoding="utf-8"), yaml.BaseLoader)
    return loaded


def main() -> None:
    conversation = Conversation(load())
    found = {}
    for language in conversation.knowledge.answered:
        failed, total = unreached(conversation.interpreter, conversation.knowledge, language)
        found[language] = failed
        print(
            f"{language}: {total - len(failed)} of {total} reach their topic, {100 - 100 * len(failed) / total:.1f} %"
        )
    if "--write" in sys.argv:
        head = "# Known questions that do not reach their topic without themselves. They must keep failing:\n"
        head += "# remove one when it passes. Written by `python -m tests.leave_one_out --write`.\n"
        text = yaml.safe_dump(found, allow_unicode=True, width=1000, default_style='"')
        KNOWN_FAILURES.write_text(head + text, encoding="utf-8")


if __name__ == "__main__":
    main()
