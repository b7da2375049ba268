"""Which language a message is in, and why.

Voices, the strongest first: the script; words and letters that the knowledge lists for each language; the language
that the person last wrote; the client's language; and langdetect, asked only where the others leave a doubt, seeded
and restricted to the languages that it knows of ours.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path

from bot.knowledge.schema import Language
from bot.text import fold, raw_words, script
from bot.types import LanguageGuess

_CLIENT = 1.7  # what the client's language is worth, in units of one rare word (about 3)
_PERSON = 2.4
_DOUBT = 2.2  # langdetect is asked when the best two are closer than this
_DETECTOR = 3.0
_DETECTOR_LENGTH = 30  # letters from which langdetect is taken at its word
_LATIN_TYPED = 1.3


class Identifier:
    """Identifies the language of messages. Build it once: it reads langdetect's profiles.

    `languages` is code -> what the knowledge says of it; `brands` are folded words that say nothing of a language.
    """

    def __init__(self, languages: Mapping[str, Language], brands: Collection[str] = ()) -> None:
        self._codes = tuple(languages)
        self._brands = frozenset(brands)
        self._spelled: dict[str, frozenset[str]] = {}
        self._letters: dict[str, frozenset[str]] = {}
        folded: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for code, language in languages.items():
            listed = [unicodedata.normalize("NFC", w.lower()) for w in language.words.split()]
            self._spelled[code] = frozenset(listed)
            self._letters[code] = frozenset(language.letters.lower().replace(" ", ""))
            for word in listed:
                folded[fold(word)][code] = 1.0
            for word in (language.latin_words or "").split():
                folded[fold(word)].setdefault(code, _LATIN_TYPED)
        self._folded = dict(folded)
        count = len(self._codes)
        self._rarity = [0.0] + [math.log(1 + count / n) for n in range(1, count + 1)]
        self._letter_owners = Counter(letter for letters in self._letters.values() for letter in letters)
        self.detector = _Detector(self._codes)

    def identify(self, text: str, *, client: str | None = None, last: str | None = None) -> LanguageGuess:
        """The language of `text`. `client` is Telegram's language_code, `last` what the person wrote before."""
        prior = (client or "").replace("_", "-").split("-")[0].lower()
        scores = dict.fromkeys(self._codes, 0.0)
        spoke: defaultdict[str, list[str]] = defaultdict(list)
        tokens = [t for t in raw_words(text[:2000]) if not t.isdigit()]
        told = [t for t in tokens if fold(t) not in self._brands]
        written = script(text)
        self._by_words(tokens, scores, spoke)
        self._by_letters(text, scores)
        for code in self._codes:
            if (code == "el") != (written == "greek") and written == "greek":
                scores[code] -= 20
            if (code == "bg") != (written == "cyrillic") and written == "cyrillic":
                scores[code] -= 20
            if written == "latin" and code in ("el", "bg") and not spoke[code]:
                scores[code] -= 2 if any(spoke.values()) else 0
        evidence = max(scores.values())
        if prior in scores:
            scores[prior] += _CLIENT
        if last in scores:
            scores[last] += _PERSON
        if written == "latin" and told:
            ranked = sorted(scores.values(), reverse=True)
            if len(ranked) < 2 or ranked[0] - ranked[1] < _DOUBT or evidence < _DOUBT:
                for code, probability in self.detector.probabilities(" ".join(told)):
                    scores[code] += _DETECTOR * probability * min(1.0, len("".join(told)) / _DETECTOR_LENGTH)
        scores["en"] = scores.get("en", 0.0) + 0.2
        ranking = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        best = ranking[0][0]
        top = tuple((code, round(score, 2)) for code, score in ranking[:3])
        if spoke[best] or written != "latin":
            return LanguageGuess(best, "text", tuple(dict.fromkeys(spoke[best]))[:6], top)
        if best == last:
            return LanguageGuess(best, "person", (), top)
        if best == prior:
            return LanguageGuess(best, "client", (), top)
        return LanguageGuess(best, "text" if told else "default", (), top)

    def _by_words(self, tokens: list[str], scores: dict[str, float], spoke: dict[str, list[str]]) -> None:
        seen: Counter[str] = Counter()
        for token in tokens:
            plain = fold(token)
            seen[plain] += 1
            if plain in self._brands or seen[plain] > 2:
                continue
            owners = self._folded.get(plain)
            if not owners:
                continue
            weight = self._rarity[len(owners)]
            if len(plain) == 1:
                weight *= 0.5
            for code, factor in owners.items():
                spelled = token in self._spelled[code]
                if not spelled and plain != token:  # the person typed marks that this language's word does not have
                    factor *= 0.6
                elif not spelled:
                    factor *= 0.85
                scores[code] += weight * factor
                spoke[code].append(token)

    def _by_letters(self, text: str, scores: dict[str, float]) -> None:
        marked = {c for c in unicodedata.normalize("NFC", text.lower()) if c.isalpha() and not c.isascii()}
        for letter in marked:
            owners = self._letter_owners.get(letter, 0)
            if not owners:
                continue
            for code in self._codes:
                if letter in self._letters[code]:
                    scores[code] += 0.6 * self._rarity[owners]
                else:
                    scores[code] -= 1.2


class _Detector:
    """langdetect, seeded (the same text always gets the same answer) and restricted to `codes`."""

    def __init__(self, codes: Collection[str]) -> None:
        import langdetect
        from langdetect.detector_factory import DetectorFactory

        folder = Path(langdetect.__file__).parent / "profiles"
        self._factory = DetectorFactory()
        # Greek and Bulgarian are known by their script.
        known = [code for code in codes if code not in ("el", "bg") and (folder / code).exists()]
        self._chooses = len(known) > 1
        if self._chooses:
            self._factory.load_json_profile([(folder / code).read_text(encoding="utf-8") for code in known])
        self._factory.seed = 0

    def probabilities(self, text: str) -> tuple[tuple[str, float], ...]:
        """Language and probability, the likeliest first; nothing where there is no choice or there are no letters.

        Only the first 300 characters are looked at. Nothing is remembered: it would be people's text.
        """
        from langdetect.lang_detect_exception import LangDetectException

        if not self._chooses:
            return ()
        detector = self._factory.create()
        detector.seed = 0
        detector.append(text[:300])
        try:
            return tuple((guess.lang, guess.prob) for guess in detector.get_probabilities())
        except LangDetectException:
            return ()
