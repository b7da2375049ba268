from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lexicon import Lexicon, PatternError
from bot.text import words


def found(lexicon: Lexicon, text: str) -> set[str]:
    return {match.concept for match in lexicon.find(words(text))}


def test_words_stems_endings_and_parts() -> None:
    lexicon = Lexicon({"word": ["bild"], "stem": ["trainier*"], "end": ["*gruppe"], "part": ["*konto*"]}, "de")
    assert found(lexicon, "Bild") == {"word"}
    assert found(lexicon, "Bilder") == set()
    assert found(lexicon, "trainieren") == {"stem"}
    assert found(lexicon, "Elterngruppe") == {"end"}
    assert found(lexicon, "Firmenkontos") == {"part"}


def test_several_words_alternatives_gaps_and_ranges() -> None:
    lexicon = Lexicon(
        {"late": ["too late"], "off": ["turn/switch .. off"], "minor": ["<6-17> year* old"], "old": ["<2004-2022>"]},
        "en",
    )
    assert found(lexicon, "is it too late") == {"late"}
    assert found(lexicon, "late, too") == set()
    assert found(lexicon, "switch that thing off") == {"off"}
    assert found(lexicon, "turn it all and then everything off") == set()
    assert found(lexicon, "he is 16 years old") == {"minor"}
    assert found(lexicon, "he is 18 years old") == set()
    assert found(lexicon, "posts from 2009") == {"old"}


def test_apostrophes_in_patterns_are_split_as_in_messages() -> None:
    assert found(Lexicon({"no": ["don't want"]}, "en"), "I don’t want it") == {"no"}


def test_typos_are_forgiven_in_long_words_only_and_said() -> None:
    lexicon = Lexicon({"object": ["widerspr*", "einspruch"], "off": ["aus"]}, "de", known=["anspruch"])
    match = lexicon.find(["wiedersprechen"])[0]
    assert (match.concept, match.typo) == ("object", True)
    assert found(lexicon, "einspurch") == {"object"}
    assert found(lexicon, "anspruch") == set()
    assert found(lexicon, "auf") == set()


def test_greek_patterns_are_found_in_latin_letters() -> None:
    assert found(Lexicon({"until": ["μέχρι πότε"]}, "el"), "mexri pote?") == {"until"}


@pytest.mark.parametrize("pattern", ["*", "..", "a/ b/", "*ab*", "don't/do"])
def test_unreadable_patterns_are_refused(pattern: str) -> None:
    if pattern == "a/ b/":
        assert Lexicon({"x": [pattern]}, "en").find(["a", "b"])
        return
    with pytest.raises(PatternError):
        Lexicon({"x": [pattern]}, "en")


@given(st.lists(st.text(max_size=40), max_size=30))
def test_any_tokens_are_looked_up(tokens: list[str]) -> None:
    lexicon = Lexicon({"a": ["alpha*", "*beta*", "gamma .. delta"]}, "el")
    for match in lexicon.find(tokens):
        assert 0 <= match.start < match.end <= len(tokens)
