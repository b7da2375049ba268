"""From the words of a message to the topic it asks about, with the evidence.

Notions come from the language's lexicon (and, for words that it does not know, from the English one, because people
mix). Rules over notions and the nearest known question together give each topic a score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.errors import Fault, KnowledgeError
from bot.examples import Example, Examples, Near, features
from bot.knowledge import Knowledge
from bot.lexicon import Lexicon, PatternError
from bot.rules import compile_rules
from bot.text import questions, sentences, words
from bot.types import Match, Scored, Session, Understanding

# Measured on the project's own questions; see bot/README.md.
EXAMPLE = 12.0  # what an identical known question is worth, beside the weights of notions
ANSWER = 4.2  # from here on the best topic is answered
CLARIFY = 2.2  # from here on it is offered
MARGIN = 0.6  # what the best must be ahead of the next
FOCUS_FROM = 22  # in messages of more words than this, the sentence with the question counts full
UNFOCUSED = 0.6
CARRIED = 0.55  # what a notion of the message before is worth
FOLLOW_UP = 9  # messages of at most so many words may lean on the one before
TYPO = 0.85
CLEAR = 6.0  # from here on a question of its own in a longer message counts


class Interpreter:
    """Understands messages in the answered languages of `knowledge`. Build it once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._weights = {name: concept.weight for name, concept in knowledge.concepts.items()}
        self.products: dict[str, str] = {}  # product notion -> company
        brand_patterns: dict[str, list[str]] = {}
        for company, known in knowledge.companies.items():
            for product, names in known.names.items():
                self.products[product] = company
                brand_patterns[product] = list(names)
        for company, listed in knowledge.unchecked.items():
            self.products[company] = company
            brand_patterns[company] = list(listed.names)
        for product in self.products:
            self._weights.setdefault(product, _PRODUCT_WEIGHTS.get(product, 0.5))
        # A short message of nothing but these asks the same of another company, or with another fact.
        self._same_topic = frozenset(self.products) | _FACTS
        self._rules = compile_rules(knowledge.topics, knowledge.groups, knowledge.concepts, frozenset(self.products))
        # Brands are looked for as they are spelled: the Greek for "after" sounds like Meta.
        self._brands = Lexicon(brand_patterns, "und")
        self._ordinary = {
            code: frozenset(word for text in language.meta.ordinary for word in words(text))
            for code, language in knowledge.languages.items()
        }
        self._lexicons: dict[str, Lexicon] = {}
        self._examples: dict[str, Examples] = {}

    def read_patterns(self) -> None:
        """Reads the patterns of all languages. Raises KnowledgeError where one cannot be read."""
        faults = []
        for code in self._knowledge.answered:
            try:
                self._lexicon(code)
            except PatternError as error:
                faults.append(Fault(f"languages/{code}/lexicon.yaml", 1, 1, "", str(error), "patterns"))
        if faults:
            raise KnowledgeError(faults)

    def prepare(self) -> None:
        """Builds all languages now; else each is built when it is first needed."""
        for code in self._knowledge.answered:
            self.examples(code)

    def matches(self, text: str, language: str) -> list[Match]:
        """The notions in `text`, read as `language` (one with answers)."""
        return self._find(words(text), language)

    def understand(
        self, text: str, language: str, session: Session | None = None, leave_out: frozenset[int] = frozenset()
    ) -> Understanding:
        """What `text` is about. `session` lets a short message lean on the one before.

        Of several questions in one message the first clear one is taken, and the next is named as `second`.
        """
        whole = self._read(text, language, session, leave_out)
        asked = questions(text)
        if len(asked) < 2:
            return whole
        alone = [self._read(question, language, None, leave_out) for question in asked]
        clear = [u for u in alone if u.topic and u.topics[0].score >= CLEAR]
        if not clear:
            return whole
        later = {u.topic for u in clear[1:]}
        taken = clear[0] if whole.topic is None or whole.topic in later else whole
        for other in clear:
            if other.topic != taken.topic and other.topic is not None:
                return replace(taken, second=(other.topic, other.company))
        return taken

    def _read(self, text: str, language: str, session: Session | None, leave_out: frozenset[int]) -> Understanding:
        tokens = words(text)
        found = self._find(tokens, language)
        focus = self._focus(text, len(tokens))
        present = self._present(found, focus)
        near = self.examples(language).nearest(features(tokens, present), leave_out)
        named = self._named(found)
        topics = self._score(present, near)
        carried: tuple[str, ...] = ()
        # What was said of WhatsApp, where little is public, does not hold of another service that is named now.
        leaves = bool(session and session.topic == "whatsapp-chats" and _PUBLIC_SERVICES & present.keys())
        if session and session.topic and not leaves and len(tokens) <= FOLLOW_UP and self._leans(topics, present):
            carried = session.concepts
            topics = self._follow_up(session.topic, carried, present, near)
        company = named[0] if named else (session.company if session and carried else "meta")
        others = [name for name in named if name != "meta"]
        if others:
            company = others[0]
            if "train" in present and "off-ai-tool" not in present:
                # Whether Google learns from a work contract is our matter, whatever else the contract may be.
                topics = [t for t in topics if t.topic != "out-of-scope"]
            if len(others) == 1 and "others" not in present and len(topics) > 1 and topics[1].score >= CLARIFY:
                # One company is asked about, not whether others do the same.
                topics = [t for t in topics if t.topic != "other-companies"]
        return self._decide(topics, company, named, found, carried, len(others))

    def _lexicon(self, code: str) -> Lexicon:
        if code not in self._lexicons:
            own = self._knowledge.languages[code].lexicon
            self._lexicons[code] = Lexicon(own, code, self._vocabulary(code))
        return self._lexicons[code]

    def examples(self, code: str) -> Examples:
        """The known questions of a language, numbered as `by_topic` lists them."""
        if code not in self._examples:
            questions = by_topic(self._knowledge.languages[code].questions)
            examples = [Example(topic, text) for topic, text in questions]
            self._examples[code] = Examples(examples, [self._features(text, code) for _, text in questions])
        return self._examples[code]

    def _vocabulary(self, code: str) -> frozenset[str]:
        """Words that the language's own texts spell: never typos of something else."""
        language = self._knowledge.languages[code]
        texts = [language.meta.words, language.meta.latin_words or ""]
        texts += [question for questions in language.questions.values() for question in questions]
        for answers in language.answers.values():
            texts += [part for text in answers.values() for part in (text.answer, text.meaning, text.next) if part]
        found = {word for text in texts for word in words(text)}
        # What is typed in Latin letters in Greek and Bulgarian examples follows no spelling.
        return frozenset(w for w in found if not w.isascii() or code not in ("el", "bg"))

    # -- notions

    def _find(self, tokens: list[str], language: str) -> list[Match]:
        lexicon = self._lexicon(language)
        found = lexicon.find(tokens)
        here = {(m.concept, m.start) for m in found}
        ordinary = self._ordinary[language]
        named = [
            m
            for m in self._brands.find(tokens)
            if not (m.typo and any(map(lexicon.knows, m.words))) and not ordinary.issuperset(m.words)
        ]
        found += [m for m in named if (m.concept, m.start) not in here]
        if language != "en" and "en" in self._knowledge.answered:
            covered = {i for match in found if not match.typo for i in range(match.start, match.end)}
            foreign = ["" if i in covered or len(t) < 5 or lexicon.knows(t) else t for i, t in enumerate(tokens)]
            if any(foreign):
                english = self._lexicon("en")
                have = {(m.concept, m.start) for m in found}
                extra = [m for m in english.find(foreign) if not m.typo and (m.concept, m.start) not in have]
                replaced = {i for m in extra for i in range(m.start, m.end)}
                found = [m for m in found if not (m.typo and m.start in replaced)] + extra
        return sorted(found, key=lambda m: (m.start, m.concept))

    def _features(self, text: str, language: str) -> frozenset[str]:
        tokens = words(text)
        return features(tokens, {m.concept for m in self._find(tokens, language)})

    def _focus(self, text: str, length: int) -> frozenset[int] | None:
        """The word positions of the question in a long message, or None where all words count alike."""
        if length <= FOCUS_FROM:
            return None
        at = 0
        spans = []
        for sentence in sentences(text):
            size = len(words(sentence))
            spans.append((at, at + size, "?" in sentence or sentence.rstrip().endswith((";", "\u037e"))))
            at += size
        asked = [span for span in spans if span[2]] or spans[-1:]
        return frozenset(i for start, end, _ in asked for i in range(start, end))

    def _present(self, found: Sequence[Match], focus: frozenset[int] | None) -> dict[str, float]:
        present: dict[str, float] = {}
        for match in found:
            weight = self._weights.get(match.concept, 1.0)
            if match.typo:
                weight *= TYPO
            if focus is not None and match.start not in focus:
                weight *= UNFOCUSED
            present[match.concept] = max(weight, present.get(match.concept, 0.0))
        return present

    def _named(self, found: Sequence[Match]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.products[m.concept] for m in found if m.concept in self.products))

    # -- topics

    def _score(self, present: Mapping[str, float], near: Mapping[str, Near]) -> list[Scored]:
        best: dict[str, tuple[float, str]] = {}
        for rule in self._rules:
            score = rule.score(present)
            if score > best.get(rule.topic, (0.0, ""))[0]:
                best[rule.topic] = (score, rule.source)
        scored = []
        for topic in best.keys() | near.keys():
            by_rule, written = best.get(topic, (0.0, ""))
            closest = near.get(topic)
            closeness = closest.closeness if closest else 0.0
            example = closest.example.text if closest else ""
            scored.append(Scored(topic, by_rule + EXAMPLE * closeness, written, example, round(closeness, 3)))
        return sorted(scored, key=lambda s: (-s.score, s.topic))

    def _leans(self, topics: Sequence[Scored], present: Mapping[str, float]) -> bool:
        """Whether a short message may lean on the one before: not a greeting, nor what the bot is not for."""
        if not topics or topics[0].score < ANSWER:
            return True
        best = topics[0].topic
        if best == "small-talk":
            return bool(present.keys() - _POLITE)
        return self._knowledge.topics[best].group not in ("bot", "none")

    def _follow_up(
        self, topic: str, carried: Sequence[str], present: Mapping[str, float], near: Mapping[str, Near]
    ) -> list[Scored]:
        """The topics of a short message, together with the notions of the message before."""
        said = {concept: weight for concept, weight in present.items() if concept not in _POLITE} or present
        joined = {concept: CARRIED * self._weights.get(concept, 1.0) for concept in carried}
        for concept, weight in said.items():
            joined[concept] = max(weight, joined.get(concept, 0.0))
        topics = self._score(joined, near)
        same = self._same_topic | (_AUDIENCE if topic in _CONTENT else frozenset())
        if said and said.keys() <= same:
            kept = Scored(topic, max([ANSWER, *(t.score for t in topics)]) + MARGIN, "the same topic as before")
            topics = [kept, *(t for t in topics if t.topic != topic)]
        return topics

    def _decide(
        self,
        topics: Sequence[Scored],
        company: str,
        named: tuple[str, ...],
        found: Sequence[Match],
        carried: tuple[str, ...],
        others: int,
    ) -> Understanding:
        matches = tuple(found)
        if others > 1:
            together = Scored("other-companies", 9.0, "two other companies are named")
            return Understanding("answer", (together,), "meta", named, matches, carried)
        if not topics or topics[0].score < CLARIFY:
            return Understanding("unknown", tuple(topics[:3]), company, named, matches, carried)
        best = topics[0]
        if best.topic == "out-of-scope":
            return Understanding("unknown", tuple(topics[:3]), "none", named, matches, carried)
        offered = [t for t in topics if t.score >= CLARIFY and t.topic != "out-of-scope"]
        if best.score < ANSWER:
            return Understanding("clarify", tuple(offered), company, named, matches, carried)
        if len(topics) > 1 and best.score - topics[1].score < MARGIN:
            second = topics[1].topic
            also = self._knowledge.topics[best.topic].also
            if second not in also and best.topic not in self._knowledge.topics[second].also:
                return Understanding("clarify", tuple(offered), company, named, matches, carried)
        return Understanding("answer", tuple(topics[:4]), company, named, matches, carried)


_FACTS = frozenset({"public", "adult", "still", "already", "overall", "which", "can"})
_AUDIENCE = frozenset({"private", "friends"})
_CONTENT = frozenset({"stories", "photos-videos", "posts-comments", "groups-pages", "old-posts", "profile-info"})
_PUBLIC_SERVICES = frozenset({"facebook", "instagram", "threads"})
_POLITE = frozenset({"greeting", "thanks", "goodbye", "help-me"})
_PRODUCT_WEIGHTS = {"whatsapp": 3.0, "messenger": 3.0, "threads": 4.0, "meta-ai": 3.0}


def by_topic(questions: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """The questions of one language in the order in which they are numbered: topic and text."""
    return [(topic, text) for topic, texts in questions.items() for text in texts]
