from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.text import fold, script, sentences, sound_key, utf16_length, words


def test_folding_drops_case_marks_and_repeats() -> None:
    assert fold("ÄRGER Straße Łódź niiiice") == "arger strasse lodz nice"
    assert fold("Μέχρι πότε;") == "μεχρι ποτε;"


def test_words_are_split_at_apostrophes_and_hyphens() -> None:
    assert words("L'IA lit-elle mes DM’s?") == ["l", "ia", "lit", "elle", "mes", "dm", "s"]


def test_greek_and_greeklish_sound_alike() -> None:
    pairs = [("μέχρι", "mexri"), ("πότε", "pote"), ("μιλήσω", "milisw"), ("άνθρωπο", "anthropo"), ("μπορώ", "mporw")]
    assert [sound_key(fold(a), "el") for a, _ in pairs] == [sound_key(fold(b), "el") for _, b in pairs]


def test_bulgarian_and_shlyokavitsa_sound_alike() -> None:
    pairs = [("снимки", "snimki"), ("защо", "za6to"), ("чатове", "4atove"), ("използва", "izpolzva")]
    assert [sound_key(fold(a), "bg") for a, _ in pairs] == [sound_key(fold(b), "bg") for _, b in pairs]


def test_german_umlauts_may_be_typed_as_two_letters() -> None:
    assert sound_key(fold("für"), "de") == sound_key(fold("fuer"), "de")


def test_script_is_that_of_most_letters() -> None:
    assert [script(t) for t in ("mexri pote", "μέχρι πότε", "до кога", "", "Meta AI или не")] == [
        "latin", "greek", "cyrillic", "latin", "cyrillic",
    ]  # fmt: skip


def test_sentences_end_at_punctuation_and_line_breaks() -> None:
    assert sentences("One. Two?\nThree") == ["One.", "Two?", "Three"]


@given(st.text())
def test_folding_any_text_is_stable(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert all(word for word in words(text))


@given(st.text(), st.sampled_from(["el", "bg", "de", "fr"]))
def test_any_word_has_a_sound_key(text: str, language: str) -> None:
    assert all(isinstance(sound_key(word, language), str) for word in words(text))


@given(st.text())
def test_utf16_length_counts_astral_letters_twice(text: str) -> None:
    assert utf16_length(text) == len(text) + sum(ord(c) > 0xFFFF for c in text)
