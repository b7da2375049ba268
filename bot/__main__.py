"""The command line: `data-rights-bot`, or `python -m bot`. Nothing but arguments; the work is elsewhere."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bot import __version__
from bot.errors import BotError
from bot.gathered import add_options, gathered
from bot.knowledge import KNOWLEDGE


class _Exact(argparse.ArgumentParser):
    """No abbreviations: --token would be taken for --token-file, and the token be printed as the name of a file."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)


def build_parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    parser = argparse.ArgumentParser(prog="data-rights-bot", description=__doc__.split(". ")[0] + ".")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument("--knowledge", type=Path, default=KNOWLEDGE, help="the folder of the knowledge")
    parser.add_argument("--languages", type=_codes, help="load only these, as in de,fr (chat, ask, benchmark)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Exact)

    chat = commands.add_parser("chat", help="talk with the bot in this terminal; no token, no network")
    chat.add_argument("--language", help="answer in this language, as in de")

    ask = commands.add_parser("ask", help="answer one question, or JSON lines from standard input")
    ask.add_argument("text", nargs="?", help="the question")
    ask.add_argument("--jsonl", action="store_true", help="read and print JSON lines")
    ask.add_argument("--explain", action="store_true", help="show how the question was understood")
    ask.add_argument("--client", help="Telegram's language_code of the person, as in de")
    ask.add_argument("--language", help="answer in this language, as in de")

    commands.add_parser("check", help="check the knowledge; exit code 1 on a fault")
    commands.add_parser("schema", help="write the JSON Schemas for editors into knowledge/schema")
    eligibility = commands.add_parser("eligibility", help="print the decision table, or its picture, for reviewers")
    eligibility.add_argument("--table", action="store_true", help="the rules with their claims (the default)")
    eligibility.add_argument("--picture", action="store_true", help="the flow as a Mermaid diagram")
    eligibility.add_argument("--company", default="meta", help="whose table")

    commands.add_parser("languages", help="print the state of each language: texts, questions, accuracy, review")
    add = commands.add_parser("add-language", help="lay out the files of a new language, with what is to be written")
    add.add_argument("code", help="its ISO 639-1 code, as in uk")
    add.add_argument("--name", required=True, help="its name in English, as in Ukrainian")
    add.add_argument("--native-name", required=True, help="its name in itself, as in Українська")

    links = commands.add_parser("links", help="try every address of the knowledge from this network")
    links.add_argument("--json", action="store_true", help="print the report as JSON")
    links.add_argument("--only", metavar="TEXT", help="only addresses that hold this text, as in facebook.com")
    links.add_argument("--timeout", type=float, default=20.0, help="seconds that one try may take (default 20)")
    page = commands.add_parser("page", help="write the letter page for a static host")
    page.add_argument("folder", type=Path, help="where to write index.html")

    setup = commands.add_parser("setup", help="write the bot's name, descriptions and commands to Telegram")
    setup.add_argument("--dry-run", action="store_true", help="only show what would change")
    doctor = commands.add_parser("doctor", help="check settings, store, token and webhook, and say the way out")
    questions = commands.add_parser("questions", help="list what people sent to the editors, and broken links")
    questions.add_argument("--json", action="store_true", help="print it as JSON")
    questions.add_argument("--erase", metavar="CODE", help="erase the question with this receipt code")
    telegram = commands.add_parser("telegram", help="run the bot on Telegram: by long polling, or by webhook")
    telegram.add_argument("--webhook", metavar="URL", help="be called at this https address instead of polling")
    telegram.add_argument("--listen", metavar="HOST:PORT", help="where to serve the webhook and the probes")
    telegram.add_argument("--workers", type=int, default=1, help="processes behind that port (default 1)")
    for command in (setup, doctor, questions, telegram):
        add_options(command)
    benchmark = commands.add_parser("benchmark", help="measure the speed of answers, the start and the memory")
    benchmark.add_argument("questions", nargs="?", type=Path, help="JSON lines with text and client")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns the exit code: 0 for success, 1 for a fault that was explained, 2 for wrong usage."""
    options = build_parser().parse_args(arguments)
    try:
        return _run(options)
    except BotError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    # Imports stand here so that each command loads only what it needs: the start counts on a phone's patience.
    if options.command == "check":
        from bot.checks import run

        return run(options.knowledge)
    if options.command == "schema":
        from bot.knowledge.editors import write_schemas

        for path in write_schemas(options.knowledge):
            print(path)
        return 0
    if options.command == "eligibility":
        return _eligibility(options)
    if options.command == "languages":
        from bot.scorecard import run as run_scorecard

        return run_scorecard(options.knowledge)
    if options.command == "add-language":
        from bot.scaffold import add_language

        for path in add_language(options.knowledge, options.code, options.name, options.native_name):
            print(path)
        return 0
    if options.command == "links":
        from bot.links import run as run_links

        return run_links(options.knowledge, as_json=options.json, only=options.only, timeout=options.timeout)
    if options.command == "page":
        from bot.knowledge import load as load_all
        from bot.page.build import write

        print(write(load_all(options.knowledge), options.folder))
        return 0
    if options.command == "benchmark":
        from bot.benchmark import run as run_benchmark

        return run_benchmark(options.knowledge, options.questions, options.languages)
    if options.command == "setup":
        from bot.telegram.profile import run as run_setup

        return run_setup(*_settled(options), dry_run=options.dry_run)
    if options.command == "doctor":
        from bot.doctor import run as run_doctor

        return run_doctor(*_settled(options))
    if options.command == "questions":
        from bot.questions import run as run_questions

        return run_questions(gathered(options, os.environ), as_json=options.json, erase=options.erase)
    if options.command == "telegram":
        from bot.telegram.service import run as run_telegram

        return run_telegram(*_settled(options), options.webhook, options.listen, options.workers)
    from bot.conversation import Conversation
    from bot.knowledge import load

    knowledge = load(options.knowledge, options.languages)
    if options.language is not None and options.language not in knowledge.answered:
        known = ", ".join(knowledge.answered)
        print(f"--language {options.language}: no answers in this language; there are {known}", file=sys.stderr)
        return 2
    if options.command == "chat":
        from bot.channels.terminal import chat
        from bot.page.build import build
        from bot.page.serve import serving

        with serving(lambda: build(knowledge)) as address:
            return chat(Conversation(knowledge, page=address), options.language)
    return _ask(options, Conversation(knowledge))


def _codes(text: str) -> list[str]:
    return [code for code in text.replace(",", " ").split() if code]


def _settled(options: argparse.Namespace) -> tuple[Path, dict[str, str]]:
    """The folder of the knowledge, which a file of settings may name, and the settings."""
    given = gathered(options, os.environ)
    named = given.get("DATA_RIGHTS_KNOWLEDGE", "").strip()
    return Path(named) if named and options.knowledge == KNOWLEDGE else options.knowledge, given


def _eligibility(options: argparse.Namespace) -> int:
    from bot import review
    from bot.knowledge import load

    knowledge = load(options.knowledge)
    if options.company not in knowledge.eligibility:
        known = ", ".join(knowledge.eligibility)
        print(f"--company {options.company}: no decision table; there is one for {known}", file=sys.stderr)
        return 2
    if options.picture:
        print(review.picture(knowledge, options.company))
    else:
        print("\n".join(review.table(knowledge, options.company)))
    return 0


def _ask(options: argparse.Namespace, conversation: object) -> int:
    from bot import ask
    from bot.conversation import Conversation

    assert isinstance(conversation, Conversation)
    today = date.today()
    if options.jsonl:
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        for line in ask.answer_lines(conversation, sys.stdin, today):
            print(line, flush=True)
        return 0
    if not options.text:
        print("ask: give a question in quotation marks, or --jsonl with lines on standard input", file=sys.stderr)
        return 2
    print(
        ask.answer_text(conversation, options.text, options.client, options.language, today, explain=options.explain)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
