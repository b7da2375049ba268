"""Is my content used? From a message, or step by step, to the verdict card."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from bot.card import COMPANY, Cards
from bot.eligibility import Table
from bot.guide import Guide, State
from bot.knowledge import Knowledge
from bot.reading import OPEN, Reader, join
from bot.types import Reply, Session, Tap, Understanding

# Topics about content in general: they are answered, not decided.
_GENERAL = frozenset({"what-is-used", "what-is-excluded", "public-meaning", "non-users"})
_COUNTRY = {"GB": "uk", "CH": "switzerland", "ZZ": "elsewhere"}


class Checking:
    """Decides on particular content. None of its parts keeps anything of a person."""

    def __init__(self, knowledge: Knowledge, products: frozenset[str]) -> None:
        written = knowledge.eligibility[COMPANY]
        self._knowledge = knowledge
        self._table = Table(written)
        self._guide = Guide(self._table, written)
        self._reader = Reader(written, frozenset(knowledge.concepts) | products, list(knowledge.topics))
        self._cards = Cards(knowledge, self._table, self._guide)

    def from_message(
        self, found: Understanding, language: str, session: Session
    ) -> tuple[Reply, dict[str, str]] | None:
        """The card for a message that asks whether some content is used, and its facts; None where it does not."""
        if found.outcome != "answer" or found.company != COMPANY or found.topic is None:
            return None
        if self._knowledge.topics[found.topic].group != "use" or found.topic in _GENERAL:
            return None
        told = self._reader.facts(found)
        facts = join(dict(session.facts), told) if found.carried else told
        if "kind" not in facts or not self._reader.asks_for_a_verdict(found):
            return None
        region = _COUNTRY.get(session.country or "")
        if region:
            facts = {**facts, "region": region}
        ordinary = self._table.with_ordinary(facts)
        state = self._guide.start({name: value for name, value in ordinary.items() if value != OPEN})
        assumed = tuple(
            name
            for name, options in self._guide.questions.items()
            if not any(fact in facts for sets in options.values() for fact in sets)
            and self._guide.matters(state, name)
        )
        both = (
            {"public"} <= found.concepts
            and bool(found.concepts & {"private", "friends"})
            and found.topic != "stories"
        )
        card = self._cards.card(state, language, assumed, found.topic, both)
        return (card, facts) if card else None

    def start(self, language: str, country: str | None) -> Reply:
        """The first question of the guided check; the country is not asked again."""
        state = State()
        if country:
            state = state.with_answer("region", _COUNTRY.get(country, "eea"))
        return self._cards.step(state, language)

    def prepare(self) -> None:
        """Tries the table once, so that no person waits for it."""
        self._guide.longest(State())

    def show(self, state: State, language: str) -> Reply:
        """The card of a state, also where questions are open."""
        return self._cards.shown(state, language)

    def complete_states(self) -> Iterator[State]:
        """Every way to answer all questions."""
        names = list(self._guide.questions)
        for chosen in product(*(self._guide.questions[name] for name in names)):
            yield State(tuple(zip(names, chosen, strict=True)))

    def tapped(self, tap: Tap, language: str) -> Reply | None:
        """Goes on from a button: `e` a state, `w` what may be changed, `q` a question to answer anew.

        None for a button of another version of the table, or for bytes that are no state.
        """
        value, _, index = tap.value.partition(".")
        state = self._guide.decode(value)
        if state is None:
            return None
        if tap.kind == "w":
            return self._cards.what_if(state, language)
        if tap.kind == "q":
            names = list(self._guide.questions)
            if not (index.isascii() and index.isdigit() and int(index) < len(names)):
                return None
            return self._cards.question(state, names[int(index)], language)
        return self._cards.step(state, language)
