"""The verdict card: the verdict with its speaker, why, what is used all the same, what the person can change.

Texts come from verdicts.yaml, where sentences carry their claims as in the answers; the sources are shown below.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.answer import claims_in, fill, sources_of, without_marks
from bot.buttons import Buttons
from bot.eligibility import Outcome, Table
from bot.guide import UNKNOWN, Guide, State
from bot.knowledge import Knowledge
from bot.knowledge.verdicts import Verdicts
from bot.types import Button, Reply, Tap

COMPANY = "meta"
# What more there is to read, by what the card is about.
_MORE = {
    "message": "private-messages", "ai-chat": "meta-ai-chats", "camera-roll": "camera-roll",
    "glasses": "smart-glasses", "story": "stories", "photo": "photos-videos", "video": "photos-videos",
    "basics": "profile-info", "bio": "profile-info", "group": "groups-pages", "page": "groups-pages",
    "listing": "groups-pages",
}  # fmt: skip


class Cards:
    """Builds cards and the questions of the guided check, in every answered language."""

    def __init__(self, knowledge: Knowledge, table: Table, guide: Guide) -> None:
        self._knowledge = knowledge
        self._table = table
        self._guide = guide
        self._buttons = Buttons(knowledge)

    def step(self, state: State, language: str) -> Reply:
        """The next question of the guided check, or the card when nothing more can change the verdict."""
        name = self._guide.next_question(state)
        return self.shown(state, language) if name is None else self.question(state, name, language)

    def shown(self, state: State, language: str) -> Reply:
        """The card, or, where its claims were withdrawn, that there is no answer."""
        card = self.card(state, language)
        if card is not None:
            return card
        text = self._knowledge.interface(language).messages.not_written
        return Reply(language, "unknown", (text,), None, COMPANY, buttons=((self._buttons.menu(language),),))

    def question(self, state: State, name: str, language: str) -> Reply:
        """One question with its options, the number still to come, a way back and “I do not know”."""
        texts = self._texts(language)
        asked = texts.questions[name]
        paragraphs = [asked.ask]
        if state.option(name) is None:
            number = self._guide.longest(state)
            paragraphs.append(fill(texts.lines.left, number=str(number)))
        options = [*self._guide.questions[name], UNKNOWN]
        labels = {**asked.options, UNKNOWN: texts.buttons.unknown}
        rows = [(self._go(labels[o], "e", state.with_answer(name, o), language),) for o in options]
        if state.answers:
            rows.append((self._go(texts.buttons.back, "e", state.back(), language),))
        return Reply(language, "service", tuple(paragraphs), None, COMPANY, buttons=tuple(rows))

    def what_if(self, state: State, language: str) -> Reply:
        """The questions whose answer would change the verdict, each a button."""
        texts = self._texts(language)
        rows = [
            (self._go(texts.questions[name].ask[:40], "q", state, language, str(index)),)
            for index, name in enumerate(self._guide.questions)
            if self._guide.matters(state, name)
        ]
        rows.append((self._go(texts.buttons.back, "e", state, language),))
        return Reply(language, "service", (texts.lines.choose_change,), None, COMPANY, buttons=tuple(rows))

    def card(
        self, state: State, language: str, assumed: tuple[str, ...] = (), topic: str | None = None, both: bool = False
    ) -> Reply | None:
        """The card for what is known, None where it would rest on a withdrawn claim.

        `assumed` are questions whose answer the person did not give; `both` says that the person called the content
        public and limited at once.
        """
        texts = self._texts(language)
        facts = self._guide.facts(state)
        known = self._table.with_ordinary(facts) | facts
        outcome = self._table.outcome(self._known(state))
        if not all(self._stands(claim) for d in outcome.decisions for claim in self._table.rules[d.rule].claims):
            return None
        said = [getattr(texts.verdict, outcome.verdict)]
        said += self._reasons(state, outcome, texts)
        if outcome.verdict != "used" and self._own_and_open(known):
            said.append(texts.lines.also_used)
        way_out = self._table.way_out(self._known(state))
        if way_out and way_out[0] in texts.changes:
            said.append(texts.changes[way_out[0]])
        if outcome.verdict != "excluded":
            said.append(texts.lines.stays)
        said = [text for text in said if all(map(self._stands, claims_in(text)))]
        plain = []
        if both:
            plain.append(texts.lines.contradiction)
        labels = [texts.questions[n].options[o] for n in assumed if (o := state.option(n)) and o != UNKNOWN]
        if labels:
            plain.append(fill(texts.lines.assumed, facts=" · ".join(labels)))
        claims = [self._knowledge.claims[c] for c in claims_in(" ".join(said))]
        interface = self._knowledge.interface(language)
        return Reply(
            language, "answer", (*map(without_marks, said), *plain), topic, COMPANY, verdict=outcome.verdict,
            sources=sources_of(self._knowledge, claims, language), sources_title=interface.messages.sources,
            buttons=self._after(state, known, outcome, way_out, language, topic),
        )  # fmt: skip

    def _stands(self, claim: str) -> bool:
        return claim in self._knowledge.claims and self._knowledge.claims[claim].status == "active"

    @staticmethod
    def _own_and_open(known: Mapping[str, str]) -> bool:
        """Whether the person's own name and comments stay usable: not for under-18s, nor after an objection."""
        return (known.get("owner"), known.get("objected")) == ("mine", "no") and known.get("holder") != "minor"

    def _reasons(self, state: State, outcome: Outcome, texts: Verdicts) -> list[str]:
        """The deciding rule in a sentence, or, where an open question decides, what each answer comes to."""
        if outcome.rule is not None or len(outcome.decisions) == 1:
            return [texts.rules[outcome.decisions[0].rule]]
        for name, options in self._guide.questions.items():
            if state.option(name) not in (None, UNKNOWN) or not self._guide.matters(state, name):
                continue
            outcomes = {o: self._table.outcome(self._known(state.with_answer(name, o))) for o in options}
            clear = [o for o in options if outcomes[o].verdict != "depends"]
            shown = clear if len({outcomes[o].verdict for o in clear}) > 1 else list(options)
            labels = texts.questions[name].options
            cases = [
                fill(texts.lines.case, fact=labels[o], verdict=getattr(texts.short, outcomes[o].verdict))
                for o in shown
            ]
            return ["\n".join(cases), texts.rules[outcomes[shown[0]].decisions[0].rule]]
        return [texts.rules[decision.rule] for decision in outcome.decisions[:2]]

    def _known(self, state: State) -> dict[str, str]:
        """The facts of a state; the ordinary case for facts that no open question could tell."""
        facts = self._guide.facts(state)
        open_facts = {
            fact
            for name, options in self._guide.questions.items()
            if state.option(name) in (None, UNKNOWN)
            for sets in options.values()
            for fact in sets
        }
        ordinary = {f: v for f, v in self._table.ordinary.items() if f not in open_facts}
        return {**ordinary, **facts}

    def _after(
        self, state: State, known: Mapping[str, str], outcome: Outcome, way_out: tuple[str, str] | None,
        language: str, topic: str | None,
    ) -> tuple[tuple[Button, ...], ...]:  # fmt: skip
        texts = self._texts(language)
        rows: list[tuple[Button, ...]] = [(self._go(texts.buttons.what_if, "w", state, language),)]
        if outcome.verdict != "excluded":
            service = "no/0" if known.get("owner") == "no-account" else ""
            label = self._knowledge.interface(language).buttons.object_now
            rows.append((Button(label, tap=Tap("h", service, COMPANY, language)),))
        if way_out and way_out[0] == "audience":
            rows.append((Button(texts.buttons.settings, tap=Tap("t", "make-private", COMPANY, language)),))
        if known.get("owner") in ("others", "child"):
            rows.append((self._buttons.topic("complaint", COMPANY, language),))
        more = topic or _MORE.get(known.get("kind", ""), "posts-comments")
        rows.append((Button(texts.buttons.more, tap=Tap("t", more, COMPANY, language)),))
        return tuple(rows)

    def _go(self, label: str, kind: str, state: State, language: str, more: str = "") -> Button:
        value = self._guide.encode(state) + (f".{more}" if more else "")
        return Button(label, tap=Tap(kind, value, COMPANY, language))

    def _texts(self, language: str) -> Verdicts:
        texts = self._knowledge.languages[language].verdicts
        if texts is None:
            raise KeyError(f"{language}: no verdicts.yaml")
        return texts
